// C text as tokens (plain strings) and the macros that it defines. Comments go; of directives only #define stays.

const TOKEN =
  /\s+|\/\/[^\n]*|\/\*[^]*?\*\/|"(?:\\[^]|[^"\\])*"|'(?:\\.|[^'\\])*'|[A-Za-z_]\w*|0[xX][\da-fA-F]+\w*|\d[\w.]*|->|\+\+|--|<<=|>>=|<<|>>|[-+*/%&|^!=<>]=|&&|\|\||##|#\d+|\.\.\.|[^]/y;
const DEFINE = /^#\s*define\s+(\w+)(\(([^)]*)\))?/;

/** The tokens of a piece of C without directives. */
export function tokenize(text) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const [token] = match;
    const first = token.charCodeAt(0);
    if (first <= 32 || token.startsWith('//') || token.startsWith('/*')) continue;
    tokens.push(token);
  }
  return tokens;
}

/**
 * Takes a source file apart: `tokens` of its code, in which `#1` stands where the second of `macros` is defined
 * (`{ name, parameters, body }`): the same name can be defined more than once.
 */
export function readSource(text) {
  const macros = [];
  const joined = text.replace(/\\\r?\n/g, ' ');
  const code = [];
  let disabled = 0;
  for (const line of withoutComments(joined).split('\n')) {
    if (!/^\s*#/.test(line)) {
      if (disabled === 0) code.push(line);
      continue;
    }
    const directive = line.trim();
    if (disabled > 0) {
      if (/^#\s*if/.test(directive)) disabled++;
      else if (/^#\s*endif/.test(directive) || (disabled === 1 && /^#\s*el/.test(directive))) disabled--;
      continue;
    }
    if (/^#\s*if\s+0\b/.test(directive)) disabled = 1;
    const define = DEFINE.exec(directive);
    if (define === null) continue;
    const [whole, name, , parameters] = define;
    code.push(`#${macros.length}`);
    macros.push({
      name,
      parameters: parameters?.split(',').map((each) => each.trim()),
      body: tokenize(directive.slice(whole.length)),
    });
  }
  return { tokens: tokenize(code.join('\n')), macros };
}

function withoutComments(text) {
  return text.replace(/"(?:\\[^]|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'|\/\/[^\n]*|\/\*[^]*?\*\//g, (match) =>
    match.startsWith('/') ? match.replace(/[^\n]+/g, ' ') : match,
  );
}

/** For each bracket the index of its partner; unbalanced ones have none. */
export function matchBrackets(tokens) {
  const partner = new Map();
  const open = [];
  tokens.forEach((token, index) => {
    if (token === '(' || token === '[' || token === '{') open.push(index);
    else if (token === ')' || token === ']' || token === '}') {
      const start = open.pop();
      if (start === undefined) return;
      partner.set(start, index);
      partner.set(index, start);
    }
  });
  return partner;
}

/** Splits tokens at the commas (or another separator) that stand outside all brackets. */
export function splitAt(tokens, separator = ',') {
  const parts = [];
  let part = [];
  let depth = 0;
  for (const token of tokens) {
    if (token === '(' || token === '[' || token === '{') depth++;
    else if (token === ')' || token === ']' || token === '}') depth--;
    if (depth === 0 && token === separator) {
      parts.push(part);
      part = [];
    } else part.push(token);
  }
  if (part.length > 0 || parts.length > 0) parts.push(part);
  return parts;
}

export const isName = (token) => token !== undefined && /^[A-Za-z_]\w*$/.test(token);
export const isConstant = (token) =>
  token !== undefined && /^_*[A-Z][A-Z0-9a-z]*_[A-Za-z0-9_]+$/.test(token) && /^_*[A-Z0-9]+_/.test(token);
