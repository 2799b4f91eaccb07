import { isConstant, isName, matchBrackets, splitAt } from './tokens.mjs';

// Which attributes an expression means: `tb[IFLA_MTU]`, a type's constant, a variable that holds either.

export const elementOf = (subject) => `E:${subject}`;

/** The subjects of an expression; `known(tokens)` has those of variables and members. */
export function subjectsOf(tokens, known) {
  if (tokens.length === 0) return [];
  if (tokens.length === 1) {
    const [token] = tokens;
    if (isConstant(token)) return [`C:${token}`];
    return known(tokens);
  }
  const question = topLevel(tokens, '?');
  if (question >= 0) {
    const branches = splitAt(tokens.slice(question + 1), ':');
    return [...new Set(branches.flatMap((branch) => subjectsOf(branch, known)))];
  }
  const masked = topLevel(tokens, '|') >= 0 ? topLevel(tokens, '|') : topLevel(tokens, '&');
  if (masked > 0 && tokens[masked + 1]?.startsWith('NLA_')) return subjectsOf(tokens.slice(0, masked), known);
  if (tokens[0] === '(') {
    const close = matchBrackets(tokens).get(0);
    if (close === tokens.length - 1) return subjectsOf(tokens.slice(1, -1), known);
    if (close !== undefined && tokens.slice(1, close).every((token) => isName(token) || token === '*'))
      return subjectsOf(tokens.slice(close + 1), known);
    return [];
  }
  if (/^(nla_find|nla_find_nested|nlmsg_find_attr)$/.test(tokens[0]) && tokens[1] === '(') {
    return subjectsOf(splitAt(tokens.slice(2, -1)).at(-1) ?? [], known);
  }
  if (tokens.at(-1) === ']') {
    const partner = matchBrackets(tokens);
    const open = partner.get(tokens.length - 1);
    return open === undefined || open === 0 ? [] : subjectsOf(tokens.slice(open + 1, -1), known);
  }
  if (isName(tokens.at(-1)) && (tokens.at(-2) === '->' || tokens.at(-2) === '.')) return known(tokens);
  return [];
}

function topLevel(tokens, wanted) {
  let depth = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === '(' || token === '[') depth++;
    else if (token === ')' || token === ']') depth--;
    else if (depth === 0 && token === wanted) return index;
  }
  return -1;
}
