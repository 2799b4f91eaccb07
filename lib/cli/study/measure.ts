import { countsBetween, type KernelCounts } from './kernel-counts.js';
import type { Copied, OpenWay, Way } from './way.js';

/** What one message costs the kernel, on average. */
export interface Counts {
  /** Of the message, from one place to another. */
  readonly copies: number;
  readonly bytesCopied: number;
  /** Buffers for it. */
  readonly allocations: number;
  /** Into receive queues. */
  readonly insertions: number;
  /** Of a thread that waited for it. */
  readonly wakeUps: number;
}

export interface Figure {
  readonly way: string;
  readonly kind: Way['kind'];
  /** Bytes of payload. */
  readonly size: number;
  /** The wall-clock time per message of each round, as the program sees it. */
  readonly microseconds: readonly number[];
  readonly counts?: Counts;
}

export interface MeasureOptions {
  readonly ways: readonly Way[];
  readonly sizes: readonly number[];
  readonly rounds: number;
  /** Approximate duration of a round in milliseconds. */
  readonly roundTime: number;
  readonly counts: KernelCounts | undefined;
  readonly onProgress: (line: string) => void;
}

/** How many messages are counted; earlier ones only warm up. */
const COUNTED = 160;
/** A multiple of every batch. */
const STEP = 32;

export async function measure({ ways, sizes, ...options }: MeasureOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const way of ways) {
    options.onProgress(`${way.kind === 'echo' ? 'echo by ' : ''}${way.name}`);
    for (const size of sizes) {
      if (size > (way.largest ?? Infinity)) continue;
      const open = await way.open(size);
      try {
        const microseconds = await time(open, options);
        const counts = options.counts && (await count(open, options.counts));
        figures.push({ way: way.name, kind: way.kind, size, microseconds, ...(counts && { counts }) });
      } finally {
        open.close();
      }
    }
  }
  return figures;
}

async function nanosecondsOf(open: OpenWay, messages: number): Promise<number> {
  const begin = process.hrtime.bigint();
  const told = await open.run(messages);
  return told ?? Number(process.hrtime.bigint() - begin);
}

async function time(open: OpenWay, options: Pick<MeasureOptions, 'rounds' | 'roundTime'>): Promise<number[]> {
  const { rounds, roundTime } = options;
  await nanosecondsOf(open, COUNTED);
  const each = (await nanosecondsOf(open, COUNTED)) / COUNTED;
  const messages = Math.max(1, Math.round((roundTime * 1e6) / each / STEP)) * STEP;
  const figures: number[] = [];
  for (let round = 0; round < rounds; round++)
    figures.push((await nanosecondsOf(open, messages)) / messages / 1000);
  return figures;
}

const nothing: Copied = { copies: 0, bytes: 0 };

async function count(open: OpenWay, kernel: KernelCounts): Promise<Counts> {
  const copiedBefore = (await open.copiedInKernel?.()) ?? nothing;
  const before = kernel.read();
  await open.run(COUNTED);
  const after = kernel.read();
  const copiedAfter = (await open.copiedInKernel?.()) ?? nothing;
  const threads = [process.pid, ...(open.threads ?? [])];
  const total = countsBetween(before, after, { lengths: open.copyLengths, threads });
  const [length = 1] = open.copyLengths;
  return {
    copies: (total.bytesCopied / length + copiedAfter.copies - copiedBefore.copies) / COUNTED,
    bytesCopied: (total.bytesCopied + copiedAfter.bytes - copiedBefore.bytes) / COUNTED,
    allocations: total.allocations / COUNTED,
    insertions: total.insertions / COUNTED,
    wakeUps: total.wakeUps / COUNTED,
  };
}
