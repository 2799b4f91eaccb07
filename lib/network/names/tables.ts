import { NameTable } from './name-table.js';

const U8_MAX = 0xff;
const U32_MAX = 0xffffffff;

/** Routing tables (RT_TABLE_*). */
export const tables = new NameTable({
  what: 'table',
  file: 'rt_tables',
  maximum: U32_MAX,
  builtIn: { unspec: 0, default: 253, main: 254, local: 255 },
});

/** Who added a route or a rule (RTPROT_*). */
export const protocols = new NameTable({
  what: 'protocol',
  file: 'rt_protos',
  maximum: U8_MAX,
  builtIn: {
    unspec: 0,
    redirect: 1,
    kernel: 2,
    boot: 3,
    static: 4,
    gated: 8,
    ra: 9,
    mrt: 10,
    zebra: 11,
    bird: 12,
    dnrouted: 13,
    xorp: 14,
    ntk: 15,
    dhcp: 16,
    keepalived: 18,
    babel: 42,
    openr: 99,
    bgp: 186,
    isis: 187,
    ospf: 188,
    rip: 189,
    eigrp: 192,
  },
});

/** How far an address or a route reaches (RT_SCOPE_*). */
export const scopes = new NameTable({
  what: 'scope',
  file: 'rt_scopes',
  maximum: U8_MAX,
  builtIn: { global: 0, site: 200, link: 253, host: 254, nowhere: 255 },
});

/** Who added an address (IFAPROT_*). */
export const addressProtocols = new NameTable({
  what: 'address protocol',
  file: 'rt_addrprotos',
  maximum: U8_MAX,
  builtIn: { unspec: 0, kernel_lo: 1, kernel_ra: 2, kernel_ll: 3 },
});

/** Groups of links. */
export const groups = new NameTable({
  what: 'link group',
  file: 'group',
  maximum: U32_MAX,
  builtIn: { default: 0 },
});
