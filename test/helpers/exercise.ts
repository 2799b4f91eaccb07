import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect } from '@jest/globals';
import { openFamily, type Family, type OpenFamilyOptions } from 'afnetlink';
import { packageRoot } from './processes';

const folder = join(packageRoot, 'out/exercised');
const opened: { close(): void }[] = [];

afterEach(() => {
  for (const client of opened.splice(0)) client.close();
});

/**
 * Opens a family that is closed after the test. What its operations do is noted in out/exercised, from which
 * docs/families.md is made: `npm run families:table`.
 */
export async function openNoted<Client extends { close(): void }>(
  family: Family<Client>,
  options: OpenFamilyOptions = {},
): Promise<Client> {
  const client = (await openFamily(noted(family), options)) as Client;
  opened.push(client);
  return client;
}

/** A family whose codecs note that the kernel answered them. */
function noted<Client>(family: Family<Client>): Family<Client> {
  const seen = new Set<string>();
  const note = (kind: string, name: string) => {
    if (seen.has(`${kind} ${name}`)) return;
    seen.add(`${kind} ${name}`);
    mkdirSync(folder, { recursive: true });
    const place = expect.getState().testPath?.includes('/test/vm/') === true ? 'guest' : 'host';
    appendFileSync(
      join(folder, `${place}.jsonl`),
      `${JSON.stringify({ family: family.name, kind, name })}\n`,
    );
  };
  const operations = Object.entries(family.operations).map(([key, operation]) => {
    const { body } = operation;
    const watchedRequest = (request: typeof body): typeof body => ({
      ...request,
      encode(writer, input) {
        request.encode(writer, input);
        note('request', operation.name);
      },
    });
    const watched: typeof body = {
      ...watchedRequest(body),
      decode(view, start, end, strict) {
        const values = body.decode(view, start, end, strict);
        note('reply', operation.name);
        return values;
      },
    };
    const modes = (['do', 'dump'] as const).flatMap((mode) => {
      const codec = operation[mode];
      return codec?.body === undefined ? [] : [[mode, { ...codec, body: watchedRequest(codec.body) }]];
    });
    return [key, { ...operation, body: watched, ...Object.fromEntries(modes) }] as const;
  });
  const notifications = Object.entries(family.notifications).map(([id, notification]) => {
    const { body, name } = notification;
    const watched: typeof body = {
      ...body,
      decode(view, start, end, strict) {
        const values = body.decode(view, start, end, strict);
        note('notification', name);
        return values;
      },
    };
    return [id, { ...notification, body: watched }] as const;
  });
  return {
    ...family,
    operations: Object.fromEntries(operations),
    notifications: Object.fromEntries(notifications),
  };
}
