import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { openFamily, type Family, type OpenFamilyOptions } from 'afnetlink';
import { packageRoot } from './processes';

/** Where npm test runs this: `host`, or the name of a guest. */
const place = process.env['AFNETLINK_PLACE'] ?? 'host';
const folder = join(packageRoot, 'out/exercised');
const opened: { close(): void }[] = [];
const noted = new Set<string>();

afterEach(() => {
  for (const client of opened.splice(0)) client.close();
});

/** How far an operation got: `refused` by the kernel; a dump with nothing in it; with an answer; heard unasked. */
type Outcome = 'refused' | 'empty' | 'answered' | 'heard';

type Call = (...args: readonly unknown[]) => unknown;
type Calls = Readonly<Record<string, Call>>;

/**
 * Opens a family that is closed after the test. What its operations do is noted in out/exercised, from which
 * docs/families.md is made: `npm run families:table`.
 */
export async function openNoted<Client extends { close(): void }>(
  family: Family<Client>,
  options: OpenFamilyOptions = {},
): Promise<Client> {
  const client = (await openFamily(withNotedEvents(family), options)) as Client;
  const modes = client as unknown as { do: Calls; dump: Calls; batch: (options?: object) => Batch };
  const nameOf = (key: string) => family.operations[key]?.name ?? key;
  modes.do = wrapped(modes.do, (key, call) => (...args) => {
    const reply = call(...args);
    return settled(reply as Promise<unknown>, () => 'answered', [family.name, 'do', nameOf(key)]);
  });
  modes.dump = wrapped(modes.dump, (key, call) => (...args) => {
    const about = [family.name, 'dump', nameOf(key)] as const;
    const dump = call(...args) as { toArray(): Promise<readonly unknown[]> } | Promise<unknown>;
    if (dump instanceof Promise) return settled(dump, () => 'answered', about);
    const toArray = dump.toArray.bind(dump);
    dump.toArray = () => settled(toArray(), (items) => (items.length === 0 ? 'empty' : 'answered'), about);
    return dump;
  });
  const begin = modes.batch.bind(client);
  modes.batch = (batchOptions) => notedBatch(begin(batchOptions), (key) => [family.name, 'do', nameOf(key)]);
  opened.push(client);
  return client;
}

type About = readonly [family: string, kind: string, name: string];

function note([family, kind, name]: About, outcome: Outcome): void {
  const line = `${JSON.stringify({ place, family, kind, name, outcome })}\n`;
  if (noted.has(line)) return;
  noted.add(line);
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, 'notes.jsonl'), line);
}

/** What the kernel refused counts too; what was refused here, before it was sent, has no errno. */
function settled<Result>(
  reply: Promise<Result>,
  outcome: (result: Result) => Outcome,
  about: About,
): Promise<Result> {
  return reply.then(
    (result) => {
      note(about, outcome(result));
      return result;
    },
    (error: unknown) => {
      if ((error as { errno?: number }).errno !== undefined) note(about, 'refused');
      throw error;
    },
  );
}

interface Batch {
  add(key: string, ...args: readonly unknown[]): this;
  send(): Promise<readonly { readonly status: string; readonly error?: unknown }[]>;
}

function notedBatch(batch: Batch, about: (key: string) => About): Batch {
  const keys: string[] = [];
  const [add, send] = [batch.add.bind(batch), batch.send.bind(batch)];
  batch.add = (key, ...args) => {
    keys.push(key);
    add(key, ...args);
    return batch;
  };
  batch.send = async () => {
    const results = await send();
    for (const [at, { status }] of results.entries()) {
      if (status === 'done') note(about(keys[at] ?? ''), 'answered');
      if (status === 'failed') note(about(keys[at] ?? ''), 'refused');
    }
    return results;
  };
  return batch;
}

function wrapped(calls: Calls, wrap: (key: string, call: Call) => Call): Calls {
  return Object.fromEntries(Object.entries(calls).map(([key, call]) => [key, wrap(key, call)]));
}

/** The family with decoders that note which of its events came. */
function withNotedEvents<Client>(family: Family<Client>): Family<Client> {
  const notifications = Object.entries(family.notifications).map(([id, notification]) => {
    const { body, name } = notification;
    const watched: typeof body = {
      ...body,
      decode(view, start, end, strict) {
        const values = body.decode(view, start, end, strict);
        note([family.name, 'notification', name], 'heard');
        return values;
      },
      project(keys) {
        const decode = body.project(keys);
        return (...args) => {
          note([family.name, 'notification', name], 'heard');
          return decode(...args);
        };
      },
    };
    return [id, { ...notification, body: watched }] as const;
  });
  return { ...family, notifications: Object.fromEntries(notifications) };
}
