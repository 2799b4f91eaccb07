// npm run check:uapi [-- --specs DIR] [--without-fixups] [--json]: compares the numbers and the layouts of every spec
// with what this machine's C compiler makes of this machine's kernel headers (Debian: linux-libc-dev). What the headers
// do not have is passed over: they may be older than the specs.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const { readSpec } = require('../unbundled/spec/load.js');

const { values: options } = parseArgs({
  options: {
    specs: { type: 'string' },
    'without-fixups': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const HEADERS = `
  sys/socket.h netinet/in.h linux/types.h linux/if.h linux/netlink.h linux/rtnetlink.h linux/genetlink.h linux/if_link.h linux/if_addr.h
  linux/neighbour.h linux/fib_rules.h linux/nexthop.h linux/lwtunnel.h linux/if_bridge.h linux/if_tunnel.h linux/if_bonding.h
  linux/if_macsec.h linux/gen_stats.h linux/pkt_sched.h linux/pkt_cls.h linux/tc_act/tc_mirred.h linux/tc_act/tc_gact.h
  linux/tc_act/tc_pedit.h linux/tc_act/tc_vlan.h linux/tc_act/tc_mpls.h linux/tc_act/tc_skbedit.h linux/tc_act/tc_tunnel_key.h
  linux/tc_act/tc_bpf.h linux/tc_act/tc_connmark.h linux/tc_act/tc_csum.h linux/tc_act/tc_ct.h linux/tc_act/tc_ctinfo.h
  linux/tc_act/tc_gate.h linux/tc_act/tc_ife.h linux/tc_act/tc_nat.h linux/tc_act/tc_sample.h linux/tc_act/tc_skbmod.h
  linux/tc_act/tc_defact.h linux/tc_ematch/tc_em_meta.h
  linux/netfilter.h linux/netfilter/nfnetlink.h linux/netfilter/nf_tables.h linux/netfilter/nfnetlink_conntrack.h
  linux/netfilter/nf_conntrack_common.h linux/netfilter/nf_conntrack_tcp.h linux/netfilter/nf_nat.h
  linux/ethtool.h linux/ethtool_netlink.h linux/devlink.h linux/mptcp.h linux/tcp_metrics.h linux/fou.h linux/netdev.h
  linux/nl80211.h linux/openvswitch.h linux/if_team.h linux/wireguard.h linux/dpll.h linux/handshake.h linux/net_shaper.h
  linux/psp.h linux/ovpn.h linux/nfsd_netlink.h linux/lockd_netlink.h linux/sock_diag.h linux/inet_diag.h linux/unix_diag.h
  linux/netlink_diag.h linux/tcp.h linux/taskstats.h linux/if_vlan.h linux/ip.h linux/ipv6.h linux/snmp.h linux/icmpv6.h
  linux/netfilter/nf_log.h linux/netfilter/nf_conntrack_sctp.h linux/netfilter/nf_conntrack_tuple_common.h`
  .trim()
  .split(/\s+/)
  .filter((header) => [`/usr/include/${header}`, `/usr/include/x86_64-linux-gnu/${header}`].some(existsSync));

/** A line of C that prints one number, and what the spec has for it. */
function probe(family, what, expression, expected, alternatives = []) {
  return { family, what, expression, expected: BigInt(expected), alternatives: alternatives.map(BigInt) };
}

const cName = (name) => name.replaceAll('-', '_').replace(/^_+/, '__');

function probesOf(spec) {
  const { name } = spec;
  const probes = [];
  for (const struct of spec.structs) {
    const type = `struct ${cName(struct.name)}`;
    const takesRest = struct.members.at(-1)?.length === 0;
    if (!takesRest) probes.push(probe(name, `sizeof(${type})`, `sizeof(${type})`, struct.size));
    for (const { name: member, offset, length, type: memberType } of struct.members) {
      if (memberType.kind === 'pad') continue;
      const place = `${type}, ${cName(member)}`;
      probes.push(probe(name, `offsetof(${place})`, `__builtin_offsetof(${place})`, offset));
      if (length > 0) {
        const size = `sizeof(((${type} *)0)->${cName(member)})`;
        probes.push(probe(name, `length of ${type}.${cName(member)}`, size, length));
      }
    }
  }
  for (const set of spec.sets) {
    for (const { constant, id, type } of set.attributes) {
      if (constant !== undefined && type.kind !== 'unused') probes.push(probe(name, constant, constant, id));
    }
  }
  for (const each of spec.enums) {
    const asBits = isUsedAsBits(spec, each);
    for (const { constant, value } of each.entries) {
      if (constant === undefined) continue;
      // Flags are numbers of bits in the spec language; headers have either form, also of enums used as flags.
      const bit =
        asBits && value >= 0 && value < 63
          ? [1n << BigInt(value), BigInt.asIntN(32, 1n << BigInt(value))]
          : [];
      probes.push(probe(name, constant, constant, value, bit));
    }
  }
  for (const { constant, do: once, dump, notification } of spec.operations) {
    const id = once?.request.id ?? dump?.request.id ?? notification?.id;
    if (constant !== undefined && notification === undefined)
      probes.push(probe(name, constant, constant, id));
  }
  return probes;
}

/** Whether an enum's entries are numbers of bits where they are used; enums that nothing uses may be either. */
function isUsedAsBits(spec, each) {
  if (each.flags) return true;
  const types = [
    ...spec.sets.flatMap((set) => set.attributes),
    ...spec.structs.flatMap((struct) => struct.members),
  ]
    .flatMap(({ type }) => [type, type.of ?? type])
    .filter(({ names }) => names?.enum === each);
  return types.length === 0 || types.some(({ names }) => names.flags);
}

/** Compiles the probes, leaving out those that the headers do not have, and runs them. */
function measure(probes) {
  const folder = mkdtempSync(join(tmpdir(), 'uapi-'));
  try {
    let kept = probes;
    for (;;) {
      const includes = HEADERS.map((header) => `#include <${header}>`);
      const head = ['#include <stdio.h>', ...includes, 'int main(void) {'];
      const lines = kept.map(({ expression }) => `printf("%lld\\n", (long long)(${expression}));`);
      const file = join(folder, 'probe.c');
      writeFileSync(file, [...head, ...lines, 'return 0; }', ''].join('\n'));
      const program = join(folder, 'probe');
      const args = ['-w', '-fmax-errors=0', '-fno-diagnostics-show-caret', '-o', program, file];
      const compiled = spawnSync('cc', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
      if (compiled.error !== undefined) throw new Error('a C compiler (cc) is needed');
      if (compiled.status === 0) {
        const run = spawnSync(program, { encoding: 'utf8', maxBuffer: 1 << 26 });
        const numbers = run.stdout.trim().split('\n').map(BigInt);
        return kept.map((each, index) => ({ ...each, found: numbers[index] }));
      }
      const wrong = new Set(
        [...compiled.stderr.matchAll(/probe\.c:(\d+):\d+: error:/g)].map(
          ([, line]) => Number(line) - head.length - 1,
        ),
      );
      const fewer = kept.filter((_, index) => !wrong.has(index));
      if (fewer.length === kept.length)
        throw new Error(`the headers do not compile:\n${compiled.stderr.slice(0, 2000)}`);
      kept = fewer;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const places = [options.specs, process.env.NETLINK_SPECS, join(root, '../shared/ynl-specs')];
const kernel = places.find((place) => place !== undefined && existsSync(join(place, 'rt-link.yaml')));
const folders = [kernel, join(root, 'specs')].filter((folder) => folder !== undefined && existsSync(folder));
const fixups = options['without-fixups'] ? 'none' : 'present';
const probes = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => probesOf(readSpec(readFileSync(join(folder, file), 'utf8'), { file, fixups }))),
);
const measured = measure(probes);
const differences = measured
  .filter(({ expected, alternatives, found }) => found !== expected && !alternatives.includes(found))
  // Structures grow at their end: one that is smaller in these headers is of an older kernel.
  .filter(({ what, expected, found }) => !(what.startsWith('sizeof') && found < expected))
  .map(({ family, what, expected, found }) => ({
    family,
    what,
    spec: Number(expected),
    headers: Number(found),
  }));
if (options.json) {
  console.log(
    JSON.stringify({ compared: measured.length, unknown: probes.length - measured.length, differences }),
  );
} else {
  for (const { family, what, spec, headers } of differences) {
    console.log(`${family}: ${what} is ${spec} in the spec and ${headers} in the headers`);
  }
  console.log(
    `${measured.length} compared, ${differences.length} differ, ${probes.length - measured.length} are not in these headers`,
  );
}
