import { openSocket } from 'afnetlink';
import { cString } from 'afnetlink/wire';

async function main() {
  using socket = openSocket({ protocol: 17 }); // netlink_test's; yours is another constant
  socket.send({ payload: cString('Hello you!') });
  const reply = await socket.receive({ signal: AbortSignal.timeout(1000) });
  console.log(`type ${reply.type}, sequence ${reply.sequence}, ${reply.payload.length} bytes`);
  console.log(Buffer.from(reply.payload).toString());
}

main().catch(console.error);
