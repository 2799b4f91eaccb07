import { typeOf } from './expressions.mjs';
import { payloadType } from './payloads.mjs';
import { elementOf } from './subjects.mjs';
import { scalar } from './types.mjs';

// Evidence about a function's parameters belongs to what its callers pass: carried up through any number of wrappers.

const DEPTH = 6;

/** All evidence about constants, of `units` (functions with their `read` bodies). */
export class Wrappers {
  #evidence = new Map();
  #exposed = new Map();

  /** What is known about a function's parameters and constants, wrappers included. */
  evidenceOf(unit, depth = 0) {
    const known = this.#evidence.get(unit);
    if (known !== undefined) return known;
    this.#evidence.set(unit, []);
    const all = [...unit.read.evidence];
    if (depth < DEPTH) {
      for (const call of unit.read.calls) {
        if (call.callee.read === undefined || !concerns(call)) continue;
        for (const each of this.evidenceOf(call.callee, depth + 1)) {
          const carried = carry(each, call, unit);
          if (carried !== undefined) all.push(carried);
        }
        if (!call.inLoop) continue;
        const repeated = this.#exposedOf(call.callee).flatMap((subject) => mapped(subject, call, true));
        if (repeated.length > 0)
          all.push({
            subjects: repeated,
            type: 'repeats',
            via: 'writer',
            where: `${unit.file}:${unit.name}`,
          });
      }
    }
    this.#evidence.set(unit, all);
    return all;
  }

  #exposedOf(unit, depth = 0) {
    const known = this.#exposed.get(unit);
    if (known !== undefined) return known;
    this.#exposed.set(unit, []);
    const all = new Set(unit.read?.exposed ?? []);
    if (depth < DEPTH && unit.read !== undefined) {
      for (const call of unit.read.calls.filter(({ isExposed }) => isExposed)) {
        for (const subject of this.#exposedOf(call.callee, depth + 1))
          for (const each of mapped(subject, call, true)) all.add(each);
      }
    }
    const list = [...all];
    this.#exposed.set(unit, list);
    return list;
  }
}

const concerns = (call) => call.inLoop || call.subjects.some((subjects) => subjects.length > 0);

function mapped(subject, call, withConstants = false) {
  if (subject.startsWith('E:')) return mapped(subject.slice(2), call).map(elementOf);
  if (subject.startsWith('P:')) return call.subjects[Number(subject.slice(2))] ?? [];
  return withConstants ? [subject] : [];
}

function carry(evidence, call, unit) {
  const subjects = evidence.subjects.flatMap((subject) => mapped(subject, call));
  if (subjects.length === 0) return undefined;
  const { open, value, ...rest } = evidence;
  const carried = { ...rest, subjects, through: call.callee.name };
  if (value !== undefined) {
    const argument = call.args[Number(value.slice(2))] ?? [];
    const context = scalar(typeOf(argument, call.scope));
    if (context !== undefined) carried.context = context;
    const parameter = parameterOf(argument, unit);
    if (parameter !== undefined) carried.value = `P:${parameter}`;
  }
  if (open !== undefined) {
    const at = (part) =>
      typeof part === 'number'
        ? { tokens: call.args[part] ?? [], scope: call.scope }
        : { tokens: part, scope: open.scope };
    const [data, length] = [at(open.data), at(open.length)];
    const type = payloadType(length.tokens, data.tokens, length.scope, data.scope);
    if (type !== undefined) carried.type = type;
    const [dataAt, lengthAt] = [parameterOf(data.tokens, unit), parameterOf(length.tokens, unit)];
    if (dataAt !== undefined || lengthAt !== undefined) {
      carried.open = { data: dataAt ?? data.tokens, length: lengthAt ?? length.tokens, scope: call.scope };
    }
  }
  return carried.type === undefined ? undefined : carried;
}

function parameterOf(tokens, unit) {
  if (tokens.length !== 1) return undefined;
  const at = unit.parameters.findIndex(({ name }) => name === tokens[0]);
  return at < 0 ? undefined : at;
}
