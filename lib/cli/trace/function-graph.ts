/** A call of a kernel function. */
export interface KernelCall {
  readonly name: string;
  /** The kernel module that the function is of; absent for the kernel itself. */
  readonly module?: string;
  /** The name of the calling task, which the kernel cuts to 7 characters here. */
  readonly task: string;
  /** The calling thread's id. */
  readonly thread: number;
  readonly processor: number;
  /** When it began, in seconds of the tracing clock. */
  readonly at: number;
  /** How long it took with all that it called, in microseconds; absent where its end was not recorded. */
  readonly microseconds?: number;
  /** What it called, in order. */
  readonly calls: readonly KernelCall[];
}

export interface CallGraph {
  /** The outermost calls of all tasks, in order of their beginning. */
  readonly calls: readonly KernelCall[];
  /** Events that the tracer says it lost. */
  readonly lost: number;
}

type OpenCall = { -readonly [Key in keyof KernelCall]: KernelCall[Key] } & { calls: OpenCall[] };

// With the options funcgraph-abstime, -cpu, -proc, -overhead and -duration: time | cpu) task-tid | duration | call
const line =
  /^ *(?<at>\d+\.\d+) \| +(?<processor>\d+)\) +(?<task>.*?)-(?<thread>\d+) +\| +(?:[+!#*@$] +)?(?:(?<duration>[\d.]+) us +)?\|(?<body> .*)$/;
const entry = /^(?<indent> +)(?<name>[\w.$]+)(?: \[(?<module>[\w-]+)\])?\(.*\)(?<end>;| \{)/;
const exit = /^ +\}(?: \/\* (?<name>[\w.$]+))?/;

/** Parses the text of the function_graph tracer, in the format of the file `trace`, into a tree of calls. */
export function parseFunctionGraph(text: string): CallGraph {
  const roots: KernelCall[] = [];
  const stacks = new Map<string, OpenCall[]>();
  let lost = 0;
  for (const row of text.split('\n')) {
    lost += Number(/\[LOST (\d+) EVENTS\]/.exec(row)?.[1] ?? 0);
    const { at, processor, task, thread, duration, body } = line.exec(row)?.groups ?? {};
    if (at === undefined || thread === undefined || body === undefined) continue;
    const stack = stacks.get(thread) ?? [];
    stacks.set(thread, stack);
    const microseconds = duration === undefined ? {} : { microseconds: Number(duration) };

    const { indent, name, module, end } = entry.exec(body)?.groups ?? {};
    if (indent !== undefined && name !== undefined) {
      const call: OpenCall = {
        name,
        ...(module === undefined ? {} : { module }),
        task: task ?? '',
        thread: Number(thread),
        processor: Number(processor),
        at: Number(at),
        ...microseconds,
        calls: [],
      };
      // A call whose end was lost is still on the stack: the depth says whose callee this one is.
      stack.length = Math.min(stack.length, Math.floor((indent.length - 2) / 2));
      (stack.at(-1)?.calls ?? roots).push(call);
      if (end !== ';') stack.push(call);
      continue;
    }
    const ended = exit.exec(body)?.groups;
    if (ended !== undefined) close(stack, ended['name'], microseconds);
  }
  return { calls: roots, lost };
}

/** Ends the innermost open call, or the one of that name; an end whose beginning was lost changes nothing. */
function close(stack: OpenCall[], name: string | undefined, duration: { microseconds?: number }): void {
  const at = name === undefined ? stack.length - 1 : stack.findLastIndex((call) => call.name === name);
  if (at < 0) return;
  Object.assign(stack[at] ?? {}, duration);
  stack.length = at;
}
