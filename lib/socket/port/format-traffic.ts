import { errnoName, NetlinkError } from '../../errors.js';
import { AttributeReader } from '../../wire/attributes.js';
import { align4 } from '../../wire/byte-order.js';
import { NLMSG_DONE, NLMSG_ERROR, NLMSG_HDRLEN, NLMSG_NOOP, NLMSG_OVERRUN } from '../../wire/constants.js';
import { acknowledgedErrno, decodeExtendedAck } from '../../wire/extended-ack.js';
import {
  messageFlags,
  messageLength,
  messagePortId,
  messageSequence,
  messageType,
} from '../../wire/messages.js';
import { WireView } from '../../wire/view.js';
import { usualHeaderLength } from '../../wire/fixed-headers.js';
import type { Traffic } from './traced-port.js';

const CONTROL_TYPES: Readonly<Record<number, string>> = {
  [NLMSG_NOOP]: 'NLMSG_NOOP',
  [NLMSG_ERROR]: 'NLMSG_ERROR',
  [NLMSG_DONE]: 'NLMSG_DONE',
  [NLMSG_OVERRUN]: 'NLMSG_OVERRUN',
};
/** The names of the low bits; the others mean something else in each kind of message. */
const FLAGS = ['REQUEST', 'MULTI', 'ACK', 'ECHO', 'DUMP_INTR', 'DUMP_FILTERED'];
const LONGEST_HEX = 64;
const LONGEST_TEXT = 4096;
const DEEPEST_SHOWN = 16;
const PRINTABLE = /^[\x20-\x7e]+$/;

/** What went through a socket, in lines for people: headers, attributes, bytes. */
export function formatTraffic({ direction, protocol, portId, peer, group, bytes }: Traffic): string {
  const who = `netlink protocol ${protocol}, port ${portId}`;
  if (direction === 'overrun') return `${who}: overrun: the kernel dropped messages`;
  const other = peer === 0 ? 'the kernel' : `port ${peer}`;
  const where =
    direction === 'sent' ? `to ${other}` : `from ${other}${group === 0 ? '' : `, group ${group}`}`;
  const lines = [`${who}: ${direction} ${bytes.length} bytes ${where}`];
  const view = new WireView(bytes);
  try {
    for (let at = 0; at < view.length;) {
      const end = at + messageLength(view, at, view.length);
      formatMessage(view, at, end, protocol, lines);
      at = align4(end);
    }
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    lines.push(`  ${error.message}: ${hex(bytes)}`);
  }
  return lines.join('\n');
}

function formatMessage(view: WireView, at: number, end: number, protocol: number, lines: string[]): void {
  const type = messageType(view, at);
  const head =
    `  ${CONTROL_TYPES[type] ?? `type ${type}`} flags ${formatFlags(messageFlags(view, at))} ` +
    `sequence ${messageSequence(view, at)} port ${messagePortId(view, at)} length ${end - at}`;
  lines.push(head);
  const start = at + NLMSG_HDRLEN;
  if (type === NLMSG_ERROR || type === NLMSG_DONE) {
    lines.push(...formatAcknowledgement(view, at, end));
    return;
  }
  const behind = Math.min(end, start + usualHeaderLength(protocol, type));
  if (behind > start) lines.push(`    header ${hex(view.binary(start, behind))}`);
  if (end > behind) formatAttributes(view, behind, end, 0, lines);
}

function formatFlags(flags: number): string {
  const names = FLAGS.filter((_, bit) => (flags & (1 << bit)) !== 0);
  const rest = flags & ~((1 << FLAGS.length) - 1);
  if (rest !== 0) names.push(`0x${rest.toString(16)}`);
  return names.length === 0 ? '0' : names.join('|');
}

function formatAcknowledgement(view: WireView, at: number, end: number): string[] {
  const errno = acknowledgedErrno(view, at, end);
  const lines = [`    ${errno === 0 ? 'success' : errnoName(errno)}`];
  const extack = decodeExtendedAck(view, at, end);
  if (extack !== undefined) lines.push(`    ${describeExtendedAck(extack)}`);
  return lines;
}

function describeExtendedAck(extack: object): string {
  return Object.entries(extack)
    .map(([name, value]) => `${name} ${describeValue(value)}`)
    .join(', ');
}

function describeValue(value: unknown): string {
  if (value instanceof Uint8Array) return hex(value);
  if (typeof value === 'object' && value !== null) return `{ ${describeExtendedAck(value)} }`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** Adds a line for each attribute; beyond {@link DEEPEST_SHOWN} levels, what is nested is shown as bytes. */
function formatAttributes(view: WireView, start: number, end: number, depth: number, lines: string[]): void {
  const indent = '  '.repeat(depth + 2);
  const before = lines.length;
  try {
    const reader = new AttributeReader(view, start, end);
    while (reader.next()) {
      const isShown = reader.isNested && depth < DEEPEST_SHOWN;
      lines.push(
        `${indent}${reader.type}: ${isShown ? 'nested' : formatValue(view.bytes.subarray(reader.offset, reader.end))}`,
      );
      if (isShown) formatAttributes(view, reader.offset, reader.end, depth + 1, lines);
    }
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    // Not every protocol is made of attributes.
    lines.length = before;
    lines.push(`${indent}${hex(view.bytes.subarray(start, end))}`);
  }
}

function formatValue(bytes: Uint8Array): string {
  const isShort = bytes.length <= LONGEST_TEXT && bytes.at(-1) === 0;
  const text = isShort ? new TextDecoder('latin1').decode(bytes.subarray(0, -1)) : '';
  return bytes.length > 2 && PRINTABLE.test(text) ? `${JSON.stringify(text)} ${hex(bytes)}` : hex(bytes);
}

function hex(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, LONGEST_HEX)).toString('hex');
  const more = bytes.length > LONGEST_HEX ? ` and ${bytes.length - LONGEST_HEX} bytes more` : '';
  return shown === '' ? 'empty' : shown + more;
}
