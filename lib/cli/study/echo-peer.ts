// A process of its own that sends every message back to where it came from: prints its port id, and goes on until it is ended.
import { openSocket } from '../../index.js';
import { NETLINK_USERSOCK } from '../../wire/index.js';

const socket = openSocket({ protocol: NETLINK_USERSOCK });
console.log(socket.portId);
for (;;) {
  const { payload, sender } = socket.receiveSync();
  socket.send({ payload, to: { portId: sender.portId } });
}
