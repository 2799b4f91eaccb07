import type { Random } from './random';

/** Numbers at which code changes its mind. */
const EDGES = [0, 1, 3, 4, 5, 7, 8, 15, 16, 17, 20, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x8001, 0x4001];
/** The length of what is made long, to see that time and memory grow with the length only. */
const LONG = 48 << 10;

export interface Material {
  readonly random: Random;
  /** Other inputs, parts of which can be put in. */
  readonly corpus: readonly Uint8Array[];
  /** Parts that mean something to the target. */
  readonly words: readonly Uint8Array[];
  readonly longest: number;
}

type Mutation = (input: Uint8Array, material: Material) => Uint8Array;

/** One to eight changes. */
export function mutate(input: Uint8Array, material: Material): Uint8Array {
  const { random, longest } = material;
  let changed = input;
  for (let left = 1 << random.below(4); left > 0; left--) {
    changed = random.pick(MUTATIONS)(changed, material);
  }
  if (random.oneIn(500)) changed = repeat(changed, material);
  return changed.length > longest ? changed.slice(0, longest) : changed;
}

const setByte: Mutation = (input, { random }) => {
  const changed = input.slice();
  if (changed.length > 0) changed[random.below(changed.length)] = random.below(256);
  return changed;
};

const flipBit: Mutation = (input, { random }) => {
  const changed = input.slice();
  const at = random.below(Math.max(1, changed.length));
  changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
  return changed;
};

const setEdge: Mutation = (input, { random }) => {
  const changed = input.slice();
  const width = random.pick([1, 2, 4]);
  if (changed.length < width) return changed;
  const at = random.below(Math.floor(changed.length / width)) * width;
  new DataView(changed.buffer).setUint8(at, random.pick(EDGES));
  if (width > 1) changed.fill(random.oneIn(4) ? 0xff : 0, at + 1, at + width);
  return changed;
};

/** The header of an attribute: a length up to the end, and a low number. */
const setAttribute: Mutation = (input, { random }) => {
  const changed = input.slice();
  if (changed.length < 4) return changed;
  const at = random.below(changed.length >> 2) * 4;
  const left = changed.length - at;
  const data = new DataView(changed.buffer);
  data.setUint16(at, random.oneIn(3) ? left : 4 + random.below(Math.min(left, 40)), true);
  if (random.oneIn(2)) data.setUint16(at + 2, random.below(80) | random.pick([0, 0, 0x8000, 0x4000]), true);
  return changed;
};

const remove: Mutation = (input, { random }) => {
  const at = random.below(input.length + 1);
  return splice(input, at, at + size(random), new Uint8Array());
};

const duplicate: Mutation = (input, { random }) => {
  const at = random.below(input.length + 1);
  const part = input.subarray(at, at + size(random) * (1 + random.below(8)));
  const to = random.below(input.length + 1);
  return splice(input, to, to, part);
};

const cut: Mutation = (input, { random }) => input.slice(0, random.below(input.length + 1));

const insertWord: Mutation = (input, { random, words }) => {
  if (words.length === 0) return setByte(input, { random, words, corpus: [], longest: 0 });
  const at = random.below(input.length + 1);
  return splice(input, at, at + (random.oneIn(2) ? size(random) : 0), random.pick(words));
};

const cross: Mutation = (input, { random, corpus }) => {
  const other = random.pick(corpus);
  const from = random.below(other.length + 1) & ~3;
  const at = random.below(input.length + 1) & ~3;
  const part = other.subarray(from, from + size(random) * (1 + random.below(16)));
  return splice(input, at, random.oneIn(2) ? at : at + part.length, part);
};

const MUTATIONS: readonly Mutation[] = [
  ...[setByte, flipBit, setEdge, setEdge, setAttribute, setAttribute],
  ...[remove, duplicate, cut, insertWord, cross, cross],
];

function repeat(input: Uint8Array, { random }: Material): Uint8Array {
  const at = random.below(input.length + 1) & ~3;
  const part = input.subarray(at, at + size(random));
  if (part.length === 0) return input;
  const repeated = new Uint8Array(at + Math.floor(LONG / part.length) * part.length);
  repeated.set(input.subarray(0, at));
  for (let to = at; to < repeated.length; to += part.length) repeated.set(part, to);
  return repeated;
}

/** Mostly whole words, as netlink aligns by them. */
function size(random: Random): number {
  return random.oneIn(3) ? 1 + random.below(8) : 4 * (1 + random.below(6));
}

function splice(input: Uint8Array, from: number, to: number, part: Uint8Array): Uint8Array {
  const end = Math.min(to, input.length);
  const changed = new Uint8Array(from + part.length + input.length - end);
  changed.set(input.subarray(0, from));
  changed.set(part, from);
  changed.set(input.subarray(end), from + part.length);
  return changed;
}
