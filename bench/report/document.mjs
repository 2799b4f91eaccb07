// docs/performance.md says what the figures mean; the figures themselves come from a run's results and are filled in
// between markers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { cases } from '../harness/cases.mjs';
import { markdown, stepsOf, tableOf } from '../harness/table.mjs';
import { goals, isMet } from './goals.mjs';
import { plot } from './plot.mjs';
import { studyBlock, studyPlots } from './study.mjs';

const path = (relative) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
const documentPath = path('docs/performance.md');

/** What is kept of the last runs that were to be kept: of npm run bench, and of npm run bench:kernel. */
export const latest = path('bench/results/latest.json');
export const study = path('bench/results/kernel.json');

/** A file's name from a case's, and a step's: letters, digits and hyphens, since it stands in links. */
const plotName = ({ name }, step = '') => {
  const words = `${name} ${step}`.toLowerCase().match(/[a-z0-9]+/g);
  return `${words.join('-')}.svg`;
};

const table = (headings, rows) => markdown({ headings, rows });
const figure = (value) =>
  value === undefined ? '' : value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();

function machineBlock({ machine, options }) {
  const { compilers, packages } = machine;
  const rows = [
    ['processor', `${machine.processor}, ${machine.processors} of them${machine.virtual ? ', virtual' : ''}`],
    ['memory', `${machine.memoryGiB} GiB`],
    ['kernel', machine.kernel],
    ['Node', `${machine.node} (V8 ${machine.v8}, libuv ${machine.libuv})`],
    ...Object.values(compilers).map((line) => ['compiler', line]),
    ...Object.entries(packages).map(([name, version]) => [name, version]),
    [
      'date, rounds',
      `${options.date}, ${options.rounds}${options.quick ? ', a quick run: a tenth of the work' : ''}`,
    ],
    ['load at start and end', `${options.loadAtStart}, ${options.loadAtEnd}`],
  ];
  return table(['', ''], rows);
}

const verdicts = { true: 'met', false: 'not met', undefined: 'not measured' };

function goalsBlock(results) {
  const rows = goals.map((goal) => {
    const reached = goal.of(results);
    const wanted = goal.atLeast === undefined ? `<= ${goal.atMost}` : `>= ${goal.atLeast}`;
    const alone = [goal.alone?.c, goal.alone?.node].map((limit) => figure(limit?.(results)));
    return [goal.case, goal.text, wanted, figure(reached), ...alone, verdicts[isMet(goal, reached)]];
  });
  return table(['case', 'figure', 'goal', 'reached', 'C alone', 'Node alone', ''], rows);
}

function caseBlock(results, name) {
  const each = cases.find((candidate) => candidate.name === name);
  if (each === undefined)
    throw new Error(`docs/performance.md asks for the case ${name}, which there is not`);
  const parts = stepsOf(results, each).map((step) => {
    const shown = markdown(tableOf(results, each, step));
    const heading = step === undefined ? '' : `**${step}**\n\n`;
    return `${heading}![${each.title}](../bench/results/${plotName(each, step)})\n\n${shown}`;
  });
  return parts.length === 0 ? 'Not measured in this run.' : parts.join('\n\n');
}

const wordsBlock = ({ words }) => words.map((word) => `- ${word}`).join('\n') || 'Nothing was left out.';

function block(results, studies, [kind, name]) {
  if (kind === 'study') return studyBlock(studies, name);
  if (kind === 'machine') return machineBlock(results);
  if (kind === 'goals') return goalsBlock(results);
  if (kind === 'words') return wordsBlock(results);
  if (kind === 'case') return caseBlock(results, name);
  throw new Error(`docs/performance.md has a marker of an unknown kind: ${kind}`);
}

const MARKED = /(<!-- bench: (.+?) -->\n)[\s\S]*?(<!-- \/bench -->)/g;

async function fill(text, results, studies) {
  const filled = text.replace(
    MARKED,
    (_, begin, what, end) => `${begin}\n${block(results, studies, what.split(' '))}\n\n${end}`,
  );
  return format(filled, { ...(await resolveConfig(documentPath)), parser: 'markdown' });
}

/** Every file that the results decide, with what it has to hold. */
export async function writtenFiles(results, studies) {
  const text = await fill(readFileSync(documentPath, 'utf8'), results, studies);
  const files = new Map([[documentPath, text]]);
  for (const [name, content] of studyPlots(studies)) files.set(path(join('bench/results', name)), content);
  for (const each of cases)
    for (const step of stepsOf(results, each))
      files.set(path(join('bench/results', plotName(each, step))), plot(results, each, step));
  return files;
}
