// The network namespaces of a run. Each one lives as long as a process that reads from a pipe of ours, so that
// nothing is left behind, however the run ends.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { workhorse } from './peers.mjs';

const LINK = [
  'link set lo up',
  'link add v0 type veth peer name v1',
  'addr add 10.255.0.1/24 dev v0',
  'link set v0 up',
  'link set v1 up',
];

export class Namespaces {
  #holders = new Map();

  /** The command that runs `command` in a namespace, which is made and filled at its first use. */
  async enter(place, command) {
    const holder = this.#holders.get(place) ?? (await this.#make(place));
    return ['nsenter', `--net=/proc/${holder.pid}/ns/net`, '--', ...command];
  }

  async #make(place) {
    const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec cat >/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#holders.set(place, holder);
    const [started] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
    if (!(started instanceof Buffer))
      throw new Error('a network namespace could not be made: the benchmarks need root');
    await this.#ip(place, LINK);
    return holder;
  }

  async #ip(place, lines) {
    const [command, ...args] = await this.enter(place, ['ip', '-batch', '-']);
    execFileSync(command, args, { input: lines.join('\n') + '\n', stdio: ['pipe', 'inherit', 'inherit'] });
  }

  /** Puts `count` routes, or links, into a namespace. */
  async fill(place, count) {
    if (this.#holders.has(place)) return;
    if (place.startsWith('routes-')) {
      const [command, ...args] = await this.enter(place, [workhorse, 'routes', 'fill', String(count), '1']);
      execFileSync(command, args);
    }
    if (place === 'links') {
      await this.enter(place, []);
      await this.#ip(
        place,
        Array.from(
          { length: count / 2 },
          (_, index) => `link add left${index} type veth peer name right${index}`,
        ),
      );
    }
  }

  close() {
    for (const holder of this.#holders.values()) holder.stdin.end();
    this.#holders.clear();
  }
}
