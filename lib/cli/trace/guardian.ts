import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

// Waits for the end of its input, which comes with the end of nlctl, of whatever kind that is; then puts everything back.
const frame = (cleanUp: string) => `
trap '' HUP INT TERM QUIT
cat >/dev/null
cd "$1" || exit 1
shift
failed=0
${cleanUp}
exit $failed
`;

/** A process that cleans the kernel's tracing files up when this one ends, even when that is killed. */
export class Guardian {
  private constructor(private readonly child: ChildProcess) {}

  /** `cleanUp` is of the shell; it runs in `folder` with these arguments, and sets `failed` to 1 where it cannot do it. */
  static async begin(folder: string, cleanUp: string, args: readonly string[]): Promise<Guardian> {
    const child = spawn('/bin/sh', ['-c', frame(cleanUp), 'sh', folder, ...args], {
      stdio: ['pipe', 'ignore', 'inherit'],
      detached: true,
    });
    await once(child, 'spawn');
    return new Guardian(child);
  }

  async end(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.stdin?.end();
    const [status] = (await ended) as [number | null];
    if (status !== 0) throw new Error('the tracer could not be set back to what it was; see above');
  }
}
