import type { Fixup } from './fixup.js';

export const fouFixups: readonly Fixup[] = [
  ...['local-v4', 'peer-v4'].map((attribute) => ({
    reason: 'it is an IPv4 address in network order (nla_get_in_addr in parse_nl_config), not a number',
    at: ['attribute-sets', 'fou', 'attributes', attribute],
    was: { 'display-hint': undefined, 'byte-order': undefined },
    set: { 'display-hint': 'ipv4', 'byte-order': 'big-endian' },
  })),
  ...['local-v6', 'peer-v6'].map((attribute) => ({
    reason: 'it is an IPv6 address',
    at: ['attribute-sets', 'fou', 'attributes', attribute],
    was: { 'display-hint': undefined },
    set: { 'display-hint': 'ipv6' },
  })),
  {
    reason: 'FOU_ATTR_TYPE is one of FOU_ENCAP_*',
    at: ['attribute-sets', 'fou', 'attributes', 'type'],
    was: { enum: undefined },
    set: { enum: 'encap-type' },
  },
  {
    reason: 'FOU_ATTR_AF says which address family a port is opened in, and the request leaves it out',
    at: ['operations', 'list', 'add', 'do', 'request', 'attributes'],
    add: ['af'],
  },
];
