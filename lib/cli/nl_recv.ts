#!/usr/bin/env node
// The demo: sends one text to the kernel module netlink_test and prints the echo, or what the module tells a group. Floor 1
// of the API, nothing else.
import { parseArgs } from 'node:util';
import { NetlinkError, openSocket, type NetlinkSocket } from '../index.js';
import { cString } from '../wire/index.js';

const usage = `Usage: nl_recv [options] [TEXT]

Sends TEXT ("Hello you!" if absent) to a kernel module's netlink protocol and prints what comes back.

  --protocol N   netlink protocol number, 0 to 31 (17, that of netlink_test)
  --group[=N]    listen to multicast group N (1) and print what the module tells it; TEXT is sent only if it is given
  --timeout S    seconds to wait for each answer (5; with --group and nothing to send, for as long as it takes)
  --bytes N      send N bytes instead of TEXT, and compare the answer with them
  --count N      send and receive N times (1)
  --help         this text`;

interface Arguments {
  readonly protocol: number;
  /** The multicast group to listen to; undefined: answers alone are waited for. */
  readonly group: number | undefined;
  /** Seconds. */
  readonly timeout: number;
  readonly count: number;
  /** Whether the group is listened to, and nothing sent. */
  readonly onlyListens: boolean;
  readonly payload: Uint8Array;
  /** A payload as the user sees it: the text up to its NUL, or a number of bytes. */
  readonly describe: (payload: Uint8Array) => string;
  readonly isEcho: (answer: Uint8Array) => boolean;
}

class UsageError extends Error {}

function number(name: string, text: string, low: number, high: number): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(value >= low && value <= high))
    throw new UsageError(`--${name} takes a number from ${low} to ${high}, not "${text}"`);
  return value;
}

function integer(name: string, text: string, low: number, high: number): number {
  const value = number(name, text, low, high);
  if (!Number.isInteger(value)) throw new UsageError(`--${name} takes a whole number, not "${text}"`);
  return value;
}

function textOf(payload: Uint8Array): string {
  const end = payload.indexOf(0);
  return new TextDecoder().decode(end === -1 ? payload : payload.subarray(0, end));
}

/** Node's parser knows no option whose value may be left out: it would take the TEXT behind it for that. */
function withGroupNumber(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args.map((arg, index) => (arg === '--group' && (end === -1 || index < end) ? '--group=1' : arg));
}

function parse(): Arguments | undefined {
  const { values, positionals } = parseArgs({
    args: withGroupNumber(process.argv.slice(2)),
    options: {
      protocol: { type: 'string', default: '17' },
      group: { type: 'string' },
      timeout: { type: 'string' },
      bytes: { type: 'string' },
      count: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) return undefined;
  if (positionals.length > 1)
    throw new UsageError(`one TEXT at most; quote it: nl_recv "${positionals.join(' ')}"`);
  if (values.bytes !== undefined && positionals.length > 0)
    throw new UsageError('TEXT and --bytes exclude each other');
  const onlyListens = values.group !== undefined && values.bytes === undefined && positionals.length === 0;
  const common = {
    protocol: integer('protocol', values.protocol, 0, 31),
    group: values.group === undefined ? undefined : integer('group', values.group, 1, 0x7fff_ffff),
    onlyListens,
    timeout:
      values.timeout === undefined && onlyListens
        ? Infinity
        : number('timeout', values.timeout ?? '5', 0.001, 86_400),
    count: integer('count', values.count, 1, Number.MAX_SAFE_INTEGER),
  };
  if (values.bytes === undefined) {
    const text = positionals[0] ?? 'Hello you!';
    // A module of the classic make answers without the terminating NUL.
    return {
      ...common,
      payload: cString(text),
      describe: textOf,
      isEcho: (answer) => textOf(answer) === text,
    };
  }
  const size = integer('bytes', values.bytes, 0, 1 << 20);
  const payload = Uint8Array.from({ length: size }, (_, index) => index);
  return {
    ...common,
    payload,
    describe: (bytes) => `${bytes.length} bytes`,
    isEcho: (answer) => Buffer.compare(answer, payload) === 0,
  };
}

async function echo(socket: NetlinkSocket, { payload, timeout, describe, isEcho }: Arguments): Promise<void> {
  console.log(`Send to kernel: ${describe(payload)}`);
  socket.send({ payload });
  const answer = await receive(socket, timeout);
  console.log(`Received from kernel: ${describe(answer)}`);
  if (!isEcho(answer)) throw new Error('the answer is not an echo: its payload differs from what was sent');
}

/** Prints what the group is told, by whomever it was begun. The echo of what is sent goes to a socket of its own. */
async function listen(group: number, args: Arguments): Promise<void> {
  const { protocol, onlyListens, payload, timeout, count, describe } = args;
  using listener = openSocket({ protocol, groups: [group] });
  using sender = onlyListens ? undefined : openSocket({ protocol });
  console.log('Listen for message...');
  for (let round = 0; round < count; round += 1) {
    if (sender !== undefined) {
      console.log(`Send to kernel: ${describe(payload)}`);
      sender.send({ payload });
    }
    console.log(`Received from kernel: ${describe(await receive(listener, timeout))}`);
  }
}

async function receive(socket: NetlinkSocket, seconds: number): Promise<Uint8Array> {
  const limit = seconds === Infinity ? {} : { signal: AbortSignal.timeout(seconds * 1000) };
  return (await socket.receive(limit)).payload;
}

function explain(error: unknown, args: Arguments): string {
  if (error instanceof NetlinkError && error.code === 'EPROTONOSUPPORT') {
    return (
      `nothing in this kernel answers netlink protocol ${args.protocol}: the module is not loaded. ` +
      `Load it with "insmod netlink_test.ko" (see kernel-module/README.md), or try it in a guest with "npm start".`
    );
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return args.group === undefined
      ? `no answer from netlink protocol ${args.protocol} within ${args.timeout} s`
      : `nothing was sent to group ${args.group} of netlink protocol ${args.protocol} within ${args.timeout} s`;
  }
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<void> {
  const args = parse();
  if (args === undefined) {
    console.log(usage);
    return;
  }
  try {
    if (args.group !== undefined) {
      await listen(args.group, args);
      return;
    }
    using socket = openSocket({ protocol: args.protocol });
    for (let round = 0; round < args.count; round += 1) await echo(socket, args);
  } catch (error) {
    throw new Error(explain(error, args), { cause: error });
  }
}

main().catch((error: unknown) => {
  console.error(`nl_recv: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
