import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ABI, requireAbi } from '#lib/spec/runtime/abi';

test('each generated module requires the version that is here', () => {
  const modules = readdirSync('lib/families').filter((name) => name.endsWith('.ts'));
  expect(modules.length).toBeGreaterThan(30);
  for (const module of modules) {
    const family = module.replace(/\.ts$/, '');
    expect(readFileSync(`lib/families/${module}`, 'utf8')).toContain(
      `\nruntime.requireAbi('${family}', ${ABI});\n`,
    );
  }
});

test('a module of another version is refused when it is loaded', () => {
  expect(() => requireAbi('example', ABI)).not.toThrow();
  expect(() => requireAbi('example', ABI + 1)).toThrow(
    expect.objectContaining({
      code: 'ERR_NETLINK_UNSUPPORTED',
      message: expect.stringMatching(
        /^the module of family 'example' was generated for version 2 .* has version 1: generate the module again/,
      ) as unknown,
    }),
  );
});
