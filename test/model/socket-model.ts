// Random programs over a socket's public API. Each must settle all of its promises and leave nothing behind; that this process
// ends is part of the test. `npm run model -- --programs 100000 --kernel fake --seed 1`
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type NetlinkSocket, openSocket } from 'afnetlink';
import { NLM_F_DUMP } from 'afnetlink/wire';
import { acknowledge, datagram, FakeKernel, multipart, refuse, reply, type Respond } from 'afnetlink/testing';

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '500' },
    kernel: { type: 'string', default: 'fake' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
  },
});
const programs = Number(values.programs);
const firstSeed = Number(values.seed);
const isReal = values.kernel === 'real';
const TIMEOUT = 40;
const STEPS = 8;
/** After these programs the heap is measured for the first time. */
const WARM_UP = 200;
/** Bytes a program; a socket that is kept with what belongs to it takes some 45,000. */
const LARGEST_GROWTH = 8000;
const RTM_GETLINK = 18;
const RTM_GETADDR = 22;
const RTNLGRP_LINK = 1;
const expected = 'thrown by the program';

function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A peer that errs in the way that a message's first byte chooses. */
const respond: Respond = (request) => {
  const way = request.payload[0] ?? 0;
  if ((request.flags & NLM_F_DUMP) === NLM_F_DUMP) {
    const items = multipart(
      request,
      Array.from({ length: 40 }, (_, index) => new Uint8Array([index])),
    );
    const datagrams = [datagram(...items.slice(0, 20)), datagram(...items.slice(20))];
    if (way === 1) return datagrams.slice(0, 1);
    if (way === 2)
      return [datagrams[0] ?? new Uint8Array(), (datagrams[1] ?? new Uint8Array()).subarray(0, -3)];
    if (way === 3) return new Promise((resolve) => setTimeout(resolve, 5, datagrams));
    return datagrams;
  }
  const answer = [reply(request, request.payload), acknowledge(request)];
  if (way === 1) return [refuse(request, 'ENODEV')];
  if (way === 2) return undefined;
  if (way === 3) return new Promise((resolve) => setTimeout(resolve, 5, answer));
  if (way === 4) return [datagram(...answer).subarray(0, 21)];
  return answer;
};

class Program {
  readonly #random: (below: number) => number;
  readonly #kernel = new FakeKernel(respond);
  readonly #socket: NetlinkSocket;
  readonly pending: Promise<unknown>[] = [];
  /** What the promises that are not settled yet belong to. */
  readonly unsettled = new Set<object>();
  readonly #endless = new Set<Promise<unknown>>();
  #current: object = {};
  #depth = 0;

  constructor(seed: number) {
    this.#random = randomOf(seed);
    this.#socket = isReal ? openSocket({ protocol: 0 }) : this.#kernel.openSocket();
    this.#socket.requestTimeout = TIMEOUT;
  }

  async run(): Promise<void> {
    for (let step = 0; step < STEPS; step++) {
      this.#step();
      if (this.#random(3) === 0) await new Promise((resolve) => setImmediate(resolve));
      if (this.#random(40) === 0) globalThis.gc?.();
    }
    // Those of subscriptions have no time-out: they settle when the socket is closed.
    if (this.#random(2) === 0)
      await Promise.allSettled(this.pending.filter((one) => !this.#endless.has(one)));
    this.#socket.close();
  }

  /** One step; refusals are results like others. */
  #step(): void {
    try {
      const index = this.#random(this.#steps.length);
      this.#current = { step: index, depth: this.#depth };
      this.#steps[index]?.();
    } catch {
      // A blocking call that failed, a closed socket, or a callback of the program's.
    }
  }

  /** What a callback of the caller's may do. */
  readonly #callback = (): undefined => {
    const choice = this.#random(6);
    if (this.#depth > 2 || choice > 3) return undefined;
    this.#depth += 1;
    try {
      if (choice === 0) this.#socket.close();
      else if (choice === 1) throw new Error(expected);
      else this.#steps[this.#random(this.#steps.length)]?.();
    } finally {
      this.#depth -= 1;
    }
    return undefined;
  };

  #keep(promise: Promise<unknown>): void {
    const step = { ...this.#current };
    this.unsettled.add(step);
    const settled = () => this.unsettled.delete(step);
    promise.then(settled, settled);
    this.pending.push(promise);
  }

  #message() {
    const callback = this.#callback;
    const payload = isReal ? new Uint8Array(16) : new Uint8Array([this.#random(6), 0, 0, 0]);
    if (isReal) payload[4] = this.#random(2);
    const hooked = this.#random(4) === 0;
    return {
      type: RTM_GETLINK,
      get payload() {
        if (hooked) callback();
        return payload;
      },
    };
  }

  #options() {
    const callback = this.#callback;
    const controller = new AbortController();
    if (this.#random(4) === 0) setTimeout(() => controller.abort(), this.#random(4));
    const signal = this.#random(3) === 0 ? controller.signal : undefined;
    if (this.#random(10) === 0) controller.abort();
    const hooked = this.#random(6) === 0;
    return {
      signal,
      get timeout() {
        if (hooked) callback();
        return TIMEOUT;
      },
    };
  }

  #dump() {
    const onRestart = this.#callback;
    return this.#socket.dump({ ...this.#message(), type: RTM_GETADDR }, { ...this.#options(), onRestart });
  }

  readonly #steps: readonly (() => void)[] = [
    () => this.#keep(this.#socket.request(this.#message(), this.#options())),
    () => {
      for (let count = this.#random(40); count > 0; count--)
        this.#keep(this.#socket.request(this.#message()));
    },
    () => void this.#socket.requestSync(this.#message(), this.#options()),
    () => this.#keep(this.#dump().toArray()),
    () => void this.#dump().toArraySync(),
    () => this.#keep(this.#dump().batches().next()),
    () => {
      const items = this.#dump()[Symbol.asyncIterator]();
      for (let count = this.#random(50); count > 0; count--) this.#keep(items.next());
      if (this.#random(2) === 0) this.#keep(items.return?.() ?? Promise.resolve());
    },
    () => {
      const dump = this.#dump();
      const leave = this.#random(30);
      const loop = async () => {
        let count = 0;
        for await (const { type } of dump) {
          if (type === 0) throw new Error('a control message is not an item');
          if (count++ === leave) this.#callback();
          if (count > leave) return;
        }
      };
      this.#keep(loop());
    },
    () => {
      const batch = this.#socket.batch({
        ...this.#options(),
        acknowledge: this.#random(2) === 0 ? 'each' : 'last',
      });
      for (let count = this.#random(6); count > 0; count--) batch.add(this.#message());
      if (this.#random(5) === 0) batch.sendSync();
      else this.#keep(batch.send());
    },
    () => {
      const decode = () => this.#callback();
      const operation = { name: 'X', headerLength: 0, attributes: {}, encode: this.#callback, decode };
      const payload = new Uint8Array(16);
      const encode = (writer: { append(bytes: Uint8Array): void }) => {
        writer.append(payload);
        this.#callback();
      };
      const call = {
        operation: { ...operation, encode } as never,
        type: RTM_GETLINK,
        flags: 0,
        input: undefined,
      };
      if (this.#random(3) === 0) this.#keep(this.#socket.executeDump(call, this.#options()).toArray());
      else this.#keep(this.#socket.execute(call, this.#options()));
    },
    () => {
      const subscription = this.#socket.subscribe({
        groups: [RTNLGRP_LINK],
        filter: () => {
          this.#callback();
          return true;
        },
      });
      const read = this.#random(3);
      const wait = (promise: Promise<unknown>) => {
        this.#endless.add(promise);
        this.#keep(promise);
      };
      if (read === 0) wait(subscription.forEach(this.#callback));
      else for (let count = 0; count < read; count++) wait(subscription.next());
      if (!isReal) this.#kernel.notify(RTNLGRP_LINK, RTM_GETLINK);
      if (this.#random(2) === 0) setTimeout(() => subscription.close(), this.#random(3));
    },
    () => {
      const signal = AbortSignal.timeout(this.#random(20) + 1);
      this.#keep(this.#socket.receive({ signal }));
    },
    () => {
      if (!isReal) this.#kernel.overrun();
    },
    () => {
      for (const end = performance.now() + 1; performance.now() < end;);
    },
    () => process.kill(process.pid, 'SIGUSR2'),
    () => {
      if (this.#random(4) === 0) this.#socket.close();
    },
  ];
}

/** Bytes of heap that are still in use after a collection and its finalizers. */
async function heap(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().heapUsed;
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Each second takes a turn of the event loop, so a machine that stalls this process for some is not taken for a hang. */
async function afterSeconds(seconds: number): Promise<'late'> {
  for (let passed = 0; passed < seconds; passed++) {
    await new Promise((resolve) => setTimeout(resolve, 1000).unref());
  }
  return 'late';
}

async function main(): Promise<void> {
  let unexpected: unknown;
  process.on('uncaughtException', (error) => {
    if (!(error instanceof Error) || error.message !== expected) {
      // Refusals of blocking calls inside callbacks are the program's own.
      if (!['NetlinkError', 'AbortError'].includes((error as { name?: string } | null)?.name ?? ''))
        unexpected = error;
    }
  });
  process.on('SIGUSR2', () => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  const before = descriptors();
  const began = performance.now();
  let promises = 0;
  let heapBefore = 0;
  for (let seed = firstSeed; seed < firstSeed + programs; seed++) {
    const program = new Program(seed);
    const late = afterSeconds(10);
    const ended = (async () => {
      await program.run();
      // Callbacks add more meanwhile.
      for (let known = -1; known !== program.pending.length;) {
        known = program.pending.length;
        await Promise.allSettled(program.pending);
      }
    })();
    if ((await Promise.race([ended, late])) === 'late')
      throw new Error(`seed ${seed}: pending: ${JSON.stringify([...program.unsettled])}`);
    if (unexpected !== undefined)
      throw new Error(`seed ${seed}: an uncaught exception`, { cause: unexpected });
    promises += program.pending.length;
    if (seed === firstSeed + WARM_UP) heapBefore = await heap();
  }
  const growth = heapBefore === 0 ? 0 : ((await heap()) - heapBefore) / (programs - WARM_UP);
  if (growth > LARGEST_GROWTH) throw new Error(`the heap grew by ${growth} bytes a program`);
  if (descriptors() > before + 4) throw new Error(`${descriptors() - before} descriptors are left`);
  const left = process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate');
  if (left.length > 0) throw new Error(`left: ${left.join(', ')}`);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(
    `${programs} programs from seed ${firstSeed} (${values.kernel}): ${promises} promises, ${seconds} s`,
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
