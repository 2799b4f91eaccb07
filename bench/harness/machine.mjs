// Describes the machine of a run: what decides its figures, and nothing that names it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { installedVersion } from './peers.mjs';

const PACKAGES = [
  'libmnl0',
  'libnl-3-200',
  'librust-rtnetlink-dev',
  'librust-netlink-sys-dev',
  'golang-github-vishvananda-netlink-dev',
  'golang-github-mdlayher-netlink-dev',
  'golang-github-jsimonetti-rtnetlink-dev',
  'python3-pyroute2',
  'iproute2',
];

export function describeMachine() {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    processors: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    virtual: / hypervisor( |$)/m.test(readFileSync('/proc/cpuinfo', 'utf8')),
    kernel: release(),
    node: process.versions.node,
    v8: process.versions.v8,
    libuv: process.versions.uv,
    compilers: {
      gcc: firstLine('gcc', '--version'),
      go: firstLine('go', 'version'),
      rust: firstLine('rustc', '--version'),
    },
    packages: Object.fromEntries(
      PACKAGES.map((name) => [name, installedVersion(name)]).filter(([, version]) => version !== undefined),
    ),
  };
}

function firstLine(command, argument) {
  try {
    return execFileSync(command, [argument], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .split('\n')[0];
  } catch {
    return undefined; // not installed: the programs that need it are left out with a word
  }
}

/** The load average of the last minute: more than a run's own says that the machine was busy with something else. */
export const load = () => Number(readFileSync('/proc/loadavg', 'latin1').split(' ')[0]);
