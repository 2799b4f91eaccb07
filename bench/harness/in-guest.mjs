// Runs inside the guest: in-guest.mjs PLAN executes the command lines of a plan and prints what each came to.
import { readFileSync } from 'node:fs';
import { Program, ProgramFailure } from './program.mjs';

const [planFile] = process.argv.slice(2);

async function outcomeOf(command) {
  try {
    return { samples: await new Program(command).samples() };
  } catch (error) {
    if (!(error instanceof ProgramFailure)) throw error;
    return { failure: error.message };
  }
}

for (const [index, command] of JSON.parse(readFileSync(planFile, 'utf8')).entries())
  console.log(JSON.stringify({ index, ...(await outcomeOf(command)) }));
