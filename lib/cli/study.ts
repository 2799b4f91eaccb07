import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareGuest, runInGuest } from 'afnetlink/vm';
import { runSubcommand, UsageError } from './arguments.js';
import { Collector } from './collector.js';
import { packageFolder } from './package-folder.js';
import { moduleIsLoaded } from './study/module.js';
import { study, type Study } from './study/study.js';
import { studyText } from './study/table.js';
import type { Way } from './study/way.js';
import { ways } from './study/ways.js';

const usage = `Usage: nlctl study [OPTION…]

Says what a message costs, from the kernel to itself, to a program and back, and from program to program; and beside
that the same echo through netlink, a mapped ring, ioctl(2), write(2) and read(2) on a device, and a file in /proc.
First what the kernel does for a message, counted by probes in it: copies, bytes copied, buffers, insertions into
queues, wake-ups. Then times.

All of it runs in a guest, with the module netlink_test. What needs no module is timed on this machine too.

  --on-this-machine  run all of it here: needs root, and netlink_test loaded
  --sizes LIST       bytes of payload, 8 to 32768 each (16,256,1024,4000,32768)
  --ways LIST        only these ways, by their names
  --rounds N         rounds to take the median time of (5)
  --round-time MS    how long a round takes, about (100)
  --json             print JSON: each kernel's figures
  --help             print this`;

export function run(args: readonly string[]): Promise<number> {
  return runSubcommand('study', usage, args, async () => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'on-this-machine': { type: 'boolean', default: false },
        sizes: { type: 'string', default: '16,256,1024,4000,32768' },
        ways: { type: 'string' },
        rounds: { type: 'string', default: '5' },
        'round-time': { type: 'string', default: '100' },
        json: { type: 'boolean', default: false },
      },
    });
    const here = values['on-this-machine'];
    const options = {
      sizes: values.sizes.split(',').map((size) => integer('--sizes', size, 8, 32_768)),
      ways: waysNamed(values.ways),
      rounds: integer('--rounds', values.rounds, 1, 1000),
      roundTime: integer('--round-time', values['round-time'], 1, 60_000),
      onProgress: (line: string) => console.error(`• ${line}`),
    };
    if (here && !moduleIsLoaded())
      throw new Error(
        'netlink_test is not loaded here: see kernel-module/README.md, or leave --on-this-machine out',
      );
    const studies = here
      ? [await study({ ...options, count: true })]
      : [await studyInGuest(args, options.onProgress), await studyWithoutModule(options)];
    console.log(values.json ? JSON.stringify(studies) : studyText(studies));
    return 0;
  });
}

function studyWithoutModule(options: Omit<Parameters<typeof study>[0], 'count'>): Promise<Study> {
  options.onProgress('on this machine:');
  return study({ ...options, ways: options.ways.filter(({ anywhere }) => anywhere), count: false });
}

async function studyInGuest(args: readonly string[], onProgress: (line: string) => void): Promise<Study> {
  const guest = await prepareGuest({ onProgress });
  const stdout = new Collector();
  const result = await runInGuest({
    guest,
    command: [
      process.execPath,
      join(packageFolder, 'dist/cli/nlctl.js'),
      'study',
      ...args,
      '--on-this-machine',
      '--json',
    ],
    stdout,
    // The module logs what it echoes, and on an emulated console that takes longer than the echo.
    kernelArguments: ['loglevel=4'],
    timeout: Infinity,
    onProgress,
  });
  if (result.status !== 0)
    throw new Error(
      `the guest's part ended with status ${result.status}${result.message ? `: ${result.message}` : ''}`,
    );
  const [first] = JSON.parse(stdout.text) as Study[];
  if (first === undefined) throw new Error("the guest's part has no figures");
  return first;
}

function waysNamed(list: string | undefined): readonly Way[] {
  if (list === undefined) return ways;
  return list.split(',').map((name) => {
    const way = ways.find((each) => each.name === name.trim());
    if (way !== undefined) return way;
    const names = ways.map((each) => `'${each.name}'`).join(', ');
    throw new UsageError(`--ways has '${name}', and the ways are ${names}`);
  });
}

function integer(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${option} takes whole numbers from ${least} to ${most}, not '${text}'`);
}
