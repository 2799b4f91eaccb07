import { type RequestMessage } from 'afnetlink';
import {
  AttributeReader,
  type AttributeSet,
  formatIpv4,
  NLM_F_CREATE,
  NLM_F_EXCL,
  type NetlinkMessage,
  parseIpv4,
  WireWriter,
} from 'afnetlink/wire';

// Messages of rtnetlink, written by hand: the engine's tests must not lean on the families that are built upon it.

export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;
export const RTM_SETLINK = 19;
export const RTM_NEWADDR = 20;
export const RTM_GETADDR = 22;
export const RTM_NEWROUTE = 24;
export const RTM_DELROUTE = 25;
export const RTM_GETROUTE = 26;

const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_LINKINFO = 18;
const IFLA_INFO_KIND = 1;
const RTA_DST = 1;
const RTA_TABLE = 15;
const RTN_BLACKHOLE = 6;
const AF_INET = 2;

export const linkAttributes: AttributeSet = {
  3: { name: 'ifname', kind: 'string' },
  4: { name: 'mtu', kind: 'u32' },
  18: {
    name: 'linkinfo',
    kind: 'nest',
    nested: { 1: { name: 'kind', kind: 'string' }, 2: { name: 'data', kind: 'nest' } },
  },
};

export interface LinkValues {
  readonly index?: number;
  readonly name?: string;
  readonly mtu?: number;
  readonly kind?: string;
  readonly up?: boolean;
}

/** struct ifinfomsg and the attributes that are given. */
export function linkPayload({ index = 0, name, mtu, kind, up }: LinkValues): Uint8Array {
  const writer = new WireWriter();
  const header = writer.space(16);
  writer.putS32(header + 4, index);
  if (up !== undefined) {
    writer.putU32(header + 8, up ? 1 : 0);
    writer.putU32(header + 12, 1);
  }
  if (name !== undefined) writer.string(IFLA_IFNAME, name);
  if (mtu !== undefined) writer.u32(IFLA_MTU, mtu);
  if (kind !== undefined) {
    writer.nestStart(IFLA_LINKINFO);
    writer.string(IFLA_INFO_KIND, kind);
    writer.nestEnd();
  }
  return writer.finish();
}

export function newLink(values: LinkValues): RequestMessage {
  return {
    type: RTM_NEWLINK,
    name: 'RTM_NEWLINK',
    flags: NLM_F_CREATE | NLM_F_EXCL,
    payload: linkPayload(values),
    attributes: linkAttributes,
    capability: 'CAP_NET_ADMIN',
  };
}

export function deleteLink(name: string): RequestMessage {
  return {
    type: RTM_DELLINK,
    name: 'RTM_DELLINK',
    payload: linkPayload({ name }),
    attributes: linkAttributes,
  };
}

export function getLink(values: LinkValues): RequestMessage {
  return { type: RTM_GETLINK, name: 'RTM_GETLINK', payload: linkPayload(values), attributes: linkAttributes };
}

export const dumpLinks: RequestMessage = { type: RTM_GETLINK, name: 'RTM_GETLINK', payload: linkPayload({}) };

export function linkName({ payload }: NetlinkMessage): string {
  const reader = new AttributeReader(payload, 16);
  while (reader.next()) if (reader.type === IFLA_IFNAME) return reader.string();
  return '';
}

/** A blackhole route to one address, which needs no device. */
export function newRoute(address: Uint8Array, table: number): RequestMessage {
  return { type: RTM_NEWROUTE, flags: NLM_F_CREATE | NLM_F_EXCL, payload: routePayload(address, table) };
}

export function deleteRoute(address: Uint8Array, table: number): RequestMessage {
  return { type: RTM_DELROUTE, payload: routePayload(address, table) };
}

function routePayload(address: Uint8Array, table: number): Uint8Array {
  const writer = new WireWriter(64);
  const header = writer.space(12);
  writer.putU8(header, AF_INET);
  writer.putU8(header + 1, 32);
  writer.putU8(header + 5, 4);
  writer.putU8(header + 7, RTN_BLACKHOLE);
  writer.binary(RTA_DST, address);
  writer.u32(RTA_TABLE, table);
  return writer.finish();
}

/** All IPv4 routes of a table: filtered in the kernel, which needs strict checking. */
export function dumpRoutes(table: number): RequestMessage {
  const writer = new WireWriter(64);
  writer.putU8(writer.space(12), AF_INET);
  writer.u32(RTA_TABLE, table);
  return { type: RTM_GETROUTE, name: 'RTM_GETROUTE', payload: writer.finish() };
}

export function routeDestination({ payload }: NetlinkMessage): string {
  const reader = new AttributeReader(payload, 12);
  while (reader.next()) if (reader.type === RTA_DST) return formatIpv4(reader.view.bytes, reader.offset);
  return '';
}

/** 10.0.0.0 and so many addresses on. */
export function address(index: number): Uint8Array {
  const bytes = parseIpv4('10.0.0.0');
  new DataView(bytes.buffer).setUint32(0, 0x0a000000 + index);
  return bytes;
}
