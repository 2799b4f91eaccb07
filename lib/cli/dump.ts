import { parseArgs } from 'node:util';
import type { FamilyDumpOptions, DynamicMessage, FamilyDump } from '../types.js';
import { runSubcommand } from './arguments.js';
import { callOptions, callUsage, openCall } from './call.js';
import { toJson } from '../json.js';

const usage = `Usage: nlctl dump FAMILY OPERATION [REQUEST] [OPTION…]

Makes a request with any number of answers, and prints them as a JSON array, as they come.

  --select A,B    only these properties
${callUsage}`;

type SelectingDump = (
  request: object,
  options: FamilyDumpOptions & { readonly select?: readonly string[] },
) => FamilyDump<DynamicMessage>;

export function run(args: readonly string[]): Promise<number> {
  return runSubcommand('dump', usage, args, async () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...callOptions, select: { type: 'string' } },
    });
    const { client, key, request, timeout } = await openCall(positionals, 'dump', values);
    try {
      const select = values.select?.split(',').map((name) => name.trim());
      const options = { strict: values.strict, timeout, ...(select && { select }) };
      const dump = (client.dump[key] as SelectingDump)(request, options);
      await print(dump, values.pretty);
    } finally {
      client.close();
    }
    return 0;
  });
}

async function print(dump: AsyncIterable<DynamicMessage>, pretty: boolean): Promise<void> {
  let first = true;
  for await (const message of dump) {
    console.log(`${first ? '[\n' : ','}${toJson(message, pretty ? 2 : 0)}`);
    first = false;
  }
  console.log(first ? '[]' : ']');
}
