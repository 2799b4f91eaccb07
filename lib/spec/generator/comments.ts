import type { AttributeSpec, Limits, MemberType, ValueType } from '../model.js';
import { integerMethod } from '../integer-method.js';
import { commentText } from './literals.js';

// Comments contain only facts: constants of the kernel's headers, types, ranges. We do not use the specs' sentences.

const ADDRESSES = {
  mac: 'link-layer address',
  ipv4: 'IPv4 address',
  ipv6: 'IPv6 address',
  ip: 'IPv4 or IPv6 address',
  uuid: 'UUID',
} as const;

/** A doc comment at this indentation; long ones are wrapped. */
export function docComment(unsafe: string, indent = ''): string[] {
  const text = commentText(unsafe);
  const one = `${indent}/** ${text} */`;
  if (one.length <= 118) return [one];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && `${indent} * ${line} ${word}`.length > 118) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [`${indent}/**`, ...[...lines, line].map((each) => `${indent} * ${each}`), `${indent} */`];
}

/** `IFLA_MTU: u32, from 68 to 65535`. */
export function attributeComment(attribute: AttributeSpec): string {
  const parts = [typePhrase(attribute.type), ...limitPhrases(attribute.limits)];
  const facts = parts.filter((part) => part !== '').join(', ');
  const name = attribute.constant === undefined ? `Attribute ${attribute.id}` : `\`${attribute.constant}\``;
  return `${name}: ${facts}.`;
}

export function memberComment(type: MemberType): string | undefined {
  switch (type.kind) {
    case 'address':
      return `${ADDRESSES[type.form]}.`;
    case 'integer':
      return `${integerMethod({ ...type, bigEndian: false })}${type.bigEndian ? ', big-endian' : ''}.`;
    default:
      return undefined;
  }
}

function typePhrase(type: ValueType): string {
  switch (type.kind) {
    case 'integer':
      return `${integerMethod({ ...type, bigEndian: false })}${type.bigEndian ? ', big-endian' : ''}`;
    case 'variable-integer':
      return type.signed ? 'sint' : 'uint';
    case 'address':
      return ADDRESSES[type.form];
    case 'struct':
      return `struct ${type.struct.name.replaceAll('-', '_')}, ${type.struct.size} bytes`;
    case 'bytes':
      return 'bytes';
    case 'string':
      return 'text';
    case 'array':
      return `C array of ${typePhrase(type.of)}`;
    case 'nest':
      return 'nested attributes';
    case 'sequence':
      return 'attributes in order, each an object of one property';
    case 'indexed':
      return `array of ${typePhrase(type.of)}`;
    case 'keyed':
      return `${typePhrase(type.of)} by ${type.keys.join(' and ')}`;
    case 'sub-message':
      return `the format is that of \`${type.selector.key}\``;
    case 'records':
      return `struct ${type.header.name.replaceAll('-', '_')}, each followed by attributes`;
    default:
      return type.kind;
  }
}

function limitPhrases(limits: Limits): string[] {
  const { min, max, minLength, maxLength, exactLength } = limits;
  return [...range(min, max, ''), ...range(minLength, maxLength, ' bytes'), ...exact(exactLength)];
}

function range(
  least: bigint | number | undefined,
  most: bigint | number | undefined,
  unit: string,
): string[] {
  if (least !== undefined && most !== undefined) return [`from ${least} to ${most}${unit}`];
  if (least !== undefined) return [`at least ${least}${unit}`];
  return most === undefined ? [] : [`at most ${most}${unit}`];
}

function exact(length: number | undefined): string[] {
  return length === undefined ? [] : [`exactly ${length} bytes`];
}
