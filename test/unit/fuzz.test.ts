// The fuzzer itself: it finds what is planted, and instrumented code does what it did before.
import { compileFunction } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { NetlinkError } from '#lib/errors';
import { type Coverage, fuzz } from '../fuzz/fuzz';
import { HIT, instrument } from '../fuzz/instrument';
import { Random } from '../fuzz/random';
import type { Target } from '../fuzz/target';

/** Runs instrumented source, and counts its branches. */
function instrumented(source: string) {
  const taken = new Set<number>();
  let work = 0;
  let allowed = Infinity;
  const hit = (branch: number) => {
    work += 1;
    taken.add(branch);
    if (work > allowed) throw new Error('too much work');
  };
  const { code, next } = instrument(source, 0);
  const run = compileFunction(code, [HIT, 'input']) as (
    hit: (branch: number) => void,
    input: Uint8Array,
  ) => unknown;
  const coverage: Coverage = {
    branchesTaken: () => taken.size,
    beginRun(limit) {
      work = 0;
      allowed = limit;
    },
    endRun() {
      allowed = Infinity;
      return work;
    },
  };
  return { coverage, branches: next, taken, run: (input: Uint8Array) => run(hit, input) };
}

/** Tries up to 200,000 inputs on a program. */
async function finding(source: string, more: Partial<Target> = {}) {
  const { coverage, run } = instrumented(source);
  const target: Target = {
    name: 'planted',
    seeds: [new Uint8Array(8)],
    longest: 1 << 16,
    work: { least: 100, perByte: 20 },
    run: (input) => void run(input),
    ...more,
  };
  const goesOn = (tried: number) => tried < 200_000;
  const { finding: found, tried } = await fuzz(target, { random: new Random(7), coverage, goesOn });
  return { input: found?.input, message: String(found?.error), tried };
}

test('an input behind four conditions is found, step by step', async () => {
  const { input, message } = await finding(`
    if (input[0] === 0x4e) if (input[1] === 0x4c) if (input[2] === 0x4d) if (input[3] === 0x53) throw new TypeError('deep');
  `);
  expect([...(input ?? [])].slice(0, 4)).toEqual([0x4e, 0x4c, 0x4d, 0x53]);
  expect(message).toBe('TypeError: deep');
});

test('time that grows with the square of the length is found', async () => {
  const { message } = await finding('for (const one of input) for (const other of input) one === other;');
  expect(message).toMatch(/too much work/);
});

test('a changed prototype is found', async () => {
  const pollute = (input: Uint8Array) => {
    if (input[1] === 7) Object.assign(Object.prototype, { planted: 1 });
  };
  const { message } = await finding('', { run: pollute });
  Reflect.deleteProperty(Object.prototype, 'planted');
  expect(message).toBe('Error: changed Object.prototype');
});

test.each([
  [new NetlinkError('wrong', { code: 'ERR_NETLINK_MALFORMED' }), undefined],
  [new NetlinkError('wrong', { code: 'ENODEV', errno: 19 }), undefined],
  [new NetlinkError('wrong', { code: 'ENODEV', errno: 18 }), 'NetlinkError: wrong'],
  [new NetlinkError('wrong', { code: 'ERR_NETLINK_OTHER' as 'ERR_NETLINK_CLOSED' }), 'NetlinkError: wrong'],
  [new RangeError('wrong'), 'RangeError: wrong'],
])('of errors, those that are not documented are found: %s', async (error, expected) => {
  for (const run of [
    () => {
      throw error;
    },
    () => Promise.reject(error),
  ]) {
    const { coverage } = instrumented('');
    const target: Target = { name: 'planted', seeds: [], work: { least: 0, perByte: 0 }, run };
    const { finding: found } = await fuzz(target, {
      random: new Random(1),
      coverage,
      goesOn: (tried) => tried < 1000,
    });
    expect(found && String(found.error)).toBe(expected);
  }
});

test('the same seed tries the same inputs', async () => {
  const inputs = async (seed: number) => {
    const tried: string[] = [];
    const { coverage, run } = instrumented('switch (input[2]) { case 1: break; case 2: break; default: }');
    const target: Target = {
      ...{ name: 'planted', seeds: [new Uint8Array(8)], work: { least: 10, perByte: 1 } },
      run: (input) => void run(input),
    };
    await fuzz(target, {
      ...{ random: new Random(seed), coverage, goesOn: (count: number) => count < 2000 },
      onInput: (input) => tried.push(Buffer.from(input).toString('hex')),
    });
    return tried;
  };
  const first = await inputs(5);
  expect(await inputs(5)).toEqual(first);
  expect(await inputs(6)).not.toEqual(first);
  expect(new Set(first).size).toBeGreaterThan(1000);
});

describe('instrumented code', () => {
  test.each([
    ['a conditional', 'return input.length > 2 ? { long: true } : { long: false };'],
    ['short circuits', 'return [input[9] ?? 5, input[0] || 6, input[1] && 7];'],
    [
      'arrows',
      'const double = (value) => value * 2, object = (value) => ({ value }); return [double(2), object(3)];',
    ],
    [
      'loops without blocks',
      'let sum = 0; for (const each of input) sum += each; while (sum > 4) sum--; return sum;',
    ],
    ['else if', 'if (input.length === 0) return 1; else if (input.length === 1) return 2; else return 3;'],
    [
      'a switch that falls through',
      'let n = 0; switch (input[0]) { case 1: n += 1; case 2: n += 2; break; default: n = 9; } return n;',
    ],
    [
      'a class',
      'class A { #x = 1; get x() { return this.#x; } static of() { return new A(); } } return A.of().x;',
    ],
    [
      'generators and catch',
      'function* g() { yield* input; } try { return [...g()].missing.length; } catch { return 4; }',
    ],
    ['nested conditionals', 'return input[0] ? input[1] ? 1 : 2 : input[2] ? 3 : 4;'],
  ])('returns what it did: %s', (_, source) => {
    const { run, branches, taken } = instrumented(source);
    const plain = compileFunction(source, ['input']) as (input: Uint8Array) => unknown;
    for (const input of [[], [1], [2], [1, 2, 3], [0, 1, 5]].map((bytes) => Uint8Array.from(bytes))) {
      expect(run(input)).toEqual(plain(input));
    }
    expect(taken.size).toBeGreaterThan(0);
    expect(branches).toBeGreaterThanOrEqual(taken.size);
  });
});
