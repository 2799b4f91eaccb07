// Numbers of linux/netlink.h and linux/genetlink.h that every family shares.

/** Netlink protocols: the third argument of socket(AF_NETLINK, …). */
export const NETLINK_ROUTE = 0;
/** Protocol 2: messages between processes, through the kernel. */
export const NETLINK_USERSOCK = 2;
/** Protocol 4: the tables of sockets (`ss`). */
export const NETLINK_SOCK_DIAG = 4;
/** Protocol 5: once logging by iptables' ULOG; unused in current kernels. */
export const NETLINK_NFLOG = 5;
/** Protocol 6: IPsec policies and states. */
export const NETLINK_XFRM = 6;
/** Protocol 7: SELinux notifications. */
export const NETLINK_SELINUX = 7;
/** Protocol 8: Open-iSCSI. */
export const NETLINK_ISCSI = 8;
/** Protocol 9: the audit subsystem. */
export const NETLINK_AUDIT = 9;
/** Protocol 10: lookups in the IPv4 routing table. */
export const NETLINK_FIB_LOOKUP = 10;
/** Protocol 11: the connector, among others process events. */
export const NETLINK_CONNECTOR = 11;
/** Protocol 12: nftables, conntrack, ipset, nflog, nfqueue. */
export const NETLINK_NETFILTER = 12;
/** Protocol 15: the kernel's device events. */
export const NETLINK_KOBJECT_UEVENT = 15;
/** Protocol 16: Generic Netlink, which carries families by name. */
export const NETLINK_GENERIC = 16;
/** Protocol 18: SCSI transports. */
export const NETLINK_SCSITRANSPORT = 18;
/** Protocol 19: once eCryptfs; unused in current kernels. */
export const NETLINK_ECRYPTFS = 19;
/** Protocol 20: RDMA and InfiniBand. */
export const NETLINK_RDMA = 20;
/** Protocol 21: the kernel's crypto algorithms. */
export const NETLINK_CRYPTO = 21;
/** Protocol 22: monitoring of SMC sockets. */
export const NETLINK_SMC = 22;

/** Control message types; every protocol's own types begin at NLMSG_MIN_TYPE. */
export const NLMSG_NOOP = 1;
/** Message type 2: an acknowledgement, or an error with its errno. */
export const NLMSG_ERROR = 2;
/** Message type 3: the end of a multipart answer. */
export const NLMSG_DONE = 3;
/** Message type 4: data was lost. The kernel reports ENOBUFS instead. */
export const NLMSG_OVERRUN = 4;
/** The lowest message type that a protocol may give a meaning, 16. */
export const NLMSG_MIN_TYPE = 16;

/** Length of struct nlmsghdr: length, type, flags, sequence number, port id. */
export const NLMSG_HDRLEN = 16;
/** Length of struct nlattr: length and type. */
export const NLA_HDRLEN = 4;
/** Length of struct genlmsghdr: command, version, reserved. */
export const GENL_HDRLEN = 4;

/** Flags of any message. */
export const NLM_F_REQUEST = 0x01;
/** Flag: part of a multipart answer, which NLMSG_DONE ends. */
export const NLM_F_MULTI = 0x02;
/** Flag of requests: answer with an acknowledgement even on success. */
export const NLM_F_ACK = 0x04;
/** Flag of requests: send the resulting notification to the requester as well. */
export const NLM_F_ECHO = 0x08;
/** Flag of replies: the table changed during the dump, so that it may be inconsistent. */
export const NLM_F_DUMP_INTR = 0x10;
/** Flag of replies: the kernel applied the filter of the request. */
export const NLM_F_DUMP_FILTERED = 0x20;

/** Flags of a GET request. */
export const NLM_F_ROOT = 0x100;
/** Flag of get requests: return all that match. */
export const NLM_F_MATCH = 0x200;
/** Flag of get requests: an atomic snapshot. The kernel ignores it in most families. */
export const NLM_F_ATOMIC = 0x400;
/** NLM_F_ROOT and NLM_F_MATCH together: return the whole table. */
export const NLM_F_DUMP = NLM_F_ROOT | NLM_F_MATCH;

/** Flags of a NEW request. */
export const NLM_F_REPLACE = 0x100;
/** Flag of new requests: fail with EEXIST if the object exists. */
export const NLM_F_EXCL = 0x200;
/** Flag of new requests: create the object if it does not exist. */
export const NLM_F_CREATE = 0x400;
/** Flag of new requests: add to the end of the list. */
export const NLM_F_APPEND = 0x800;

/** Flags of a DELETE request. */
export const NLM_F_NONREC = 0x100;
/** Flag of delete requests: delete several objects at once. */
export const NLM_F_BULK = 0x200;

/** Flags of an acknowledgement: it repeats only the header of the request; extended attributes follow. */
export const NLM_F_CAPPED = 0x100;
/** Flag of acknowledgements: extended-acknowledgement attributes follow. */
export const NLM_F_ACK_TLVS = 0x200;

/** Bits of an attribute's type that do not belong to the number. */
export const NLA_F_NESTED = 0x8000;
/** Bit of an attribute's type: the payload is in network byte order. */
export const NLA_F_NET_BYTEORDER = 0x4000;
/** The bits of an attribute's type without its two flags. */
export const NLA_TYPE_MASK = 0x3fff;

/** Attributes of an extended acknowledgement (enum nlmsgerr_attrs). */
export const NLMSGERR_ATTR_MSG = 1;
/** Extended acknowledgement: the offset of the attribute at fault, a u32 counted from the request's netlink header. */
export const NLMSGERR_ATTR_OFFS = 2;
/** Extended acknowledgement: bytes that the operation defines, on success. */
export const NLMSGERR_ATTR_COOKIE = 3;
/** Extended acknowledgement: the policy that the attribute at fault violates, NL_POLICY_TYPE_ATTR_…. */
export const NLMSGERR_ATTR_POLICY = 4;
/** Extended acknowledgement: the type of an attribute that the request lacks, a u32. */
export const NLMSGERR_ATTR_MISS_TYPE = 5;
/** Extended acknowledgement: the offset of the nest that lacks an attribute, a u32. */
export const NLMSGERR_ATTR_MISS_NEST = 6;

/** Attributes that describe a policy (enum netlink_policy_type_attr). */
export const NL_POLICY_TYPE_ATTR_TYPE = 1;
/** Policy: lowest value of a signed integer, an s64. */
export const NL_POLICY_TYPE_ATTR_MIN_VALUE_S = 2;
/** Policy: highest value of a signed integer, an s64. */
export const NL_POLICY_TYPE_ATTR_MAX_VALUE_S = 3;
/** Policy: lowest value of an unsigned integer, a u64. */
export const NL_POLICY_TYPE_ATTR_MIN_VALUE_U = 4;
/** Policy: highest value of an unsigned integer, a u64. */
export const NL_POLICY_TYPE_ATTR_MAX_VALUE_U = 5;
/** Policy: least length in bytes, a u32. */
export const NL_POLICY_TYPE_ATTR_MIN_LENGTH = 6;
/** Policy: greatest length in bytes, a u32. */
export const NL_POLICY_TYPE_ATTR_MAX_LENGTH = 7;
/** Policy: index of the policy of the nested attributes, a u32. */
export const NL_POLICY_TYPE_ATTR_POLICY_IDX = 8;
/** Policy: highest type of the nested attributes, a u32. */
export const NL_POLICY_TYPE_ATTR_POLICY_MAXTYPE = 9;
/** Policy: the valid bits of a bitfield32, a u32. */
export const NL_POLICY_TYPE_ATTR_BITFIELD32_MASK = 10;
/** Policy: padding before 64-bit values. */
export const NL_POLICY_TYPE_ATTR_PAD = 11;
/** Policy: the valid bits of an unsigned integer, a u64. */
export const NL_POLICY_TYPE_ATTR_MASK = 12;

/** The largest attribute, header included: its length has sixteen bits. */
export const NLA_MAX_LENGTH = 0xffff;
