'use strict';
// Objects of the controller's answers, by code that can do nothing else: of five attributes, and of all that there are.
const { halves, lengthOf, octets, offsetOf, words } = require('./socket.cjs');

const HEADERS_BYTES = 20; // struct nlmsghdr and struct genlmsghdr
const NLA_HDRLEN = 4;
const NLA_TYPE_MASK = 0x3fff;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;
const CTRL_ATTR_VERSION = 3;
const CTRL_ATTR_HDRSIZE = 4;
const CTRL_ATTR_MAXATTR = 5;
const CTRL_ATTR_OPS = 6;
const CTRL_ATTR_MCAST_GROUPS = 7;
const CTRL_ATTR_OP_ID = 1;
const CTRL_ATTR_OP_FLAGS = 2;
const CTRL_ATTR_MCAST_GRP_NAME = 1;
const CTRL_ATTR_MCAST_GRP_ID = 2;

// The names of every sum of flags: GENL_ADMIN_PERM is the first bit.
const flagNames = ['admin-perm', 'cmd-cap-do', 'cmd-cap-dump', 'cmd-cap-haspol', 'uns-admin-perm'];
const namesOf = Array.from({ length: 1 << flagNames.length }, (_, flags) =>
  flagNames.filter((_name, bit) => (flags & (1 << bit)) !== 0),
);

function textAt(from, end) {
  let text = '';
  for (let at = from; at < end && octets[at] !== 0; at++) text += String.fromCharCode(octets[at]);
  return text;
}

function lengthAt(at, end) {
  const length = halves[at >> 1];
  if (length < NLA_HDRLEN || length > end - at) throw new Error('a broken attribute');
  return length;
}

const behind = (at, length) => at + ((length + 3) & ~3);
const typeAt = (at) => halves[(at >> 1) + 1] & NLA_TYPE_MASK;
const halfAt = (at) => halves[(at >> 1) + 2];
const wordAt = (at) => words[(at >> 2) + 1];

const reader = (isWhole) => (index) => {
  const start = offsetOf(index);
  const end = start + lengthOf(index);
  let familyId = 0;
  let familyName = '';
  let version = 0;
  let hdrsize = 0;
  let maxattr = 0;
  let ops;
  let mcastGroups;
  for (let at = start + HEADERS_BYTES, length = 0; end - at >= NLA_HDRLEN; at = behind(at, length)) {
    length = lengthAt(at, end);
    const type = typeAt(at);
    if (type === CTRL_ATTR_FAMILY_NAME) familyName = textAt(at + NLA_HDRLEN, at + length);
    else if (type === CTRL_ATTR_FAMILY_ID && length >= 6) familyId = halfAt(at);
    else if (type === CTRL_ATTR_VERSION && length >= 8) version = wordAt(at);
    else if (type === CTRL_ATTR_HDRSIZE && length >= 8) hdrsize = wordAt(at);
    else if (type === CTRL_ATTR_MAXATTR && length >= 8) maxattr = wordAt(at);
    else if (isWhole && type === CTRL_ATTR_OPS) ops = entriesAt(at + NLA_HDRLEN, at + length, operationAt);
    else if (isWhole && type === CTRL_ATTR_MCAST_GROUPS)
      mcastGroups = entriesAt(at + NLA_HDRLEN, at + length, groupAt);
  }
  if (!isWhole) return { familyId, familyName, version, hdrsize, maxattr };
  return { familyId, familyName, version, hdrsize, maxattr, ops, mcastGroups };
};

/** The five attributes that the benchmark selects, of answer `index`. */
exports.familyOf = reader(false);
/** All of answer `index`. */
exports.wholeFamilyOf = reader(true);

function entriesAt(start, end, entryAt) {
  const entries = [];
  for (let at = start, length = 0; end - at >= NLA_HDRLEN; at = behind(at, length)) {
    length = lengthAt(at, end);
    entries.push(entryAt(typeAt(at), at + NLA_HDRLEN, at + length));
  }
  return entries;
}

function operationAt(arrayIndex, start, end) {
  let id = 0;
  let flags = namesOf[0];
  for (let at = start, length = 0; end - at >= NLA_HDRLEN; at = behind(at, length)) {
    length = lengthAt(at, end);
    const type = typeAt(at);
    if (type === CTRL_ATTR_OP_ID && length >= 8) id = wordAt(at);
    else if (type === CTRL_ATTR_OP_FLAGS && length >= 8) flags = namesOf[wordAt(at)];
  }
  return { arrayIndex, id, flags };
}

function groupAt(arrayIndex, start, end) {
  let id = 0;
  let name = '';
  for (let at = start, length = 0; end - at >= NLA_HDRLEN; at = behind(at, length)) {
    length = lengthAt(at, end);
    const type = typeAt(at);
    if (type === CTRL_ATTR_MCAST_GRP_ID && length >= 8) id = wordAt(at);
    else if (type === CTRL_ATTR_MCAST_GRP_NAME) name = textAt(at + NLA_HDRLEN, at + length);
  }
  return { arrayIndex, id, name };
}
