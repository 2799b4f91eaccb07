#!/usr/bin/env node
// The demo: sends one text to the kernel module netlink_test and prints the echo, or what the module sends to a group. It
// uses only the lowest layer of the API.
import { NetlinkError, openSocket, type NetlinkSocket } from '../index.js';
import { cString } from '../wire/index.js';
import { defineCommand } from './command/command.js';
import { runCommand, runProgram } from './command/run.js';
import { UsageError } from './command/usage-error.js';
import { nlRecvDescription } from './nl-recv-description.js';

const DEFAULT_TIMEOUT = 5000;

interface Exchange {
  readonly protocol: number;
  /** The multicast group to listen to; undefined: wait for answers only. */
  readonly group: number | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  readonly count: number;
  /** Whether to listen to the group without sending. */
  readonly onlyListens: boolean;
  readonly payload: Uint8Array;
  /** A payload as the user sees it: the text up to its NUL, or a number of bytes. */
  readonly describe: (payload: Uint8Array) => string;
  readonly isEcho: (answer: Uint8Array) => boolean;
}

const command = defineCommand({
  ...nlRecvDescription,
  async run({ protocol, group, timeout, bytes, count }, { text }) {
    if (bytes !== undefined && text !== undefined)
      throw new UsageError('TEXT and --bytes exclude each other');
    const onlyListens = group !== undefined && bytes === undefined && text === undefined;
    await run({
      ...{ protocol, group, count, onlyListens },
      timeout: timeout ?? (onlyListens ? Infinity : DEFAULT_TIMEOUT),
      ...(bytes === undefined ? textToSend(text ?? 'Hello you!') : bytesToSend(bytes)),
    });
    return 0;
  },
});

type ToSend = Pick<Exchange, 'payload' | 'describe' | 'isEcho'>;

function textToSend(text: string): ToSend {
  // The classic module answers without the terminating NUL.
  return { payload: cString(text), describe: textOf, isEcho: (answer) => textOf(answer) === text };
}

function bytesToSend(size: number): ToSend {
  const payload = Uint8Array.from({ length: size }, (_, index) => index);
  return {
    payload,
    describe: ({ length }) => `${length} bytes`,
    isEcho: (answer) => Buffer.compare(answer, payload) === 0,
  };
}

function textOf(payload: Uint8Array): string {
  const end = payload.indexOf(0);
  return new TextDecoder().decode(end === -1 ? payload : payload.subarray(0, end));
}

async function run(exchange: Exchange): Promise<void> {
  try {
    if (exchange.group !== undefined) {
      await listen(exchange.group, exchange);
      return;
    }
    using socket = openSocket({ protocol: exchange.protocol });
    for (let round = 0; round < exchange.count; round += 1) await echo(socket, exchange);
  } catch (error) {
    throw new Error(explain(error, exchange), { cause: error });
  }
}

async function echo(socket: NetlinkSocket, { payload, timeout, describe, isEcho }: Exchange): Promise<void> {
  console.log(`Send to kernel: ${describe(payload)}`);
  socket.send({ payload });
  const answer = await receive(socket, timeout);
  console.log(`Received from kernel: ${describe(answer)}`);
  if (!isEcho(answer)) throw new Error('the answer is not an echo: its payload differs from what was sent');
}

/** Prints everything that is sent to the group, whatever caused it. The echo of our own message goes to a separate socket. */
async function listen(group: number, exchange: Exchange): Promise<void> {
  const { protocol, onlyListens, payload, timeout, count, describe } = exchange;
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

async function receive(socket: NetlinkSocket, timeout: number): Promise<Uint8Array> {
  const limit = timeout === Infinity ? {} : { signal: AbortSignal.timeout(timeout) };
  return (await socket.receive(limit)).payload;
}

function explain(error: unknown, { protocol, group, timeout }: Exchange): string {
  if (error instanceof NetlinkError && error.code === 'EPROTONOSUPPORT') {
    return (
      `nothing in this kernel answers netlink protocol ${protocol}: the module is not loaded. ` +
      `Load it with "insmod netlink_test.ko" (see kernel-module/README.md), or try it in a guest with "npm start".`
    );
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return group === undefined
      ? `no answer from netlink protocol ${protocol} within ${timeout / 1000} s`
      : `nothing was sent to group ${group} of netlink protocol ${protocol} within ${timeout / 1000} s`;
  }
  return error instanceof Error ? error.message : String(error);
}

runProgram('nl_recv', runCommand(command, process.argv.slice(2)));
