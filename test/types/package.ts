// Each entry by its name, as a program imports it.
import { NetlinkError, openFamily, openGeneric, openSocket, fromJson, jsonReplacer, toJson } from 'afnetlink';
import type { GenericController, NetlinkErrorCode, NetlinkSocket, RequestMessage } from 'afnetlink';
import { listEndpoints, type Endpoint } from 'afnetlink/endpoints';
import { buildFilter, match } from 'afnetlink/filter';
import { requireAbi } from 'afnetlink/generated-runtime';
import { openMappedRing, type MappedRing } from 'afnetlink/ring';
import { loadFamily } from 'afnetlink/spec';
import { FakeKernel } from 'afnetlink/testing';
import type { SocketOptions, Traffic } from 'afnetlink/types';
import { runInGuest, type GuestResult } from 'afnetlink/vm';
import { cString, NETLINK_ROUTE, WireWriter } from 'afnetlink/wire';
import type { Same } from './same.js';

declare const error: NetlinkError;
declare const socket: NetlinkSocket;

const opened: NetlinkSocket = openSocket({ protocol: NETLINK_ROUTE });
const controller: GenericController = openGeneric({ socket: opened });
const ring: MappedRing = openMappedRing();
const endpoints: Promise<Endpoint[]> = listEndpoints();
const guest: Promise<GuestResult> = runInGuest({ command: ['true'] });
const message: RequestMessage = { type: 16, payload: cString('x') };
const fake: NetlinkSocket = new FakeKernel(() => undefined).openSocket();
const program = buildFilter(match.all(match.header.type.is(16)));
const dynamic = await openFamily(loadFamily('name: example'));
const reply: Readonly<Record<string, unknown>> | undefined = await dynamic.do('getThing', { size: 1 });
export const used = [
  controller,
  ring,
  endpoints,
  guest,
  message,
  fake,
  program,
  reply,
  requireAbi,
  WireWriter,
];

export const json: string = toJson(fromJson(JSON.stringify({}, jsonReplacer)));
export const trace = (traffic: Traffic): string => traffic.direction;
export const size: Same<SocketOptions['receiveBufferSize'], number> = true;

// An option of another name.
// @ts-expect-error: protcol
openSocket({ protcol: 0 });
// @ts-expect-error: the protocol is the family's
void openFamily(loadFamily(''), { protocol: 0 });
// @ts-expect-error: an own type is not a condition
buildFilter({});

// Codes are names, so that a switch is checked.
export function advice(code: NetlinkErrorCode): string {
  switch (code) {
    case 'ENODEV':
    case 'ERR_NETLINK_TIMEOUT':
    case 'E600':
      return 'known';
    // @ts-expect-error: misspelt
    case 'ENODVE':
      return 'unknown';
    // @ts-expect-error: misspelt
    case 'ERR_NETLINK_TIMEDOUT':
      return 'unknown';
    default:
      return error.message;
  }
}

// What is internal is not there.
// @ts-expect-error: internal
socket.onReadable();
// @ts-expect-error: moved to afnetlink/wire
export { WireView } from 'afnetlink';
