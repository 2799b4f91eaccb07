import { align4 } from '../../wire/byte-order.js';
import type { BodySpec, FamilySpec, OperationSpec } from '../model.js';
import type { BodyCodec, Family, ModeCodec, NotificationCodec, OperationCodec } from '../runtime/family.js';
import { selection } from '../runtime/family.js';
import { decodeBody } from './decode.js';
import { describeHeader, describeSet } from './description.js';
import { encodeBody } from './encode.js';

/** Creates a family from its normalised form: slower than generated code, but available immediately. */
export function interpretedFamily(spec: FamilySpec): Family {
  const bodies = new Map<string, BodyCodec>();
  const bodyOf = (body: BodySpec): BodyCodec => {
    const key = `${body.header?.name ?? ''}/${body.set?.name ?? ''}`;
    const codec = bodies.get(key) ?? interpretedBody(body);
    bodies.set(key, codec);
    return codec;
  };
  const operations: Record<string, OperationCodec> = {};
  const notifications: Record<number, NotificationCodec> = {};
  for (const operation of spec.operations) {
    if (operation.do !== undefined || operation.dump !== undefined) {
      operations[operation.key] = interpretedOperation(operation, bodyOf);
    }
    const { notification } = operation;
    if (notification === undefined) continue;
    notifications[notification.id] = {
      name: operation.name,
      body: bodyOf(operation.body),
      ...(notification.group !== undefined && { group: notification.group }),
    };
  }
  return {
    name: spec.name,
    protocol: spec.protocol,
    ...(spec.generic && { version: spec.generic.version }),
    groups: Object.fromEntries(spec.groups.map(({ name, id }) => [name, id])),
    operations,
    notifications,
  };
}

function interpretedBody(body: BodySpec): BodyCodec {
  const { header, set } = body;
  const members = describeHeader(body);
  const attributes = () => (set === undefined ? {} : describeSet(set));
  return {
    headerLength: align4(header?.size ?? 0),
    header: members,
    attributes,
    encode: (writer, input) => encodeBody(body, writer, input),
    decode: (view, start, end, strict) => decodeBody(body, { view, strict }, start, end),
    project(keys) {
      selection(keys, members, attributes());
      const wanted = new Set<string>(keys);
      // Safe cast: only the properties that the keys name are read.
      return (view, start, end, strict) => decodeBody(body, { view, strict }, start, end, wanted);
    },
  };
}

function interpretedOperation(
  operation: OperationSpec,
  bodyOf: (body: BodySpec) => BodyCodec,
): OperationCodec {
  const { name, constant, privilege } = operation;
  const modes: { do?: ModeCodec; dump?: ModeCodec } = {};
  for (const mode of ['do', 'dump'] as const) {
    const spec = operation[mode];
    if (spec === undefined) continue;
    modes[mode] = {
      request: spec.request.id,
      ...(spec.reply !== undefined && { reply: spec.reply.id }),
      ...(spec.echo === true && { echo: true }),
      ...(spec.optionalReply === true && { optionalReply: true }),
      ...(spec.request.body && { body: bodyOf(spec.request.body) }),
    };
  }
  return {
    name,
    ...(constant !== undefined && { constant }),
    ...(privilege && { privilege }),
    body: bodyOf(operation.body),
    ...modes,
  };
}
