import { comparePolicies } from './guest-policies.mjs';
import { judge, judgeMembers, withFacts } from './specs.mjs';

// The verdicts as a whole: what agrees, what a fix-up repaired, what the list has a reason for, and what is left.

const FINE = new Set(['agrees', 'two meanings', 'no fact']);
const keyOf = ({ family, set, attribute }) => `${family}/${set}/${attribute.name}`;

/** Examines all families: `{ rows, wrong, members, stale, counts, layouts }`. */
export function examine({ families, unrepaired, facts, layouts, policies, exceptions }) {
  const rows = judge(withFacts(families, facts), layouts);
  const before = new Map(
    judge(withFacts(unrepaired, facts), layouts).map((row) => [keyOf(row), row.verdict]),
  );
  const used = new Set();
  const listed = [];
  const wrong = [];
  let repaired = 0;
  for (const row of rows) {
    if (FINE.has(row.verdict)) {
      if (row.verdict !== 'no fact' && !FINE.has(before.get(keyOf(row)) ?? 'agrees')) repaired++;
      continue;
    }
    const found = exceptions.find((each) => covers(each, row));
    if (found === undefined) wrong.push(row);
    else {
      used.add(found);
      listed.push({ ...row, reason: found.reason });
    }
  }
  const policed = comparePolicies(rows, policies);
  for (const row of policed.wrong) {
    const found = exceptions.find((each) => covers(each, row));
    if (found === undefined) wrong.push(row);
    else used.add(found);
  }
  const { compared, rows: members } = judgeMembers(families, layouts);
  const leftMembers = members.filter((each) => {
    const found = exceptions.find(
      ({ family, members: names = [] }) =>
        family === each.family && names.includes(`${each.struct}.${each.member}`),
    );
    if (found !== undefined) used.add(found);
    return found === undefined;
  });
  const count = (verdict) => rows.filter((row) => row.verdict === verdict).length;
  const reasons = [...new Set(exceptions.map(({ reason }) => reason))];
  return {
    rows,
    wrong,
    members: leftMembers,
    stale: exceptions.filter((each) => !used.has(each)),
    layouts,
    counts: {
      'attributes compared': rows.length,
      'with a fact': rows.filter(({ fact }) => fact !== undefined).length,
      agree: count('agrees'),
      'have several meanings, of which ours is one': count('two meanings'),
      'of these repaired by a fix-up': repaired,
      ...Object.fromEntries(
        reasons.map((reason) => [`listed: ${reason}`, listed.filter((row) => row.reason === reason).length]),
      ),
      'without a fact': count('no fact'),
      'compared with the policies of a running kernel': policed.compared,
      'wrong, without a fix-up or a reason': wrong.length,
      'members of structures compared in sign and byte order': compared,
      'members wrong': leftMembers.length,
    },
  };
}

function covers({ family, verdict, attributes = [] }, row) {
  if (family !== row.family) return false;
  if (verdict !== undefined && verdict !== row.verdict) return false;
  const name = row.attribute.constant ?? row.attribute.name;
  return attributes.includes('*') || attributes.includes(name) || attributes.includes(`${row.set}/${name}`);
}
