import { toJson } from '../../index.js';
import { defineCommand } from '../command/command.js';
import { flag } from '../command/option.js';
import { callNotes, callOptions, callPositionals, openCall } from './call.js';

export const command = defineCommand({
  name: 'nlctl do',
  summary: 'make a request with one answer',
  description:
    'Makes a request with one answer, and prints the answer as JSON. Prints nothing if the kernel only acknowledges the request.',
  notes: callNotes,
  positionals: callPositionals,
  options: {
    create: flag('create the object if it does not exist (NLM_F_CREATE)'),
    exclusive: flag('fail if the object exists (NLM_F_EXCL)'),
    replace: flag('replace the object if it exists (NLM_F_REPLACE)'),
    append: flag('add to the end of the list of objects (NLM_F_APPEND)'),
    echo: flag('ask for the resulting object as an answer (NLM_F_ECHO)'),
    ...callOptions,
  },
  async run(options, positionals) {
    const { client, key, request } = await openCall('do', positionals, options);
    try {
      const { create, exclusive, replace, append, echo, strict, timeout } = options;
      const flags = { create, exclusive, replace, append, echo };
      const reply: unknown = await client.do[key]?.(request, { ...flags, strict, timeout });
      if (reply !== undefined) console.log(toJson(reply, options.pretty ? 2 : 0));
    } finally {
      client.close();
    }
    return 0;
  },
});
