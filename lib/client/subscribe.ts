import { invalidArgument } from '../errors.js';
import { checkOptions, suggestion } from '../known-names.js';
import { shown } from '../shown-value.js';
import type { Subscription } from '../socket/events/subscription.js';
import type { NetlinkSocket } from '../socket/netlink-socket.js';
import type { FamilySubscribeOptions, NotificationOf, UnknownNotification } from '../spec/runtime/client.js';
import type { BodyCodec, Decoder, Family } from '../spec/runtime/family.js';
import { NLMSG_HDRLEN, NLMSG_MIN_TYPE } from '../wire/constants.js';
import { messageFlags, messagePortId, messageSequence, messageType } from '../wire/messages.js';
import type { WireView } from '../wire/view.js';
import { genericLength } from './operation.js';
import { SUBSCRIBE_OPTIONS } from './option-names.js';
import type { FamilyNumbers, NumberSource } from './numbers.js';

export type FamilyEvent = NotificationOf<string, object> | UnknownNotification;

type Options = FamilySubscribeOptions<FamilyEvent, string> & { readonly select?: readonly string[] };

interface Reception {
  readonly name: string;
  readonly decode: Decoder<object>;
}

/** Joins a family's multicast groups and decodes what they receive. */
export function subscribeTo(
  family: Family,
  socket: NetlinkSocket,
  source: NumberSource,
  options: Options,
): Subscription<FamilyEvent> {
  checkOptions('subscribe', options, SUBSCRIBE_OPTIONS);
  const { groups = Object.keys(family.groups), select, strict = false, ...rest } = options;
  const receptions = receptionsOf(family, select);
  const numbers = source.known() ?? source.askSync();
  const isGeneric = family.version !== undefined;
  const skipped = NLMSG_HDRLEN + genericLength(family);
  const decode = (view: WireView, at: number, end: number): FamilyEvent | undefined => {
    const type = messageType(view, at);
    if (type < NLMSG_MIN_TYPE || (isGeneric && type !== numbers.id)) return undefined;
    const id = isGeneric ? view.u8(at + NLMSG_HDRLEN, end) : type;
    const flags = messageFlags(view, at);
    const sequence = messageSequence(view, at);
    const portId = messagePortId(view, at);
    const reception = receptions.get(id);
    if (reception === undefined) {
      return { name: 'unknown', type: id, payload: view.binary(at + skipped, end), flags, sequence, portId };
    }
    const message = reception.decode(view, at + skipped, end, strict);
    return { name: reception.name, message, flags, sequence, portId };
  };
  const ids = groups.map((group) => groupId(family, numbers, group));
  return socket.subscribeDecoded({ ...rest, groups: ids }, decode);
}

function groupId(family: Family, { groups }: FamilyNumbers, group: string): number {
  const id = groups.get(group);
  if (id !== undefined) return id;
  throw invalidArgument(
    `'${family.name}' has no multicast group ${shown(group)} in this kernel${suggestion(group, groups.keys())}`,
  );
}

/** The decoder of each kind of notification; with `select`, of only those properties. */
function receptionsOf(family: Family, select: readonly string[] | undefined): Map<number, Reception> {
  const entries = Object.entries(family.notifications);
  const keysOf = (body: BodyCodec): ReadonlySet<string> =>
    new Set([...body.header, ...Object.values(body.attributes())].map((described) => described.name));
  const stray = select?.find((key) => !entries.some(([, { body }]) => keysOf(body).has(key)));
  if (stray !== undefined) {
    throw invalidArgument(`select: no notification of '${family.name}' has a property ${shown(stray)}`);
  }
  return new Map(
    entries.map(([id, { name, body }]) => {
      const keys = select?.filter((key) => keysOf(body).has(key));
      return [Number(id), { name, decode: keys === undefined ? body.decode : body.project(keys as never[]) }];
    }),
  );
}
