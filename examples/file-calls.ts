// A netlink socket is a file, too: write(2) on its descriptor sends, read(2) receives.
import { readSync, writeSync } from 'node:fs';
import { openSocket } from 'afnetlink';
import { cString, decodeMessages, NLM_F_REQUEST, NLMSG_MIN_TYPE, WireView, WireWriter } from 'afnetlink/wire';

function main() {
  using socket = openSocket({ protocol: 17 }); // netlink_test's
  const message = new WireWriter();
  message.messageStart(NLMSG_MIN_TYPE, NLM_F_REQUEST, 1, socket.portId);
  message.append(cString('Hello you!'));
  message.messageEnd();
  writeSync(socket.fd, message.finish());

  const answer = Buffer.alloc(4096);
  const length = readSync(socket.fd, answer);
  for (const { payload } of decodeMessages(new WireView(answer.subarray(0, length)))) {
    console.log(Buffer.from(payload).toString());
  }
}

main();
