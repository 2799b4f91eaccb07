import { createRequire } from 'node:module';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { compare } from './compare.mjs';
import { writeFacts } from './fact-files.mjs';

// What a running kernel's own policies say of Generic Netlink's attributes: width and kind, and no byte order.

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('../..', import.meta.url));

const FACTS = {
  'nul-string': 'string',
  'nested-array': 'nest[nest]',
  nested: 'nest',
  // A length says nothing of what is in it.
  binary: undefined,
  invalid: undefined,
};

/** Writes the facts from the policies of a guest's kernel. */
export async function gatherPolicies(families, series, onProgress) {
  const { prepareGuest, runInGuest } = require('../../dist/vm/index.js');
  const guest = await prepareGuest({ kernel: series, module: false, onProgress });
  const stdout = new PassThrough();
  const printed = text(stdout);
  const command = ['node', 'scripts/attribute-types/dump-policies.mjs'];
  const { status } = await runInGuest({
    guest,
    command,
    cwd: root,
    stdout,
    stderr: process.stderr,
  });
  stdout.end();
  if (status !== 0)
    throw new Error(
      `reading the policies of Linux ${guest.kernel.release}: the guest ended with status ${status}`,
    );
  const facts = policyFacts(families, JSON.parse(await printed));
  writeFacts(
    'policies',
    [`From the policies of Linux ${guest.kernel.release}, by npm run check:types -- --from-guest ${series}.`],
    facts,
  );
}

/** Policies, by family as {@link dump-policies.mjs} prints them, as facts by constant. */
export function policyFacts(families, policies) {
  const facts = new Map();
  for (const spec of families) {
    const rows = policies[spec.name] ?? [];
    const visited = new Set();
    const visit = (id, set) => {
      if (set === undefined || visited.has(`${id} ${set.name}`)) return;
      visited.add(`${id} ${set.name}`);
      for (const row of rows.filter((each) => each.id === id)) {
        const attribute = set.attributes.find((each) => each.id === row.attribute);
        const fact = row.type in FACTS ? FACTS[row.type] : row.type;
        if (attribute?.constant === undefined || fact === undefined) continue;
        facts.set(attribute.constant, fact);
        if (row.nested !== undefined) visit(row.nested, setOf(attribute.type));
      }
    };
    for (const row of rows.filter((each) => each.operation !== undefined)) {
      for (const operation of spec.operations) {
        for (const mode of ['do', 'dump']) {
          const request = operation[mode]?.request;
          if (request?.id === row.operation && row[mode] !== undefined)
            visit(row[mode], (request.body ?? operation.body).set);
        }
      }
    }
  }
  return facts;
}

const setOf = (type) => type.set ?? (type.of === undefined ? undefined : setOf(type.of));

/** Attributes that are not what the policy says: those that `rows` have. */
export function comparePolicies(rows, facts) {
  const known = rows.filter(({ attribute }) => facts.has(attribute.constant ?? ''));
  const wrong = known
    .map((row) => ({ ...row, fact: facts.get(row.attribute.constant) }))
    .map((row) => ({ ...row, fact: row.fact.replace(/^u(16|32|64)$/, 'be$1|u$1') }))
    .map((row) => ({ ...row, verdict: compare(row.attribute, row.fact) }))
    .filter(({ verdict }) => verdict === 'wrong' || verdict === 'poorer');
  return { compared: known.length, wrong };
}
