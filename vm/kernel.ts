/** A kernel that a guest can boot. All paths are absolute. */
export interface Kernel {
  /** As `uname -r` prints it. */
  readonly release: string;
  /** What QEMU boots: an ELF vmlinux with a PVH entry, or a bzImage. */
  readonly image: string;
  /** The folder that is /lib/modules/RELEASE in the guest; absent where everything is built in. */
  readonly modules?: string;
  /** What external modules are built against; absent where they cannot be. */
  readonly headers?: string;
  /** The compiler for external modules, `gcc` if absent. */
  readonly compiler?: string;
}
