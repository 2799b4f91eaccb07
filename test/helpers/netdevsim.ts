// Simulated devices with a devlink instance, for guest tests: scripts/netdevsim.mjs builds their driver.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';

const bus = '/sys/bus/netdevsim';

/** A device of this number with its ports' network devices, of which each has two queues. */
export function makeNetdevsim(number: number, ports: number): readonly string[] {
  if (!existsSync(bus)) {
    const module = process.env['AFNETLINK_NETDEVSIM'] ?? '';
    if (module === '') throw new Error('AFNETLINK_NETDEVSIM does not name netdevsim.ko: npm test builds it');
    execFileSync('modprobe', ['psample']);
    execFileSync('insmod', [module]);
  }
  writeFileSync(`${bus}/new_device`, `${number} ${ports} 2`);
  return readdirSync(`${bus}/devices/netdevsim${number}/net`).toSorted();
}
