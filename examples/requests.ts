import { NetlinkError, openSocket } from 'afnetlink';
import { AttributeReader, NETLINK_ROUTE, WireWriter } from 'afnetlink/wire';

const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;

/** struct ifinfomsg, and the attributes that `write` adds. */
function link(write: (writer: WireWriter) => void = () => undefined): Uint8Array {
  const writer = new WireWriter();
  writer.space(16);
  write(writer);
  return writer.finish();
}

async function main(): Promise<void> {
  await using socket = openSocket({ protocol: NETLINK_ROUTE });

  // A dump: read as an array, or item by item.
  for await (const { payload } of socket.dump({ type: RTM_GETLINK, payload: link() })) {
    const attributes = new AttributeReader(payload, 16);
    while (attributes.next()) if (attributes.type === IFLA_IFNAME) console.log(attributes.string());
  }

  // A request: one object, or an error that says why not.
  try {
    await socket.request({
      type: RTM_NEWLINK,
      name: 'RTM_NEWLINK',
      payload: link((writer) => {
        writer.string(IFLA_IFNAME, 'nosuch0');
        writer.u32(IFLA_MTU, 1400);
      }),
    });
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    console.log(error.message);
  }
}

main().catch(console.error);
