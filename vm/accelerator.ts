import { accessSync, constants, existsSync } from 'node:fs';
import { VmError } from './errors.js';

export type Accelerator = 'kvm' | 'tcg';

/**
 * The accelerators to try, in turn. KVM only where /dev/kvm opens and its processor module is one of those that boot a stock
 * kernel; even then a guest that does not report within a few seconds is started again under TCG. `VM_ACCEL` decides alone.
 */
export function accelerators(environment: NodeJS.ProcessEnv = process.env): readonly Accelerator[] {
  const wanted = environment['VM_ACCEL'];
  if (wanted === 'kvm' || wanted === 'tcg') return [wanted];
  if (wanted !== undefined && wanted !== '') {
    throw new VmError('ERR_VM_INVALID_ARGUMENT', `VM_ACCEL is ${wanted}, and must be kvm or tcg`);
  }
  return kvmIsUsable() ? ['kvm', 'tcg'] : ['tcg'];
}

function kvmIsUsable(): boolean {
  const processor = ['kvm_intel', 'kvm_amd'].some((name) => existsSync(`/sys/module/${name}`));
  if (!processor || existsSync('/sys/module/kvm_pvm')) return false;
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
