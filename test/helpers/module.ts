// What guest tests share that talk to netlink_test: its constants, its control channel, its counters.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSocket, type Message, type NetlinkSocket } from 'afnetlink';
import { AttributeReader, WireWriter } from 'afnetlink/wire';
import { packageRoot } from './processes.js';

const GENL_ID_CTRL = 16;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;
const CTRL_ATTR_MCAST_GROUPS = 7;
const CTRL_ATTR_MCAST_GRP_ID = 2;
const NLMSG_ERROR = 2;
const NLM_F_REQUEST = 0x1;
const NLM_F_ACK = 0x4;
const GENL_HDRLEN = 4;

/** The constants of netlink_test.h without NETLINK_TEST_, read from the header that the module was built with. */
const constants = new Map<string, number>();

const header = readFileSync(join(packageRoot, 'kernel-module/netlink_test.h'), 'utf8').replaceAll(
  /\/\*[\s\S]*?\*\//g,
  '',
);
for (const [, body = ''] of header.matchAll(/enum \{([^}]*)\}/g)) {
  let next = 0;
  for (const [, name = '', value] of body.matchAll(/(\w+)(?:\s*=\s*(\w+))?\s*(?:,|$)/g)) {
    if (name.endsWith('_MAX')) continue;
    if (value !== undefined) next = Number(value);
    constants.set(name.replace('NETLINK_TEST_', ''), next);
    next += 1;
  }
}

/** A constant of netlink_test.h, for example `nt('CMD_REGISTER')`. */
export function nt(name: string): number {
  const value = constants.get(name);
  if (value === undefined || Number.isNaN(value)) throw new Error(`netlink_test.h has no ${name}`);
  return value;
}

/** The names that {@link nt} knows. */
export function constantNames(): string[] {
  return [...constants.keys()];
}

/** The messages that are queued now. Whatever the module answers at once is queued before send() returns. */
export function queued(socket: NetlinkSocket): Message[] {
  return queuedUntil(socket, 'ERR_NETLINK_TIMEOUT');
}

/** The messages that were queued before one was dropped. */
export function queuedBeforeOverrun(socket: NetlinkSocket): Message[] {
  return queuedUntil(socket, 'ERR_NETLINK_OVERRUN');
}

function queuedUntil(socket: NetlinkSocket, end: string): Message[] {
  const messages: Message[] = [];
  for (;;) {
    try {
      messages.push(socket.receiveSync({ timeout: 0 }));
    } catch (error) {
      if ((error as { code?: string }).code === end) return messages;
      throw error;
    }
  }
}

export interface Reply extends Message {
  readonly command: number;
  readonly attributes: AttributeReader;
}

/** A Generic Netlink socket that speaks to the module's family. */
export class Control implements Disposable {
  readonly socket: NetlinkSocket;
  readonly familyId: number;
  readonly #eventsId: number;

  constructor() {
    this.socket = openSocket({ protocol: 16, options: { extendedAcknowledgements: true } });
    const writer = new WireWriter();
    writer.string(CTRL_ATTR_FAMILY_NAME, 'netlink_test');
    this.#send(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_REQUEST, writer.finish());
    let [familyId, eventsId] = [0, 0];
    for (const { attributes } of this.#replies()) {
      while (attributes.next()) {
        if (attributes.type === CTRL_ATTR_FAMILY_ID) familyId = attributes.u16();
        if (attributes.type === CTRL_ATTR_MCAST_GROUPS) eventsId = onlyGroup(attributes.nested());
      }
    }
    this.familyId = familyId;
    this.#eventsId = eventsId;
    if (this.familyId === 0) throw new Error('the kernel has no family netlink_test: is the module loaded?');
  }

  /** Runs `NETLINK_TEST_CMD_${command}` and gives its replies; an error is thrown with the kernel's words. */
  call(command: string, write: (writer: WireWriter) => void = () => undefined): Reply[] {
    this.send(command, write, NLM_F_REQUEST | NLM_F_ACK);
    return this.#replies();
  }

  /** Only sends; returns the sequence number. */
  send(
    command: string,
    write: (writer: WireWriter) => void = () => undefined,
    flags = NLM_F_REQUEST,
  ): number {
    const writer = new WireWriter();
    write(writer);
    return this.#send(this.familyId, nt(`CMD_${command}`), flags, writer.finish());
  }

  counters(): Record<string, number> {
    const [reply] = this.call('GET_COUNTERS');
    if (reply === undefined) throw new Error('GET_COUNTERS has no reply');
    const values: Record<string, number> = {};
    const { attributes } = reply;
    while (attributes.next()) {
      if (attributes.type !== nt('A_COUNTERS')) continue;
      const counters = attributes.nested();
      while (counters.next()) {
        if (counters.type !== nt('A_COUNTERS_PAD'))
          values[nameOf('A_COUNTERS_', counters.type)] = Number(counters.u64());
      }
    }
    return values;
  }

  /** A socket that hears the family's notifications; {@link replyOf} reads them. */
  events(): NetlinkSocket {
    return openSocket({ protocol: 16, groups: [this.#eventsId] });
  }

  /** What the counters have grown by since `before`; those that have not are left out. */
  countedSince(before: Record<string, number>): Record<string, number> {
    return Object.fromEntries(
      Object.entries(this.counters())
        .map(([name, value]) => [name, value - (before[name] ?? 0)] as const)
        .filter(([, growth]) => growth !== 0),
    );
  }

  close(): void {
    this.socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #send(type: number, command: number, flags: number, attributes: Uint8Array): number {
    return this.socket.send({
      type,
      flags,
      payload: Buffer.concat([Buffer.of(command, 1, 0, 0), attributes]),
    });
  }

  #replies(): Reply[] {
    const replies: Reply[] = [];
    for (const message of queued(this.socket)) {
      if (message.type === NLMSG_ERROR) throwRefusal(message);
      else replies.push(replyOf(message));
    }
    return replies;
  }
}

export function replyOf(message: Message): Reply {
  const attributes = new AttributeReader(message.payload, GENL_HDRLEN);
  return { ...message, command: message.payload[0] ?? 0, attributes };
}

function onlyGroup(groups: AttributeReader): number {
  groups.next();
  const group = groups.nested();
  while (group.next()) if (group.type === CTRL_ATTR_MCAST_GRP_ID) return group.u32();
  return 0;
}

/** The u32, u64 and flag attributes at the top of a reply, by their number; a flag is true. */
export function valuesOf({ attributes }: Reply): Map<number, number | boolean> {
  const values = new Map<number, number | boolean>();
  while (attributes.next()) {
    values.set(attributes.type, attributes.length === 0 || Number(attributes.uint()));
  }
  return values;
}

function throwRefusal({ payload }: Message): void {
  const errno = -Buffer.from(payload).readInt32LE(0);
  if (errno !== 0) throw Object.assign(new Error(Buffer.from(payload).toString('latin1')), { errno });
}

/** The constant with this prefix and value, in lower camel case: `copiedBytes`. */
function nameOf(prefix: string, value: number): string {
  for (const [name, number] of constants) {
    if (name.startsWith(prefix) && number === value) {
      return name
        .slice(prefix.length)
        .toLowerCase()
        .replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    }
  }
  throw new Error(`netlink_test.h has no ${prefix} of value ${value}`);
}
