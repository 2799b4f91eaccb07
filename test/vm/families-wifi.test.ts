// Wi-Fi on simulated radios (mac80211_hwsim), with iw as oracle.
import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { nl80211Family } from 'afnetlink/families/nl80211';
import { heard } from '../helpers/events';
import { openNoted } from '../helpers/exercise';

const iw = (line: string) => execFileSync('iw', line.split(' '), { encoding: 'utf8' });

beforeAll(() => {
  execFileSync('modprobe', ['mac80211_hwsim', 'radios=2']);
});

describe('nl80211', () => {
  test('radios are as iw lists them, in many messages and in one', async () => {
    const client = await openNoted(nl80211Family);
    const messages = await client.dump.getWiphy({ splitWiphyDump: true }).toArray();
    const names = new Set(messages.map(({ wiphyName }) => wiphyName));
    expect([...names].toSorted()).toEqual(
      [...iw('phy').matchAll(/^Wiphy (\S+)/gm)].map(([, name]) => name).toSorted(),
    );
    const first = messages[0]?.wiphy ?? 0;
    const frequencies = messages
      .filter(({ wiphy }) => wiphy === first)
      .flatMap(({ wiphyBands = {} }) => [
        wiphyBands['2ghz'],
        wiphyBands['5ghz'],
        wiphyBands['6ghz'],
        wiphyBands.s1ghz,
      ])
      .flatMap((band) => band?.freqs ?? [])
      .map(({ freq }) => freq);
    const shown = [...iw(`phy phy${first} info`).matchAll(/^\s+\* (\d+)(?:\.0)? MHz/gm)];
    expect(frequencies).toEqual(shown.map(([, frequency]) => Number(frequency)));
    expect(frequencies).toContain(2412);
    const whole = await client.do.getWiphy({ wiphy: first });
    expect(whole.wiphyName).toBe(`phy${first}`);
    expect(whole.supportedIftypes).toBeDefined();
    const { protocolFeatures } = await client.do.getProtocolFeatures();
    expect(protocolFeatures).toContain('split-wiphy-dump');
  });

  test('interfaces are made, changed, announced and deleted as iw shows them', async () => {
    const client = await openNoted(nl80211Family);
    using events = client.subscribe({ groups: ['config'] });
    const { wiphy = 0 } = (await client.dump.getWiphy({ splitWiphyDump: true }).toArray())[0] ?? {};
    const made = await client.do.newInterface({ wiphy, ifname: 'mon0', iftype: 'monitor' });
    expect(made).toMatchObject({ ifname: 'mon0', iftype: 'monitor', wiphy });
    const { ifindex } = made;
    const found = await client.do.getInterface({ ifindex });
    expect(found).toMatchObject({ ifname: 'mon0', ifindex, wdev: made.wdev });
    await client.do.setInterface({ ifindex, iftype: 'station' });
    expect(iw('dev mon0 info')).toContain('type managed');
    const all = await client.dump.getInterface().toArray();
    expect(all.map(({ ifname }) => ifname).toSorted()).toEqual(
      [...iw('dev').matchAll(/Interface (\S+)/g)].map(([, name]) => name).toSorted(),
    );
    const ofRadio = await client.dump.getInterface({ wiphy }).toArray();
    expect(ofRadio.every((each) => each.wiphy === wiphy)).toBe(true);
    expect(ofRadio.length).toBeLessThan(all.length);
    await client.do.delInterface({ ifindex });
    expect(iw('dev')).not.toContain('mon0');
    const kinds = ['del-interface-ntf', 'new-interface-ntf'];
    expect(await heard(events, kinds)).toEqual(expect.arrayContaining(kinds));
  });

  test('a radio is set and renamed; what is wrong is refused', async () => {
    const client = await openNoted(nl80211Family);
    using events = client.subscribe({ groups: ['config'] });
    const { wiphy = 0 } = (await client.dump.getWiphy({ splitWiphyDump: true }).toArray()).at(-1) ?? {};
    await client.do.setWiphy({ wiphy, wiphyRetryShort: 9 });
    expect(await client.do.getWiphy({ wiphy })).toMatchObject({ wiphyRetryShort: 9 });
    expect(iw(`phy phy${wiphy} info`)).toContain('Retry short limit: 9');
    await client.do.setWiphy({ wiphy, wiphyName: 'renamed' });
    expect(iw('phy')).toContain('Wiphy renamed');
    await client.do.setWiphy({ wiphy, wiphyName: `phy${wiphy}` });
    expect(await heard(events, ['new-wiphy-ntf'])).toContain('new-wiphy-ntf');
    await expect(client.do.getInterface({ ifindex: 99_999 })).rejects.toMatchObject({ code: 'ENODEV' });
  });
});
