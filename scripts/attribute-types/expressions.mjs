import { readBase } from './declarations.mjs';
import { isName, matchBrackets, splitAt } from './tokens.mjs';

// What type a C expression has, as far as declarations say. Undefined where they do not.

const plain = (base) => ({ base, pointers: 0, dimensions: [] });
const CONVERSIONS = new Map(
  Object.entries({
    htons: '__be16',
    htonl: '__be32',
    cpu_to_be16: '__be16',
    cpu_to_be32: '__be32',
    cpu_to_be64: '__be64',
    cpu_to_le16: '__le16',
    cpu_to_le32: '__le32',
    cpu_to_le64: '__le64',
    ntohs: 'u16',
    ntohl: 'u32',
    be16_to_cpu: 'u16',
    be32_to_cpu: 'u32',
    be64_to_cpu: 'u64',
    le16_to_cpu: 'u16',
    le32_to_cpu: 'u32',
    le64_to_cpu: 'u64',
    get_unaligned_be16: 'u16',
    get_unaligned_be32: 'u32',
    nla_get_be16: '__be16',
    nla_get_be32: '__be32',
    nla_get_be64: '__be64',
    nla_get_in_addr: '__be32',
    nla_get_u8: 'u8',
    nla_get_u16: 'u16',
    nla_get_u32: 'u32',
    nla_get_u64: 'u64',
  }).map(([name, base]) => [name, plain(base)]),
);
/** Calls and macros whose value is (the first of) their arguments. */
const TRANSPARENT =
  /^(READ_ONCE|WRITE_ONCE|rcu_dereference\w*|rtnl_dereference|rcu_access_pointer|min|max|min_t|max_t|clamp|u64_stats_read|data_race|unlikely|likely|ACCESS_PRIVATE|smp_load_acquire|nft_dereference|__force|unrcu_pointer)$/;
const BINARY = new Set('+ - / % | ^ & << >> == != < > <= >= && ||'.split(' '));

export const isBigEndian = (type) => type !== undefined && /^__be(16|32|64)$|^__sum16$/.test(type.base);

/** The type of an expression; `scope` has `variables` (a Map) and `types` (see types.mjs). */
export function typeOf(tokens, scope) {
  if (tokens.length === 0) return undefined;
  const question = outside(tokens, (token) => token === '?');
  if (question >= 0) {
    const branches = splitAt(tokens.slice(question + 1), ':');
    return typeOf(branches[0] ?? [], scope) ?? typeOf(branches[1] ?? [], scope);
  }
  const operator = outside(tokens, (token, index) => index > 0 && isBinaryAt(tokens, index));
  if (operator > 0) return combined(tokens, operator, scope);
  return unary(tokens, scope);
}

function combined(tokens, operator, scope) {
  if (/^(==|!=|<|>|<=|>=|&&|\|\|)$/.test(tokens[operator])) return plain('bool');
  const left = typeOf(tokens.slice(0, operator), scope);
  const right = typeOf(tokens.slice(operator + 1), scope);
  if (left !== undefined && (left.pointers > 0 || left.dimensions.length > 0)) return left;
  return [left, right].find(isBigEndian) ?? left;
}

function isBinaryAt(tokens, index) {
  const token = tokens[index];
  if (!BINARY.has(token) && token !== '*') return false;
  const before = tokens[index - 1];
  if (!(isName(before) || /^\d/.test(before) || before === ')' || before === ']')) return false;
  if (before === ')' && (token === '*' || token === '&' || token === '-')) return !isCast(tokens, index - 1);
  return before !== 'sizeof';
}

function isCast(tokens, close) {
  const open = matchBrackets(tokens).get(close);
  if (open === undefined || isName(tokens[open - 1])) return false;
  return castType(tokens.slice(open + 1, close)) !== undefined;
}

function castType(inner) {
  const head = readBase(inner);
  if (head === undefined) return undefined;
  const rest = inner.slice(head.next).filter((token) => !/^__force$|^const$|^__user$/.test(token));
  if (!rest.every((token) => token === '*')) return undefined;
  const known =
    /^(struct|union|enum) |^_{0,2}[us]\d+$|^__(be|le|u|s)\d+$|^(int|char|long|unsigned (int|long)|void|bool|size_t|uid_t|gid_t|pid_t|sci_t|u_char|u_int\d+_t|u?int\d+_t|u_long)$/;
  if (rest.length === 0 && inner.length === 1 && !known.test(head.base)) return undefined;
  return { base: head.base, pointers: rest.length, dimensions: [] };
}

function outside(tokens, accepts) {
  let depth = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === '(' || token === '[' || token === '{') depth++;
    else if (token === ')' || token === ']' || token === '}') depth--;
    else if (depth === 0 && accepts(token, index)) return index;
  }
  return -1;
}

function unary(tokens, scope) {
  const [first, ...rest] = tokens;
  if (first === '&') {
    const type = typeOf(rest, scope);
    return (
      type && {
        ...type,
        pointers: type.pointers + 1,
        dimensions: [],
        ...(type.dimensions.length > 0 && { whole: type }),
      }
    );
  }
  if (first === '*') return pointee(typeOf(rest, scope));
  if (first === '!') return plain('bool');
  if (first === '~' || first === '-' || first === '+' || first === '++' || first === '--')
    return typeOf(rest, scope);
  if (first === '(') {
    const close = matchBrackets(tokens).get(0);
    if (close === undefined) return undefined;
    const inner = tokens.slice(1, close);
    const cast = close < tokens.length - 1 || castType(inner)?.pointers > 0 ? castType(inner) : undefined;
    if (cast !== undefined && close < tokens.length - 1 && !/^(->|\.|\[)$/.test(tokens[close + 1])) {
      if (
        /^(int|u8|u16|u32|u64|s32|unsigned int|__u32|unsigned long)$/.test(cast.base) &&
        cast.pointers === 0
      ) {
        const below = typeOf(tokens.slice(close + 1), scope);
        if (isBigEndian(below)) return below;
      }
      return cast;
    }
    return postfix(typeOf(inner, scope), tokens.slice(close + 1), scope);
  }
  if (!isName(first)) return undefined;
  if (first === 'sizeof') return plain('size_t');
  if (tokens[1] === '(') {
    const close = matchBrackets(tokens).get(1);
    if (close === undefined) return undefined;
    const args = splitAt(tokens.slice(2, close));
    return postfix(callType(first, args, scope), tokens.slice(close + 1), scope);
  }
  return postfix(scope.variables.get(first), rest, scope);
}

function callType(name, args, scope) {
  const conversion = CONVERSIONS.get(name);
  if (conversion !== undefined) return conversion;
  if (TRANSPARENT.test(name)) {
    const at = /^(min_t|max_t)$/.test(name) ? 1 : 0;
    return typeOf(args[at] ?? [], scope);
  }
  if (name === 'container_of') return undefined;
  return scope.types.returned(name, scope.file);
}

function postfix(type, rest, scope) {
  let current = type;
  let index = 0;
  while (index < rest.length) {
    const token = rest[index];
    if (token === '->' || token === '.') {
      const name = rest[index + 1];
      current = scope.types.member(current, name);
      index += 2;
    } else if (token === '[') {
      current = pointee(current);
      index = (matchBrackets(rest).get(index) ?? rest.length) + 1;
    } else if (token === '(') {
      return undefined;
    } else if (token === '++' || token === '--') index++;
    else return undefined;
  }
  return current;
}

export function pointee(type) {
  if (type === undefined) return undefined;
  if (type.whole !== undefined) return type.whole;
  if (type.dimensions.length > 0) return { ...type, dimensions: type.dimensions.slice(1) };
  if (type.pointers > 0) return { ...type, pointers: type.pointers - 1 };
  return undefined;
}

/** What `sizeof` is applied to, anywhere in a length: a type; undefined where there is none. */
export function sizeofType(tokens, scope) {
  if (tokens[0] !== 'sizeof') return undefined;
  if (tokens[1] !== '(') return typeOf(tokens.slice(1), scope);
  const close = matchBrackets(tokens).get(1);
  if (close !== tokens.length - 1) return undefined;
  const inner = tokens.slice(2, close);
  return castType(inner) ?? typeOf(inner, scope);
}
