import { bytesOf } from '#lib/wire/bytes';
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { NetlinkError, type NetlinkErrorCode, openGeneric } from 'afnetlink';
import { type AttributeSet, NLM_F_CREATE, NLM_F_EXCL, WireWriter } from 'afnetlink/wire';
import { testUnless } from '../helpers/conditional.js';
import { privateNamespace } from '../helpers/private-namespace.js';
import { packageRoot, runInProcess } from '../helpers/processes.js';
import { getLink, newLink, RTM_GETADDR } from '../helpers/route.js';
import { NETLINK_ROUTE, open } from '../helpers/sockets.js';

const namespace = privateNamespace();
const route = () => open({ protocol: NETLINK_ROUTE, netns: namespace.netns });

const IFLA_LINK = 5;
const ifinfomsg = (index: number, write: (writer: WireWriter) => void) => {
  const writer = new WireWriter();
  writer.putS32(writer.space(16) + 4, index);
  write(writer);
  return writer.finish();
};
const indexOf = (name: string) =>
  (namespace.ipJson(`link show dev ${name}`) as { ifindex: number }[])[0]?.ifindex ?? 0;

const controllers: { close(): void }[] = [];
afterAll(() => {
  for (const controller of controllers) controller.close();
});

/** A request to a generic family, whose attributes have the names that generated code would give them. */
async function generic(
  family: string,
  command: number,
  attributes: AttributeSet,
  write: (writer: WireWriter) => void,
) {
  const controller = openGeneric({ netns: namespace.netns });
  controllers.push(controller);
  const { id } = await controller.family(family);
  const writer = new WireWriter();
  const header = writer.space(4);
  writer.putU8(header, command);
  writer.putU8(header + 1, 1);
  write(writer);
  return controller.socket.request({
    type: id,
    name: `${family}-${command}`,
    payload: writer.finish(),
    attributes,
  });
}

const NETDEV_CMD_DEV_GET = 1;
const netdev = (write: (writer: WireWriter) => void) =>
  generic('netdev', NETDEV_CMD_DEV_GET, { 1: { name: 'ifindex', kind: 'u32' } }, write);

const ETHTOOL_MSG_RINGS_GET = 15;
const ethtoolAttributes: AttributeSet = {
  1: { name: 'header', nested: { 1: { name: 'devIndex' }, 2: { name: 'devName' }, 3: { name: 'flags' } } },
};
const ethtool = (write: (writer: WireWriter) => void) =>
  generic('ethtool', ETHTOOL_MSG_RINGS_GET, ethtoolAttributes, write);
const inHeader = (write: (writer: WireWriter) => void) => (writer: WireWriter) => {
  writer.nestStart(1);
  write(writer);
  writer.nestEnd();
};

/** How each row of docs/errors.md comes about. */
const cases: Readonly<Record<string, () => Promise<unknown>>> = {
  'a value the driver refuses': async () => {
    namespace.ip('link add mtu0 type veth peer name mtu1');
    await route().request({ ...newLink({ index: indexOf('mtu0'), mtu: 100_000 }), flags: 0 });
  },
  'a missing attribute': () => netdev(() => undefined),
  'a missing nested attribute': () => ethtool(() => undefined),
  'a number out of range': () => netdev((writer) => writer.u32(1, 0)),
  'a text that is too long': () => route().request(getLink({ name: 'a-name-that-is-too-long' })),
  'reserved bits': () =>
    ethtool(
      inHeader((writer) => {
        writer.string(2, 'lo');
        writer.u32(3, 0xf0000000);
      }),
    ),
  'an unknown attribute': () => netdev((writer) => writer.u32(99, 0)),
  'an unknown name': () => ethtool(inHeader((writer) => writer.string(2, 'nosuch'))),
  'no such object': () => route().request(getLink({ name: 'nosuch' })),
  'no such family': async () => {
    const controller = openGeneric({ netns: namespace.netns });
    controllers.push(controller);
    await controller.family('no_such_family');
  },
  'it exists': async () => {
    namespace.ip('link add exists0 type bridge');
    await route().request(newLink({ name: 'exists0', kind: 'bridge' }));
  },
  'it is in use': async () => {
    namespace.ip('link add port0 type veth peer name port1');
    namespace.ip('link add bridge0 type bridge');
    namespace.ip('link set port0 master bridge0');
    await route().request({
      type: 16,
      name: 'RTM_NEWLINK',
      flags: NLM_F_CREATE | NLM_F_EXCL,
      payload: ifinfomsg(0, (writer) => {
        writer.string(3, 'onport0');
        writer.u32(IFLA_LINK, indexOf('port0'));
        writer.nestStart(18);
        writer.string(1, 'macvlan');
        writer.nestEnd();
      }),
    });
  },
  'not supported': () => route().request(newLink({ name: 'odd0', kind: 'no-such-kind' })),
  'no permission': async () => {
    const request = JSON.stringify({ ...newLink({ name: 'denied0', kind: 'bridge' }), payload: undefined });
    const payload = Buffer.from(
      bytesOf(newLink({ name: 'denied0', kind: 'bridge' }).payload ?? new Uint8Array()),
    ).toString('hex');
    // A user namespace of its own, and the network namespace of another.
    const result = await runInProcess(
      `
      const { openSocket } = require('afnetlink');
      const socket = openSocket({ protocol: 0 });
      socket.request({ ...${request}, payload: Buffer.from('${payload}', 'hex') }).catch(({ message, code, errno }) =>
        console.log(JSON.stringify({ message, code, errno }))).then(() => socket.close());
      `,
      { prefix: ['unshare', '--user', '--map-root-user'] },
    );
    const { message, code, errno } = JSON.parse(result.stdout) as {
      message: string;
      code: NetlinkErrorCode;
      errno: number;
    };
    throw new NetlinkError(message, { code, errno });
  },
  'a sloppy dump request': () => {
    const payload = new Uint8Array(8);
    payload[1] = 24;
    return route().dump({ type: RTM_GETADDR, payload }).toArray();
  },
};

const netdevCases: ReadonlySet<string> = new Set([
  'a missing attribute',
  'a number out of range',
  'an unknown attribute',
]);

/** Why cases that ask the family netdev cannot be had here. */
function netdevMissing(): string | undefined {
  using controller = openGeneric();
  try {
    controller.familySync('netdev');
    return undefined;
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'ENOENT' && kernelIsOlderThan(6, 3))
      return 'the family netdev needs Linux 6.3';
    throw error;
  }
}

function kernelIsOlderThan(major: number, minor: number): boolean {
  const [ours = 0, ourMinor = 0] = release().split('.').map(Number);
  return ours < major || (ours === major && ourMinor < minor);
}

/** The rows of the table of refusals: case, code and text. */
function documentedRows(): { name: string; code: string; text: string }[] {
  const docs = readFileSync(join(packageRoot, 'docs/errors.md'), 'utf8');
  const section = docs.slice(docs.indexOf("## The kernel's refusals"), docs.indexOf("## The library's own"));
  return section
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('`'))
    .map((line) => {
      const [, name = '', code = '', text = ''] = line
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', ''));
      return { name, code, text };
    });
}

describe('docs/errors.md', () => {
  const rows = documentedRows();

  test('has a row for each case, and a case for each row', () => {
    expect(rows.map(({ name }) => name).toSorted()).toEqual(Object.keys(cases).toSorted());
  });

  for (const { name, code, text } of rows) {
    testUnless(netdevCases.has(name) ? netdevMissing() : undefined, `${name}: ${code}`, async () => {
      const provoke = cases[name];
      if (provoke === undefined) throw new Error(`no case for the row '${name}'`);
      const error: unknown = await provoke().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(NetlinkError);
      expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
    });
  }
});

describe('with success', () => {
  const TC_H_ROOT = 0xffffffff;
  const RTM_NEWQDISC = 36;
  const RTM_NEWTCLASS = 40;
  const tcmsg = (handle: number, parent: number, write: (writer: WireWriter) => void) => {
    const writer = new WireWriter();
    const header = writer.space(20);
    writer.putS32(header + 4, 1);
    writer.putU32(header + 8, handle);
    writer.putU32(header + 12, parent);
    writer.string(1, 'htb');
    writer.nestStart(2);
    write(writer);
    writer.nestEnd();
    return writer.finish();
  };
  /** struct tc_htb_glob */
  const qdisc = () =>
    tcmsg(0x10000, TC_H_ROOT, (writer) => {
      const init = writer.attribute(2, 20);
      writer.putU32(init, 3);
      writer.putU32(init + 4, 10);
    });
  /** struct tc_htb_opt, at ten gigabits a second: more than the default quantum is for. */
  const class10g = () =>
    tcmsg(0x10001, 0x10000, (writer) => {
      const parameters = writer.attribute(1, 44);
      for (const rate of [parameters, parameters + 12]) {
        writer.putU8(rate + 1, 1);
        writer.putU32(rate + 8, 1_250_000_000);
      }
      writer.putU32(parameters + 24, 1000);
      writer.putU32(parameters + 28, 1000);
    });

  const probe = open({ protocol: NETLINK_ROUTE });
  let reason = kernelIsOlderThan(6, 4) ? 'sch_htb warns by the log before Linux 6.4' : undefined;
  try {
    probe.requestSync({ type: RTM_NEWQDISC, flags: NLM_F_CREATE, payload: qdisc() });
    probe.requestSync({ type: 37, payload: qdisc() });
  } catch (error) {
    if (error instanceof NetlinkError && error.extack?.message?.includes('qdisc kind is unknown') === true)
      reason = 'this kernel has no sch_htb';
    else throw error;
  }

  testUnless(
    reason,
    'a warning is in the reply, in the results of a batch, and is given to onWarning',
    async () => {
      const socket = route();
      await socket.request({ type: RTM_NEWQDISC, flags: NLM_F_CREATE, payload: qdisc() });
      const add = { type: RTM_NEWTCLASS, flags: NLM_F_CREATE, payload: class10g() };
      const message = expect.stringContaining('quantum of class 10001 is big');
      const given: unknown[] = [];
      expect(await socket.request(add, { onWarning: (extack) => given.push(extack) })).toMatchObject({
        extack: { message },
      });
      expect(given).toMatchObject([{ message }]);
      expect(await socket.batch().add(add).send()).toMatchObject([{ status: 'done', extack: { message } }]);
    },
  );
});

test('without extended acknowledgements, and with whole requests repeated, as older kernels answer', async () => {
  const old = { cappedAcknowledgements: false, extendedAcknowledgements: false, strictChecking: false };
  const socket = open({ protocol: NETLINK_ROUTE, netns: namespace.netns, options: old });
  await expect(socket.request(getLink({ name: 'a-name-that-is-too-long' }))).rejects.toMatchObject({
    code: 'ERANGE',
    extack: undefined,
  });
  const uncapped = open({
    protocol: NETLINK_ROUTE,
    netns: namespace.netns,
    options: { cappedAcknowledgements: false },
  });
  await expect(uncapped.request(getLink({ name: 'a-name-that-is-too-long' }))).rejects.toMatchObject({
    extack: { path: 'ifname', policy: { maximumLength: 15 } },
  });
  const payload = new Uint8Array(8);
  payload[1] = 24;
  await expect(socket.dump({ type: RTM_GETADDR, payload }).toArray()).resolves.not.toHaveLength(0);
});
