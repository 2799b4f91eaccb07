// The operations that the benchmarks use, as generated code would hand them to the engine.
import { AttributeReader, formatIpv4, messageType, NLMSG_HDRLEN } from '../../dist/index.js';

export const GENL_ID_CTRL = 16;
export const RTM_NEWROUTE = 24;
const RTM_DELROUTE = 25;
export const RTM_GETROUTE = 26;
const NLM_F_CREATE_EXCL = 0x600;

const AF_INET = 2;

const CTRL_CMD_GETFAMILY = 3;

function decodeOperation(attributes) {
  const operation = { id: 0, flags: 0 };
  while (attributes.next()) {
    if (attributes.type === 1) operation.id = attributes.u32();
    else if (attributes.type === 2) operation.flags = attributes.u32();
  }
  return operation;
}

function decodeGroup(attributes) {
  const group = { name: '', id: 0 };
  while (attributes.next()) {
    if (attributes.type === 1) group.name = attributes.string();
    else if (attributes.type === 2) group.id = attributes.u32();
  }
  return group;
}

function decodeAll(attributes, decode) {
  const all = [];
  while (attributes.next()) all.push(decode(attributes.nested()));
  return all;
}

export const getFamily = {
  name: 'CTRL_CMD_GETFAMILY',
  headerLength: 4,
  end: 'reply',
  encode(writer, name) {
    const at = writer.space(4);
    writer.putU8(at, CTRL_CMD_GETFAMILY);
    writer.putU8(at + 1, 1);
    writer.string(2, name);
  },
  decode(view, offset, end) {
    const family = {
      id: 0,
      name: '',
      version: 0,
      headerSize: 0,
      maxAttribute: 0,
      operations: [],
      groups: [],
    };
    const attributes = new AttributeReader(view, offset + 4, end);
    while (attributes.next()) {
      switch (attributes.type) {
        case 1:
          family.id = attributes.u16();
          break;
        case 2:
          family.name = attributes.string();
          break;
        case 3:
          family.version = attributes.u32();
          break;
        case 4:
          family.headerSize = attributes.u32();
          break;
        case 5:
          family.maxAttribute = attributes.u32();
          break;
        case 6:
          family.operations = decodeAll(attributes.nested(), decodeOperation);
          break;
        case 7:
          family.groups = decodeAll(attributes.nested(), decodeGroup);
          break;
      }
    }
    return family;
  },
};

const route = (address) =>
  function decode(view, offset, end) {
    const decoded = {
      prefixLength: view.u8(offset + 1, end),
      destination: undefined,
      gateway: undefined,
      link: 0,
      table: view.u8(offset + 4, end),
      priority: 0,
    };
    for (let at = offset + 12; end - at >= 4;) {
      const length = view.attributeLength(at, end);
      const type = view.attributeType(at);
      if (type === 1) decoded.destination = address(view, at + 4, at + length);
      else if (type === 5) decoded.gateway = address(view, at + 4, at + length);
      else if (type === 4) decoded.link = view.u32(at + 4, at + length);
      else if (type === 15) decoded.table = view.u32(at + 4, at + length);
      else if (type === 6) decoded.priority = view.u32(at + 4, at + length);
      at += (length + 3) & ~3;
    }
    return decoded;
  };

const dumpOfRoutes = (decode) => ({
  name: 'RTM_GETROUTE',
  headerLength: 12,
  encode(writer) {
    writer.putU8(writer.space(12), AF_INET);
  },
  decode,
});

const decodeRoute = route((view, at, end) => view.u32be(at, end));

export const routeDumps = {
  count: dumpOfRoutes(() => undefined),
  objects: dumpOfRoutes(decodeRoute),
  strings: dumpOfRoutes(route((view, at) => formatIpv4(view.bytes, at))),
};

/** A route event: what a subscription decodes. */
export const decodeEvent = (view, at, end) => ({
  type: messageType(view, at),
  route: decodeRoute(view, at + NLMSG_HDRLEN, end),
});

/** The index of a link, by its name. */
const getLink = {
  name: 'RTM_GETLINK',
  headerLength: 16,
  end: 'reply',
  encode(writer, name) {
    writer.space(16);
    writer.string(3, name);
  },
  decode: (view, offset, end) => view.s32(offset + 4, end),
};
const linkIndex = (socket, name) => socket.executeSync(getLink, 18, 0, name);

const changeOfRoute = (name) => ({
  name,
  headerLength: 12,
  encode(writer, { destination, gateway, link, priority }) {
    const at = writer.space(12);
    writer.putU8(at, AF_INET);
    writer.putU8(at + 1, 24);
    writer.putU8(at + 4, 254);
    writer.putU8(at + 5, 4);
    writer.putU8(at + 7, 1);
    writer.u32be(1, destination);
    writer.u32be(5, gateway);
    writer.u32(4, link);
    writer.u32(6, priority);
  },
  decode: () => undefined,
});

const newRoute = changeOfRoute('RTM_NEWROUTE');
const delRoute = changeOfRoute('RTM_DELROUTE');

/** Gives the arguments of execute() for the change of a route by its index: those of bench/README.md. */
export function changesOfRoutes(socket, routes) {
  const link = linkIndex(socket, routes.link);
  return (index, remove) => {
    const route = {
      destination: routes.destination(index),
      gateway: routes.gateway(index),
      link,
      priority: routes.priority(index),
    };
    return remove ? [delRoute, RTM_DELROUTE, 0, route] : [newRoute, RTM_NEWROUTE, NLM_F_CREATE_EXCL, route];
  };
}
