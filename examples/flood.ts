// More than fits: the kernel sends as fast as it can, the reader pauses, and every message is received or counted as dropped.
import { setTimeout as sleep } from 'node:timers/promises';
import { openFamily, openSocket } from 'afnetlink';
import { netlinkTestFamily } from 'afnetlink/families/netlink_test';

const COUNT = 1_000_000;

async function main() {
  await using control = await openFamily(netlinkTestFamily);
  using socket = openSocket({ protocol: 17 });
  const events = control.subscribe({ groups: ['events'], signal: AbortSignal.timeout(300_000) });
  await control.do.startFlood({ portId: socket.portId, count: BigInt(COUNT), size: 64 });

  await sleep(100); // Nothing reads: the queue fills, and then the kernel drops.
  const { receiveQueued, receiveBufferSize, drops } = socket.memory();
  console.log(`paused: ${receiveQueued} bytes queued of ${receiveBufferSize}, ${drops} messages dropped`);

  let received = 0;
  let last = -1;
  socket.onDatagrams((batch) => {
    for (let index = 0; index < batch.count; index += 1) {
      const sequence = batch.words(index)[(batch.offset(index) >> 2) + 2] ?? -1;
      if (sequence <= last) throw new Error(`message ${sequence} came behind ${last}`);
      last = sequence;
      received += 1;
    }
  });
  for await (const item of events) if (item.kind === 'event') break;
  while (socket.memory().receiveQueued > 0) await sleep(1);

  const lost = socket.memory().drops;
  if (received + lost !== COUNT) throw new Error(`${COUNT - received - lost} messages are missing`);
  console.log(`${COUNT} sent = ${received} received, in order, + ${lost} dropped`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
