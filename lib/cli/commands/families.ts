import { toJson, type Family } from '../../index.js';
import { defineCommand } from '../command/command.js';
import { flag } from '../command/option.js';
import { optional } from '../command/positional.js';
import { familyKind, familyNames, familyOptions, findFamily } from '../family-source.js';
import { tableLines } from '../table.js';

export const command = defineCommand({
  name: 'nlctl families',
  summary: 'list families and their operations',
  description:
    'Lists the families of this package; with FAMILY, its operations, notifications and multicast groups.',
  positionals: { family: optional('the family to show', familyKind) },
  options: { ...familyOptions, json: flag('print JSON') },
  async run({ spec, json }, { family }) {
    if (family !== undefined || spec !== undefined) {
      const summary = summarise(await findFamily(family, spec));
      console.log(json ? toJson(summary, 2) : describe(summary).join('\n'));
      return 0;
    }
    const summaries = await Promise.all(familyNames().map(async (each) => summarise(await findFamily(each))));
    console.log(json ? toJson(summaries, 2) : table(summaries).join('\n'));
    return 0;
  },
});

interface Summary {
  readonly name: string;
  readonly protocol: number;
  readonly do: readonly string[];
  readonly dump: readonly string[];
  readonly notifications: readonly string[];
  readonly groups: readonly string[];
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

function table(summaries: readonly Summary[]): string[] {
  const counts = ['PROTOCOL', 'DO', 'DUMP', 'NOTIFICATIONS', 'GROUPS'];
  return tableLines(
    [{ heading: 'FAMILY' }, ...counts.map((heading) => ({ heading, align: 'right' as const }))],
    summaries.map((summary) => [
      summary.name,
      String(summary.protocol),
      ...(['do', 'dump', 'notifications', 'groups'] as const).map((list) => String(summary[list].length)),
    ]),
  );
}

function describe({ name, protocol, ...lists }: Summary): string[] {
  const rows = Object.entries(lists).map(([title, names]) => [
    title,
    names.length === 0 ? 'none' : names.join(', '),
  ]);
  return [
    `${name}: netlink protocol ${protocol}`,
    ...tableLines([{ heading: 'LIST' }, { heading: 'NAMES' }], rows, { headings: false, width: Infinity }),
  ];
}
