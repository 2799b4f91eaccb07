// A separate process that sends every message back to its sender. It prints its port id and runs until it is killed.
import { openSocket } from '../../index.js';
import { NETLINK_USERSOCK } from '../../wire/index.js';

const socket = openSocket({ protocol: NETLINK_USERSOCK });
console.log(socket.portId);
for (;;) {
  const { payload, sender } = socket.receiveSync();
  socket.send({ payload, to: { portId: sender.portId } });
}
