import { toJson, type DynamicClient, openFamily } from '../../index.js';
import { defineCommand } from '../command/command.js';
import { flag, option } from '../command/option.js';
import { rest } from '../command/positional.js';
import { UsageError } from '../command/usage-error.js';
import { integer, text } from '../command/values.js';
import { familyOptions, familyPositional, findFamily } from '../family-source.js';
import { namespace, netnsOption } from './call.js';

export const command = defineCommand({
  name: 'nlctl listen',
  summary: 'print what the kernel sends to multicast groups',
  description:
    'Joins multicast groups, all of the family unless some are named, and prints what the kernel sends to them as ' +
    'lines of JSON, until it is interrupted.',
  positionals: {
    family: familyPositional,
    groups: rest("multicast groups, as 'nlctl families FAMILY' lists them", text('GROUP')),
  },
  options: {
    count: option('end after N notifications', integer('N', 1)),
    ...familyOptions,
    netns: netnsOption,
    strict: flag('show as malformed what the specification does not know, instead of in "extra"'),
    pretty: flag('indent the output'),
  },
  async run({ count = Infinity, spec, netns, strict, pretty }, { family: name, groups }) {
    const family = await findFamily(name, spec);
    if (Object.keys(family.groups).length === 0) {
      throw new UsageError(`'${family.name}' has no multicast groups`);
    }
    const client = await openFamily(family, { ...namespace(netns) });
    process.once('SIGINT', () => client.close());
    try {
      await print(client, { groups, count, strict, pretty });
    } finally {
      client.close();
    }
    return 0;
  },
});

interface Printing {
  readonly groups: readonly string[];
  readonly count: number;
  readonly strict: boolean;
  readonly pretty: boolean;
}

async function print(client: DynamicClient, { groups, count, strict, pretty }: Printing): Promise<void> {
  let left = count;
  const subscription = client.subscribe({ strict, ...(groups.length > 0 && { groups }) });
  for await (const item of subscription) {
    console.log(toJson(item.kind === 'event' ? item.event : item, pretty ? 2 : 0));
    left -= 1;
    if (left === 0) break;
  }
}
