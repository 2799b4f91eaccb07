// npm run check:types [-- --specs DIR] [--self-test] [--all] [--json]: compares the type of every attribute, as the project
// describes it, with what the kernel's own code does with it. The facts are kept in attribute-types/facts: --from-source
// takes them again from the source of Linux (Debian's packages), --from-guest KERNEL the policies from a guest's kernel.
// With --facts FILE.c… only the facts that these C files show are printed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { described } from './attribute-types/compare.mjs';
import { exceptions } from './attribute-types/exceptions.mjs';
import { readFacts } from './attribute-types/fact-files.mjs';
import { factsOf, gatherFacts } from './attribute-types/gather.mjs';
import { gatherPolicies } from './attribute-types/guest-policies.mjs';
import { examine } from './attribute-types/report.mjs';
import { measure } from './attribute-types/self-test.mjs';
import { readFamilies } from './attribute-types/specs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    specs: { type: 'string' },
    'from-guest': { type: 'string' },
    'from-source': { type: 'boolean', default: false },
    'self-test': { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    facts: { type: 'boolean', default: false },
  },
});

if (options.facts) {
  for (const [name, fact] of factsOf(positionals)) console.log(`${name}\t${fact}`);
  process.exit();
}

const places = [options.specs, process.env.NETLINK_SPECS, join(root, '../shared/ynl-specs')];
const kernel = places.find((place) => place !== undefined && existsSync(join(place, 'rt-link.yaml')));
if (kernel === undefined) {
  console.error(
    "check:types: the kernel's specs are not here. Name their folder with --specs DIR or NETLINK_SPECS",
  );
  process.exit(1);
}
const folders = [kernel, join(root, 'specs')];
const families = readFamilies(folders, 'present');

if (options['from-source'])
  await gatherFacts(families, join(root, 'kernel-module'), (line) => console.error(line));

if (options['from-guest'] !== undefined) {
  await gatherPolicies(families, options['from-guest'], (line) => console.error(line));
}

const result = examine({
  families,
  unrepaired: readFamilies(folders, 'none'),
  facts: readFacts('attributes'),
  layouts: readFacts('structs'),
  policies: readFacts('policies'),
  exceptions,
});
const show = ({ family, set, attribute, fact, verdict }) =>
  `${family}/${set}: ${attribute.constant ?? attribute.name} is ${described(attribute)} here, the kernel has ${fact ?? 'nothing'} (${verdict})`;

const measured = options['self-test'] ? measure(result.rows, result.layouts) : [];

if (options.json) {
  const { counts, members, stale } = result;
  const noticed = Object.fromEntries(measured.map(({ kind, told, noticed: count }) => [kind, count / told]));
  console.log(JSON.stringify({ counts, wrong: result.wrong.map(show), members, stale, noticed }));
} else {
  for (const row of options.all ? result.rows.filter(({ verdict }) => verdict !== 'agrees') : result.wrong)
    console.log(show(row));
  for (const { family, struct, member, described: own, fact } of result.members) {
    console.log(`${family}: struct ${struct}, member ${member} is ${own} here, the kernel has ${fact}`);
  }
  for (const { because, attributes } of result.stale) {
    console.log(`exceptions.mjs lists what agrees by now: ${attributes.join(', ')} (${because})`);
  }
  for (const [name, count] of Object.entries(result.counts))
    console.log(`${String(count).padStart(6)} ${name}`);
  for (const { kind, told, noticed, missed } of measured) {
    console.log(`${kind}: ${noticed} of ${told} noticed (${((100 * noticed) / told).toFixed(1)} %)`);
    if (options.all)
      for (const { type, ...row } of missed)
        console.log(`  missed as ${described({ type, multi: false })}: ${show(row)}`);
  }
}
if (result.wrong.length + result.members.length + result.stale.length > 0) process.exitCode = 1;
