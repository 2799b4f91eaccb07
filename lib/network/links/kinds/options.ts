/** Options of a bridge (IFLA_BR_*). Times are in seconds, to a hundredth. */
export interface BridgeOptions {
  /** Seconds in the listening and learning states; 2 to 30 while STP runs. Kernel's default: 15. */
  readonly forwardDelay?: number | undefined;
  /** Seconds between STP's hello messages, 1 to 10. Kernel's default: 2. */
  readonly helloTime?: number | undefined;
  /** Seconds that an STP message is valid, 6 to 40. Kernel's default: 20. */
  readonly maxAge?: number | undefined;
  /** Seconds after which an idle address is forgotten. Kernel's default: 300. */
  readonly ageingTime?: number | undefined;
  /** Whether the spanning tree protocol runs. Kernel's default: false. */
  readonly stp?: boolean | undefined;
  /** STP priority, 0 to 65535. Kernel's default: 32768. */
  readonly priority?: number | undefined;
  /** Whether VLANs are told apart. Kernel's default: false. */
  readonly vlanFiltering?: boolean | undefined;
  /** VLAN id of untagged frames, 0 for none to 4094. Kernel's default: 1. */
  readonly defaultPvid?: number | undefined;
  /** Whether multicast goes only to the ports that want it. Kernel's default: true. */
  readonly multicastSnooping?: boolean | undefined;
  /** Whether the bridge asks for multicast members itself. Kernel's default: false. */
  readonly multicastQuerier?: boolean | undefined;
  /** Mask of the link-local groups 01:80:c2:00:00:0x to forward, 0 to 65535. */
  readonly groupForwardMask?: number | undefined;
}

/** Options of a VLAN on a parent link (IFLA_VLAN_*). */
export interface VlanOptions {
  /** VLAN id, 0 to 4094. Needed, and fixed once the link is there. */
  readonly id?: number | undefined;
  /** Kernel's default: 802.1Q. */
  readonly protocol?: '802.1Q' | '802.1ad' | undefined;
}

/** Options of a VXLAN tunnel (IFLA_VXLAN_*). The link below is the link's `parent`. */
export interface VxlanOptions {
  /** VXLAN network id, 0 to 16777215. */
  readonly id?: number | undefined;
  /** Address to send from. */
  readonly local?: string | undefined;
  /** Address or multicast group to send to. */
  readonly remote?: string | undefined;
  /** UDP port, 1 to 65535. Kernel's default: 8472; IANA's is 4789. */
  readonly port?: number | undefined;
  /** Hops, 0 to 255; 0 lets the kernel choose. */
  readonly ttl?: number | undefined;
  /** Whether addresses are learned from what comes in. Kernel's default: true. */
  readonly learning?: boolean | undefined;
  /** Seconds after which an idle address is forgotten. Kernel's default: 300. */
  readonly ageing?: number | undefined;
  /** Whether the bridge of an external controller sets the tunnel's metadata. Fixed once the link is there. */
  readonly external?: boolean | undefined;
  /** Whether neighbour requests are answered from the table. */
  readonly proxy?: boolean | undefined;
}

/** Options of a further Ethernet address of a parent link (IFLA_MACVLAN_*), for macvlan and macvtap. */
export interface MacvlanOptions {
  /** How links of one parent reach each other. Kernel's default: vepa. */
  readonly mode?: 'private' | 'vepa' | 'bridge' | 'passthru' | 'source' | undefined;
}

/** Options of an IPVLAN (IFLA_IPVLAN_*). */
export interface IpvlanOptions {
  /** Kernel's default: l3. */
  readonly mode?: 'l2' | 'l3' | 'l3s' | undefined;
}

/** Options of a VRF (IFLA_VRF_*). */
export interface VrfOptions {
  /** Number of its routing table, 1 to 4294967295. Needed. */
  readonly table?: number | undefined;
}

/** Options of a bond (IFLA_BOND_*). */
export interface BondOptions {
  /** Kernel's default: balance-rr. */
  readonly mode?:
    | 'balance-rr'
    | 'active-backup'
    | 'balance-xor'
    | 'broadcast'
    | '802.3ad'
    | 'balance-tlb'
    | 'balance-alb'
    | undefined;
  /** Milliseconds between looks at the carrier; 0 for none. */
  readonly miimon?: number | undefined;
  /** Milliseconds before a member with a carrier is used. */
  readonly upDelay?: number | undefined;
  /** Milliseconds before a member without a carrier is left. */
  readonly downDelay?: number | undefined;
  /** What the sending member is chosen by. Kernel's default: layer2. */
  readonly hashPolicy?:
    'layer2' | 'layer3+4' | 'layer2+3' | 'encap2+3' | 'encap3+4' | 'vlan+srcmac' | undefined;
  /** How often the partner is asked to send, with 802.3ad. Kernel's default: slow. */
  readonly lacpRate?: 'slow' | 'fast' | undefined;
  /** Fewest members with a carrier for the bond to have one. */
  readonly minLinks?: number | undefined;
}

/** The options of each kind that has any here; others go by `raw`. */
export interface KindOptions {
  readonly bridge?: BridgeOptions | undefined;
  readonly vlan?: VlanOptions | undefined;
  readonly vxlan?: VxlanOptions | undefined;
  readonly macvlan?: MacvlanOptions | undefined;
  readonly macvtap?: MacvlanOptions | undefined;
  readonly ipvlan?: IpvlanOptions | undefined;
  readonly vrf?: VrfOptions | undefined;
  readonly bond?: BondOptions | undefined;
}
