/** What kept a guest from being prepared or started. */
export type VmErrorCode =
  /** An option is unusable; nothing was started. */
  | 'ERR_VM_INVALID_ARGUMENT'
  /** A program of vm/programs.json is not on this machine. */
  | 'ERR_VM_MISSING_PROGRAM'
  /** The kernel cannot be had, or this machine cannot build modules for it. */
  | 'ERR_VM_KERNEL_UNAVAILABLE'
  /** A kernel module does not compile. */
  | 'ERR_VM_MODULE_BUILD'
  /** A program that prepares the guest failed. */
  | 'ERR_VM_PROGRAM_FAILED'
  /** The preparation or the run was aborted by its signal. */
  | 'ERR_VM_ABORTED';

/** Every error that `afnetlink/vm` throws. What happens inside a running guest is a result instead. */
export class VmError extends Error {
  /** Always `'VmError'`. */
  override readonly name = 'VmError';
  /** What went wrong. */
  readonly code: VmErrorCode;

  constructor(code: VmErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
