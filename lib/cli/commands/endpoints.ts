import { toJson } from '../../index.js';
import {
  type EndpointChange,
  type EndpointOptions,
  listEndpoints,
  watchEndpoints,
} from '../../endpoints/index.js';
import { defineCommand } from '../command/command.js';
import { flag, option } from '../command/option.js';
import { seconds } from '../command/values.js';
import { endpointTable, markedLine } from '../endpoint-table.js';

export const command = defineCommand({
  name: 'nlctl endpoints',
  summary: 'list netlink sockets and the processes that own them',
  description:
    'Lists the bound netlink sockets of this network namespace, of processes and of the kernel: protocol, port id (0 is ' +
    "the kernel's), multicast groups, the peer given to connect(2), bytes queued of the receive buffer's size, messages " +
    "dropped, inode, and the processes that have it open ('?' without the right to see them).",
  positionals: {},
  options: {
    watch: flag(
      'then keep watching: + marks sockets that appear, ~ those whose groups or destination change, - those that go',
    ),
    interval: option('seconds between two looks', seconds('S', 0.01), { byDefault: '1' }),
    'all-namespaces': flag('look in every network namespace found in /proc/*/ns/net and /run/netns'),
    json: flag('print JSON; with --watch a line for each change'),
  },
  async run({ watch, interval, 'all-namespaces': allNamespaces, json }) {
    const unreadable = new Set<number>();
    const options: EndpointOptions = {
      allNamespaces,
      onUnreadable: (namespace, { message }) => {
        if (!unreadable.has(namespace)) console.error(`nlctl endpoints: net:[${namespace}]: ${message}`);
        unreadable.add(namespace);
      },
    };
    if (watch) return printChanges({ ...options, interval }, json);
    const endpoints = await listEndpoints(options);
    console.log(json ? toJson(endpoints, 2) : endpointTable(endpoints).join('\n'));
    return 0;
  },
});

const MARKS = { present: ' ', appeared: '+', changed: '~', gone: '-' } as const;

async function printChanges(options: EndpointOptions & { interval: number }, json: boolean): Promise<number> {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const print = ({ kind, endpoint }: EndpointChange) => console.log(markedLine(MARKS[kind], endpoint));
  const printJson = (change: EndpointChange) => console.log(toJson(change));
  try {
    if (!json) console.log(markedLine(MARKS.present));
    for await (const change of watchEndpoints({ ...options, signal: interrupt.signal }))
      (json ? printJson : print)(change);
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
  }
  return 0;
}
