import { afterEach, describe, expect, test } from '@jest/globals';
import { openFamily, openGeneric } from 'afnetlink';
import { WireWriter } from 'afnetlink/wire';
import { nlctrlFamily } from 'afnetlink/families/nlctrl';
import { runInProcess } from '../helpers/processes.js';

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

function open() {
  const controller = openGeneric();
  opened.push(controller);
  return controller;
}

describe('the controller of this kernel', () => {
  test('knows itself, and lists what it knows', async () => {
    const controller = open();
    const own = await controller.family('nlctrl');
    expect(own).toMatchObject({ id: 16, name: 'nlctrl', version: 2 });
    expect(own.groups.get('notify')).toBe(16);
    const all = await controller.families().toArray();
    expect(all).toContainEqual(own);
    for (const { name } of all)
      expect((await controller.family(name)).id).toBe(all.find((one) => one.name === name)?.id);
    expect(controller.familySync('nlctrl')).toEqual(own);
  });

  test('tells what a family accepts', async () => {
    const policy = await open().policy('nlctrl');
    const CTRL_CMD_GETFAMILY = 3;
    const CTRL_ATTR_FAMILY_NAME = 2;
    expect(policy.operations.get(CTRL_CMD_GETFAMILY)?.do?.get(CTRL_ATTR_FAMILY_NAME)).toMatchObject({
      type: 'nul-string',
      maximumLength: 15,
    });
  });

  test('refuses what its policy does not allow, and says what it does', async () => {
    const controller = open();
    const writer = new WireWriter();
    writer.putU8(writer.space(4), 3);
    writer.string(2, 'a name that is much too long for any family');
    await expect(
      controller.socket.request({
        type: 16,
        name: 'CTRL_CMD_GETFAMILY',
        payload: writer.finish(),
        attributes: { 2: { name: 'familyName' } },
      }),
    ).rejects.toMatchObject({
      code: 'EINVAL',
      extack: { path: 'familyName', policy: { type: 'nul-string', maximumLength: 15 } },
      message:
        'CTRL_CMD_GETFAMILY failed: EINVAL: Attribute failed policy validation (at familyName; allowed length 0..15)',
    });
  });

  test('a family that no kernel has', async () => {
    await expect(open().family('no_such_family')).rejects.toMatchObject({
      code: 'ENOENT',
      message: expect.stringContaining("there is no Generic Netlink family 'no_such_family' here"),
    });
  });

  test('does not keep a process alive by what it listens to', async () => {
    const result = await runInProcess(`
      const { openGeneric } = require('afnetlink');
      openGeneric().family('nlctrl').then(({ id }) => console.log(id));
    `);
    expect(result).toMatchObject({ status: 0, stdout: '16\n', stderr: '' });
  });
});

describe('a family’s batch', () => {
  test.each(['each', 'last'] as const)('has decoded replies, acknowledged: %s', async (acknowledge) => {
    const controller = await openFamily(nlctrlFamily);
    opened.push(controller);
    const own = await controller.do.getfamily({ familyName: 'nlctrl' });
    const results = await controller
      .batch({ acknowledge })
      .add('getfamily', { familyName: 'nlctrl' })
      .add('getfamily', { familyName: 'nobody' })
      .add('getfamily', { familyName: 'nlctrl' })
      .send();
    expect(results).toEqual([
      { status: 'done', replies: [own], extack: undefined },
      { status: 'failed', error: expect.objectContaining({ code: 'ENOENT' }) as unknown },
      { status: 'done', replies: [own], extack: undefined },
    ]);
    const [first] = results;
    // The replies have the operation's type.
    const id: number | undefined = first?.status === 'done' ? first.replies[0]?.familyId : undefined;
    expect(id).toBe(16);
  });

  test('has only the selected properties of replies', async () => {
    const controller = await openFamily(nlctrlFamily);
    opened.push(controller);
    const results = await controller
      .batch({ select: ['familyId', 'familyName'] })
      .add('getfamily', { familyName: 'nlctrl' })
      .send();
    expect(results).toEqual([
      { status: 'done', replies: [{ familyId: 16, familyName: 'nlctrl' }], extack: undefined },
    ]);
    const [first] = results;
    // @ts-expect-error: the type has no others.
    expect(first?.status === 'done' && first.replies[0]?.version).toBeUndefined();
    const unknown = controller.batch({ select: ['nothing' as 'version'] });
    expect(() => unknown.add('getfamily', { familyName: 'nlctrl' })).toThrow(
      "select: unknown property 'nothing'",
    );
  });
});
