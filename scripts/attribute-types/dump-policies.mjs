// Run in a guest: prints the policies of all Generic Netlink families that its kernel has, as CTRL_CMD_GETPOLICY tells them.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { openFamily } = require('../../dist/index.js');
const { nlctrlFamily } = require('../../dist/families/nlctrl.js');

const MODULES =
  'wireguard team fou openvswitch mac80211_hwsim mptcp_diag ovpn handshake nfsd lockd dpll psample'.split(
    ' ',
  );

for (const module of MODULES) spawnSync('modprobe', ['-q', module]);
const client = await openFamily(nlctrlFamily);
const policies = {};
for (const { familyName } of await client.dump.getfamily({}).toArray()) {
  const rows = await client.dump
    .getpolicy({ familyName })
    .toArray()
    .catch(() => []);
  policies[familyName] = rows.map(({ policy, opPolicy }) => ({
    ...(policy && {
      id: policy.policyId,
      attribute: policy.attrId,
      type: policy.type,
      nested: policy.policyIdx,
    }),
    ...(opPolicy && { operation: opPolicy.opId, do: opPolicy.do, dump: opPolicy.dump }),
  }));
}
client.close();
console.log(JSON.stringify(policies));
