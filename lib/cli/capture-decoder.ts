import type { Family } from '../index.js';
import type { BodyCodec } from '../spec/runtime/index.js';
import {
  acknowledgedErrno,
  align4,
  decodeExtendedAck,
  errnoName,
  GENL_HDRLEN,
  locateInRequest,
  messageLength,
  messageType,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_HDRLEN,
  NLMSG_MIN_TYPE,
  WireView,
} from '../wire/index.js';
import type { Capture } from './capture.js';

/** One message in its datagram. */
interface Place {
  readonly view: WireView;
  readonly at: number;
  readonly end: number;
  readonly type: number;
}

/** Decodes the messages of one capture. */
export class CaptureDecoder {
  readonly #family: Family;
  readonly #capture: Capture;
  readonly #strict: boolean;
  readonly #skipped: number;
  readonly #sent: Place[];

  constructor(family: Family, capture: Capture, strict: boolean) {
    this.#family = family;
    this.#capture = capture;
    this.#strict = strict;
    this.#skipped = NLMSG_HDRLEN + (family.version === undefined ? 0 : GENL_HDRLEN);
    this.#sent = capture.request === undefined ? [] : places(capture.request);
  }

  /** The values of the request's message, or a list if the datagram held several; null for notifications. */
  request(): unknown {
    const messages = this.#sent.map((place) => {
      const body = this.#requestBody(this.#id(place));
      return body === undefined ? unknown(place, this.#skipped) : this.#decode(body, place);
    });
    return this.#capture.mode === 'multi' ? messages : (messages[0] ?? null);
  }

  replies(): unknown[] {
    return this.#capture.replies.flatMap(places).flatMap((place) => this.#reply(place));
  }

  #reply(place: Place): unknown[] {
    if (place.type === NLMSG_ERROR || place.type === NLMSG_DONE) return this.#end(place);
    if (place.type < NLMSG_MIN_TYPE) return [];
    const id = this.#id(place);
    if (this.#capture.mode === 'ntf') {
      const notification = this.#family.notifications[id];
      if (notification === undefined) return [unknown(place, this.#skipped)];
      return [{ name: notification.name, message: this.#decode(notification.body, place) }];
    }
    const body = this.#replyBody(id) ?? this.#family.notifications[id]?.body;
    return [body === undefined ? unknown(place, this.#skipped) : this.#decode(body, place)];
  }

  /** An acknowledgement, an error, or the end of a dump: shown only if it carries something. */
  #end({ view, at, end }: Place): unknown[] {
    const errno = acknowledgedErrno(view, at, end);
    const extack = decodeExtendedAck(view, at, end);
    const [sent] = this.#sent;
    const body = sent === undefined ? undefined : this.#requestBody(this.#id(sent));
    const located =
      extack === undefined || sent === undefined || body === undefined
        ? extack
        : locateInRequest(extack, {
            bytes: new WireView(sent.view.bytes.subarray(sent.at, sent.end)),
            headerLength: this.#skipped - NLMSG_HDRLEN + body.headerLength,
            attributes: body.attributes(),
          });
    if (errno !== 0) return [{ error: { code: errnoName(errno), errno, ...located } }];
    return located === undefined || Object.keys(located).length === 0 ? [] : [{ extack: located }];
  }

  #decode(body: BodyCodec, { view, at, end }: Place): object {
    return body.decode(view, at + this.#skipped, end, this.#strict);
  }

  #id({ view, at, end, type }: Place): number {
    return this.#family.version === undefined ? type : view.u8(at + NLMSG_HDRLEN, end);
  }

  #requestBody(id: number): BodyCodec | undefined {
    const operations = Object.values(this.#family.operations);
    const named = operations.filter(({ name }) => name === this.#capture.op);
    for (const { body, do: once, dump } of [...named, ...operations]) {
      const mode = [once, dump].find((each) => each?.request === id);
      if (mode !== undefined) return mode.body ?? body;
    }
    return undefined;
  }

  #replyBody(id: number): BodyCodec | undefined {
    const operations = Object.values(this.#family.operations);
    const named = operations.filter(({ name }) => name === this.#capture.op);
    return [...named, ...operations].find(
      (operation) => operation.do?.reply === id || operation.dump?.reply === id,
    )?.body;
  }
}

function places(datagram: Uint8Array): Place[] {
  const view = new WireView(datagram);
  const found: Place[] = [];
  for (let at = 0; at < view.length;) {
    const end = at + messageLength(view, at, view.length);
    found.push({ view, at, end, type: messageType(view, at) });
    at += align4(end - at);
  }
  return found;
}

function unknown({ view, at, end, type }: Place, skipped: number): unknown {
  return { unknown: { type, payload: view.binary(Math.min(at + skipped, end), end) } };
}
