'use strict';
// npm netlink through its public API.
const { createGenericNetlink, createNetlink, createRtNetlink } = require('netlink');
const {
  begin,
  dumps,
  end,
  firstReply,
  measureEach,
  measureRoutes,
  notOffered,
  options,
  print,
  rounds,
  routes,
} = require('./measure.cjs');

const CTRL_CMD_GETFAMILY = 3;
const AF_INET = 2;
const NLMSG_MIN_TYPE = 0x10;
const NLM_F_CREATE_EXCL = 0x600;
const BATCH = 128;

const ask = (socket) => socket.ctrlRequest(CTRL_CMD_GETFAMILY, { familyName: 'nlctrl' });

function check([family]) {
  if (family.familyId !== 16) throw new Error('an unexpected family');
}

async function request() {
  const socket = createGenericNetlink();
  await measureEach(() => ask(socket), check);
}

async function start() {
  check(await ask(createGenericNetlink()));
  firstReply();
}

async function inflight() {
  // With the default buffer, 256 replies at once overrun it, and the overrun aborts the process.
  const socket = createGenericNetlink({ recvBufferSize: 4 << 20 });
  for (const round of rounds()) {
    const sample = begin();
    let done = 0;
    for (; done < round.count; done += options.size)
      (await Promise.all(Array.from({ length: options.size }, () => ask(socket)))).forEach(check);
    end(sample);
    if (round.reported) print(sample, done);
  }
}

async function dump(list) {
  for (const reported of dumps()) {
    const socket = createRtNetlink();
    const sample = begin();
    const items = await list(socket);
    end(sample);
    if (reported) print(sample, items.length);
    socket.socket.close();
  }
}

async function changeRoutes() {
  const socket = createRtNetlink();
  const links = await socket.getLinks();
  const oif = links.find((link) => link.attrs.ifname === routes.link).data.index;
  const change = (index, remove) => {
    const header = { family: AF_INET, dstLen: 24, table: 254, protocol: 'STATIC' };
    const attributes = {
      dst: routes.bytes(routes.destination(index)),
      gateway: routes.bytes(routes.gateway(index)),
      oif,
      priority: routes.priority(index),
    };
    return remove
      ? socket.delRoute({ ...header, type: 'UNSPEC' }, attributes)
      : socket.newRoute({ ...header, type: 'UNICAST' }, attributes, { flags: NLM_F_CREATE_EXCL });
  };
  await measureRoutes(options.variant === 'await' ? 1 : BATCH, (from, to, remove) =>
    Promise.all(Array.from({ length: to - from }, (_, index) => change(from + index, remove))),
  );
}

function events() {
  // It sets SO_RCVBUF, which net.core.rmem_max caps; it has no SO_RCVBUFFORCE.
  const socket = createRtNetlink({ ref: true, recvBufferSize: options.size || undefined });
  let received = 0;
  let overruns = 0;
  let firstNs = 0n;
  let lastNs = 0n;
  socket.socket.on('error', () => overruns++);
  const sample = begin();
  socket.on('message', (messages) => {
    for (const message of messages) {
      if (message.attrs.dst?.readUInt32BE(0) === routes.sentinel) {
        end(Object.assign(sample, { beginNs: firstNs, endNs: lastNs }));
        print(sample, received, undefined, { overruns });
        socket.socket.close();
        process.exit(0);
      }
      firstNs ||= process.hrtime.bigint();
      received++;
      lastNs = process.hrtime.bigint();
    }
  });
  socket.addMembership('IPV4_ROUTE');
  console.log('READY');
}

async function echo() {
  const socket = createNetlink(options.protocol, { ref: true });
  const text = Buffer.alloc(options.size, 'x');
  text[options.size - 1] = 0;
  let answered;
  socket.on('message', () => answered());
  socket.on('invalid', (error) => {
    throw error;
  });
  await measureEach(
    () =>
      new Promise((resolve) => {
        answered = resolve;
        socket.send(NLMSG_MIN_TYPE, text, { port: options.port });
      }),
    () => undefined,
  );
  socket.close();
}

const offered = {
  'request await': request,
  'start request': start,
  'inflight promises': inflight,
  'dump objects': () => dump((socket) => socket.getRoutes({ family: AF_INET })),
  'links objects': () => dump((socket) => socket.getLinks()),
  'routes await': changeRoutes,
  'routes promises': changeRoutes,
  'events objects': events,
  'echo await': echo,
};

(offered[`${options.workload} ${options.variant}`] ?? notOffered)();
