import { verdictOf } from './specs.mjs';

// How much the comparison notices: each attribute that agrees is described wrongly on purpose, one way after the other.

const WIDTHS = [1, 2, 4, 8];

/** What is done to an attribute's type, by kind: each gives the types that it may not have. */
const MUTATIONS = {
  width: (type) =>
    type.kind === 'integer'
      ? WIDTHS.filter((width) => width !== type.width).map((width) => ({ ...type, width }))
      : [],
  sign: (type) =>
    type.kind === 'integer' && !type.bigEndian
      ? [{ ...type, signed: !type.signed }]
      : type.kind === 'variable-integer'
        ? [{ ...type, signed: !type.signed }]
        : [],
  'byte order': (type) =>
    type.kind === 'integer' && type.width > 1 && !type.signed
      ? [{ ...type, bigEndian: !type.bigEndian }]
      : [],
  'nest or scalar': (type) => {
    if (type.kind === 'nest' || type.kind === 'indexed')
      return [{ kind: 'integer', width: 4, signed: false, bigEndian: false }, { kind: 'bytes' }];
    if (type.kind === 'integer')
      return [{ kind: 'nest', set: { name: '', attributes: [], outerSelectors: [] } }];
    return [];
  },
  'text, flag, address': (type) =>
    ['string', 'flag', 'address', 'bitfield32'].includes(type.kind)
      ? [
          { kind: 'integer', width: 4, signed: true, bigEndian: false },
          { kind: 'nest', set: { name: '', attributes: [], outerSelectors: [] } },
        ]
      : [],
};

/** `[{ kind, told, noticed }]` for rows that agree. */
export function measure(rows, layouts) {
  const known = rows.filter(({ verdict, fact }) => verdict === 'agrees' && fact !== undefined);
  return Object.entries(MUTATIONS).map(([kind, mutate]) => {
    let told = 0;
    const missed = [];
    for (const row of known) {
      for (const type of mutate(row.attribute.type)) {
        told++;
        const verdict = verdictOf({ ...row, attribute: { ...row.attribute, type } }, layouts);
        if (verdict === 'agrees' || verdict === 'two meanings') missed.push({ ...row, type });
      }
    }
    return { kind, told, noticed: told - missed.length, missed };
  });
}
