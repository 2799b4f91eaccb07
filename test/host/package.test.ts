import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { filesOf } from '../helpers/built-files.js';
import { packageRoot } from '../helpers/processes.js';

const run = (script: string, ...flags: string[]): string =>
  execFileSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8', cwd: packageRoot }).trim();

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, unknown>>;
};
/** What a program can import, with one family for all. */
const imports = Object.keys(manifest.exports)
  .filter((name) => !name.endsWith('.json'))
  .map((name) => `afnetlink${name.slice(1).replace('*', 'rt-link')}`);

describe.each(imports)('%s', (name) => {
  test('has the same names and classes for require and import', () => {
    const script = `
      const HAS_VALUES = ${String(name !== 'afnetlink/types')};
      const required = require('${name}');
      import('${name}').then((imported) => {
        const names = Object.keys(required).filter((name) => imported[name] !== required[name]);
        console.log(names.length === 0 && Object.keys(required).length > 0 === HAS_VALUES ? 'same' : names);
      });`;
    expect(run(script)).toBe('same');
  });
});

test('a class that several entries export exists once', () => {
  const script = `
    const owners = new Map();
    const twice = [];
    for (const entry of ${JSON.stringify(imports)}) {
      for (const [name, value] of Object.entries(require(entry))) {
        if (typeof value !== 'function' || !/^class /.test(String(value))) continue;
        if ((owners.get(name) ?? value) !== value) twice.push(entry + ': ' + name);
        owners.set(name, value);
      }
    }
    console.log(twice.length === 0 && owners.size > 0 ? 'once' : twice);`;
  expect(run(script)).toBe('once');
});

test('an error that any entry throws is an instance of the one NetlinkError', () => {
  const script = `
    const { NetlinkError, openFamily } = require('afnetlink');
    const { openMappedRing } = require('afnetlink/ring');
    const { nlctrlFamily } = require('afnetlink/families/nlctrl');
    const thrown = (action) => {
      try {
        action();
      } catch (error) {
        return error instanceof NetlinkError && error.code;
      }
    };
    openFamily(nlctrlFamily).then((client) => {
      console.log(
        thrown(() => openMappedRing({ path: '/nonexistent' })),
        thrown(() => client.doSync.getfamily({ familyName: 'nonexistent' })),
        thrown(() => client.doSync.getfamily({ familyId: 'x' })),
      );
    });`;
  expect(run(script)).toMatch(/^ENOENT ENOENT ERR_NETLINK_\w+$/);
});

test('a named import works from an ES module', () => {
  const script = `import { openSocket } from 'afnetlink'; using(openSocket({ protocol: 2 }));
    function using(socket) { console.log(typeof socket.send); socket.close(); }`;
  expect(run(script, '--input-type=module')).toBe('function');
});

test('importing the package does not load the addon', () => {
  const script = `require('afnetlink');
    console.log(Object.keys(require.cache).filter((file) => file.endsWith('.node')).length);`;
  expect(run(script)).toBe('0');
});

describe('source maps', () => {
  test('lead from a frame of a thrown error to its line of TypeScript', () => {
    const stack = run(`
      const { openSocket } = require('afnetlink');
      try {
        openSocket({ get protocol() { throw new Error('of the getter'); } });
      } catch (error) {
        console.log(error.stack);
      }`);
    const [, file = '', line, column] = /\((\/[^():]*\/dist\/[^():]+):(\d+):(\d+)\)$/m.exec(stack) ?? [];
    const payload = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload;
    const origin = new SourceMap(payload).findOrigin(Number(line), Number(column));
    if (!('fileName' in origin)) throw new Error(`no origin of ${file}:${line}:${column}`);
    const path = resolve(file, '..', origin.fileName);
    const text = readFileSync(path, 'utf8');
    expect(path).toBe(join(packageRoot, 'lib/socket/open-socket.ts'));
    expect(text.split('\n')[origin.lineNumber - 1]?.slice(origin.columnNumber - 1)).toMatch(/^protocol\b/);
    expect(payload.sourcesContent[payload.sources.indexOf(origin.fileName)]).toBe(text);
  });

  test('carry the text of every source', () => {
    const maps = filesOf(join(packageRoot, 'dist')).filter((file) => file.endsWith('.map'));
    expect(maps.length).toBeGreaterThan(0);
    const lacking = maps.filter((file) => {
      const { sources, sourcesContent } = JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload;
      const texts = sourcesContent.filter((text: unknown) => typeof text === 'string');
      return texts.length !== sources.length;
    });
    expect(lacking).toEqual([]);
  });

  test('are named by the files that have one, and by no others', () => {
    const files = filesOf(join(packageRoot, 'dist')).filter((file) => /\.[jt]s$/.test(file));
    const wrong = files.filter((file) => {
      const named = readFileSync(file, 'utf8').includes('\n//# sourceMappingURL=');
      return named !== (statSync(`${file}.map`, { throwIfNoEntry: false }) !== undefined);
    });
    expect(wrong).toEqual([]);
  });
});
