import { spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { constants, release } from 'node:os';
import { probeFunctions, type TraceableFunction, type TracedFunction } from './functions.js';
import { parseFunctionGraph, type CallGraph } from './function-graph.js';
import { Tracefs } from './tracefs.js';

export interface RecordOptions {
  readonly command: readonly string[];
  /** The kernel module whose functions are shown too, loaded or not. */
  readonly module: string;
  /** Shows whatever the functions of the list call, rather than only each other. */
  readonly all: boolean;
  /** The recording's size for each processor, in KiB. */
  readonly bufferSize: number;
  /** Where the command's standard output goes. */
  readonly output: 'stdout' | 'stderr';
}

export interface Recording {
  readonly graph: CallGraph;
  /** The command's exit status, or 128 and the number of the signal that ended it. */
  readonly status: number;
  readonly kernel: string;
  /** What this kernel inlined, so that no call of it can be seen. */
  readonly inlined: readonly TracedFunction[];
}

/** Runs a command and records what its processes and threads do in the kernel. */
export async function record(options: RecordOptions): Promise<Recording> {
  const tracefs = Tracefs.open();
  const kernel = release();
  const { traceable, inlined } = probeFunctions(tracefs.read('available_filter_functions'), kernel);
  const lease = await tracefs.lease({
    tracing_on: '0',
    set_ftrace_pid: '',
    set_ftrace_notrace: '',
    set_graph_notrace: '',
    max_graph_depth: '0',
    buffer_size_kb: String(options.bufferSize),
    set_ftrace_filter: '',
    set_graph_function: '',
    ...layout(tracefs),
    'options/function-fork': '1',
  });
  try {
    if (options.all) tracefs.write('set_graph_function', traceable.map(({ name }) => name).join('\n'));
    else filter(tracefs, traceable, options.module);
    const status = await runGated(options, (pid) => {
      // In this order: a running tracer would have to be patched for the process id.
      tracefs.write('set_ftrace_pid', String(pid));
      tracefs.write('current_tracer', 'function_graph');
      tracefs.write('tracing_on', '1');
    });
    tracefs.write('tracing_on', '0');
    const graph = parseFunctionGraph(tracefs.read('trace'));
    return { graph: { ...graph, lost: graph.lost + overwritten(tracefs) }, status, kernel, inlined };
  } finally {
    await lease.end();
  }
}

/** Selects the functions by number, a hundred times faster than by name, and checks that these were the right ones. */
function filter(tracefs: Tracefs, functions: readonly TraceableFunction[], module: string): void {
  const ofModule = `*:mod:${module}`;
  tracefs.write('set_ftrace_filter', functions.map(({ number }) => number).join('\n'));
  const selected = new Set(tracefs.read('set_ftrace_filter').split('\n'));
  const names = functions.map(({ name }) => name);
  if (names.every((name) => selected.has(name))) tracefs.append('set_ftrace_filter', ofModule);
  else tracefs.write('set_ftrace_filter', [...names, ofModule].join('\n'));
}

/** The options that make the tracer write what the parser reads; those of newer kernels only where they exist. */
function layout(tracefs: Tracefs): Record<string, string> {
  const wanted = {
    ...{ 'funcgraph-abstime': '1', 'funcgraph-cpu': '1', 'funcgraph-proc': '1', 'funcgraph-duration': '1' },
    ...{ 'funcgraph-overhead': '1', 'funcgraph-tail': '1', 'funcgraph-irqs': '0', 'funcgraph-overrun': '0' },
    ...{ 'funcgraph-args': '0', 'funcgraph-retval': '0', 'funcgraph-retaddr': '0' },
    ...{ 'latency-format': '0', 'context-info': '1', overwrite: '1', raw: '0', hex: '0', bin: '0' },
    ...{ 'sym-offset': '0', 'sym-addr': '0', 'sleep-time': '1', 'graph-time': '1' },
  };
  return Object.fromEntries(
    Object.entries(wanted)
      .map(([name, value]) => [`options/${name}`, value] as const)
      .filter(([file]) => tracefs.has(file)),
  );
}

/** Events that were recorded and then overwritten by later ones. */
function overwritten(tracefs: Tracefs): number {
  return tracefs
    .list('per_cpu')
    .map((cpu) => Number(/^overrun: (\d+)/m.exec(tracefs.read(`per_cpu/${cpu}/stats`))?.[1] ?? 0))
    .reduce((sum, count) => sum + count, 0);
}

// The shell waits for a line on descriptor 3: by then the tracer knows its process id, and the program keeps that.
const gate = 'read -r go <&3 || exit 125; exec 3<&-; exec "$@"';

/** Runs the command to its end, starting when `begin` has returned; resolves with its status. */
async function runGated(
  { command, output }: RecordOptions,
  begin: (pid: number | undefined) => void,
): Promise<number> {
  const stdio: StdioOptions = ['inherit', output === 'stdout' ? 'inherit' : 2, 'inherit', 'pipe'];
  const child = spawn('/bin/sh', ['-c', gate, 'sh', ...command], { stdio });
  const forward = (signal: NodeJS.Signals): boolean => child.kill(signal);
  // A terminal sends its own two signals to the command itself; either way this process stays, to show the recording.
  const forwarded = ['SIGTERM', 'SIGHUP'] as const;
  const ofTerminal = ['SIGINT', 'SIGQUIT'] as const;
  const fromElsewhere = (signal: NodeJS.Signals): boolean => process.stdin.isTTY || child.kill(signal);
  for (const signal of ofTerminal) process.on(signal, fromElsewhere);
  for (const signal of forwarded) process.on(signal, forward);
  try {
    await once(child, 'spawn');
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    begin(child.pid);
    (child.stdio[3] as NodeJS.WritableStream).end('go\n');
    const [status, signal] = await ended;
    return status ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } finally {
    for (const signal of forwarded) process.off(signal, forward);
    for (const signal of ofTerminal) process.off(signal, fromElsewhere);
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }
}
