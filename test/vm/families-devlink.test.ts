// devlink, and ethtool beyond what veth can do, on a simulated device with devlink and ethtool as oracles.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type DlFmsg, devlinkFamily } from 'afnetlink/families/devlink';
import { ethtoolFamily } from 'afnetlink/families/ethtool';
import { heard } from '../helpers/events';
import { openNoted } from '../helpers/exercise';
import { makeNetdevsim } from '../helpers/netdevsim';

const run = (program: string, ...args: readonly string[]) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const devlink = (line: string) =>
  JSON.parse(run('devlink', '-j', ...line.split(' '))) as Record<string, object>;
/** Names in a message that a health reporter wrote. */
const textsOf = (fmsg: readonly DlFmsg[] = []) =>
  fmsg.flatMap(({ fmsgObjName }) => (fmsgObjName === undefined ? [] : [fmsgObjName]));
const instance = { busName: 'netdevsim', devName: 'netdevsim7' };
const handle = 'netdevsim/netdevsim7';
let device = '';

beforeAll(() => {
  [device = ''] = makeNetdevsim(7, 2);
});

/** A client's operations, to try all of them. */
interface Operations {
  readonly do: Readonly<Record<string, (request: object) => Promise<object>>>;
  readonly dump: Readonly<Record<string, (request: object) => { toArray(): Promise<object[]> }>>;
}
/** What a device lacks, or a kernel; what has to be named besides, as a page of an eeprom. */
const refusals = ['EOPNOTSUPP', 'EINVAL', 'ENODEV', 'ENOENT'];
const codeOf = (error: unknown) => (error as { code: string }).code;

describe('devlink', () => {
  test('instances and ports are as devlink shows them', async () => {
    const client = await openNoted(devlinkFamily);
    expect(await client.dump.get().toArray()).toMatchObject([instance]);
    expect(await client.do.get(instance)).toMatchObject({ ...instance, reloadFailed: 0 });
    const ports = await client.dump.portGet().toArray();
    expect(ports.map(({ portIndex }) => `${handle}/${portIndex ?? ''}`).toSorted()).toEqual(
      Object.keys(devlink('port show')['port'] ?? {}).sort(),
    );
    expect(await client.do.portGet({ ...instance, portIndex: 0 })).toMatchObject({
      portIndex: 0,
      portNetdevName: device,
      portFlavour: 'physical',
    });
    expect(ports.every(({ extra }) => extra === undefined)).toBe(true);
    const info = await client.do.infoGet(instance);
    expect(info.infoDriverName).toBe('netdevsim');
    expect(devlink(`dev info ${handle}`)['info']).toMatchObject({ [handle]: { driver: 'netdevsim' } });
    expect(await client.dump.infoGet().toArray()).toHaveLength(1);
  });

  test('parameters are read, set and announced', async () => {
    const client = await openNoted(devlinkFamily);
    using events = client.subscribe();
    const parameters = await client.dump.paramGet().toArray();
    const shown = (devlink('dev param show')['param'] as Record<string, { name: string }[]>)[handle] ?? [];
    const names = parameters.map(({ param }) => param?.paramName);
    expect(names).toEqual(shown.map(({ name }) => name));
    expect(names).toContain('max_macs');
    expect(parameters.every(({ param }) => param?.extra === undefined)).toBe(true);
    const maxMacs = { ...instance, paramName: 'max_macs' };
    const of = Uint8Array.of(16, 0, 0, 0);
    await client.do.paramSet({
      ...maxMacs,
      paramType: 'u32',
      paramValueCmode: 'driverinit',
      paramValueData: of,
    });
    const { param } = await client.do.paramGet(maxMacs);
    expect(param?.paramValuesList?.paramValue).toMatchObject([
      { paramValueCmode: 'driverinit', paramValueData: of },
    ]);
    expect(devlink(`dev param show ${handle} name max_macs`)['param']).toMatchObject({
      [handle]: [{ values: [{ cmode: 'driverinit', value: 16 }] }],
    });
    expect(await heard(events, ['param-new-ntf'])).toContain('param-new-ntf');
  });

  test('regions are snapshot, read and deleted', async () => {
    const client = await openNoted(devlinkFamily);
    const region = { ...instance, regionName: 'dummy' };
    expect((await client.dump.regionGet().toArray()).map(({ regionName }) => regionName)).toContain('dummy');
    expect(Number((await client.do.regionGet(region)).regionSize)).toBeGreaterThan(0);
    // The kernel answers only who lets it choose the number.
    expect(await client.do.regionNew({ ...region, regionSnapshotId: 3 })).toBeUndefined();
    const chosen = await client.do.regionNew(region);
    expect(chosen).toMatchObject(region);
    await client.do.regionDel({ ...region, regionSnapshotId: chosen?.regionSnapshotId });
    const read = client.dump.regionRead({
      ...region,
      regionSnapshotId: 3,
      regionChunkAddr: 0n,
      regionChunkLen: 256n,
    });
    const chunks = (await read.toArray()).flatMap((message) => message.regionChunks?.regionChunk ?? []);
    const bytes = Buffer.concat(chunks.map(({ regionChunkData }) => regionChunkData ?? new Uint8Array()));
    const text = run(
      'devlink',
      'region',
      'read',
      `${handle}/dummy`,
      'snapshot',
      '3',
      'address',
      '0',
      'length',
      '256',
    );
    const shown = text
      .trim()
      .split('\n')
      .map((line) => line.slice(17).replaceAll(' ', ''))
      .join('');
    expect(bytes.toString('hex')).toBe(shown);
    await client.do.regionDel({ ...region, regionSnapshotId: 3 });
    expect((await client.do.regionGet(region)).regionSnapshots?.regionSnapshot ?? []).toEqual([]);
  });

  test('health reporters are read, set, tried and asked', async () => {
    const client = await openNoted(devlinkFamily);
    const reporters = await client.dump.healthReporterGet().toArray();
    const names = reporters.map(({ healthReporter }) => healthReporter?.healthReporterName);
    expect(names).toEqual(expect.arrayContaining(['empty', 'dummy']));
    const dummy = { ...instance, healthReporterName: 'dummy' };
    await client.do.healthReporterSet({ ...dummy, healthReporterAutoRecover: 0 });
    expect((await client.do.healthReporterGet(dummy)).healthReporter).toMatchObject({
      healthReporterAutoRecover: 0,
    });
    const shown = devlink(`health show ${handle} reporter dummy`)['health'] as Record<string, object[]>;
    expect(shown[handle]).toMatchObject([{ reporter: 'dummy', auto_recover: false }]);
    await expect(client.do.healthReporterTest(dummy)).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
    await client.do.healthReporterRecover(dummy);
    const diagnosis = await client.do.healthReporterDiagnose(dummy);
    expect(textsOf(diagnosis.fmsg)).toEqual(expect.arrayContaining(['test_nest', 'test_string']));
    const dump = await client.dump.healthReporterDumpGet(dummy).toArray();
    expect(textsOf(dump[0]?.fmsg)).toContain('test_nest');
    await client.do.healthReporterDumpClear(dummy);
  });

  test('traps, their groups and policers', async () => {
    const client = await openNoted(devlinkFamily);
    const traps = await client.dump.trapGet().toArray();
    const names = traps.map(({ trapName }) => trapName);
    const shown = (devlink('trap show')['trap'] as Record<string, { name: string }[]>)[handle] ?? [];
    expect(names.toSorted()).toEqual(shown.map(({ name }) => name).toSorted());
    await client.do.trapSet({ ...instance, trapName: 'source_mac_is_multicast', trapAction: 'trap' });
    expect(await client.do.trapGet({ ...instance, trapName: 'source_mac_is_multicast' })).toMatchObject({
      trapAction: 'trap',
      trapType: 'drop',
    });
    expect(names).toContain('fid_miss');
    const groups = await client.dump.trapGroupGet().toArray();
    const trapGroupName = groups[0]?.trapGroupName ?? '';
    expect(await client.do.trapGroupGet({ ...instance, trapGroupName })).toMatchObject({ trapGroupName });
    const [policer] = await client.dump.trapPolicerGet().toArray();
    const trapPolicerId = policer?.trapPolicerId ?? 0;
    await client.do.trapPolicerSet({ ...instance, trapPolicerId, trapPolicerRate: 3000n });
    expect(await client.do.trapPolicerGet({ ...instance, trapPolicerId })).toMatchObject({
      trapPolicerRate: 3000n,
    });
    await client.do.trapGroupSet({ ...instance, trapGroupName, trapPolicerId });
  });

  test('resources, the eswitch and rates', async () => {
    const client = await openNoted(devlinkFamily);
    const { resourceList } = await client.do.resourceDump(instance);
    expect(resourceList?.resource?.map(({ resourceName }) => resourceName)).toEqual(
      expect.arrayContaining(['IPv4', 'IPv6']),
    );
    writeFileSync('/sys/bus/netdevsim/devices/netdevsim7/sriov_numvfs', '2');
    await client.do.eswitchSet({ ...instance, eswitchMode: 'switchdev' });
    expect(await client.do.eswitchGet(instance)).toMatchObject({ eswitchMode: 'switchdev' });
    expect(run('devlink', 'dev', 'eswitch', 'show', handle)).toContain('mode switchdev');
    await client.do.rateNew({ ...instance, rateNodeName: 'g1' });
    await client.do.rateSet({ ...instance, rateNodeName: 'g1', rateTxMax: 1_250_000n });
    expect(await client.do.rateGet({ ...instance, rateNodeName: 'g1' })).toMatchObject({
      rateType: 'node',
      rateTxMax: 1_250_000n,
    });
    const rates = await client.dump.rateGet().toArray();
    expect(rates).toHaveLength(Object.keys(devlink('port function rate show')['rate'] ?? {}).length);
    await client.do.rateDel({ ...instance, rateNodeName: 'g1' });
    await client.do.eswitchSet({ ...instance, eswitchMode: 'legacy' });
  });

  test('a firmware is flashed, with its progress announced; the device is loaded anew', async () => {
    const client = await openNoted(devlinkFamily);
    // The kernel flashes inside the request: its hundreds of reports wait until that is over.
    using events = client.subscribe({ receiveBufferSize: 2 ** 22 });
    // A machine without firmware packages has no such folder.
    mkdirSync('/lib/firmware', { recursive: true });
    writeFileSync('/lib/firmware/netdevsim.bin', 'x');
    await client.do.flashUpdate({ ...instance, flashUpdateFileName: 'netdevsim.bin' });
    expect(await client.do.reload(instance)).toBeUndefined();
    const reloaded = await client.do.reload({ ...instance, reloadAction: 'driver-reinit' });
    expect(reloaded?.reloadActionsPerformed?.value).toEqual(['driver-reinit']);
    const names = ['flash-update-status-ntf', 'flash-update-end-ntf', 'port-del-ntf', 'port-new-ntf'];
    expect(await heard(events, names)).toEqual(expect.arrayContaining(names));
  });

  test('everything can be asked for, and is answered or not supported', async () => {
    const client = await openNoted(devlinkFamily);
    const { do: once, dump } = client as unknown as Operations;
    for (const [name, ask] of Object.entries(once).filter(([key]) => /Get$/.test(key))) {
      const answer = await ask(instance).catch(codeOf);
      if (typeof answer === 'string') expect(refusals).toContain(answer);
      else expect({ name, answer }).toMatchObject({ name, answer: instance });
    }
    for (const [name, ask] of Object.entries(dump)) {
      const answer = await ask({}).toArray().catch(codeOf);
      if (typeof answer === 'string') expect(refusals).toContain(answer);
      else for (const each of answer) expect({ name, each }).toMatchObject({ name, each: instance });
    }
  });
});

describe('ethtool', () => {
  const header = () => ({ devName: device });
  const shown = (...args: readonly string[]) => run('ethtool', ...args, device);

  test('rings, coalescing, pause frames and forward error correction are set and announced', async () => {
    const client = await openNoted(ethtoolFamily);
    using events = client.subscribe();
    await client.do.ringsSet({ header: header(), rx: 64, tx: 128 });
    expect(await client.do.ringsGet({ header: header() })).toMatchObject({ rx: 64, tx: 128 });
    expect(shown('-g')).toMatch(/Current hardware settings:\s+RX:\s+64[^]*TX:\s+128/);
    await client.do.coalesceSet({ header: header(), rxUsecs: 33 });
    expect(await client.do.coalesceGet({ header: header() })).toMatchObject({ rxUsecs: 33 });
    expect(shown('-c')).toMatch(/rx-usecs:\s+33/);
    await client.do.pauseSet({ header: header(), rx: 1, tx: 1 });
    expect(await client.do.pauseGet({ header: header() })).toMatchObject({ rx: 1, tx: 1 });
    expect(shown('-a')).toMatch(/RX:\s+on\s+TX:\s+on/);
    expect((await client.do.fecGet({ header: header() })).header?.devName).toBe(device);
    await client.do.fecSet({ header: header(), modes: { nomask: true, bits: { bit: [{ name: 'RS' }] } } });
    expect(shown('--show-fec')).toContain('RS');
    const names = ['coalesce-ntf', 'fec-ntf', 'pause-ntf', 'rings-ntf'];
    expect(await heard(events, names)).toEqual(names);
  });

  test('tunnels that it offloads, and dumps over all devices', async () => {
    const client = await openNoted(ethtoolFamily);
    const tunnels = await client.do.tunnelInfoGet({ header: header() });
    expect(tunnels.header?.devName).toBe(device);
    expect(tunnels.udpPorts?.table).toHaveLength(2);
    expect(tunnels.udpPorts?.extra).toBeUndefined();
    // Until Linux 6.4 a dump needs the header too, and an empty one is enough.
    const everyDevice = { header: {} };
    for (const dump of [
      'ringsGet',
      'coalesceGet',
      'pauseGet',
      'fecGet',
      'tunnelInfoGet',
      'channelsGet',
    ] as const) {
      const all = await client.dump[dump](everyDevice).toArray();
      expect({ dump, names: all.map(({ header: of }) => of?.devName) }).toEqual({
        dump,
        names: expect.arrayContaining([device]) as unknown,
      });
    }
  });

  test('everything can be asked for, of one device and of all, and is answered or not supported', async () => {
    const client = await openNoted(ethtoolFamily);
    const { do: once, dump } = client as unknown as Operations;
    for (const [name, ask] of Object.entries(once).filter(([key]) => key.includes('Get'))) {
      const answer = await ask({ header: header() }).catch(codeOf);
      if (typeof answer === 'string') expect(refusals).toContain(answer);
      else expect({ name, answer }).toMatchObject({ name, answer: { header: { devName: device } } });
    }
    for (const ask of Object.values(dump)) {
      const answer = await ask({ header: {} }).toArray().catch(codeOf);
      if (typeof answer === 'string') expect(refusals).toContain(answer);
      else expect(answer.length).toBeLessThanOrEqual(readdirSync('/sys/class/net').length);
    }
  });
});
