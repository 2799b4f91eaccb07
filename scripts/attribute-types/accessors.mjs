// The kernel's functions for attributes (include/net/netlink.h): which argument is the attribute or its type, and what
// they say about the value.

const WIDE =
  'u8|u16|u32|u64|s8|s16|s32|s64|be16|be32|be64|le16|le32|le64|uint|sint|flag|msecs|in_addr|in6_addr|bitfield32';
const READER = new RegExp(`^nla_get_(${WIDE})(_default)?$`);
const WRITER = new RegExp(`^nla_put_(${WIDE}|net16|net32|net64|u64_64bit|string)$`);
const RENAMED = {
  msecs: 'u64',
  in_addr: 'ipv4',
  in6_addr: 'ipv6',
  u64_64bit: 'u64',
  net16: 'be16',
  net32: 'be32',
  net64: 'be64',
};

/** The type that `nla_get_…()` reads. */
export function readType(name) {
  const type = READER.exec(name)?.[1];
  return type && (RENAMED[type] ?? type);
}

/** The type that `nla_put_…()` writes. */
export function writtenType(name) {
  const type = WRITER.exec(name)?.[1];
  return type && (RENAMED[type] ?? type);
}

/** Functions that read an attribute as something: the argument that it is, and the type. */
export const READS = new Map(
  Object.entries({
    nla_parse_nested: [2, 'nest'],
    nla_parse_nested_deprecated: [2, 'nest'],
    nla_validate_nested: [0, 'nest'],
    nla_validate_nested_deprecated: [0, 'nest'],
    nla_find_nested: [0, 'nest'],
    nla_strscpy: [1, 'string'],
    nla_strdup: [0, 'string'],
    nla_strcmp: [0, 'string'],
  }),
);

/** Macros that walk over the attributes within one: `(position, attribute, rest)`. */
export const WALKS = new Set(['nla_for_each_nested']);
/** Those that pass over all but one type: `(position, type, …)`, and where the attribute is that they walk over. */
export const WALKS_OF_TYPE = new Map(
  Object.entries({
    nla_for_each_nested_type: 2,
    nla_for_each_attr_type: undefined,
    nlmsg_for_each_attr_type: undefined,
  }),
);
/** Those that walk over what is not an attribute's payload as a whole: `(position, head, length, rest)`. */
export const WALKS_OF_HEAD = new Set(['nla_for_each_attr', 'nlmsg_for_each_attr']);

export const NEST_STARTS = new Set(['nla_nest_start', 'nla_nest_start_noflag']);
/** Functions that write as many bytes as they are told: `(skb, type, length, data)`. */
export const SIZED_WRITES = new Set([
  'nla_put',
  'nla_put_64bit',
  'nla_reserve',
  'nla_reserve_64bit',
  '__nla_put',
  '__nla_reserve',
]);
export const MESSAGE_STARTS =
  /^(genlmsg_put|rtnl_msg_put|genlmsg_put_reply|genlmsg_iput|nlmsg_put|nlmsg_put_answer|__nlmsg_put|nfnl_msg_put|nl80211hdr_put|ethnl_dump_put|ethnl_bcastmsg_put|ethnl_reply_init|devlink_nl_put_msg|nlmsg_new|genlmsg_new|alloc_skb|nla_reserve_nohdr|nla_put_nohdr)$/;

/** Functions that are told an attribute for padding, and the argument that it is. */
export const PADDED = new Map(
  Object.entries({
    nla_put_u64_64bit: 3,
    nla_put_be64: 3,
    nla_put_net64: 3,
    nla_put_le64: 3,
    nla_put_s64: 3,
    nla_put_msecs: 3,
    nla_put_64bit: 4,
    nla_reserve_64bit: 3,
    __nla_reserve_64bit: 3,
    __nla_put_64bit: 4,
  }),
);
