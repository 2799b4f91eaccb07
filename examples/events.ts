import { openSocket } from 'afnetlink';
import { NETLINK_ROUTE } from 'afnetlink/wire';

async function main(): Promise<void> {
  await using socket = openSocket({ protocol: NETLINK_ROUTE });
  const events = socket.subscribe({ groups: ['RTNLGRP_LINK'], signal: AbortSignal.timeout(60_000) });
  console.log('listening');
  for await (const item of events) {
    if (item.kind === 'event')
      console.log(`message type ${item.event.type}, ${item.event.payload.length} bytes`);
    // The kernel dropped events: what you know of the links is out of date, dump them again.
    else if (item.kind === 'overrun') console.log('some were lost');
    if (item.kind === 'event' && item.event.type === 17) break;
  }
}

main().catch(console.error);
