// The cases against the kernel module run in one guest: this side plans the runs, in-guest.mjs executes them.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { out } from './peers.mjs';

const KERNEL_PORT = 0;
const MODULE_PROTOCOL = 17;
const guestScript = fileURLToPath(new URL('in-guest.mjs', import.meta.url));
const virtualMachine = fileURLToPath(new URL('../../dist/vm/index.js', import.meta.url));

/** Runs `plan`, a list of { each, variant, peer, round }, and gives each entry's outcome to `take`. */
export async function executeInGuest(plan, take) {
  if (!existsSync(virtualMachine)) throw new Error("the guest's code is not built: npm run build");
  const { runInGuest } = await import(pathToFileURL(virtualMachine));
  const planFile = join(out, 'guest-plan.json');
  writeFileSync(planFile, JSON.stringify(plan.map(commandOf)));
  const lines = new LineReader((line) => {
    const { index, ...outcome } = JSON.parse(line);
    take(plan[index], outcome);
  });
  const result = await runInGuest({
    command: [process.execPath, guestScript, planFile],
    stdout: lines,
    // The module logs 200 messages in 5 seconds; on a serial console each takes longer than many echoes do.
    kernelArguments: ['loglevel=4'],
    timeout: Infinity,
  });
  if (result.status !== 0)
    throw new Error(`the guest ended with status ${result.status}: ${result.message ?? ''}`);
}

const commandOf = ({ each, variant, peer }) => [
  ...peer.command,
  each.workload,
  variant,
  Math.ceil(each.count / (peer.divide ?? 1)),
  each.repeats,
  each.size,
  KERNEL_PORT,
  MODULE_PROTOCOL,
];

class LineReader extends Writable {
  #pending = '';
  #take;

  constructor(take) {
    super({ decodeStrings: false, defaultEncoding: 'utf8' });
    this.#take = take;
  }

  _write(chunk, _encoding, done) {
    const lines = (this.#pending + chunk).split('\n');
    this.#pending = lines.pop();
    lines.filter((line) => line !== '').forEach(this.#take);
    done();
  }
}
