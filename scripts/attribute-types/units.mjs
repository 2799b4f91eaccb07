import { isName, matchBrackets, splitAt } from './tokens.mjs';
import { readDeclarators, readMembers } from './declarations.mjs';

// The top level of a C file: functions, structures, and initialised tables.

const NOT_A_FUNCTION =
  /^(__attribute__|__printf|__aligned|__acquires|__releases|__must_hold|__init|__exit|__section|__net_init|__bpf_kfunc|if|for|while|switch|sizeof|typeof|__typeof__|struct_size|DECLARE_\w+|__guarded_by)$/;

/** Reads a file's tokens: `{ functions, structs, tables }`. */
export function readUnits(tokens) {
  const partner = matchBrackets(tokens);
  const functions = [];
  const structs = [];
  const tables = [];
  let start = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === ';') start = index + 1;
    else if (token === '(' || token === '[') index = partner.get(index) ?? index;
    else if (token === '{') {
      const end = partner.get(index) ?? tokens.length;
      const head = tokens.slice(start, index);
      const body = tokens.slice(index + 1, end);
      if (head.at(-1) === '=') tables.push({ head: head.slice(0, -1), body });
      else if (isStruct(head)) structs.push({ name: structName(head), members: readMembers(body) });
      else {
        const read = readFunction(head, body);
        if (read !== undefined) functions.push(read);
      }
      // What follows the brace of a type is its variable or its typedef's name: both end with a semicolon.
      index = end;
      if (head.at(-1) !== '=' && !isStruct(head)) start = end + 1;
      else start = index + 1;
    }
  }
  return { functions, structs, tables };
}

function isStruct(head) {
  const at = head.findIndex((token) => token === 'struct' || token === 'union');
  return at >= 0 && !head.includes('(') && (head.length === at + 1 || isName(head[at + 1]));
}

function structName(head) {
  const at = head.findIndex((token) => token === 'struct' || token === 'union');
  return `${head[at]} ${head[at + 1] ?? ''}`;
}

function readFunction(head, body) {
  const open = head.findIndex(
    (token, index) => token === '(' && isName(head[index - 1]) && !NOT_A_FUNCTION.test(head[index - 1]),
  );
  if (open < 1) return undefined;
  const end = matchBrackets(head).get(open);
  if (end === undefined) return undefined;
  const parameters = splitAt(head.slice(open + 1, end)).map(
    (tokens) => readDeclarators(tokens)[0] ?? { name: '' },
  );
  const returns = readDeclarators([...head.slice(0, open - 1), '__returned'])[0]?.type;
  return { name: head[open - 1], parameters, returns, body };
}
