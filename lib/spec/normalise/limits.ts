import type { ConstantSpec, Limits } from '../model.js';
import type { SpecNode } from '../spec-node.js';
import type { Named } from './context.js';
import { CHECK_KEYS } from './keys.js';

/** A number, written as a number, a constant's name, `name - 1`, or the end of a type's range (`u32-max`). */
export function resolveNumber(
  node: SpecNode,
  key: string,
  constants: Named<ConstantSpec>,
): bigint | undefined {
  const value = node.raw(key);
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'string') throw node.error('must be a number or the name of one', key);
  const [, name = value, less] = /^(.+?)( - 1)?$/.exec(value) ?? [];
  const found = typeLimit(name) ?? constantValue(node, key, name, constants);
  return less === undefined ? found : found - 1n;
}

/** Limits of the kernel's policy. A constant of value 0 stands for one that depends on the kernel's build (page-size). */
export function resolveLimits(node: SpecNode, constants: Named<ConstantSpec>): Limits {
  const checks = node.optionalChild('checks')?.allow(CHECK_KEYS);
  if (checks === undefined) return {};
  const number = (key: string): bigint | undefined => resolveNumber(checks, key, constants);
  const length = (key: string): number | undefined => {
    const value = number(key);
    return value === undefined || value === 0n ? undefined : Number(value);
  };
  const limits = {
    min: number('min'),
    max: number('max'),
    minLength: length('min-len'),
    maxLength: length('max-len'),
    exactLength: length('exact-len'),
  };
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}

function typeLimit(name: string): bigint | undefined {
  const match = /^([us])(8|16|32|64)-(min|max)$/.exec(name);
  if (match === null) return undefined;
  const [, sign, bits, end] = match;
  const width = BigInt(bits ?? 0);
  if (sign === 'u') return end === 'min' ? 0n : (1n << width) - 1n;
  return end === 'min' ? -(1n << (width - 1n)) : (1n << (width - 1n)) - 1n;
}

function constantValue(node: SpecNode, key: string, name: string, constants: Named<ConstantSpec>): bigint {
  const constant = constants.find(name) ?? constants.find(name.replace(/^[^-]+-/, ''));
  if (constant === undefined) throw node.error(`unknown constant or limit '${name}'`, key);
  if (typeof constant.value === 'string')
    throw node.error(`the constant '${name}' must be a number, not text`, key);
  return BigInt(constant.value);
}
