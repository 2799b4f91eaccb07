import { parseArgs } from 'node:util';
import type { Family } from '../index.js';
import { runSubcommand } from './arguments.js';
import { familyNames, findFamily } from './family-source.js';
import { toJson } from '../json.js';

const usage = `Usage: nlctl families [FAMILY] [OPTION…]

Lists the families of this package; with FAMILY, its operations, notifications and multicast groups.

  --spec FILE     show the family of this specification (YAML)
  --json          print JSON
  --help          print this`;

interface Summary {
  readonly name: string;
  readonly protocol: number;
  readonly do: readonly string[];
  readonly dump: readonly string[];
  readonly notifications: readonly string[];
  readonly groups: readonly string[];
}

export function run(args: readonly string[]): Promise<number> {
  return runSubcommand('families', usage, args, async () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { spec: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
    const [name] = positionals;
    if (name !== undefined || values.spec !== undefined) {
      const summary = summarise(await findFamily(name, values.spec));
      console.log(values.json ? toJson(summary, 2) : describe(summary));
      return 0;
    }
    const summaries = await Promise.all(familyNames().map(async (each) => summarise(await findFamily(each))));
    console.log(values.json ? toJson(summaries, 2) : table(summaries));
    return 0;
  });
}

function summarise({ name, protocol, operations, notifications, groups }: Family): Summary {
  const all = Object.values(operations);
  return {
    name,
    protocol,
    do: all.filter((operation) => operation.do !== undefined).map((operation) => operation.name),
    dump: all.filter((operation) => operation.dump !== undefined).map((operation) => operation.name),
    notifications: Object.values(notifications).map((notification) => notification.name),
    groups: Object.keys(groups),
  };
}

function table(summaries: readonly Summary[]): string {
  const width = Math.max(...summaries.map(({ name }) => name.length));
  const lines = summaries.map((summary) => {
    const counts = [
      `${summary.do.length} do`,
      `${summary.dump.length} dump`,
      `${summary.notifications.length} notifications`,
    ];
    return `${summary.name.padEnd(width)}  protocol ${String(summary.protocol).padStart(2)}  ${counts.join(', ')}`;
  });
  return lines.join('\n');
}

function describe(summary: Summary): string {
  const line = (title: string, names: readonly string[]) =>
    `${title.padEnd(14)}${names.length === 0 ? 'none' : names.join(', ')}`;
  return [
    `${summary.name}: netlink protocol ${summary.protocol}`,
    line('do', summary.do),
    line('dump', summary.dump),
    line('notifications', summary.notifications),
    line('groups', summary.groups),
  ].join('\n');
}
