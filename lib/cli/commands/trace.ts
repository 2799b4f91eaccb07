import { writeFileSync } from 'node:fs';
import { defineCommand } from '../command/command.js';
import { flag, option, repeatable } from '../command/option.js';
import { rest } from '../command/positional.js';
import { integer, matching, text } from '../command/values.js';
import { record, type Recording } from '../trace/record.js';
import { leadsTo, leadsToNetlink, printInlined, printTree } from '../trace/tree.js';

export const command = defineCommand({
  name: 'nlctl trace',
  summary: 'show what the kernel does with a message',
  description:
    "Runs COMMAND and shows what happens to its netlink messages, as the kernel's function graph tracer sees it: each " +
    "call in netlink, in the socket's file layer and in the socket buffers, with its duration. All processes and threads " +
    'that COMMAND starts are shown. Needs root, as in a guest: nlctl vm -- nlctl trace -- COMMAND.',
  notes:
    "The exit status is COMMAND's. The tracer is left as it was found, however this ends. If another program uses the " +
    'tracer, nothing is started.',
  positionals: { command: rest('the command to trace, with its arguments', text('COMMAND', 'command'), 1) },
  options: {
    module: option(
      'a kernel module whose functions are shown too',
      matching('NAME', /^[\w-]+$/, "a module's name (letters, digits, '_' and '-')"),
      { byDefault: 'netlink_test' },
    ),
    all: flag('show everything that these functions call, and calls that lead to no netlink function'),
    through: repeatable('show only calls that lead to this function, or to one of them', text('NAME')),
    json: flag("print JSON, and COMMAND's output on standard error"),
    output: option('write to FILE instead of standard output', text('FILE', 'file')),
    buffer: option('size of the recording for each processor', integer('KIB', 1, 9_999_999), {
      byDefault: '8192',
    }),
  },
  async run({ module, all, through, json, output: file, buffer }, { command: traced }) {
    const recording = await record({
      command: traced,
      module: module.replaceAll('-', '_'),
      all,
      bufferSize: buffer,
      output: json && file === undefined ? 'stderr' : 'stdout',
    });
    const selection = { all, through };
    const shownText = json
      ? JSON.stringify(asJson(recording, { ...selection, command: traced }))
      : asText(recording, selection);
    if (file === undefined) console.log(shownText);
    else writeFileSync(file, `${shownText}\n`);
    return recording.status;
  },
});

interface Selection {
  readonly all: boolean;
  readonly through: readonly string[];
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
