// One message to a group, three listeners: the kernel hands each of them the message, copying none of its bytes.
import { openSocket } from 'afnetlink';
import { cString } from 'afnetlink/wire';

const GROUP = 1;

async function main() {
  const listener = () => openSocket({ protocol: 17, groups: [GROUP], acceptFrom: 'anyone' });
  using first = listener();
  using second = listener();
  using third = listener();
  using sender = openSocket({ protocol: 17 }); // netlink_test's; sending to its groups needs CAP_NET_ADMIN
  sender.send({ payload: cString('Hello all!'), to: { group: GROUP } });
  for (const socket of [first, second, third]) {
    const { payload, sender } = await socket.receive({ signal: AbortSignal.timeout(1000) });
    console.log(
      `from ${sender.portId === 0 ? 'the kernel' : 'a process'}: ${Buffer.from(payload).toString()}`,
    );
  }
}

main().catch(console.error);
