import { openFamily } from 'afnetlink';
import { rtLinkFamily } from 'afnetlink/families/rt-link';

async function main() {
  await using links = await openFamily(rtLinkFamily);
  using events = links.subscribe({ groups: ['rtnlgrp-link'], signal: AbortSignal.timeout(60_000) });
  console.log('watching');
  for await (const item of events) {
    if (item.kind === 'overrun') console.log('some events were lost: list the links again');
    if (item.kind !== 'event') continue;
    const { event } = item;
    if (event.name === 'newlink-ntf') console.log('new or changed:', event.message.ifname);
    if (event.name === 'dellink-ntf') {
      console.log('deleted:', event.message.ifname);
      break;
    }
  }
}

main().catch(console.error);
