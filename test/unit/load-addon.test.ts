import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { compileFunction } from 'node:vm';
import { expect, test } from '@jest/globals';

const native = resolve(__dirname, '../../../unbundled/native');

test('in a program bundled as an ES module, where __dirname is not defined, the error says what to do', () => {
  // The parameters that a bundler passes to a CommonJS module in an ES module.
  const body = readFileSync(join(native, 'load-addon.js'), 'utf8');
  const load = compileFunction(`${body}\nreturn exports.loadAddon();`, ['exports', 'require']) as (
    exports: object,
    require: NodeJS.Require,
  ) => unknown;
  const here = createRequire(join(native, 'load-addon.js'));
  expect(() => load({}, here)).toThrow(
    expect.objectContaining({
      code: 'ERR_NETLINK_ADDON',
      message:
        `loading the native addon for linux-${process.arch}: this program is bundled as an ES module, which has no folder to look in. ` +
        `Import 'afnetlink/addon/linux-${process.arch}' before the first socket is opened, or leave afnetlink out of the bundle`,
    }),
  );
});
