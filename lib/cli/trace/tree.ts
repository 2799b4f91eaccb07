import { isNetlinkFunction, plainName, type TracedFunction } from './functions.js';
import type { KernelCall } from './function-graph.js';

/** Whether a call is of netlink, or of a module, or leads to one. */
export function leadsToNetlink(call: KernelCall): boolean {
  return isNetlinkFunction(call.name) || call.module !== undefined || call.calls.some(leadsToNetlink);
}

/** Whether a call is of one of these functions, or leads to one. */
export function leadsTo(call: KernelCall, names: readonly string[]): boolean {
  return names.includes(plainName(call.name)) || call.calls.some((callee) => leadsTo(callee, names));
}

const durationWidth = 12;

/** The calls as an indented tree, each with its duration; a line names the task wherever it changes. */
export function printTree(calls: readonly KernelCall[]): string[] {
  let last: string | undefined;
  return calls.flatMap((call) => {
    const task = `${call.task} (thread ${call.thread})`;
    const heading =
      task === last ? [] : [...(last === undefined ? [] : ['']), `${' '.repeat(durationWidth)}  ${task}`];
    last = task;
    return [...heading, ...printCall(call, 0)];
  });
}

function printCall(call: KernelCall, depth: number): string[] {
  const { name, module, microseconds } = call;
  const duration = microseconds === undefined ? '?' : `${microseconds.toFixed(1)} µs`;
  const text = `${'  '.repeat(depth)}${name}()${module === undefined ? '' : ` [${module}]`}`;
  return [
    `${duration.padStart(durationWidth)}  ${text}`,
    ...call.calls.flatMap((callee) => printCall(callee, depth + 1)),
  ];
}

/** Tells which functions of the list did their work within a shown one, where no tracer of this kernel can see them. */
export function printInlined(
  inlined: readonly TracedFunction[],
  calls: readonly KernelCall[],
  kernel: string,
): string[] {
  const seen = new Set<string>();
  const visit = (call: KernelCall): void => {
    seen.add(plainName(call.name));
    call.calls.forEach(visit);
  };
  calls.forEach(visit);
  const within = inlined.flatMap(({ name, caller }) =>
    caller !== undefined && seen.has(caller) ? [`  ${name}() in ${caller}()`] : [],
  );
  return within.length === 0
    ? []
    : [`Linux ${kernel} has inlined, and so shows only as a part of its caller:`, ...within];
}
