import { toJson } from '../../index.js';
import type { DynamicMessage, FamilyDump, FamilyDumpOptions } from '../../types.js';
import { defineCommand } from '../command/command.js';
import { option } from '../command/option.js';
import { list, text } from '../command/values.js';
import { callNotes, callOptions, callPositionals, openCall } from './call.js';

type SelectingDump = (
  request: object,
  options: FamilyDumpOptions & { readonly select?: readonly string[] },
) => FamilyDump<DynamicMessage>;

export const command = defineCommand({
  name: 'nlctl dump',
  summary: 'make a request with any number of answers',
  description:
    'Makes a request with any number of answers, and prints them as a JSON array while they arrive.',
  notes: callNotes,
  positionals: callPositionals,
  options: {
    select: option('decode only these properties', list('A,B', text('A'))),
    ...callOptions,
  },
  async run({ select, strict, timeout, pretty, ...options }, positionals) {
    const { client, key, request } = await openCall('dump', positionals, options);
    try {
      const dump = (client.dump[key] as SelectingDump)(request, {
        strict,
        timeout,
        ...(select && { select }),
      });
      await print(dump, pretty);
    } finally {
      client.close();
    }
    return 0;
  },
});

async function print(dump: AsyncIterable<DynamicMessage>, pretty: boolean): Promise<void> {
  let first = true;
  for await (const message of dump) {
    console.log(`${first ? '[\n' : ','}${toJson(message, pretty ? 2 : 0)}`);
    first = false;
  }
  console.log(first ? '[]' : ']');
}
