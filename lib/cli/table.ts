export interface Column {
  readonly heading: string;
  readonly align?: 'left' | 'right';
  /** Characters that the column has at least, so that rows printed one by one stand under each other. */
  readonly least?: number;
  /** Whether its cells may be cut where the table is wider than the terminal. */
  readonly canShrink?: boolean;
}

export interface TableOptions {
  /** Whether the headings are printed. Default: true. */
  readonly headings?: boolean;
  /** Characters in a line. Default: the terminal's; no limit if the output is not a terminal. */
  readonly width?: number;
}

const GAP = '  ';
/** What is left of a column that shrinks, at least. */
const NARROWEST = 6;

/** The lines of a table, each column as wide as its widest cell. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { headings = true, width = process.stdout.isTTY ? process.stdout.columns : Infinity }: TableOptions = {},
): string[] {
  const all = headings ? [columns.map(({ heading }) => heading), ...rows] : rows;
  const widths = columns.map(({ least = 0 }, column) =>
    Math.max(least, ...all.map((row) => (row[column] ?? '').length)),
  );
  shrink(columns, widths, width);
  return all.map((row) =>
    columns
      .map(({ align }, column) => fit(row[column] ?? '', widths[column] ?? 0, align))
      .join(GAP)
      .trimEnd(),
  );
}

/** Takes what is too much from the columns that may be cut, the widest first. */
function shrink(columns: readonly Column[], widths: number[], width: number): void {
  let surplus = widths.reduce((sum, each) => sum + each + GAP.length, -GAP.length) - width;
  const shrinkable = [...columns.keys()].filter((column) => columns[column]?.canShrink === true);
  for (const column of shrinkable.sort((one, other) => (widths[other] ?? 0) - (widths[one] ?? 0))) {
    const before = widths[column] ?? 0;
    const after = Math.min(before, Math.max(NARROWEST, before - surplus));
    widths[column] = after;
    surplus -= before - after;
    if (surplus <= 0) return;
  }
}

function fit(cell: string, width: number, align: Column['align']): string {
  const shown = cell.length > width ? `${cell.slice(0, width - 1)}…` : cell;
  return align === 'right' ? shown.padStart(width) : shown.padEnd(width);
}
