import { prepareGuest, runInGuest } from 'afnetlink/vm';
import { Collector } from '../collector.js';
import { defineCommand } from '../command/command.js';
import { flag, option } from '../command/option.js';
import { choice, integer, list } from '../command/values.js';
import { packageFile } from '../package.js';
import { moduleIsLoaded } from '../study/module.js';
import { study, type Study, type StudyOptions } from '../study/study.js';
import { studyText } from '../study/table.js';
import { ways } from '../study/ways.js';

const way = choice(
  'WAY',
  ways.map(({ name }) => name),
);

export const command = defineCommand({
  name: 'nlctl study',
  summary: 'measure what a message costs, by each way',
  description: `Measures what a message costs from the kernel to itself, to a program and back, and from program to program. For
comparison it measures the same echo through netlink, a mapped ring, ioctl(2), write(2) and read(2) on a device, and a
file in /proc. First come counts of what the kernel does for a message, taken by probes: copies, bytes copied, buffers,
insertions into queues, wake-ups. Then come times.

Everything runs in a guest with the module netlink_test. What does not need the module is timed on this machine too.`,
  positionals: {},
  options: {
    'on-this-machine': flag('run everything here: needs root, and netlink_test loaded'),
    sizes: option('bytes of payload, 8 to 32768 each', list('LIST', integer('SIZE', 8, 32_768)), {
      byDefault: '16,256,1024,4000,32768',
    }),
    ways: option('only these ways, by their names (default all)', list('LIST', way)),
    rounds: option('rounds to take the median time of', integer('N', 1, 1000), { byDefault: '5' }),
    'round-time': option('milliseconds that a round takes, about', integer('MS', 1, 60_000), {
      byDefault: '100',
    }),
    json: flag("print JSON: each kernel's figures"),
  },
  async run({ 'on-this-machine': here, 'round-time': roundTime, sizes, rounds, json, ...selected }) {
    if (here && !moduleIsLoaded())
      throw new Error(
        'netlink_test is not loaded here. Load it (see kernel-module/README.md), or omit --on-this-machine',
      );
    const names = selected.ways ?? ways.map(({ name }) => name);
    const options = {
      sizes,
      ways: ways.filter(({ name }) => names.includes(name)),
      rounds,
      roundTime,
      onProgress: (line: string) => console.error(`• ${line}`),
    };
    const studies = here
      ? [await study({ ...options, count: true })]
      : [await studyInGuest(options), await studyWithoutModule(options)];
    console.log(json ? JSON.stringify(studies) : studyText(studies));
    return 0;
  },
});

type Chosen = Omit<StudyOptions, 'count'>;

function studyWithoutModule(options: Chosen): Promise<Study> {
  options.onProgress('on this machine:');
  return study({ ...options, ways: options.ways.filter(({ anywhere }) => anywhere), count: false });
}

async function studyInGuest({ sizes, ways: chosen, rounds, roundTime, onProgress }: Chosen): Promise<Study> {
  const guest = await prepareGuest({ onProgress });
  const stdout = new Collector();
  const result = await runInGuest({
    guest,
    command: [
      process.execPath,
      packageFile('dist/cli/nlctl.js'),
      'study',
      ...['--on-this-machine', '--json', '--sizes', sizes.join(','), '--ways'],
      chosen.map(({ name }) => name).join(','),
      ...['--rounds', String(rounds), '--round-time', String(roundTime)],
    ],
    stdout,
    // The module logs what it echoes, and on an emulated console that takes longer than the echo.
    kernelArguments: ['loglevel=4'],
    timeout: Infinity,
    onProgress,
  });
  if (result.status !== 0)
    throw new Error(
      `study in the guest: ended with status ${result.status}${result.message ? `: ${result.message}` : ''}`,
    );
  const [first] = JSON.parse(stdout.text) as Study[];
  if (first === undefined) throw new Error('study in the guest: printed no figures');
  return first;
}
