import { parseArgs } from 'node:util';
import {
  type EndpointChange,
  type EndpointOptions,
  listEndpoints,
  watchEndpoints,
} from '../endpoints/index.js';
import { runSubcommand, UsageError } from './arguments.js';
import { endpointLine, heading } from './endpoint-line.js';
import { toJson } from '../json.js';

const usage = `Usage: nlctl endpoints [OPTION…]

Lists the netlink sockets of this network namespace that are bound, of processes and of the kernel: protocol, port id
(0 is the kernel's own), multicast groups, where connect(2) said that messages go, bytes queued of the receive
buffer's size, messages dropped, inode, and whose it is ('?' where we may not look).

  --watch           then go on: lines with + for those that appear, with ~ for those whose groups or
                    destination change, with - for those that go
  --interval S      seconds from one look to the next (1)
  --all-namespaces  look in every network namespace that can be found in /proc/*/ns/net and /run/netns
  --json            print JSON; with --watch a line for each change
  --help            print this`;

export function run(args: readonly string[]): Promise<number> {
  return runSubcommand('endpoints', usage, args, async () => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        watch: { type: 'boolean', default: false },
        interval: { type: 'string' },
        'all-namespaces': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const interval = parseInterval(values.interval);
    const unreadable = new Set<number>();
    const options: EndpointOptions = {
      allNamespaces: values['all-namespaces'],
      onUnreadable: (namespace, { message }) => {
        if (!unreadable.has(namespace)) console.error(`nlctl endpoints: net:[${namespace}]: ${message}`);
        unreadable.add(namespace);
      },
    };
    if (values.watch) return watch({ ...options, interval }, values.json);
    const endpoints = await listEndpoints(options);
    console.log(values.json ? toJson(endpoints, 2) : [heading, ...endpoints.map(endpointLine)].join('\n'));
    return 0;
  });
}

async function watch(options: EndpointOptions & { interval: number }, json: boolean): Promise<number> {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  try {
    if (!json) console.log(`${MARKS.present} ${heading}`);
    const print = json ? printJson : printLine;
    for await (const change of watchEndpoints({ ...options, signal: interrupt.signal })) print(change);
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
  }
  return 0;
}

function printJson(change: EndpointChange): void {
  console.log(toJson(change));
}

const MARKS = { present: ' ', appeared: '+', changed: '~', gone: '-' } as const;

function printLine({ kind, endpoint }: EndpointChange): void {
  console.log(`${MARKS[kind]} ${endpointLine(endpoint)}`);
}

function parseInterval(text = '1'): number {
  const seconds = text.trim() === '' ? NaN : Number(text);
  if (seconds >= 0.01 && seconds <= 86_400) return seconds * 1000;
  throw new UsageError(`--interval takes seconds, from 0.01 to 86400, not '${text}'`);
}
