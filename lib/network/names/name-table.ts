import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invalidArgument } from '../../errors.js';
import { suggestion } from '../../known-names.js';
import { shown } from '../../shown-value.js';

/** Where iproute2 keeps its tables; what comes later has precedence. */
const FOLDERS = ['/usr/share/iproute2', '/usr/lib/iproute2', '/etc/iproute2'];

export interface NameTableSettings {
  /** What the numbers are, for errors: `'table'`. */
  readonly what: string;
  /** iproute2's file: `'rt_tables'`, to which the files of `rt_tables.d` are added. */
  readonly file: string;
  readonly maximum: number;
  /** The kernel's own names. */
  readonly builtIn: Readonly<Record<string, number>>;
  /** Default: iproute2's. */
  readonly folders?: readonly string[];
}

/** Names of numbers as iproute2 has them, with the kernel's own built in. The files are read when a name is first needed. */
export class NameTable {
  readonly #settings: NameTableSettings;
  #read: { readonly names: Map<number, string>; readonly numbers: Map<string, number> } | undefined;

  constructor(settings: NameTableSettings) {
    this.#settings = settings;
  }

  /** The name of a number; the number itself if it has none. */
  name(number: number): string | number {
    return this.#tables().names.get(number) ?? number;
  }

  /** The number of a name, or of a number that is in range. Throws ERR_NETLINK_INVALID_ARGUMENT otherwise. */
  number(where: string, value: string | number): number {
    const { what, maximum } = this.#settings;
    const { numbers } = this.#tables();
    const known = typeof value === 'string' ? numbers.get(value) : undefined;
    if (known !== undefined) return known;
    const number = typeof value === 'string' && /^(0x[0-9a-f]+|\d+)$/i.test(value) ? Number(value) : value;
    if (typeof number === 'string') {
      throw invalidArgument(`${where}: unknown ${what} ${shown(value)}${suggestion(number, numbers.keys())}`);
    }
    if (Number.isInteger(number) && number >= 0 && number <= maximum) return number;
    throw invalidArgument(
      `${where}: ${what} must be a name or an integer from 0 to ${maximum}, got ${shown(value)}`,
    );
  }

  #tables() {
    this.#read ??= this.#readAll();
    return this.#read;
  }

  #readAll() {
    const { builtIn, file, folders = FOLDERS } = this.#settings;
    const names = new Map(Object.entries(builtIn).map(([name, number]) => [number, name]));
    const numbers = new Map(Object.entries(builtIn));
    for (const path of folders.flatMap((folder) => [
      join(folder, file),
      ...drops(join(folder, `${file}.d`)),
    ])) {
      for (const [number, name] of entriesOf(textOf(path))) {
        names.set(number, name);
        numbers.set(name, number);
      }
    }
    return { names, numbers };
  }
}

/** The lines `number name` of a table; numbers are decimal or hexadecimal, `#` begins a comment. */
function entriesOf(text: string): [number, string][] {
  return text.split('\n').flatMap((line): [number, string][] => {
    const [, number, name] = /^\s*(0x[0-9a-f]+|\d+)\s+([^\s#]+)/i.exec(line) ?? [];
    return number === undefined || name === undefined ? [] : [[Number(number), name]];
  });
}

function drops(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.conf'))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** A table that cannot be read is as good as none: the built-in names remain. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
