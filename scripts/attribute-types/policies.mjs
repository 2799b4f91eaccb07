import { payloadType } from './payloads.mjs';
import { isConstant, splitAt } from './tokens.mjs';

// What tables say about attributes: struct nla_policy, and Open vSwitch's tables of lengths.

const TYPES = {
  NLA_U8: 'u8',
  NLA_U16: 'u16',
  NLA_U32: 'u32',
  NLA_U64: 'u64',
  NLA_S8: 's8',
  NLA_S16: 's16',
  NLA_S32: 's32',
  NLA_S64: 's64',
  NLA_BE16: 'be16',
  NLA_BE32: 'be32',
  NLA_UINT: 'uint',
  NLA_SINT: 'sint',
  NLA_STRING: 'string',
  NLA_NUL_STRING: 'string',
  NLA_FLAG: 'flag',
  NLA_MSECS: 'u64',
  NLA_NESTED: 'nest',
  NLA_NESTED_ARRAY: 'nest',
  NLA_BITFIELD32: 'bitfield32',
};
const SIZED = /^NLA_POLICY_(EXACT_LEN|EXACT_LEN_WARN|MIN_LEN|MAX_LEN)$/;

/** The evidence of an initialised table, `{ head, body }`; none where it is another kind of table. */
export function readTable({ head, body }, types, file) {
  const isPolicy = head.includes('nla_policy');
  const isLengths =
    head.includes('ovs_len_tbl') ||
    (body.includes('sizeof') && /^_?[a-z_]*(u32|size_t|u16|int)$/.test(head[head.indexOf('[') - 2] ?? ''));
  if (!isPolicy && !isLengths) return [];
  const scope = { variables: new Map(), types, file };
  const evidence = [];
  for (const entry of splitAt(body)) {
    if (entry[0] !== '[') continue;
    const close = entry.indexOf(']');
    const name = entry[close - 1];
    if (!isConstant(name) || entry[close + 1] !== '=') continue;
    const add = (subject, type) =>
      type !== undefined && evidence.push({ subjects: [subject], type, via: 'policy', where: file });
    const value = entry.slice(close + 2);
    const subject = `C:${name}`;
    if (isPolicy) readPolicy(value, subject, add, scope);
    else readLength(value, subject, add, scope);
  }
  return evidence;
}

function readPolicy(value, subject, add, scope) {
  const [macro] = value;
  if (macro === 'NLA_POLICY_NESTED' || macro === 'NLA_POLICY_NESTED_ARRAY') {
    add(subject, 'nest');
    if (macro === 'NLA_POLICY_NESTED_ARRAY') add(`E:${subject}`, 'nest');
  } else if (macro === 'NLA_POLICY_ETH_ADDR' || macro === 'NLA_POLICY_ETH_ADDR_COMPAT') add(subject, 'mac');
  else if (macro === 'NLA_POLICY_BITFIELD32') add(subject, 'bitfield32');
  else if (SIZED.test(macro)) add(subject, lengthType(value.slice(2, -1), scope, SIZED.exec(macro)[1]));
  else if (macro?.startsWith('NLA_POLICY_')) {
    const [type, least, most] = splitAt(value.slice(2, -1));
    if (type?.[0] === 'NLA_BINARY')
      add(subject, least?.join(' ') === most?.join(' ') ? lengthType(least, scope, 'EXACT_LEN') : 'bytes');
    else add(subject, TYPES[type?.[0]]);
  } else if (macro === '{') {
    const members = new Map(
      splitAt(value.slice(1, -1))
        .filter((part) => part.length > 0)
        .map((part) => (part[0] === '.' ? [part[1], part.slice(3)] : ['type', part])),
    );
    const type = members.get('type')?.[0];
    if (type === 'NLA_NESTED_ARRAY') add(`E:${subject}`, 'nest');
    if (TYPES[type] !== undefined) add(subject, TYPES[type]);
    else if (type === 'NLA_BINARY' || type === 'NLA_UNSPEC' || type === undefined) {
      const length = members.get('len');
      if (length !== undefined)
        add(subject, lengthType(length, scope, type === 'NLA_BINARY' ? 'MAX_LEN' : 'MIN_LEN'));
      else if (type === 'NLA_BINARY') add(subject, 'bytes');
    }
  }
}

function readLength(value, subject, add, scope) {
  const length =
    value[0] === '{'
      ? splitAt(value.slice(1, -1))
          .find((part) => part[1] === 'len')
          ?.slice(3)
      : value;
  if (length?.[0] === 'OVS_ATTR_NESTED') add(subject, 'nest');
  else if (length?.[0] === 'OVS_ATTR_VARIABLE' || length === undefined) return;
  else if (length[0] === 'sizeof' || /^\d+$/.test(length[0]))
    add(subject, lengthType(length, scope, 'EXACT_LEN'));
}

/** A length in a policy fixes the type where it is exact; a maximum of a scalar's size says nothing about what is in it. */
function lengthType(length, scope, kind) {
  const type = payloadType(length ?? [], [], scope);
  if (type === undefined || type === 'bytes 1') return 'bytes';
  if (type === 'bytes 0') return 'flag';
  if (/^[us]\d+$/.test(type)) {
    const bytes = Number(type.slice(1)) / 8;
    return kind === 'MAX_LEN' ? 'bytes' : `bytes ${bytes}`;
  }
  return type;
}
