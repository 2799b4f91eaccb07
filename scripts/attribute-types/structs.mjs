import { scalar } from './types.mjs';

// The layout of a structure as text: `index:u32 capab:u32 action:s32`.

const ARRAY = 'bytes';

/** The members of a structure of the kernel's; undefined where it is not found. Unions count as their first member. */
export function structFact(name, types) {
  const members = types.struct(name);
  if (members === undefined || members.length === 0) return undefined;
  return members.map((member) => `${member.name}:${memberType(member.type)}`).join(' ');
}

function memberType(type) {
  if (type.pointers > 0 || type.base === 'function') return 'pointer';
  if (type.bits !== undefined) return 'bits';
  const number = scalar({ ...type, dimensions: [] });
  if (type.dimensions.length > 0)
    return number === undefined || /^(char|u8|s8)$/.test(number) ? ARRAY : `array/${number}`;
  if (number !== undefined) return number === 'char' ? 's8' : number;
  return /^enum/.test(type.base) ? 'u32' : ARRAY;
}

/** Members whose sign or byte order is not the kernel's: `[{ member, described, fact }]`. Widths are check:uapi's. */
export function compareMembers(struct, fact) {
  const kernel = new Map(fact.split(' ').map((each) => each.split(':')));
  return struct.members.flatMap(({ name, type }) => {
    const found =
      kernel.get(name.replaceAll('-', '_')) ?? kernel.get(name.replaceAll('-', '_').replace(/^_+/, ''));
    const told = /^([us]|be)(16|32|64|8)$/.exec(found ?? '');
    if (told === null || type.kind !== 'integer' || type.width * 8 !== Number(told[2])) return [];
    const described = type.bigEndian ? 'be' : type.signed ? 's' : 'u';
    if (described === told[1]) return [];
    return [{ member: name, described: `${described}${told[2]}`, fact: found }];
  });
}
