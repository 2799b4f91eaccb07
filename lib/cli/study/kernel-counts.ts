import { Guardian } from '../trace/guardian.js';
import { Tracefs } from '../trace/tracefs.js';

const GROUP = 'nlctl_study';

type Meaning = 'copies' | 'allocations' | 'insertions';

interface Probe {
  readonly name: string;
  readonly means: Meaning;
  /** The kernel function, and which of its arguments is the number of bytes, if it matters. */
  readonly function: string;
  readonly argument?: number;
}

/**
 * Functions that call the copying code, rather than that code itself: it is in the kernel's library, which is built so that no probe of this
 * kind can be set there.
 */
const probes: readonly Probe[] = [
  { name: 'copy_from_sender', means: 'copies', function: 'netlink_sendmsg', argument: 3 },
  { name: 'copy_to_receiver', means: 'copies', function: 'skb_copy_datagram_iter', argument: 4 },
  { name: 'copy_from_writer', means: 'copies', function: 'memdup_user', argument: 2 },
  { name: 'copy_to_reader', means: 'copies', function: 'simple_read_from_buffer', argument: 2 },
  { name: 'copy_back', means: 'copies', function: 'netlink_test:echo_copy_back', argument: 3 },
  { name: 'alloc_skb', means: 'allocations', function: '__alloc_skb' },
  // A large message from user space, whose memory was allocated before.
  { name: 'build_skb', means: 'allocations', function: '__build_skb' },
  { name: 'alloc_copy', means: 'allocations', function: 'memdup_user' },
  { name: 'alloc_head', means: 'allocations', function: 'pskb_expand_head' },
  { name: 'queue_tail', means: 'insertions', function: 'skb_queue_tail' },
];

const WAKE_UP = 'sched/sched_waking';

/** How often each value was seen, by the probe's name. */
export type Seen = ReadonlyMap<string, ReadonlyMap<number, number>>;

/**
 * Counts what the kernel does, by histograms in a separate instance of the kernel's tracer: other users of tracing are
 * not disturbed. Needs root, and a kernel with kprobes (CONFIG_KPROBE_EVENTS) and histograms (CONFIG_HIST_TRIGGERS).
 */
export class KernelCounts {
  /** The functions of probes that this kernel does not have, or has inlined. */
  readonly missing: readonly string[];
  readonly #tracefs: Tracefs;
  readonly #files: ReadonlyMap<string, string>;
  readonly #guardian: Guardian;

  private constructor(
    tracefs: Tracefs,
    files: ReadonlyMap<string, string>,
    missing: readonly string[],
    guardian: Guardian,
  ) {
    this.#tracefs = tracefs;
    this.#files = files;
    this.missing = missing;
    this.#guardian = guardian;
  }

  static async begin(): Promise<KernelCounts> {
    const tracefs = Tracefs.open();
    if (tracefs.has(`instances/${GROUP}`))
      throw new Error('another nlctl study counts in this kernel; wait for its end');
    const instance = `instances/${GROUP}`;
    const guardian = await Guardian.begin(tracefs.folder, cleanUp, [GROUP]);
    try {
      tracefs.makeFolder(instance);
      const present = probes.filter((probe) => addProbe(tracefs, probe));
      const files = new Map(present.map(({ name }) => [name, `${instance}/events/${GROUP}/${name}`]));
      files.set('wake_up', `${instance}/events/${WAKE_UP}`);
      for (const [name, file] of files)
        tracefs.append(`${file}/trigger`, `hist:keys=${name === 'wake_up' ? 'pid' : 'bytes'}`);
      const missing = probes.filter((probe) => !present.includes(probe)).map((probe) => probe.function);
      return new KernelCounts(tracefs, files, missing, guardian);
    } catch (error) {
      await guardian.end();
      throw error;
    }
  }

  read(): Seen {
    return new Map(
      [...this.#files].map(([name, file]) => [name, histogram(this.#tracefs.read(`${file}/hist`))]),
    );
  }

  end(): Promise<void> {
    return this.#guardian.end();
  }
}

/** Whether this kernel has the function. */
function addProbe(tracefs: Tracefs, { name, function: of, argument }: Probe): boolean {
  try {
    const bytes = argument === undefined ? '\\0' : `$arg${argument}`;
    tracefs.append('kprobe_events', `p:${GROUP}/${name} ${of} bytes=${bytes}:u64`);
    return true;
  } catch (error) {
    if (((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return false;
    throw error;
  }
}

/** Reads a histogram with one key, in the format of the file `hist`. */
export function histogram(text: string): Map<number, number> {
  return new Map(
    [...text.matchAll(/^\{ \w+: +(\d+) *\} hitcount: +(\d+)/gm)].map(([, key, hits]) => [
      Number(key),
      Number(hits),
    ]),
  );
}

/** What happened between two readings, restricted to copies of these lengths and to these threads. */
export function countsBetween(
  before: Seen,
  after: Seen,
  { lengths, threads }: { readonly lengths: readonly number[]; readonly threads: readonly number[] },
): Record<'bytesCopied' | 'allocations' | 'insertions' | 'wakeUps', number> {
  const hits = (name: string, key: number) =>
    (after.get(name)?.get(key) ?? 0) - (before.get(name)?.get(key) ?? 0);
  const all = (name: string) => [...(after.get(name)?.keys() ?? [])].map((key) => hits(name, key));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const named = (means: Meaning) => probes.filter((probe) => probe.means === means).map(({ name }) => name);
  return {
    bytesCopied: sum(named('copies').flatMap((name) => lengths.map((length) => hits(name, length) * length))),
    allocations: sum(named('allocations').flatMap(all)),
    insertions: sum(named('insertions').flatMap(all)),
    wakeUps: sum(threads.map((thread) => hits('wake_up', thread))),
  };
}

// The group's name is $1; removing an instance ends its histograms, without which the probes are unused.
const cleanUp = `
if [ -d "instances/$1" ]; then rmdir "instances/$1" || failed=1; fi
for event in $(sed -n "s|^p:$1/\\([^ ]*\\) .*|\\1|p" kprobe_events); do
  printf '%s\\n' "-:$1/$event" >>kprobe_events || failed=1
done
`;
