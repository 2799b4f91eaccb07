import { invalidArgument } from '../../errors.js';
import {
  NETLINK_AUDIT,
  NETLINK_KOBJECT_UEVENT,
  NETLINK_NETFILTER,
  NETLINK_ROUTE,
  NETLINK_SOCK_DIAG,
  NETLINK_XFRM,
} from '../../wire/constants.js';

interface GroupNames {
  readonly prefix: string;
  /** In the order of their numbers, from 1 on. */
  readonly names: string;
}

/** The multicast groups of protocols that give them fixed numbers. Generic Netlink hands its own out at run time. */
const groupNames: Readonly<Record<number, GroupNames>> = {
  [NETLINK_ROUTE]: {
    prefix: 'RTNLGRP_',
    names:
      'LINK NOTIFY NEIGH TC IPV4_IFADDR IPV4_MROUTE IPV4_ROUTE IPV4_RULE IPV6_IFADDR IPV6_MROUTE IPV6_ROUTE IPV6_IFINFO ' +
      'DECnet_IFADDR NOP2 DECnet_ROUTE DECnet_RULE NOP4 IPV6_PREFIX IPV6_RULE ND_USEROPT PHONET_IFADDR PHONET_ROUTE DCB ' +
      'IPV4_NETCONF IPV6_NETCONF MDB MPLS_ROUTE NSID MPLS_NETCONF IPV4_MROUTE_R IPV6_MROUTE_R NEXTHOP BRVLAN MCTP_IFADDR ' +
      'TUNNEL STATS IPV4_MCADDR IPV6_MCADDR IPV6_ACADDR',
  },
  [NETLINK_NETFILTER]: {
    prefix: 'NFNLGRP_',
    names:
      'CONNTRACK_NEW CONNTRACK_UPDATE CONNTRACK_DESTROY CONNTRACK_EXP_NEW CONNTRACK_EXP_UPDATE CONNTRACK_EXP_DESTROY ' +
      'NFTABLES ACCT_QUOTA NFTRACE',
  },
  [NETLINK_XFRM]: {
    prefix: 'XFRMNLGRP_',
    names: 'ACQUIRE EXPIRE SA POLICY AEVENTS REPORT MIGRATE MAPPING',
  },
  [NETLINK_SOCK_DIAG]: {
    prefix: 'SKNLGRP_',
    names: 'INET_TCP_DESTROY INET_UDP_DESTROY INET6_TCP_DESTROY INET6_UDP_DESTROY',
  },
  [NETLINK_AUDIT]: { prefix: 'AUDIT_NLGRP_', names: 'READLOG' },
  [NETLINK_KOBJECT_UEVENT]: { prefix: 'UEVENT_NLGRP_', names: 'KERNEL UDEV' },
};

/** The number of a group that is given by its number, or by its name in the kernel's headers: `'RTNLGRP_LINK'`. */
export function groupNumber(protocol: number, group: number | string): number {
  if (typeof group === 'number') return group;
  const known = groupNames[protocol];
  const names = known?.names.split(' ').map((name) => known.prefix + name) ?? [];
  const index = names.indexOf(group);
  if (index !== -1) return index + 1;
  const choice =
    names.length > 0 ? `there are ${names.join(', ')}` : 'its groups are known here by their numbers only';
  throw invalidArgument(`unknown multicast group '${group}' of netlink protocol ${protocol}; ${choice}`);
}
