import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { leadsTo, leadsToNetlink, printInlined, printTree } from './trace/tree.js';
import { record, type Recording } from './trace/record.js';

const usage = `Usage: nlctl trace [OPTION…] -- COMMAND [ARGUMENT…]

Runs COMMAND and shows, from the kernel's function graph tracer, what happens to its netlink messages: each call in
netlink, in the socket's file layer and in the socket buffers, with its duration. All processes and threads that
COMMAND begins are shown. Needs root, as in a guest: nlctl vm -- nlctl trace -- COMMAND.

  --module NAME   a kernel module whose functions are shown too (default netlink_test)
  --all           show everything that these functions call, and calls that lead to no netlink function
  --through NAME  show only calls that lead to this function; may be repeated, then to one of them
  --json          print JSON, and COMMAND's output on standard error
  --output FILE   write to FILE rather than to standard output
  --buffer KIB    room for the recording, for each processor (default 8192)
  --help          print this

The exit status is COMMAND's. The tracer is left as it was found, however this ends; while somebody else uses it,
nothing is begun.`;

interface Selection {
  readonly all: boolean;
  readonly through: readonly string[];
}

export async function run(args: readonly string[]): Promise<number> {
  let options;
  try {
    options = parse(args);
  } catch (error) {
    console.error(`nlctl trace: ${(error as Error).message}\nnlctl trace --help says more.`);
    return 2;
  }
  if (options === undefined) {
    console.log(usage);
    return 0;
  }
  const { json, file } = options;
  const recording = await record(options);
  const text = json ? JSON.stringify(asJson(recording, options)) : asText(recording, options);
  if (file === undefined) console.log(text);
  else writeFileSync(file, `${text}\n`);
  return recording.status;
}

function shown({ graph }: Recording, { all, through }: Selection): typeof graph.calls {
  if (through.length > 0) return graph.calls.filter((call) => leadsTo(call, through));
  return all ? graph.calls : graph.calls.filter(leadsToNetlink);
}

function asText(recording: Recording, selection: Selection): string {
  const { graph, inlined, kernel } = recording;
  const calls = shown(recording, selection);
  const others = selection.through.length > 0 ? 0 : graph.calls.length - calls.length;
  return [
    ...(calls.length === 0 ? ['No such call was seen.'] : printTree(calls)),
    '',
    ...(others === 0 ? [] : [`${others} other calls had nothing to do with netlink; --all shows them.`]),
    ...(graph.lost === 0 ? [] : [`${graph.lost} events are missing, for want of room: see --buffer.`]),
    ...printInlined(inlined, calls, kernel),
  ].join('\n');
}

function asJson(recording: Recording, selection: Selection & { command: readonly string[] }): unknown {
  const { graph, inlined, kernel, status } = recording;
  const { command } = selection;
  return { kernel, command, status, lost: graph.lost, inlined, calls: shown(recording, selection) };
}

function parse(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      module: { type: 'string', default: 'netlink_test' },
      all: { type: 'boolean', default: false },
      through: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      output: { type: 'string' },
      buffer: { type: 'string', default: '8192' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  if (positionals.length === 0) throw new Error('COMMAND is missing');
  if (!/^[1-9]\d{0,6}$/.test(values.buffer))
    throw new Error(
      `--buffer is ${JSON.stringify(values.buffer)}, and must be a number of KiB from 1 to 9999999`,
    );
  if (!/^[\w-]+$/.test(values.module))
    throw new Error(`--module is ${JSON.stringify(values.module)}, and must be a module's name`);
  return {
    command: positionals,
    module: values.module.replaceAll('-', '_'),
    all: values.all,
    through: values.through,
    json: values.json,
    bufferSize: Number(values.buffer),
    output: values.json && values.output === undefined ? ('stderr' as const) : ('stdout' as const),
    file: values.output,
  };
}
