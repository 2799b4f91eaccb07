import { GENL_HDRLEN, NETLINK_NETFILTER } from '../wire/constants.js';
import type { Operation } from '../wire/operation.js';
import { subjectOf } from './subject.js';
import type { Decoder, Family, ModeCodec, OperationCodec } from '../spec/runtime/family.js';

/** Bytes between the message header and the family's own: struct genlmsghdr on Generic Netlink. */
export function genericLength(family: Family): number {
  return family.version === undefined ? 0 : GENL_HDRLEN;
}

/** The name of an operation in errors: the one in the kernel's headers, or else the specification's. */
export function operationName(family: Family, { constant, name }: OperationCodec): string {
  return constant ?? `${family.name} ${name}`;
}

/**
 * Whether exactly one reply arrives. An operation that has a dump reads, and a read is always answered, so an acknowledgement
 * after that would only cost time. Netfilter answers with several messages (elements of a set), or marks a single one
 * as part of several (a connection); there only the acknowledgement shows where they end.
 */
function isAnsweredOnce(family: Family, operation: OperationCodec, mode: ModeCodec): boolean {
  const always = mode.reply !== undefined && mode.optionalReply !== true;
  return always && operation.dump !== undefined && family.protocol !== NETLINK_NETFILTER;
}

/** The engine's description of an operation, with a decoder that may read only some properties. */
export function familyOperation<Reply = object>(
  family: Family,
  operation: OperationCodec,
  mode: ModeCodec,
  options: { readonly strict: boolean; readonly decode?: Decoder<Reply> },
): Operation<object, Reply> {
  const { body, privilege } = operation;
  const { strict, decode = body.decode as Decoder<Reply> } = options;
  const skipped = genericLength(family);
  const { version } = family;
  const request = mode.body ?? body;
  const { encode } = request;
  return {
    name: operationName(family, operation),
    headerLength: skipped + request.headerLength,
    attributes: request.attributes,
    ...(privilege !== undefined && { capability: 'CAP_NET_ADMIN' }),
    ...(isAnsweredOnce(family, operation, mode) && { end: 'reply' as const }),
    ...(mode.reply === undefined && { onlyAcknowledged: true }),
    encode:
      version === undefined
        ? encode
        : (writer, input) => {
            writer.genericHeader(mode.request, version);
            encode(writer, input);
          },
    decode: (view, offset, end) => decode(view, offset + skipped, end, strict),
    subject: (view, offset, end) =>
      subjectOf(family.name, request.decode(view, offset + skipped, end, false)),
  };
}
