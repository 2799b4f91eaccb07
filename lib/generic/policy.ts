import { AttributeReader } from '../wire/attributes.js';
import { NL_POLICY_TYPE_ATTR_POLICY_IDX } from '../wire/constants.js';
import { type AttributePolicy, decodePolicy } from '../wire/extended-ack.js';
import type { WireView } from '../wire/view.js';

/** What the kernel accepts in one attribute, and, of a nested one, in those inside. */
export interface PolicyAttribute extends AttributePolicy {
  /** The attributes inside. */
  readonly nested?: PolicySet;
}

/** Attributes by their number; only those that the kernel reads. A set can be nested in itself. */
export type PolicySet = ReadonlyMap<number, PolicyAttribute>;

/** What a family's commands accept (CTRL_CMD_GETPOLICY). */
export interface FamilyPolicy {
  /** By command. */
  readonly operations: ReadonlyMap<number, { readonly do?: PolicySet; readonly dump?: PolicySet }>;
}

const CTRL_ATTR_POLICY = 8;
const CTRL_ATTR_OP_POLICY = 9;
const CTRL_ATTR_POLICY_DO = 1;
const CTRL_ATTR_POLICY_DUMP = 2;

/** A part of the dump as it arrives: one attribute of one set, or which sets a command uses. */
export type PolicyPart =
  | {
      readonly set: number;
      readonly attribute: number;
      readonly policy: AttributePolicy;
      readonly nested: number | undefined;
    }
  | { readonly command: number; readonly do: number | undefined; readonly dump: number | undefined };

/** Reads the parts in one message, which follow struct genlmsghdr. */
export function decodePolicyParts(view: WireView, offset: number, end: number): PolicyPart[] {
  const parts: PolicyPart[] = [];
  const reader = new AttributeReader(view, offset, end);
  while (reader.next()) {
    if (reader.type === CTRL_ATTR_POLICY) parts.push(...decodeSets(reader.nested()));
    else if (reader.type === CTRL_ATTR_OP_POLICY) parts.push(...decodeCommands(reader.nested()));
  }
  return parts;
}

function* decodeSets(sets: AttributeReader): Generator<PolicyPart> {
  while (sets.next()) {
    const attributes = sets.nested();
    while (attributes.next()) {
      let nested: number | undefined;
      const reader = attributes.nested();
      while (reader.next()) if (reader.type === NL_POLICY_TYPE_ATTR_POLICY_IDX) nested = reader.u32();
      yield { set: sets.type, attribute: attributes.type, policy: decodePolicy(attributes.nested()), nested };
    }
  }
}

function* decodeCommands(commands: AttributeReader): Generator<PolicyPart> {
  while (commands.next()) {
    const sets: { do: number | undefined; dump: number | undefined } = { do: undefined, dump: undefined };
    const reader = commands.nested();
    while (reader.next()) {
      if (reader.type === CTRL_ATTR_POLICY_DO) sets.do = reader.u32();
      else if (reader.type === CTRL_ATTR_POLICY_DUMP) sets.dump = reader.u32();
    }
    yield { command: commands.type, ...sets };
  }
}

/** Puts the parts of a whole dump together. */
export function assemblePolicy(parts: readonly PolicyPart[]): FamilyPolicy {
  const sets = new Map<number, Map<number, PolicyAttribute>>();
  const setAt = (index: number) => {
    const known = sets.get(index) ?? new Map<number, PolicyAttribute>();
    sets.set(index, known);
    return known;
  };
  const operations = new Map<number, { readonly do?: PolicySet; readonly dump?: PolicySet }>();
  for (const part of parts) {
    if ('command' in part) {
      operations.set(part.command, {
        ...(part.do === undefined ? {} : { do: setAt(part.do) }),
        ...(part.dump === undefined ? {} : { dump: setAt(part.dump) }),
      });
    } else {
      const nested = part.nested === undefined ? {} : { nested: setAt(part.nested) };
      setAt(part.set).set(part.attribute, { ...part.policy, ...nested });
    }
  }
  return { operations };
}
