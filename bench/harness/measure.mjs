// One run: every case, in rounds; within a round, every variant of every program, in an order that moves on by one each
// round, so that no program always follows the same other one.
import { quickly, selectCases } from './cases.mjs';
import { execute } from './execute.mjs';
import { executeInGuest } from './guest.mjs';
import { describeMachine, load } from './machine.mjs';
import { Namespaces } from './namespaces.mjs';
import { preparePeers } from './peers.mjs';
import { ProgramFailure } from './program.mjs';
import { Results } from './results.mjs';

// An emulated processor takes seconds to start Node, and what it measures is held against no goal.
const ROUNDS_IN_GUEST = 3;

export async function measure({ selection, peers: names, rounds, quick, install, note }) {
  const selected = selectCases(selection).map((each) => (quick ? quickly(each) : each));
  const { measured, leftOut } = preparePeers(names, { install, note });
  const results = new Results({
    machine: describeMachine(),
    options: { date: new Date().toISOString().slice(0, 10), rounds, quick, loadAtStart: load() },
  });
  for (const { peer, reason } of leftOut) results.say(`${peer} is left out: ${reason}`);
  const inGuest = ({ place }) => place === 'guest';
  const here = selected.filter((each) => !inGuest(each));
  const there = selected.filter(inGuest);
  await measureHere(here, measured, { rounds, results, note });
  const roundsThere = Math.min(rounds, ROUNDS_IN_GUEST);
  if (there.length > 0) await measureInGuest(there, measured, { rounds: roundsThere, results, note });
  results.options.loadAtEnd = load();
  return results;
}

async function measureHere(selected, peers, { rounds, results, note }) {
  const namespaces = new Namespaces();
  try {
    for (const each of selected) {
      const settled = new Set(); // what a program does not offer, or failed at, is not tried again
      for (let round = 0; round < rounds; round++) {
        note(`${each.name}, round ${round + 1} of ${rounds}, load ${load()}`);
        for (const turn of turns(each, peers, round))
          if (!settled.has(turn)) await take(turn, { each, round, results, namespaces, settled });
      }
    }
  } finally {
    namespaces.close();
  }
}

async function measureInGuest(selected, peers, { rounds, results, note }) {
  note(`${selected.map(({ name }) => name).join(', ')}, in the guest`);
  const able = peers.filter(({ command, only }) => command !== undefined && only === undefined);
  const plan = selected.flatMap((each) =>
    Array.from({ length: rounds }, (_, round) =>
      turns(each, able, round).map(({ peer, variant }) => ({ each, peer, variant, round })),
    ).flat(),
  );
  const file = ({ each, peer, variant, round }, { samples, failure }) => {
    if (samples !== undefined) results.add(round, each, variant, peer, samples);
    if (failure !== undefined) results.say(`${each.name}: ${peer.name} ${variant}: ${failure}`);
  };
  try {
    await executeInGuest(plan, file);
  } catch (error) {
    // What was measured outside of it, perhaps for half an hour, is worth keeping.
    results.say(`the guest failed: ${error.message.split('\n')[0]}`);
  }
}

const known = new Map();

function turns(each, peers, round) {
  const all = peers.flatMap((peer) => each.variants.map((variant) => turnOf(each, peer, variant)));
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

function turnOf(each, peer, variant) {
  const key = `${each.name} ${peer.name} ${variant}`;
  if (!known.has(key)) known.set(key, { peer, variant });
  return known.get(key);
}

async function take(turn, { each, round, results, namespaces, settled }) {
  const { peer, variant } = turn;
  const skipped = peer.skip?.[`${each.name} ${variant}`];
  if (skipped !== undefined) {
    results.say(`${each.name}: ${peer.name} ${variant} is left out: ${skipped}`);
    return settled.add(turn);
  }
  try {
    const samples = await execute(each, variant, peer, namespaces);
    if (samples === undefined) settled.add(turn);
    else results.add(round, each, variant, peer, samples);
  } catch (error) {
    if (!(error instanceof ProgramFailure)) throw error;
    results.say(`${each.name}: ${peer.name} ${variant}: ${error.message}`);
    settled.add(turn);
  }
  return undefined;
}
