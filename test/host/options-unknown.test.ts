import { expect, test } from '@jest/globals';
import { native } from '#lib/native/addon';
import { adoptSocket, openSocket } from '#lib/socket/open-socket';
import { NETLINK_ROUTE } from '#lib/wire/index';

test('where the kernel does not tell LISTEN_ALL_NSID, as 6.1, it is on if somebody may have set it', () => {
  const SOL_NETLINK = 270;
  const LISTEN_ALL_NSID = 8;
  const addon = native();
  const getOption = addon.getOption.bind(addon);
  const setReceivePolicy = addon.setReceivePolicy.bind(addon);
  const policies: boolean[] = [];
  addon.getOption = (handle, level, option, target) =>
    level === SOL_NETLINK && option === LISTEN_ALL_NSID ? -92 : getOption(handle, level, option, target);
  addon.setReceivePolicy = (handle, ancillary, acceptForeign) => {
    policies.push(ancillary);
    return setReceivePolicy(handle, ancillary, acceptForeign);
  };
  try {
    using socket = openSocket({ protocol: NETLINK_ROUTE });
    socket.setOption('listenAllNamespaces', true);
    const descriptor = openSocket({ protocol: NETLINK_ROUTE }).release();
    adoptSocket(descriptor).close();
    openSocket({ protocol: NETLINK_ROUTE }).close();
    expect(policies).toEqual([false, true, false, true, false]);
  } finally {
    Object.assign(addon, { getOption, setReceivePolicy });
  }
});
