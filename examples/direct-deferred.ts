// The handler in the sender's own system call, and in a work item of the kernel, with what that costs an echo. Needs root.
import { openFamily, openSocket, type NetlinkSocket } from 'afnetlink';
import { cString } from 'afnetlink/wire';
import { netlinkTestFamily } from 'afnetlink/families/netlink_test';

const ROUNDS = 2000;
const payload = cString('Hello you!');

/** Microseconds from before each send to behind the receipt of its echo, sorted. */
function echoes(socket: NetlinkSocket) {
  const times = Array.from({ length: ROUNDS }, () => {
    const begin = performance.now();
    socket.send({ payload });
    socket.receiveSync({ timeout: 5000 });
    return (performance.now() - begin) * 1000;
  });
  return times.sort((one, other) => one - other);
}

async function main() {
  await using control = await openFamily(netlinkTestFamily);
  const counters = async () => (await control.do.getCounters()).counters ?? {};
  using socket = openSocket({ protocol: 17 });
  echoes(socket); // what runs first is slower
  console.log(' mode      median  99 of 100 within  handled in the call  later');
  for (const mode of ['direct', 'deferred'] as const) {
    await control.do.setMode({ mode });
    const before = await counters();
    const times = echoes(socket);
    const after = await counters();
    const [median = 0, most = 0] = [times[ROUNDS / 2], times[(ROUNDS * 99) / 100]];
    const growth = (name: 'handledInCall' | 'handledLater') => (after[name] ?? 0n) - (before[name] ?? 0n);
    console.log(
      ` ${mode.padEnd(8)} ${median.toFixed(0).padStart(4)} µs  ${most.toFixed(0).padStart(13)} µs` +
        `  ${String(growth('handledInCall')).padStart(19)}  ${String(growth('handledLater')).padStart(5)}`,
    );
  }
  await control.do.setMode({ mode: 'direct' });
}

main().catch(console.error);
