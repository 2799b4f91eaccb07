// Sends random and mutated datagrams to netlink_test until its standard input ends: node fuzzer.js SEED. Prints "ready" when
// the first sockets are open, and at the end how many datagrams it sent. Every two seconds it closes all for a
// moment, as do all that share its clock.
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { openGeneric } from 'afnetlink';
import { WireWriter } from 'afnetlink/wire';
import { nt } from './module.js';
import { RawSocket } from './raw-socket.js';

const seed = Number(process.argv[2] ?? 0);

const PERIOD = 2000;
const REST = 500;
const NLMSG_HDRLEN = 16;

/** Every command but the ones that begin a flood, a timer or a mode: those would go on behind the test. */
const COMMANDS = [
  ...['GET_COUNTERS', 'GET_MODE', 'GET_FLOOD', 'REGISTER', 'UNREGISTER', 'STOP_TIMER', 'STOP_FLOOD'],
  ...['REPLY_ACK', 'REPLY_ERROR', 'REPLY', 'DUMP', 'INTERRUPT_DUMPS', 'GET_VALUES', 'ECHO_VALUES'],
  ...['RING_SUBMIT', 'RING_PRODUCE', 'RING_GET_FRAMES'],
].map((name) => nt(`CMD_${name}`));

let state = seed >>> 0;
/** Of xorshift32: the same seed gives the same datagrams. */
function random(below: number): number {
  state ^= state << 13;
  state >>>= 0;
  state ^= state >>> 17;
  state ^= state << 5;
  state >>>= 0;
  return state % below;
}
const oneIn = (count: number): boolean => random(count) === 0;
const pick = <T>(list: readonly T[], fallback: T): T => list[random(list.length)] ?? fallback;
const randomBytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random(256));

/** Attributes that look right, nested up to three deep. */
function putAttributes(writer: WireWriter, depth: number): void {
  for (let left = random(5); left > 0; left--) {
    if (depth < 3 && oneIn(4)) {
      writer.nestStart(random(40));
      putAttributes(writer, depth + 1);
      writer.nestEnd();
    } else writer.binary(random(48), randomBytes(pick([0, 1, 2, 4, 8, 16, 70], 0)));
  }
}

function commandPayload(): Uint8Array {
  const writer = new WireWriter();
  writer.putU8(writer.space(4), pick(COMMANDS, 0));
  putAttributes(writer, 0);
  return writer.finish();
}

function message(type: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(NLMSG_HDRLEN + Math.ceil(payload.length / 4) * 4);
  const view = new DataView(bytes.buffer);
  const length = NLMSG_HDRLEN + payload.length;
  const lies = [0, 8, 15, 16, length - 4, length + 4, length + 4096, 0xffff_ffff, random(2 ** 31)];
  view.setUint32(0, oneIn(6) ? pick(lies, 0) : length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, oneIn(4) ? random(65_536) : 1 | (4 * random(2)) | (0x300 * random(2)), true);
  view.setUint32(8, random(2 ** 31), true);
  bytes.set(payload, NLMSG_HDRLEN);
  return bytes;
}

/** One to four messages, of which bytes may be flipped, and the end may be missing. */
function datagram(makeMessage: () => Uint8Array): Uint8Array {
  const whole = Buffer.concat(Array.from({ length: oneIn(3) ? 1 + random(4) : 1 }, makeMessage));
  for (let flips = oneIn(4) ? 1 + random(4) : 0; flips > 0; flips--)
    whole[random(whole.length)] = random(256);
  return oneIn(8) ? whole.subarray(0, 1 + random(whole.length)) : whole;
}

/** What a call gives; undefined where the kernel refuses it, or has answered with what is no message, as told. */
function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}

async function familyId(): Promise<number | undefined> {
  const controller = attempt(() => openGeneric());
  try {
    return (await controller?.family('netlink_test'))?.id;
  } catch {
    // The module is away just now.
    return undefined;
  } finally {
    controller?.close();
  }
}

const resting = (): boolean => Date.now() % PERIOD < REST;

async function main(): Promise<void> {
  const input = process.stdin.resume();
  const over = (): boolean => input.readableEnded;
  let sent = 0;
  let ready = false;
  const send = (socket: RawSocket, makeMessage: () => Uint8Array): void => {
    attempt(() => socket.send(datagram(makeMessage)));
    sent += 1;
    if (oneIn(3)) attempt(() => socket.receive());
  };
  while (!over()) {
    const raw = attempt(() => new RawSocket(17));
    const generic = attempt(() => new RawSocket(16));
    const family = await familyId();
    if (!ready) console.log('ready');
    ready = true;
    for (let round = 0; round < 200 && !resting(); round++) {
      if (raw) send(raw, () => message(oneIn(4) ? random(16) : random(65_536), randomBytes(random(200))));
      if (generic && family !== undefined) send(generic, () => message(family, commandPayload()));
    }
    raw?.close();
    generic?.close();
    await turn();
    while (resting() && !over()) await delay(10);
  }
  console.log(sent);
}

void main();
