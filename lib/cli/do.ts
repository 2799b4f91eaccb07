import { parseArgs } from 'node:util';
import { runSubcommand } from './arguments.js';
import { callOptions, callUsage, openCall } from './call.js';
import { toJson } from '../json.js';

const usage = `Usage: nlctl do FAMILY OPERATION [REQUEST] [OPTION…]

Makes a request with one answer, and prints that as JSON; nothing where the kernel only acknowledges it.

  --create        make it if it is not there (NLM_F_CREATE)
  --exclusive     fail if it is there (NLM_F_EXCL)
  --replace       change what is there (NLM_F_REPLACE)
  --append        add to the end of what is there (NLM_F_APPEND)
  --echo          ask for what was made as an answer (NLM_F_ECHO)
${callUsage}`;

export function run(args: readonly string[]): Promise<number> {
  return runSubcommand('do', usage, args, async () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...callOptions,
        create: { type: 'boolean' },
        exclusive: { type: 'boolean' },
        replace: { type: 'boolean' },
        append: { type: 'boolean' },
        echo: { type: 'boolean' },
      },
    });
    const { client, key, request, timeout } = await openCall(positionals, 'do', values);
    try {
      const { create, exclusive, replace, append, echo, strict } = values;
      const options = { create, exclusive, replace, append, echo, strict, timeout };
      const reply: unknown = await client.do[key]?.(request, options);
      if (reply !== undefined) console.log(toJson(reply, values.pretty ? 2 : 0));
    } finally {
      client.close();
    }
    return 0;
  });
}
