import { NetlinkError, openFamily } from 'afnetlink';
import { rtAddrFamily } from 'afnetlink/families/rt-addr';
import { rtLinkFamily } from 'afnetlink/families/rt-link';

const AF_INET = 2;

async function main(ifname: string, local: string, prefixLength: number) {
  await using links = await openFamily(rtLinkFamily);
  const { ifiIndex } = await links.do.getlink({ ifname });

  await using addresses = await openFamily(rtAddrFamily);
  await addresses.do.newaddr(
    { ifaFamily: AF_INET, ifaIndex: ifiIndex, ifaPrefixlen: prefixLength, local },
    { create: true, exclusive: true },
  );
  console.log(`added ${local}/${prefixLength} to ${ifname}`);
}

const [ifname = 'lo', local = '198.51.100.1', prefixLength = '32'] = process.argv.slice(2);

main(ifname, local, Number(prefixLength)).catch((error: unknown) => {
  // EPERM without CAP_NET_ADMIN, ENODEV for an unknown link, EEXIST if the address is there already.
  console.error(error instanceof NetlinkError ? `${error.code}: ${error.message}` : error);
  process.exitCode = 1;
});
