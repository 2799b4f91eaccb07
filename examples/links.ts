import { openFamily } from 'afnetlink';
import { rtLinkFamily } from 'afnetlink/families/rt-link';

async function main() {
  await using links = await openFamily(rtLinkFamily);
  for await (const { ifname, mtu } of links.dump.getlink()) console.log(ifname, mtu);
}

main().catch(console.error);
