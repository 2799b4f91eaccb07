import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { generateModule } from '../spec/generator/module.js';
import { readSpec } from '../spec/load.js';
import { runSubcommand, UsageError } from './arguments.js';

const usage = `Usage: nlctl generate SPEC.yaml [OPTION…]

Prints a TypeScript module for a family that is specified in the kernel's YAML format: types, decoders, encoders, and
the family to be given to openFamily.

  -o FILE           write it there, not to standard output
  --runtime NAME    where the module imports what it is made of (default afnetlink/generated-runtime)
  --help            print this`;

export function run(args: readonly string[]): Promise<number> {
  return runSubcommand('generate', usage, args, () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { output: { type: 'string', short: 'o' }, runtime: { type: 'string' } },
    });
    const [file, ...surplus] = positionals;
    if (file === undefined || surplus.length > 0) throw new UsageError('one SPEC.yaml is needed');
    const text = readFileSync(file, 'utf8');
    const { runtime, output } = values;
    const source = generateModule(readSpec(text, { file }), {
      inputs: `${basename(file)} (sha256 ${createHash('sha256').update(text).digest('hex').slice(0, 16)}…)`,
      ...(runtime !== undefined && { runtime }),
    });
    if (output === undefined) process.stdout.write(source);
    else writeFileSync(output, source);
    return Promise.resolve(0);
  });
}
