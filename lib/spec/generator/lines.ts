import { quoted } from './literals.js';

const WIDTH = 118;

/** A case of a switch over properties: on one line if it fits. */
export function caseLines(key: string, statement: string, indent: string): string[] {
  const one = `${indent}case ${quoted(key)}: ${statement} break;`;
  if (one.length <= WIDTH) return [one];
  return [`${indent}case ${quoted(key)}:`, `${indent}  ${statement}`, `${indent}  break;`];
}

/** Removes functions that are never called: formats that no operation reaches, and variants that are not needed. */
export function withoutUnused(lines: readonly string[]): string[] {
  let kept = [...lines];
  for (;;) {
    const text = kept.join('\n');
    const uses = new Map<string, number>();
    for (const [word] of text.matchAll(/\b[A-Za-z_$][\w$]*\b/g)) uses.set(word, (uses.get(word) ?? 0) + 1);
    const smaller = withoutFunctions(kept, (name) => uses.get(name) === 1);
    if (smaller.length === kept.length) return kept;
    kept = smaller;
  }
}

/** A function extends from its first line to the first line that is only a closing brace, and an empty line. */
function withoutFunctions(lines: readonly string[], unused: (name: string) => boolean): string[] {
  const kept: string[] = [];
  let leaving = false;
  for (const line of lines) {
    const [, name] = /^(?:function|const) ([\w$]+)\b/.exec(line) ?? [];
    if (name !== undefined) leaving = unused(name);
    else if (line.startsWith('export ') || line.startsWith('/**')) leaving = false;
    if (!leaving) kept.push(line);
  }
  return kept;
}

/** An array of names as source. */
export function literal(names: readonly string[]): string {
  return `[${names.map(quoted).join(', ')}]`;
}
