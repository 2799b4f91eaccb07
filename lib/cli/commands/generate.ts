import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { generateModule, readSpec } from '../../spec/index.js';
import { defineCommand } from '../command/command.js';
import { option } from '../command/option.js';
import { required } from '../command/positional.js';
import { text } from '../command/values.js';

export const command = defineCommand({
  name: 'nlctl generate',
  summary: 'print TypeScript for a specification',
  description:
    "Prints a TypeScript module for a family that is specified in the kernel's YAML format: types, decoders, encoders, " +
    'and the family to pass to openFamily.',
  positionals: { file: required('a specification', text('SPEC.yaml', 'file')) },
  options: {
    output: option('write to FILE instead of standard output', text('FILE', 'file'), { short: 'o' }),
    runtime: option(
      'the module that the generated code imports (default afnetlink/generated-runtime)',
      text('NAME'),
    ),
  },
  run({ output, runtime }, { file }) {
    const source = readFileSync(file, 'utf8');
    const hash = createHash('sha256').update(source).digest('hex').slice(0, 16);
    const module = generateModule(readSpec(source, { file }), {
      inputs: `${basename(file)} (sha256 ${hash}…)`,
      ...(runtime !== undefined && { runtime }),
    });
    if (output === undefined) process.stdout.write(module);
    else writeFileSync(output, module);
    return Promise.resolve(0);
  },
});
