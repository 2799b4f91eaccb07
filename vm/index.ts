export { cacheFolder, type Progress } from './cache.js';
export { VmError, type VmErrorCode } from './errors.js';
export {
  prepareGuest,
  runInGuest,
  type Guest,
  type GuestResult,
  type PrepareOptions,
  type RunInGuestOptions,
} from './guest.js';
export { complaints, moduleLines } from './kernel-log.js';
export type { Kernel } from './kernel.js';
export { kernelSeries, prepareKernel, type KernelOptions } from './kernels.js';
export { buildModule, type BuildOptions } from './module.js';
export { outcomeStatus, type Outcome } from './outcome.js';
export { missingPackages, missingPrograms, requiredPrograms, type RequiredProgram } from './programs.js';
export type { ModuleToLoad } from './session-files.js';
