import { parseArgs } from 'node:util';
import { type DynamicClient, openFamily } from '../index.js';
import { runSubcommand, UsageError } from './arguments.js';
import { namespace } from './call.js';
import { findFamily, withoutFamily } from './family-source.js';
import { toJson } from '../json.js';

const usage = `Usage: nlctl listen FAMILY [GROUP…] [OPTION…]

Joins multicast groups, all of the family unless some are named, and prints what the kernel sends there as lines of
JSON, until it is interrupted.

  --spec FILE     a specification (YAML) to use in place of a family of this package
  --netns NAME    the network namespace: a name below /run/netns, or a path
  --count N       end after N notifications
  --strict        show as malformed what the specification does not know, instead of in "extra"
  --pretty        indent the output
  --help          print this`;

export function run(args: readonly string[]): Promise<number> {
  return runSubcommand('listen', usage, args, async () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        spec: { type: 'string' },
        netns: { type: 'string' },
        count: { type: 'string' },
        strict: { type: 'boolean', default: false },
        pretty: { type: 'boolean', default: false },
      },
    });
    const count = parseCount(values.count);
    const family = await findFamily(positionals[0], values.spec);
    const groups = withoutFamily(positionals, family, values.spec);
    if (Object.keys(family.groups).length === 0) {
      throw new UsageError(`'${family.name}' has no multicast groups`);
    }
    const client = await openFamily(family, { ...namespace(values.netns) });
    process.once('SIGINT', () => client.close());
    try {
      await print(client, { groups, count, strict: values.strict, pretty: values.pretty });
    } finally {
      client.close();
    }
    return 0;
  });
}

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

function parseCount(text: string | undefined): number {
  if (text === undefined) return Infinity;
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new UsageError(`--count takes a whole number from 1 on, not '${text}'`);
}
