// The other end of own_protocol.c.
import { type NetlinkError, openSocket } from 'afnetlink';
import { cString, NLMSG_MIN_TYPE } from 'afnetlink/wire';

const NETLINK_OWN = 31; // the one constant, as in own_protocol.c

async function main() {
  using socket = openSocket({ protocol: NETLINK_OWN });
  const payload = cString('Hello, my own protocol!');
  const { message } = await socket.request({ type: NLMSG_MIN_TYPE, payload });
  console.log(Buffer.from(message?.payload ?? []).toString());

  try {
    await socket.request({ type: NLMSG_MIN_TYPE, name: 'an empty message' });
  } catch (error) {
    console.log((error as NetlinkError).message);
  }
}

main().catch(console.error);
