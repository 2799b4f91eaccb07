// Evidence about one attribute, made one fact: what it is, as short text.
//
//   u16  be32  s64  uint  flag  string  mac  ipv4  ipv6  bitfield32  pad  bytes  bytes 16  struct tcf_t  array u32
//   nest          attributes
//   nest[u32]     attributes whose types are numbers of their own, and what they hold
//   u32|be32      evidence for either: two meanings, or the kernel mixes them
//   …*            may come more than once

const INTEGER = /^([us]|be|le)(8|16|32|64)$/;
const WEAK = /^(bytes( \d+)?|text|hwaddr|at .*)$/;

/** The fact that evidence comes to; undefined where it comes to none. */
export function factOf(evidence) {
  const direct = evidence.filter(({ indirect }) => indirect !== true);
  const used = direct.some(({ type }) => type !== 'repeats') ? direct : evidence;
  const own = used.filter(({ level, type }) => level === 0 && type !== 'repeats');
  const elements = used.filter(({ level }) => level === 1);
  const alternatives = alternativesOf(own);
  if (alternatives.length === 0) return undefined;
  const element = alternatives.includes('nest')
    ? alternativesOf(elements).filter((each) => each !== 'bytes')
    : [];
  const text = alternatives
    .map((each) => (each === 'nest' && element.length > 0 ? `nest[${element.join('|')}]` : each))
    .join('|');
  return evidence.some(({ level, type }) => level === 0 && type === 'repeats') ? `${text}*` : text;
}

function alternativesOf(evidence) {
  const types = evidence.map(({ type }) => (type === 'struct nlattr' ? 'nest' : type));
  const found = new Set();
  const own = (wanted) => evidence.filter(({ type }) => type === wanted);
  for (const type of types) if (!INTEGER.test(type) && !WEAK.test(type)) found.add(type);
  for (const type of integersOf(evidence)) found.add(type);
  // An address is a number to those that only compare it.
  if (found.has('ipv4')) {
    found.delete('be32');
    if (own('u32').every(({ via }) => via === 'policy')) found.delete('u32');
  }
  // A number of variable width that the policy holds to four bytes is one of four bytes.
  if (
    found.has('uint') &&
    own('uint').every(({ via }) => via !== 'policy') &&
    evidence.some(({ type, via }) => via === 'policy' && INTEGER.test(type))
  )
    found.delete('uint');
  if (found.has('uint') || found.has('sint'))
    for (const type of [...found]) if (INTEGER.test(type)) found.delete(type);
  if (found.has('ipv6')) found.delete('array be32');
  // A flag that another function reads as a number, or copies without a length.
  if (own('flag').some(({ via }) => via === 'policy')) return ['flag'];
  if (found.size > 1) found.delete('flag');
  if (found.size === 0) for (const type of weakOf(types)) found.add(type);
  return [...found].sort();
}

/** Numbers of one width are one number: big-endian where anything says so, signed where what reads or writes it says so. */
function integersOf(evidence) {
  const numbers = evidence.filter(({ type }) => INTEGER.test(type));
  const widths = new Map();
  for (const each of numbers) {
    const [, , bits] = INTEGER.exec(each.type);
    widths.set(bits, [...(widths.get(bits) ?? []), each]);
  }
  // The policy's width is the true one: what reads or writes fewer bytes of it is careless.
  const checked = new Set(
    numbers.filter(({ via }) => via === 'policy').map(({ type }) => INTEGER.exec(type)[2]),
  );
  if (checked.size > 0) for (const bits of [...widths.keys()]) if (!checked.has(bits)) widths.delete(bits);
  return [...widths].flatMap(([bits, group]) => {
    const orders = new Set(group.map((each) => orderOf(each, bits)).filter((order) => order !== undefined));
    const signs = new Set(group.filter(({ type }) => /^[us]/.test(type)).map(({ type }) => type[0]));
    const accessed = group.filter(({ via }) => via !== 'policy');
    if (orders.has('be') || orders.has('le')) {
      const order = orders.has('be') ? 'be' : 'le';
      return orders.has('host') ? [`${order}${bits}`, `u${bits}`] : [`${order}${bits}`];
    }
    if (signs.size === 2) {
      const used = new Set(accessed.map(({ type }) => type[0]));
      return used.size === 1 ? [`${[...used][0]}${bits}`] : [`s${bits}`, `u${bits}`];
    }
    return [`${[...signs][0] ?? 'u'}${bits}`];
  });
}

/** The byte order that one place shows; undefined where it leaves it open, as a policy's NLA_U32 does. */
function orderOf({ type, context, via }, bits) {
  const [, order] = INTEGER.exec(type);
  if (order === 'be' || order === 'le') return order;
  if (bits === '8' || via === 'policy') return undefined;
  const of = INTEGER.exec(context ?? '');
  if (of === null) return undefined;
  if (of[1] === 'be' || of[1] === 'le') return of[2] === bits ? of[1] : undefined;
  return 'host';
}

function weakOf(types) {
  const weak = new Set(types.filter((type) => WEAK.test(type)));
  if (weak.size > 1) for (const type of ['bytes', 'hwaddr']) weak.delete(type);
  const pointed = [...weak].filter((type) => type.startsWith('at '));
  if (pointed.length > 0) return pointed;
  if (weak.has('text')) return ['string'];
  return weak;
}
