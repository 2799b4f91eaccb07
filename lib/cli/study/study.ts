import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { KernelCounts } from './kernel-counts.js';
import { type Figure, measure, type MeasureOptions } from './measure.js';
import { moduleIsLoaded } from './module.js';

/** What was measured on one kernel. */
export interface Study {
  readonly kernel: string;
  /** Whether the processor is emulated, as in a guest without KVM; then only the counts are meaningful. */
  readonly emulated: boolean;
  /** Kernel functions that could not be counted, as this kernel lacks or inlines them. */
  readonly missing: readonly string[];
  readonly figures: readonly Figure[];
}

export interface StudyOptions extends Omit<MeasureOptions, 'counts'> {
  /** Whether to count what the kernel does; needs root. */
  readonly count: boolean;
}

/** Measures on the running kernel. Skips ways that need the module if it is not loaded. */
export async function study({ ways, count, ...options }: StudyOptions): Promise<Study> {
  const counts = count ? await KernelCounts.begin() : undefined;
  try {
    const usable = moduleIsLoaded() ? ways : ways.filter(({ anywhere }) => anywhere);
    const figures = await measure({ ...options, ways: usable, counts });
    return { kernel: release(), emulated: isEmulated(), missing: counts?.missing ?? [], figures };
  } finally {
    await counts?.end();
  }
}

function isEmulated(): boolean {
  return /^model name\s*: QEMU TCG CPU/m.test(readFileSync('/proc/cpuinfo', 'latin1'));
}
