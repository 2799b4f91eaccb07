// Each network namespace has an endpoint of the module, with counters of its own. Needs root, as in a guest.
import { execFileSync } from 'node:child_process';
import { openFamily, openSocket } from 'afnetlink';
import { cString } from 'afnetlink/wire';
import { netlinkTestFamily } from 'afnetlink/families/netlink_test';

async function talk(name: string, messages: number, options: { netns?: string }) {
  await using control = await openFamily(netlinkTestFamily, options);
  const before = (await control.do.getCounters()).counters?.received ?? 0n;
  using listener = openSocket({ protocol: 17, groups: [1], ...options });
  using sender = openSocket({ protocol: 17, ...options });
  for (let number = 0; number < messages; number += 1) {
    sender.send({ payload: cString(`message ${number} of ${name}`) });
  }
  const after = (await control.do.getCounters()).counters?.received ?? 0n;
  console.log(`${name}: ${messages} sent, ${after - before} received by the module's endpoint`);
  const { payload } = await listener.receive({ signal: AbortSignal.timeout(5000) });
  console.log(`${name}: its group heard "${Buffer.from(payload.subarray(0, -1)).toString()}" first`);
}

async function main() {
  execFileSync('ip', ['netns', 'add', 'blue']);
  try {
    using outside = openSocket({ protocol: 17, groups: [1] });
    await talk('blue', 3, { netns: '/run/netns/blue' });
    console.log(`here: ${outside.memory().receiveQueued === 0 ? 'nothing' : 'some'} of that was heard`);
    await talk('here', 2, {});
  } finally {
    execFileSync('ip', ['netns', 'delete', 'blue']);
  }
}

main().catch(console.error);
