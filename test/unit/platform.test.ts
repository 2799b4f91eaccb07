import { expect, test } from '@jest/globals';
import { hasUvPoll, whyUnsupported } from '#lib/native/platform';

test.each([{ node: '20.0.0' }, { node: '24.0.0', bun: '1.4.5' }, { node: '24.0.0', deno: '2.9.6' }])(
  '%o on Linux is supported',
  (versions) => {
    expect(whyUnsupported({ platform: 'linux', versions })).toBeUndefined();
  },
);

test('Node alone has the event loop that an addon can wait on', () => {
  const hasIt = (versions: Record<string, string>) => hasUvPoll({ platform: 'linux', versions });
  expect(hasIt({ node: '24.0.0' })).toBe(true);
  expect(hasIt({ node: '24.0.0', bun: '1.4.5' })).toBe(false);
  expect(hasIt({ node: '24.0.0', deno: '2.9.6' })).toBe(false);
});

test.each([
  ['darwin', {}, /Linux kernel, and this is darwin/],
  ['linux', { electron: '30.0.0' }, /^Electron/],
])('%s %o is not, and the reason says why', (platform, versions, reason) => {
  expect(whyUnsupported({ platform, versions })).toMatch(reason);
});
