import { GENL_HDRLEN } from '../wire/constants.js';
import type { AttributeSet } from '../wire/description.js';
import type { Operation } from '../wire/operation.js';
import { decodeFamily, type GenericFamily } from './family.js';
import { decodePolicyParts, type PolicyPart } from './policy.js';

const CTRL_CMD_GETFAMILY = 3;
const CTRL_CMD_GETPOLICY = 10;
const CTRL_VERSION = 2;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;

const attributes: AttributeSet = {
  [CTRL_ATTR_FAMILY_ID]: { name: 'familyId', kind: 'u16' },
  [CTRL_ATTR_FAMILY_NAME]: { name: 'familyName', kind: 'string' },
};

/** A family by its name; the kernel loads its module if it has to. */
export const getFamily: Operation<string, GenericFamily> = {
  name: 'CTRL_CMD_GETFAMILY',
  headerLength: GENL_HDRLEN,
  end: 'reply',
  attributes,
  encode: (writer, name) => {
    writer.genericHeader(CTRL_CMD_GETFAMILY, CTRL_VERSION);
    writer.string(CTRL_ATTR_FAMILY_NAME, name);
  },
  decode: (view, offset, end) => decodeFamily(view, offset + GENL_HDRLEN, end),
};

/** All families. */
export const listFamilies: Operation<undefined, GenericFamily> = {
  ...getFamily,
  encode: (writer) => writer.genericHeader(CTRL_CMD_GETFAMILY, CTRL_VERSION),
};

/** What a family's commands accept. */
export const getPolicy: Operation<number, PolicyPart[]> = {
  name: 'CTRL_CMD_GETPOLICY',
  headerLength: GENL_HDRLEN,
  attributes,
  encode: (writer, id) => {
    writer.genericHeader(CTRL_CMD_GETPOLICY, CTRL_VERSION);
    writer.u16(CTRL_ATTR_FAMILY_ID, id);
  },
  decode: (view, offset, end) => decodePolicyParts(view, offset + GENL_HDRLEN, end),
};
