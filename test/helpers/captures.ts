import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { camelCase } from '#lib/spec/names';
import type { BodyCodec, Family } from '#lib/spec/runtime/family';
import { decodeMessages, GENL_HDRLEN, NLMSG_HDRLEN, NLMSG_MIN_TYPE, WireView } from '#lib/wire/index';
import { packageRoot } from './processes';

/** An exchange recorded at the socket of the kernel's own Python client; its README says what each field means. */
export interface Capture {
  readonly id: string;
  readonly family: string;
  readonly op?: string;
  readonly mode: 'do' | 'dump' | 'multi' | 'ntf';
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly request?: string;
  readonly replies: readonly string[];
  readonly decoded?: unknown;
}

export const capturesFolder = join(packageRoot, 'test/fixtures/captures');

export const captures: readonly Capture[] = readdirSync(capturesFolder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(join(capturesFolder, file), 'utf8')) as Capture);

/** Bytes behind struct nlmsghdr that come before the family's own. */
export function genericLength(family: Family): number {
  return family.version === undefined ? 0 : GENL_HDRLEN;
}

/** The messages of a capture's replies that carry data, each with the body that it has by its number. */
export function replyMessages(
  family: Family,
  capture: Capture,
): { readonly body: BodyCodec; readonly view: WireView; readonly start: number; readonly end: number }[] {
  const start = genericLength(family);
  return capture.replies
    .flatMap((hex) => decodeMessages(new WireView(Buffer.from(hex, 'hex'))))
    .filter(({ type }) => type >= NLMSG_MIN_TYPE)
    .map(({ type, payload }) => {
      const id = start === 0 ? type : (payload[0] ?? 0);
      return {
        body: capture.mode === 'ntf' ? notificationBody(family, id) : replyBody(family, id),
        view: new WireView(payload),
        start,
        end: payload.length,
      };
    });
}

export function decodeReplies(family: Family, capture: Capture, strict = false): object[] {
  return replyMessages(family, capture).map(({ body, view, start, end }) =>
    body.decode(view, start, end, strict),
  );
}

/** What the request of a capture asks for; undefined for notifications. */
export function decodeRequest(family: Family, capture: Capture): object | undefined {
  if (capture.request === undefined) return undefined;
  const bytes = Buffer.from(capture.request, 'hex');
  const { body } = operationOf(family, capture);
  return body.decode(new WireView(bytes), NLMSG_HDRLEN + genericLength(family), bytes.length, true);
}

export function operationOf(family: Family, capture: Capture) {
  const operation = family.operations[camelCase(capture.op ?? '')];
  if (operation === undefined) throw new Error(`${capture.id}: no operation ${capture.op ?? ''}`);
  return operation;
}

function replyBody(family: Family, id: number): BodyCodec {
  const operation = Object.values(family.operations).find(
    (candidate) => candidate.do?.reply === id || candidate.dump?.reply === id,
  );
  if (operation === undefined) throw new Error(`${family.name}: no reply has number ${id}`);
  return operation.body;
}

function notificationBody(family: Family, id: number): BodyCodec {
  const notification = family.notifications[id];
  if (notification === undefined) throw new Error(`${family.name}: no notification has number ${id}`);
  return notification.body;
}
