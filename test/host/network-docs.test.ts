// The table "From `ip` to here" of docs/network.md: each command and each call, in namespaces that begin the same.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { beforeAll, expect, test } from '@jest/globals';
import { NetlinkError } from 'afnetlink';
import { type Network, openNetwork } from 'afnetlink/network';
import { type PrivateNamespace, privateNamespace } from '../helpers/private-namespace';
import { packageRoot } from '../helpers/processes';

const byIp = privateNamespace();
const byUs = privateNamespace();
/** Where 'blue' is: links of the same name move to each. */
const blueOfIp = privateNamespace();
const blueOfUs = privateNamespace();

const table = readFileSync(join(packageRoot, 'docs/network.md'), 'utf8');
const ROWS = Array.from(
  table.matchAll(/^\| `ip ([^`]+?)` +\| `(network\.[^`]+?)` +\|$/gm),
  ([, command = '', call = '']) => [command, call] as const,
);

/** All that `ip` shows, but for what differs from one making to the next. */
const state = (namespace: PrivateNamespace): string =>
  ['link', 'address', 'route']
    .map((what) => namespace.ip(`-d ${what} show${what === 'route' ? ' table all' : ''}`))
    .join('')
    .replace(
      /^\d+: |link\/ether \S+|(?:designated_)?(?:bridge|root)_?(?:id)? \S+|(?:bridge|root)_id \S+|_timer +\S+|promiscuity \d+|(?:valid|preferred)_lft \d+sec|if\d+|link-netnsid \d+|index \S+|inet6 fe80\S+/gm,
      '',
    );

beforeAll(() => {
  for (const namespace of [byIp, byUs]) {
    namespace.ip('link add eth0 type veth peer name far');
    for (const name of ['eth0', 'far']) namespace.ip(`link set ${name} addrgenmode none`);
  }
});

test('the table has its rows', () => {
  expect(ROWS.length).toBeGreaterThanOrEqual(14);
});

// In the order of the table: a row works on what those before it made.
test('each call does what its command does', async () => {
  for (const [command, call] of ROWS) await compare(command, call);
});

async function compare(command: string, call: string): Promise<void> {
  using network = openNetwork({ netns: byUs.netns });
  const run = runInThisContext(`(network) => ${call.replace("'blue'", JSON.stringify(blueOfUs.netns))}`) as (
    network: Network,
  ) => Promise<unknown>;
  let refused = '';
  try {
    byIp.ip(command.replace('netns blue', `netns ${blueOfIp.netns.pid}`));
  } catch (error) {
    refused = String((error as { stderr?: unknown }).stderr);
  }
  const result = await run(network).catch((error: unknown) => error);
  if (refused === '') expect(result).not.toBeInstanceOf(Error);
  // A kind of link that this kernel lacks is refused to both.
  else
    expect([refused, result]).toEqual([
      expect.stringContaining('Unknown device type'),
      expect.any(NetlinkError),
    ]);
  expect(`${command}\n${state(byUs)}`).toBe(`${command}\n${state(byIp)}`);
  expect(state(blueOfUs)).toBe(state(blueOfIp));
}
