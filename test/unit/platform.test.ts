import { expect, test } from '@jest/globals';
import { whyUnsupported } from '#lib/native/platform';

test('Node on Linux is supported', () => {
  expect(whyUnsupported({ platform: 'linux', versions: { node: '20.0.0' } })).toBeUndefined();
});

test.each([
  ['darwin', {}, /Linux kernel, and this is darwin/],
  ['linux', { bun: '1.0.0' }, /^Bun/],
  ['linux', { deno: '2.0.0' }, /^Deno/],
  ['linux', { electron: '30.0.0' }, /^Electron/],
])('%s %o is not, and the reason says why', (platform, versions, reason) => {
  expect(whyUnsupported({ platform, versions })).toMatch(reason);
});
