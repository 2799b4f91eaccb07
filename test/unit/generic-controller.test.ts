import { describe, expect, test } from '@jest/globals';
import { openGeneric } from 'afnetlink';
import { WireWriter } from 'afnetlink/wire';
import { acknowledge, datagram, done, FakeKernel, message, refuse, reply } from 'afnetlink/testing';

const GENL_ID_CTRL = 16;
const CTRL_CMD_NEWFAMILY = 1;
const CTRL_CMD_DELFAMILY = 2;
const CTRL_CMD_GETFAMILY = 3;
const turn = () => new Promise((resolve) => setImmediate(resolve));

function familyPayload(command: number, name: string, id: number): Uint8Array {
  const writer = new WireWriter();
  writer.putU8(writer.space(4), command);
  writer.u16(1, id);
  writer.string(2, name);
  writer.u32(3, 1);
  writer.u32(4, 8);
  writer.u32(5, 3);
  writer.nestStart(6);
  for (const [index, flags] of [0x02, 0x1f].entries()) {
    writer.nestStart(index + 1);
    writer.u32(1, 10 + index);
    writer.u32(2, flags);
    writer.nestEnd();
  }
  writer.nestEnd();
  writer.nestStart(7);
  writer.nestStart(1);
  writer.string(1, 'events');
  writer.u32(2, 40);
  writer.nestEnd();
  writer.nestEnd();
  writer.string(99, 'from a newer kernel');
  return writer.finish();
}

/** Knows one family, whose number can be changed. */
function controllerOf() {
  const state = { id: 33, there: true };
  const kernel = new FakeKernel((request) => {
    if (request.payload[0] !== CTRL_CMD_GETFAMILY) return [acknowledge(request)];
    if (request.payload.length === 4) {
      return [
        datagram(
          reply(request, familyPayload(CTRL_CMD_NEWFAMILY, 'test', state.id), { flags: 2 }),
          done(request),
        ),
      ];
    }
    const asked = Buffer.from(request.payload).toString('latin1', 8);
    if (!asked.startsWith('test\0') || !state.there) return [refuse(request, 'ENOENT')];
    return [reply(request, familyPayload(CTRL_CMD_NEWFAMILY, 'test', state.id))];
  });
  const socket = kernel.openSocket({ protocol: 16 });
  return { state, kernel, socket, controller: openGeneric({ socket }) };
}

describe('families', () => {
  test('by name, all that the controller tells', async () => {
    const { socket, controller } = controllerOf();
    const family = await controller.family('test');
    expect(family).toMatchObject({ id: 33, name: 'test', version: 1, headerSize: 8, maxAttribute: 3 });
    expect(family.operations).toEqual([
      {
        command: 10,
        canDo: true,
        canDump: false,
        hasPolicy: false,
        needsAdmin: false,
        needsNamespaceAdmin: false,
      },
      {
        command: 11,
        canDo: true,
        canDump: true,
        hasPolicy: true,
        needsAdmin: true,
        needsNamespaceAdmin: true,
      },
    ]);
    expect(await controller.group('test', 'events')).toBe(40);
    expect((await controller.families().toArray()).map(({ name }) => name)).toEqual(['test']);
    socket.close();
  });

  test('are asked for once, until the kernel says that they changed', async () => {
    const { state, kernel, socket, controller } = controllerOf();
    expect(controller.known('test')).toBeUndefined();
    await controller.family('test');
    await controller.family('test');
    expect(controller.familySync('test').id).toBe(33);
    expect(kernel.requests).toHaveLength(1);
    state.id = 34;
    kernel.notify(GENL_ID_CTRL, GENL_ID_CTRL, familyPayload(CTRL_CMD_NEWFAMILY, 'other', 1));
    await turn();
    expect(controller.known('test')?.id).toBe(33);
    kernel.notify(GENL_ID_CTRL, GENL_ID_CTRL, familyPayload(CTRL_CMD_DELFAMILY, 'test', 33));
    await turn();
    expect(controller.known('test')).toBeUndefined();
    expect((await controller.family('test')).id).toBe(34);
    expect(kernel.requests).toHaveLength(2);
    kernel.overrun();
    await turn();
    expect(controller.known('test')).toBeUndefined();
    controller.familySync('test');
    controller.forget('test');
    expect(controller.known('test')).toBeUndefined();
    socket.close();
  });

  test('that are not there: the option and the module', async () => {
    const { socket, controller } = controllerOf();
    await expect(controller.family('wireguard')).rejects.toMatchObject({
      code: 'ENOENT',
      errno: 2,
      operation: 'CTRL_CMD_GETFAMILY',
      message:
        "there is no Generic Netlink family 'wireguard' here: it is in the module wireguard (CONFIG_WIREGUARD), " +
        'which the kernel could not load by itself: try modprobe wireguard',
    });
    expect(() => controller.familySync('dpll')).toThrow(
      "there is no Generic Netlink family 'dpll' here: it is built into kernels that have CONFIG_DPLL",
    );
    await expect(controller.family('toString')).rejects.toThrow(
      'no module of that name could be loaded, or it does not serve this network namespace',
    );
    for (const name of ['', 'sixteen-letters-']) {
      await expect(controller.family(name)).rejects.toMatchObject({ code: 'ERR_NETLINK_INVALID_ARGUMENT' });
    }
    socket.close();
  });

  test('groups by name', async () => {
    const { kernel, socket, controller } = controllerOf();
    await expect(controller.group('test', 'nonsense')).rejects.toThrow(
      "'test' has no multicast group 'nonsense' (expected one of events)",
    );
    const events = await controller.subscribe('test', { groups: ['events'] });
    kernel.emit(40, message({ type: 33 }));
    await expect(events.next()).resolves.toMatchObject({ value: { kind: 'event', event: { type: 33 } } });
    controller.close();
    controller.close();
    expect(controller.known('test')).toBeUndefined();
    socket.close();
  });
});
