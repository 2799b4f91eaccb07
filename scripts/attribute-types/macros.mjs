import { isName, matchBrackets, splitAt } from './tokens.mjs';

// Function-like macros hide what they read and write: they are put in place, as the preprocessor would.

const DEPTH = 6;
/** Macros that the analysis knows by name, or that are not worth their expansion. */
const KEPT =
  /^(nla_|nlmsg_|NLA_|NL_SET_|GENL_|pr_|net_|list_|hlist_|rcu_|WARN|BUG|BUILD_|container_of|min|max|READ_ONCE|WRITE_ONCE|ARRAY_SIZE|IS_E|htons|htonl|ntohs|ntohl)|for_each/;

/** The tokens of a file with its function-like macros expanded; `shared` has those of headers, by name. */
export function expandMacros({ tokens, macros }, shared) {
  const defined = new Map();
  return expand(
    tokens,
    (name) => defined.get(name) ?? shared.get(name),
    (index) => {
      const macro = macros[index];
      if (macro !== undefined) defined.set(macro.name, macro);
    },
  );
}

function expand(tokens, find, define, depth = 0) {
  if (depth > DEPTH) return tokens;
  const expanded = [];
  let partner;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token.length > 1 && token[0] === '#' && token !== '##') {
      define(Number(token.slice(1)));
      continue;
    }
    const macro = isName(token) && !KEPT.test(token) ? find(token) : undefined;
    // Members that structures have in common are a macro without parameters.
    if (macro !== undefined && macro.parameters === undefined && macro.body.includes(';')) {
      expanded.push(...macro.body);
      continue;
    }
    if (macro?.parameters === undefined || tokens[index + 1] !== '(') {
      expanded.push(token);
      continue;
    }
    partner ??= matchBrackets(tokens);
    const end = partner.get(index + 1);
    if (end === undefined) {
      expanded.push(token);
      continue;
    }
    const args = splitAt(tokens.slice(index + 2, end));
    const body = substitute(macro, args);
    // A macro that calls the function of its own name is not expanded again.
    for (const each of expand(body, (name) => (name === token ? undefined : find(name)), define, depth + 1))
      expanded.push(each);
    index = end;
  }
  return expanded;
}

function substitute({ parameters, body }, args) {
  const values = new Map(
    parameters.map((name, index) =>
      name.endsWith('...') ? ['__VA_ARGS__', args.slice(index).flat()] : [name, args[index] ?? []],
    ),
  );
  const result = [];
  body.forEach((token, index) => {
    if (token === '##') return;
    if (token === '#') return;
    const value = values.get(token) ?? [token];
    if (body[index - 1] === '##' && result.length > 0 && value.length > 0) {
      result.push(result.pop() + value[0], ...value.slice(1));
    } else if (body[index - 1] === '#') result.push(`"${value.join(' ')}"`);
    else result.push(...value);
  });
  return result;
}
