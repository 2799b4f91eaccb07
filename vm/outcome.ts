import type { SessionResult } from './guest-session.js';
import { complaints, lastLines, taintDefects } from './kernel-log.js';

/** How a run ended. */
export type Outcome =
  /** The command ended, and the kernel logged no complaint. */
  | 'exited'
  /** The command ended with status 0, but the kernel warned. */
  | 'warned'
  /** The guest never got as far as the command. */
  | 'never-booted'
  /** The kernel panicked, or the guest ended without reporting a status. */
  | 'panicked'
  /** The command, or the whole guest, took longer than it may. */
  | 'timed-out'
  /** The guest could not be set up: a module does not load, a folder cannot be shared. */
  | 'setup-failed';

/** The exit statuses that stand for an end other than the command's own. */
export const outcomeStatus = {
  warned: 121,
  'never-booted': 122,
  panicked: 123,
  'timed-out': 124,
  'setup-failed': 125,
} as const;

export interface Judgement {
  readonly outcome: Outcome;
  readonly status: number;
  /** What went wrong and the end of the kernel's log; undefined where nothing did. */
  readonly message: string | undefined;
}

const lastLineCount = 60;

/** What a session's end means. QEMU's own status says nothing: a guest that panics makes it exit with 0. */
export function judge(
  session: SessionResult,
  limits: { bootTimeout: number; timeout: number | undefined },
): Judgement {
  const { ending, kernelLog } = session;
  const found = complaints(kernelLog);
  const defects = ending.kind === 'status' ? taintDefects(ending.taint) : [];
  const bad = (outcome: keyof typeof outcomeStatus, what: string): Judgement => ({
    outcome,
    status: outcomeStatus[outcome],
    message: [what, ...withLog(session)].join('\n'),
  });
  switch (ending.kind) {
    case 'status': {
      if (found.length === 0 && defects.length === 0)
        return { outcome: 'exited', status: ending.status, message: undefined };
      const what = `the kernel complained (${[...defects.map((text) => `taint: ${text}`), ...found].join('; ')})`;
      if (ending.status === 0) return bad('warned', what);
      return { outcome: 'exited', status: ending.status, message: what };
    }
    case 'setup-failed':
      return bad('setup-failed', `the guest could not be set up: ${ending.reason}`);
    case 'boot-timeout':
      return bad('never-booted', `the guest did not boot within ${limits.bootTimeout / 1000} s`);
    case 'timeout':
      return bad('timed-out', `the command did not end within ${(limits.timeout ?? 0) / 1000} s`);
    case 'qemu-ended':
      return session.bootTime === undefined
        ? bad('never-booted', whyEnded(kernelLog, 'the guest ended before it had booted'))
        : bad(
            'panicked',
            whyEnded(kernelLog, 'the guest ended before its command did: it was powered off or reset'),
          );
  }
}

/** Other processors may log much after a panic, so that the last lines do not show it. */
function whyEnded(log: string, without: string): string {
  const panic = /Kernel panic - .*/.exec(log)?.[0];
  return panic === undefined ? without : `the kernel panicked: ${panic}`;
}

function withLog({ kernelLog, complaint }: SessionResult): string[] {
  return [
    ...(complaint === '' ? [] : [`QEMU: ${complaint}`]),
    kernelLog === ''
      ? 'the kernel logged nothing'
      : `the kernel's last lines:\n${lastLines(kernelLog, lastLineCount)}`,
  ];
}
