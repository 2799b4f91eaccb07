import { isBigEndian, pointee, sizeofType, typeOf } from './expressions.mjs';
import { scalar } from './types.mjs';

// What a payload is, by its length and by what it is copied from or to.

const NUMBERS = { ETH_ALEN: 6, ALEN: 6 };
const NAMES = { ulong: 'u64', long: 's64', char: 'text' };

/** The name of a C type as evidence: `be32`, `struct tcf_t`, `ipv6`, `array u32`, `bytes`. */
export function payloadName(type, types) {
  if (type === undefined) return undefined;
  if (type.dimensions.length > 0) {
    if (type.dimensions[0].join('') === 'ETH_ALEN') return 'mac';
    const element = payloadName({ ...type, dimensions: [] }, types);
    if (element === 'text') return element;
    if (element === undefined || element === 'u8' || element === 's8') return 'bytes';
    if (element === 'be32' && type.dimensions[0].join('') === '4') return 'ipv6';
    return `array ${element}`;
  }
  if (type.pointers > 0) return undefined;
  if (type.base === 'struct in6_addr') return 'ipv6';
  if (type.base === 'struct in_addr') return 'ipv4';
  if (type.base === 'struct nla_bitfield32') return 'bitfield32';
  const known = scalar(type);
  if (known !== undefined) return NAMES[known] ?? known;
  if (/^struct \w/.test(type.base)) return payloadName(types?.only(type), types) ?? type.base;
  if (/^union nf_inet_addr$/.test(type.base)) return 'bytes';
  return undefined;
}

/** What is written or copied: `length` and `data` are expressions, of which either may say more. */
export function payloadType(length, data, scope, dataScope = scope) {
  const content = pointee(typeOf(data, dataScope));
  const pointed = payloadName(content, dataScope.types);
  const bytes = fixedLength(length, scope);
  if (length.length === 1 && NUMBERS[length[0]] !== undefined) return 'mac';
  if (length.at(-1) === 'addr_len') return 'hwaddr';
  const measured = sizeofType(length, scope);
  if (measured !== undefined) {
    const name = payloadName(measured, scope.types);
    if (isBigEndian(content) && scope.types.width(content) === scope.types.width(measured)) return pointed;
    if (name === undefined && measured.pointers > 0) return pointed;
    if (
      pointed !== undefined &&
      name !== undefined &&
      /^[us](8|16|32|64)$/.test(name) &&
      pointed.startsWith('struct ') === false &&
      sameWidth(pointed, name)
    )
      return pointed;
    return name ?? pointed;
  }
  if (bytes !== undefined) {
    if (content !== undefined && scope.types.width(content) === bytes) return pointed;
    if (bytes === 0) return 'bytes 0';
    return `bytes ${bytes}`;
  }
  const text = length.join(' ');
  if (/\bstrlen \(/.test(text)) return 'string';
  const each = /\bsizeof\b/.test(text) ? arrayElement(length, scope) : undefined;
  if (each !== undefined) return each;
  if (pointed === 'text') return 'text';
  if (pointed?.startsWith('struct ')) return `array ${pointed}`;
  return length.length === 0 ? pointed : 'bytes';
}

const sameWidth = (one, other) => /\d+$/.exec(one)?.[0] === /\d+$/.exec(other)?.[0];

function arrayElement(length, scope) {
  if (!length.includes('*')) return undefined;
  const at = length.indexOf('sizeof');
  let depth = 0;
  let end = at + 1;
  for (; end < length.length; end++) {
    if (length[end] === '(') depth++;
    else if (length[end] === ')' && --depth === 0) break;
  }
  const name = payloadName(sizeofType(length.slice(at, end + 1), scope), scope.types);
  if (name === undefined) return undefined;
  return name === 'u8' || name === 'text' ? 'bytes' : `array ${name}`;
}

export function fixedLength(tokens, scope) {
  if (tokens.length !== 1) return undefined;
  if (/^(0x)?[\da-fA-F]+[uUlL]*$/.test(tokens[0])) return Number.parseInt(tokens[0]);
  return scope.types.constant(tokens[0]);
}
