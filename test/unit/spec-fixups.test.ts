import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { applyFixup, fixupMismatch } from '#lib/spec/fixups/fixup';
import { fixups, repaired } from '#lib/spec/fixups/index';
import { readSpec } from '#lib/spec/load';
import { testUnless } from '../helpers/conditional';
import { kernelSpecText, WITHOUT_SPECS } from '../helpers/specs';

const strict = (name: string) => readSpec(kernelSpecText(name), { file: `${name}.yaml`, fixups: 'strict' });

describe.each([...fixups.keys()])('%s', (name) => {
  testUnless(WITHOUT_SPECS, 'each defect is still in the kernel’s spec, and is repaired', () => {
    expect(() => strict(name)).not.toThrow();
  });

  testUnless(WITHOUT_SPECS, 'each knows its defect from the repaired state', () => {
    const spec: unknown = parse(kernelSpecText(name), { maxAliasCount: -1 });
    for (const fixup of fixups.get(name) ?? []) {
      expect(fixupMismatch(spec, fixup)).toBeUndefined();
      applyFixup(spec, fixup);
      expect(fixupMismatch(spec, fixup)).toBeDefined();
    }
  });

  testUnless(WITHOUT_SPECS, 'a spec that has made a repair itself is reported', () => {
    const once = repaired(parse(kernelSpecText(name), { maxAliasCount: -1 }), name, { strict: true });
    expect(() => repaired(once, `${name}.yaml`, { strict: true })).toThrow('a fix-up does not apply');
  });

  test('each fix-up says why', () => {
    for (const { reason } of fixups.get(name) ?? []) expect(reason).toMatch(/\w+ \w+ \w+/);
  });
});

test('another kernel’s spec is repaired as far as the defects are there', () => {
  const spec = {
    name: 'rt-route',
    definitions: [],
    'attribute-sets': [{ name: 'route-attrs', attributes: [{ name: 'sport', type: 'u16' }] }],
  };
  expect(repaired(spec, 'x', { strict: false })).toMatchObject({
    'attribute-sets': [{ attributes: [{ name: 'sport', 'byte-order': 'big-endian' }] }],
  });
  expect(spec['attribute-sets'][0]?.attributes[0]).not.toHaveProperty('byte-order');
});

test('other families are left alone', () => {
  const spec = { name: 'mine' };
  expect(repaired(spec, 'x', { strict: true })).toBe(spec);
});
