import {
  MESSAGE_STARTS,
  NEST_STARTS,
  PADDED,
  READS,
  SIZED_WRITES,
  WALKS,
  WALKS_OF_HEAD,
  WALKS_OF_TYPE,
  readType,
  writtenType,
} from './accessors.mjs';
import { readDeclarators } from './declarations.mjs';
import { pointee, typeOf } from './expressions.mjs';
import { payloadName, payloadType } from './payloads.mjs';
import { elementOf, subjectsOf } from './subjects.mjs';
import { matchBrackets, isName, splitAt } from './tokens.mjs';
import { scalar } from './types.mjs';

// What a function's body says about attributes: what it reads and writes, and with what it calls others.

const CONVERTED = {
  ntohs: 'be16',
  ntohl: 'be32',
  be16_to_cpu: 'be16',
  be32_to_cpu: 'be32',
  be64_to_cpu: 'be64',
  le16_to_cpu: 'le16',
  le32_to_cpu: 'le32',
  le64_to_cpu: 'le64',
  be64_to_be32: 'be64',
  tunnel_id_to_key32: 'be64',
};
const LOOPS = /^(for|while|do)$|(^|_)for_each(_|$)/;
const KEYWORDS = new Set(
  'if else for while do switch case default return goto break continue sizeof'.split(' '),
);

/**
 * Reads a body: `{ evidence, calls, exposed }`. Subjects are attributes' constants (`C:IFLA_MTU`), parameters of the function that
 * are an attribute or its type (`P:1`), and elements of either (`E:C:…`).
 */
export function readBody(unit, types) {
  return new BodyReader(unit, types).read();
}

class BodyReader {
  constructor(unit, types) {
    this.unit = unit;
    this.tokens = unit.body;
    this.partner = matchBrackets(unit.body);
    this.subjects = new Map();
    this.kinds = new Map();
    this.scope = { variables: new Map(), types, file: unit.file };
    this.known = (tokens) => this.subjects.get(tokens.join('')) ?? this.memberOf(tokens);
    this.evidence = [];
    this.calls = [];
    this.exposed = [];
    this.loops = [];
    this.switches = [];
    this.nests = [];
    this.contexts = new Map();
    this.lastMessage = -1;
    unit.parameters.forEach(({ name, type }, index) => {
      if (type === undefined || name === '') return;
      this.scope.variables.set(name, type);
      const attribute = type.base === 'struct nlattr' && type.pointers === 1 && type.dimensions.length === 0;
      if (attribute || scalar(type) !== undefined || /^enum /.test(type.base))
        this.subjects.set(name, [`P:${index}`]);
    });
  }

  read() {
    const { tokens } = this;
    for (let index = 0; index < tokens.length; index++) {
      this.leave(index);
      const token = tokens[index];
      if (this.startsStatement(index)) this.declare(index);
      if (token === '=') this.assign(index);
      else if (token === 'return') this.context(index + 1, this.unit.returns);
      else if (token === 'case') this.enterCase(index);
      else if (token === 'do' && !this.isOnce(index))
        this.loops.push({ start: index, end: this.partner.get(index + 1) ?? index });
      else if (token === 'nla_type' && tokens[index + 1] === '(') this.compare(index);
      if (tokens[index + 1] === '(' && isName(token)) this.call(index);
    }
    return { evidence: this.evidence, calls: this.calls, exposed: this.exposed };
  }

  /** A member of a structure in which functions leave attributes or their types for others. */
  memberOf(tokens) {
    if (tokens.length < 3) return [];
    const owner = typeOf(tokens.slice(0, -2), this.scope);
    return owner !== undefined && /^struct (?!nlattr)\w/.test(owner.base)
      ? [`M:${owner.base}.${tokens.at(-1)}`]
      : [];
  }

  leave(index) {
    while (this.loops.length > 0 && this.loops.at(-1).end < index) this.loops.pop();
    while (this.switches.length > 0 && this.switches.at(-1).end < index) {
      for (const [variable, before] of this.switches.pop().variables) this.subjects.set(variable, before);
    }
  }

  /** `do { … } while (0)`, as macros have it. */
  isOnce(index) {
    const end = this.partner.get(index + 1);
    return end !== undefined && this.tokens[end + 1] === 'while' && this.tokens[end + 3] === '0';
  }

  startsStatement(index) {
    const before = this.tokens[index - 1];
    return (
      index === 0 ||
      before === ';' ||
      before === '{' ||
      before === '}' ||
      (before === '(' && this.tokens[index - 2] === 'for')
    );
  }

  /** A declaration of local variables, where the statement is one. */
  declare(index) {
    const { tokens } = this;
    if (!isName(tokens[index]) || KEYWORDS.has(tokens[index])) return;
    const second = tokens[index + 1];
    if (!(isName(second) || second === '*')) return;
    let end = index;
    while (end < tokens.length && tokens[end] !== ';')
      end =
        /[([{]/.test(tokens[end]) && tokens[end].length === 1 ? (this.partner.get(end) ?? end) + 1 : end + 1;
    const head = splitAt(tokens.slice(index, end)).map((part) => {
      const equals = part.indexOf('=');
      return equals < 0 ? part : part.slice(0, equals);
    });
    const flat = head.flatMap((part, at) => (at === 0 ? part : [',', ...part]));
    if (second === '*' && !isName(tokens[index + 2]) && tokens[index + 2] !== '*') return;
    for (const { name, type } of readDeclarators(flat)) {
      if (name === '') continue;
      this.scope.variables.set(name, type);
      this.subjects.delete(name);
    }
  }

  assign(index) {
    const { tokens } = this;
    const left = this.leftSide(index);
    let end = index + 1;
    while (end < tokens.length && !/^[;,)}]$/.test(tokens[end]))
      end = /^[([{]$/.test(tokens[end]) ? (this.partner.get(end) ?? end) + 1 : end + 1;
    const right = tokens.slice(index + 1, end);
    const target = left.at(-1);
    const isVariable = isName(target) && !['->', '.', ']'].includes(left.at(-2));
    const type = isVariable
      ? this.scope.variables.get(target)
      : (typeOf(left, this.scope) ?? this.scope.types.member(undefined, target));
    this.context(index + 1, type);
    for (let at = index + 1; at < end; at++)
      if (tokens[at] === '?' || tokens[at] === ':') this.context(at + 1, type);
    if (!isVariable) {
      const member = this.memberOf(left);
      const kept = member.length === 0 ? [] : subjectsOf(right, this.known);
      if (kept.length > 0) this.note(kept, 'kept', 'reader', { member: member[0] });
      return;
    }
    const inspected = typeExpression(right);
    if (inspected !== undefined) {
      this.kinds.set(target, inspected);
      return;
    }
    const found = subjectsOf(right, this.known);
    if (found.length > 0) this.subjects.set(target, found);
    else if (right[0] === 'nla_data' && type?.base === 'struct nlattr')
      this.subjects.set(target, subjectsOf(right.slice(2, -1), this.known).map(elementOf));
    else this.subjects.delete(target);
  }

  leftSide(index) {
    let start = index - 1;
    while (start >= 0 && !/^[;{}(,?:]$|^(&&|\|\|)$/.test(this.tokens[start])) {
      if (this.tokens[start] === ')' || this.tokens[start] === ']') start = this.partner.get(start) ?? start;
      start--;
    }
    return this.tokens.slice(start + 1, index);
  }

  /** Notes that what is read at `index`, behind casts, goes to a value of this type. */
  context(index, type) {
    let at = index;
    while (this.tokens[at] === '(' && this.partner.has(at) && this.tokens[at + 1] !== undefined) {
      const close = this.partner.get(at);
      const inner = this.tokens.slice(at + 1, close);
      if (!inner.every((token) => isName(token) || token === '*')) break;
      at = close + 1;
    }
    if (type !== undefined) this.contexts.set(at, type);
  }

  enterCase(index) {
    const inner = this.switches.at(-1);
    if (inner === undefined || inner.variables.size === 0) return;
    let end = index + 1;
    while (end < this.tokens.length && this.tokens[end] !== ':') end++;
    const found = subjectsOf(this.tokens.slice(index + 1, end), () => []);
    const continued = inner.label === index - 1;
    for (const variable of inner.variables.keys()) {
      this.subjects.set(variable, continued ? [...(this.subjects.get(variable) ?? []), ...found] : found);
    }
    inner.label = end;
  }

  /** `nla_type(v) == X` and `!=`: what follows is about X. */
  compare(index) {
    const close = this.partner.get(index + 1);
    const operator = this.tokens[close + 1];
    if (operator !== '==' && operator !== '!=') return;
    const variable = this.tokens[index + 2];
    const found = subjectsOf([this.tokens[close + 2]], () => []);
    if (found.length === 0 || close !== index + 3) return;
    const before = this.subjects.get(variable) ?? [];
    // Where any other type is refused, the attribute is all that there is, once or more often.
    const isRefused =
      operator === '!=' &&
      /^(return|goto)$/.test(
        this.tokens[close + 4] === '{' ? this.tokens[close + 5] : this.tokens[close + 4],
      );
    if (isRefused && before.some((each) => each.startsWith('E:'))) this.note(found, 'repeats', 'reader');
    this.subjects.set(variable, found);
  }

  note(subjects, type, via, more = {}) {
    if (subjects.length === 0 || type === undefined) return;
    this.evidence.push({ subjects, type, via, where: `${this.unit.file}:${this.unit.name}`, ...more });
  }

  call(index) {
    const { tokens } = this;
    const name = tokens[index];
    if (KEYWORDS.has(name) && name !== 'for' && name !== 'while' && name !== 'switch') return;
    const close = this.partner.get(index + 1);
    if (close === undefined) return;
    const args = splitAt(tokens.slice(index + 2, close));
    if (LOOPS.test(name)) this.enterLoop(index, close);
    if (name === 'switch') return this.enterSwitch(args[0] ?? [], close);
    if (name === 'for' || name === 'while') return;
    if (MESSAGE_STARTS.test(name)) this.lastMessage = index;
    const converted = CONVERTED[name];
    if (converted !== undefined) this.context(index + 2, { base: converted, pointers: 0, dimensions: [] });
    if (this.readAttribute(name, args, index) || this.writeAttribute(name, args, index)) return;
    this.callFunction(name, args, index);
  }

  enterLoop(index, close) {
    const body = close + 1;
    let end = this.tokens[body] === '{' ? this.partner.get(body) : body;
    if (this.tokens[body] !== '{') while (end < this.tokens.length && this.tokens[end] !== ';') end++;
    // The tail of do … while (…);
    if (this.tokens[index] === 'while' && this.tokens[body] === ';') return;
    this.loops.push({ start: index, end: end ?? body });
  }

  enterSwitch(expression, close) {
    const inspected =
      typeExpression(expression) ?? (expression.length === 1 ? this.kinds.get(expression[0]) : undefined);
    const variables = [expression.join(''), ...(inspected === undefined ? [] : [inspected])];
    this.switches.push({
      variables: new Map(variables.map((variable) => [variable, this.subjects.get(variable) ?? []])),
      start: close,
      end: this.partner.get(close + 1) ?? close,
      label: -1,
    });
  }

  readAttribute(name, args, index) {
    const of = (position) => subjectsOf(args[position] ?? [], this.known);
    const type = readType(name);
    if (type !== undefined) {
      this.note(of(0), type, 'reader', this.contextOf(index));
      return true;
    }
    const fixed = READS.get(name);
    if (fixed !== undefined) {
      this.note(of(fixed[0]), fixed[1], 'reader');
      return true;
    }
    if (WALKS.has(name)) {
      this.note(of(1), 'nest', 'reader');
      this.subjects.set(args[0]?.[0], of(1).map(elementOf));
      return true;
    }
    if (WALKS_OF_TYPE.has(name)) {
      const within = WALKS_OF_TYPE.get(name);
      if (within !== undefined) this.note(of(within), 'nest', 'reader');
      this.note(of(1), 'repeats', 'reader');
      this.subjects.set(args[0]?.[0], of(1));
      return true;
    }
    if (WALKS_OF_HEAD.has(name)) {
      const head = args[1] ?? [];
      const data = head[0] === 'nla_data' ? subjectsOf(head.slice(2, -1), this.known) : [];
      this.note(data, 'nest', 'reader');
      this.subjects.set(args[0]?.[0], data.map(elementOf));
      return false;
    }
    if (name === 'nla_memcpy') {
      this.note(
        of(1),
        payloadType(args[2] ?? [], args[0] ?? [], this.scope),
        'reader',
        this.open(args[0], args[2]),
      );
      return true;
    }
    if (name === 'nla_data') {
      this.readData(of(0), index);
      return true;
    }
    if (/^nla_parse(_deprecated)?(_strict)?$/.test(name) && args[2]?.[0] === 'nla_data') {
      this.note(subjectsOf(args[2].slice(2, args[2].lastIndexOf(')')), this.known), 'nest', 'reader');
    }
    if (name === 'memcpy' || name === 'memcmp' || name === 'memmove') {
      const source = args.findIndex((arg) => arg[0] === 'nla_data' && arg.at(-1) === ')');
      if (source >= 0) {
        const subjects = subjectsOf(args[source].slice(2, -1), this.known);
        this.note(subjects, payloadType(args[2] ?? [], args[1 - source] ?? [], this.scope), 'reader');
      }
    }
    return false;
  }

  readData(subjects, index) {
    const { tokens } = this;
    if (tokens[index - 1] === ')') {
      const open = this.partner.get(index - 1);
      const cast = readDeclarators([...tokens.slice(open + 1, index - 1), 'x'])[0]?.type;
      if (cast?.pointers === 1) {
        const value = payloadName(pointee(cast), this.scope.types);
        return this.note(subjects, tokens[open - 1] === '*' ? value : pointed(value), 'reader');
      }
    }
    const context = this.contexts.get(index);
    if (context !== undefined)
      this.note(subjects, pointed(payloadName(pointee(context), this.scope.types)), 'reader');
  }

  writeAttribute(name, args, index) {
    const padded = PADDED.get(name);
    if (padded !== undefined) this.note(subjectsOf(args[padded] ?? [], this.known), 'pad', 'writer');
    const type = writtenType(name);
    const subjects = subjectsOf(args[1] ?? [], this.known);
    if (type !== undefined) {
      this.put(subjects, type, index, this.valueOf(args[2] ?? []));
      return true;
    }
    if (SIZED_WRITES.has(name)) {
      const data = name.includes('reserve') ? [] : (args.at(-1) ?? []);
      this.put(subjects, payloadType(args[2] ?? [], data, this.scope), index, this.open(data, args[2]));
      return true;
    }
    if (NEST_STARTS.has(name)) {
      const variable = this.tokens[index - 1] === '=' ? this.tokens[index - 2] : undefined;
      this.put(subjects, 'nest', index);
      this.nests.push({ subjects, variable, at: index });
      return true;
    }
    if (name === 'nla_put_empty_nest') {
      this.put(subjects, 'nest', index);
      return true;
    }
    if (name === 'nla_nest_end') {
      const variable = args[1]?.[0];
      const at = this.nests.findLastIndex((nest) => nest.variable === variable);
      if (at >= 0) this.nests.length = at;
      return true;
    }
    return false;
  }

  put(subjects, type, index, more = {}) {
    const parent = this.nests.at(-1);
    const known = subjects.filter((each) => !each.startsWith('E:'));
    if (known.length === 0) {
      // A type that is a number of its own: an element of the nest that is open.
      if (parent !== undefined) this.note(parent.subjects.map(elementOf), type, 'writer', more);
      return;
    }
    this.note(known, type, 'writer', more);
    if (this.isRepeated(index)) this.note(known, 'repeats', 'writer');
    if (parent === undefined && this.lastMessage < 0) this.exposed.push(...known);
  }

  /** Whether what is written here is written again in the same nest, by the innermost loop. */
  isRepeated(index) {
    const loop = this.loops.at(-1);
    if (loop === undefined || this.tokens[index - 1] === 'return') return false;
    if ((this.nests.at(-1)?.at ?? -1) > loop.start || this.lastMessage > loop.start) return false;
    return (this.switches.at(-1)?.start ?? -1) > loop.start || !this.isLeft(index, loop);
  }

  /** Whether the block that `index` is in leaves the loop at its end. */
  isLeft(index, loop) {
    let depth = 0;
    for (let at = index; at < loop.end; at++) {
      const token = this.tokens[at];
      if (token === '(' || token === '[') at = this.partner.get(at) ?? at;
      else if (token === '{') depth++;
      else if (token === '}' && --depth < 0) return false;
      else if (depth === 0 && /^(break|return|goto)$/.test(token) && /^[;}]$/.test(this.tokens[at - 1]))
        return true;
    }
    return false;
  }

  contextOf(index) {
    const type = this.contexts.get(index);
    const name = scalar(type);
    if (name === undefined) return {};
    return { context: name };
  }

  valueOf(tokens) {
    if (tokens.length === 1 && this.subjects.get(tokens[0])?.[0]?.startsWith('P:')) {
      const name = scalar(this.scope.variables.get(tokens[0]));
      return { value: this.subjects.get(tokens[0])[0], ...(name && { context: name }) };
    }
    const name = scalar(typeOf(tokens, this.scope));
    return name === undefined ? {} : { context: name };
  }

  /** Parameters of the function that its caller's arguments tell more about. */
  open(data = [], length = []) {
    const parameter = (tokens) => {
      if (tokens.length !== 1) return undefined;
      const at = this.unit.parameters.findIndex(({ name }) => name === tokens[0]);
      return at < 0 ? undefined : at;
    };
    const [dataAt, lengthAt] = [parameter(data), parameter(length)];
    if (dataAt === undefined && lengthAt === undefined) return {};
    return { open: { data: dataAt ?? data, length: lengthAt ?? length, scope: this.scope } };
  }

  callFunction(name, args, index) {
    const callee = this.scope.types.function(name, this.unit.file);
    if (callee === undefined) return;
    let at = index + 2;
    args.forEach((arg, position) => {
      this.context(at, callee.parameters[position]?.type);
      at += arg.length + 1;
    });
    const subjects = args.map((arg) => subjectsOf(arg, this.known));
    this.calls.push({
      callee,
      args,
      subjects,
      scope: this.scope,
      inLoop: this.isRepeated(index),
      isExposed: this.nests.length === 0 && this.lastMessage < 0,
    });
    if (callee.startsMessage) this.lastMessage = index;
  }
}

function pointed(name) {
  if (name === undefined) return undefined;
  if (name.startsWith('struct ') || name === 'ipv6' || name === 'ipv4' || name === 'bitfield32') return name;
  if (name === 'u8' || name === 's8') return 'bytes';
  if (name === 'text') return 'text';
  return `at ${name}`;
}

/** The variable whose attribute type an expression is: `nla_type(v)`, `v->nla_type`. */
function typeExpression(tokens) {
  if (tokens[0] === 'nla_type' && tokens.length === 4) return tokens[2];
  if (tokens[1] === '->' && tokens[2] === 'nla_type') return tokens[0];
  return undefined;
}
