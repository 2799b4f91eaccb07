// The kernel begins: messages arrive without a request. Needs root, as in a guest.
import { writeFileSync } from 'node:fs';
import { openFamily, openSocket, type Message } from 'afnetlink';
import { netlinkTestFamily } from 'afnetlink/families/netlink_test';

const TRIGGER = '/sys/kernel/debug/netlink_test/trigger';

const show = (who: string, { payload, sequence }: Message) => {
  console.log(`${who}: "${Buffer.from(payload.subarray(0, -1)).toString()}", sequence number ${sequence}`);
};

async function main() {
  await using control = await openFamily(netlinkTestFamily);
  using registered = openSocket({ protocol: 17 });
  using member = openSocket({ protocol: 17, groups: [1] });
  await control.do.register({ portId: registered.portId });
  const signal = AbortSignal.timeout(10_000);

  await control.do.startTimer({ period: 100 });
  for (let tick = 0; tick < 3; tick += 1) {
    show('the registered port id', await registered.receive({ signal }));
    show('a member of the group', await member.receive({ signal }));
  }
  await control.do.stopTimer();

  using later = openSocket({ protocol: 17, groups: [1] });
  writeFileSync(TRIGGER, 'The kernel speaks');
  show('who has joined it since', await later.receive({ signal }));
}

main().catch(console.error);
