// What is described otherwise than the kernel has it, and why that is so. An entry names a family and attributes of it, each
// as `CONSTANT`, `set/CONSTANT`, or `*` for all; `verdict` narrows it to one kind of difference. An entry that nothing needs
// any more is an error.

const REPRESENTATION = 'representation';
const TWO_MEANINGS = 'two meanings';
const NOT_REPEATED = 'not repeated in this set';
const BYTES = 'bytes so far';

const bytes = (family, because) => ({ family, verdict: 'poorer', attributes: ['*'], reason: BYTES, because });

export const exceptions = [
  {
    family: 'devlink',
    attributes: [
      'devlink/DEVLINK_ATTR_REGION_SNAPSHOT',
      'devlink/DEVLINK_ATTR_REGION_CHUNK',
      'devlink/DEVLINK_ATTR_LINECARD_TYPE',
    ],
    reason: NOT_REPEATED,
    because: 'they repeat in the nests that hold them, and those have subsets of their own',
  },
  {
    family: 'devlink',
    attributes: ['DEVLINK_ATTR_INFO_VERSION_VALUE'],
    reason: NOT_REPEATED,
    because: 'one for each version: devlink_compat_running_version() looks for it among others',
  },
  {
    family: 'devlink',
    attributes: [
      'devlink/DEVLINK_ATTR_FMSG_OBJ_NEST_START',
      'devlink/DEVLINK_ATTR_FMSG_PAIR_NEST_START',
      'devlink/DEVLINK_ATTR_FMSG_ARR_NEST_START',
      'devlink/DEVLINK_ATTR_FMSG_NEST_END',
      'devlink/DEVLINK_ATTR_FMSG_OBJ_NAME',
      'devlink/DEVLINK_ATTR_FMSG_OBJ_VALUE_TYPE',
    ],
    reason: NOT_REPEATED,
    because: 'they stand in DEVLINK_ATTR_FMSG only, which is read in order',
  },
  {
    family: 'devlink',
    attributes: [
      'DEVLINK_ATTR_PARAM_VALUE_DATA',
      'DEVLINK_ATTR_PARAM_VALUE_DEFAULT',
      'DEVLINK_ATTR_FMSG_OBJ_VALUE_DATA',
    ],
    reason: TWO_MEANINGS,
    because: 'the type is what DEVLINK_ATTR_PARAM_TYPE or the value’s type says',
  },
  {
    family: 'net-shaper',
    attributes: ['NET_SHAPER_A_CAPS_SUPPORT_METRIC_BPS'],
    reason: NOT_REPEATED,
    because: 'one flag after the other is written in a loop that begins with this one',
  },
  {
    family: 'nl80211',
    attributes: ['nl80211-attrs/NL80211_ATTR_FRAME_TYPE'],
    reason: NOT_REPEATED,
    because: 'it repeats in the nests of frame types, and those have a subset of their own',
  },
  {
    family: 'nl80211',
    attributes: ['NL80211_ATTR_CONTROL_PORT_ETHERTYPE'],
    reason: TWO_MEANINGS,
    because: 'a radio says with a flag that it can, and a request gives the protocol in 16 bits',
  },
  {
    family: 'nl80211',
    attributes: ['NL80211_WOWLAN_TCP_DATA_PAYLOAD_SEQ'],
    reason: TWO_MEANINGS,
    because: 'a radio says with a flag that it can, and a request holds a structure',
  },
  {
    family: 'ovs_flow',
    attributes: ['OVS_DEC_TTL_ATTR_ACTION'],
    reason: NOT_REPEATED,
    because: 'the kernel writes one list of actions',
  },
  {
    family: 'ovs_flow',
    attributes: ['OVS_KEY_ATTR_NSH'],
    reason: NOT_REPEATED,
    because: 'validate_push_nsh() refuses all but this attribute, and a second one',
  },
  {
    family: 'ovs_vport',
    attributes: ['vxlan-extensions/OVS_VXLAN_EXT_GBP'],
    reason: TWO_MEANINGS,
    because: 'a flag of a port, and 32 bits in a flow’s key',
  },
  {
    family: 'rt-link',
    attributes: [
      'IFLA_EXT_MASK',
      'link-attrs/IFLA_ALT_IFNAME',
      'linkinfo-macvlan-attrs/IFLA_MACVLAN_MACADDR',
    ],
    reason: NOT_REPEATED,
    because: 'one in a message; names and addresses repeat in nests that have sets of their own',
  },
  {
    family: 'rt-link',
    attributes: ['IFLA_INET_CONF'],
    reason: TWO_MEANINGS,
    because: 'a nest in a request, an array in an answer (inet_fill_link_af)',
  },
  {
    family: 'rt-route',
    attributes: ['RTA_IIF', 'RTA_MULTIPATH'],
    reason: NOT_REPEATED,
    because: 'messages and next hops are written in a loop, each with its own',
  },
  {
    family: 'tc',
    attributes: ['TCA_PEDIT_PARMS'],
    reason: REPRESENTATION,
    because: 'struct tc_pedit of net/sched begins with what the kernel’s header calls struct tc_pedit_sel',
  },
  {
    family: 'tc',
    attributes: [
      'TCA_FLOWER_KEY_ARP_SIP',
      'TCA_FLOWER_KEY_ARP_SIP_MASK',
      'TCA_FLOWER_KEY_ARP_TIP',
      'TCA_FLOWER_KEY_ARP_TIP_MASK',
    ],
    reason: REPRESENTATION,
    because: 'IPv4 addresses as they stand in the ARP message, which the kernel keeps in a u32',
  },
  {
    family: 'tc',
    attributes: [
      'TCA_FLOWER_KEY_ENC_OPT_GENEVE_CLASS',
      'TCA_FLOWER_KEY_ENC_OPT_GENEVE_TYPE',
      'TCA_FLOWER_KEY_ENC_OPT_GENEVE_DATA',
    ],
    reason: NOT_REPEATED,
    because:
      'the kernel reads one of each in a nest; where it shows several options in one, all but the last are in `extra`',
  },
  {
    family: 'netlink_test',
    attributes: [
      'NETLINK_TEST_A_MODE',
      'NETLINK_TEST_A_SLEEP',
      'NETLINK_TEST_A_QUEUE_LIMIT',
      'NETLINK_TEST_A_QUEUED',
      'NETLINK_TEST_A_DATA',
    ],
    reason: NOT_REPEATED,
    because: 'the module takes the last of each type from a request',
  },
  {
    family: 'netlink_test',
    attributes: ['NETLINK_TEST_A_VALUES_UINT', 'NETLINK_TEST_A_VALUES_SINT'],
    reason: REPRESENTATION,
    because: 'the module writes them by hand: Linux 6.1 has no functions for them',
  },
  {
    family: 'nexthop',
    attributes: ['NHA_GROUP'],
    reason: REPRESENTATION,
    because: 'an array of struct nexthop_grp is a structure with one member that takes the rest',
  },
  {
    family: 'sock_diag',
    attributes: ['INET_DIAG_INFO'],
    reason: TWO_MEANINGS,
    because: 'the structure is that of the protocol that the request is about',
  },
  {
    family: 'sock_diag',
    attributes: ['INET_DIAG_SKMEMINFO', 'UNIX_DIAG_MEMINFO', 'NETLINK_DIAG_MEMINFO', 'INET_DIAG_SOCKOPT'],
    reason: REPRESENTATION,
    because: 'an array whose entries linux/sock_diag.h names, and bit fields, are given as structures',
  },
  bytes('conntrack', 'labels are as many bits as the machine has set up'),
  bytes('ethtool', 'bitmaps of any length'),
  bytes('netlink_test', 'the frames of a ring, for tests that compare bytes'),
  bytes('nexthop', 'the encapsulation is of the type that another attribute says'),
  bytes('nfsd', 'socket addresses'),
  bytes('nftables', 'the settings of a protocol’s timeouts'),
  bytes('nl80211', 'not described yet'),
  bytes('ovs_flow', 'not described yet'),
  bytes('ovs_packet', 'keys and actions are those of ovs_flow, another family'),
  bytes('rt-link', 'not described yet'),
  bytes('rt-neigh', 'not described yet'),
  bytes('rt-route', 'not described yet'),
  bytes('sock_diag', 'not described yet'),
  bytes('tc', 'not described yet'),
  bytes('wireguard', 'socket addresses'),
];
