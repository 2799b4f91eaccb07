import { NetlinkError } from '../errors.js';

interface Provider {
  /** The kernel's configuration option. */
  readonly option: string;
  /** The module that contains it, if it is built as one. */
  readonly module?: string;
}

/** Which option and module provide the families that a kernel may lack. */
const providers: Readonly<Record<string, Provider>> = {
  IPVS: { option: 'CONFIG_IP_VS', module: 'ip_vs' },
  IOAM6: { option: 'CONFIG_IPV6' },
  NLBL_MGMT: { option: 'CONFIG_NETLABEL' },
  SEG6: { option: 'CONFIG_IPV6' },
  SMC_GEN_NETLINK: { option: 'CONFIG_SMC', module: 'smc' },
  TASKSTATS: { option: 'CONFIG_TASKSTATS' },
  TIPCv2: { option: 'CONFIG_TIPC', module: 'tipc' },
  VFS_DQUOT: { option: 'CONFIG_QUOTA_NETLINK_INTERFACE' },
  acpi_event: { option: 'CONFIG_ACPI' },
  batadv: { option: 'CONFIG_BATMAN_ADV', module: 'batman-adv' },
  binder: { option: 'CONFIG_ANDROID_BINDER_IPC' },
  devlink: { option: 'CONFIG_NET_DEVLINK' },
  dpll: { option: 'CONFIG_DPLL' },
  ethtool: { option: 'CONFIG_ETHTOOL_NETLINK' },
  fou: { option: 'CONFIG_NET_FOU', module: 'fou' },
  gtp: { option: 'CONFIG_GTP', module: 'gtp' },
  handshake: { option: 'CONFIG_NET_HANDSHAKE' },
  hsr: { option: 'CONFIG_HSR', module: 'hsr' },
  ila: { option: 'CONFIG_IPV6_ILA', module: 'ila' },
  l2tp: { option: 'CONFIG_L2TP', module: 'l2tp_netlink' },
  lockd: { option: 'CONFIG_LOCKD', module: 'lockd' },
  macsec: { option: 'CONFIG_MACSEC', module: 'macsec' },
  mptcp_pm: { option: 'CONFIG_MPTCP' },
  netdev: { option: 'CONFIG_NET, Linux 6.3' },
  netlink_test: { option: "afnetlink's own kernel module", module: 'netlink_test' },
  'net-shaper': { option: 'CONFIG_NET_SHAPER' },
  nfc: { option: 'CONFIG_NFC', module: 'nfc' },
  nfsd: { option: 'CONFIG_NFSD', module: 'nfsd' },
  nl80211: { option: 'CONFIG_CFG80211', module: 'cfg80211' },
  nl802154: { option: 'CONFIG_IEEE802154', module: 'ieee802154' },
  ovpn: { option: 'CONFIG_OVPN', module: 'ovpn' },
  ovs_datapath: { option: 'CONFIG_OPENVSWITCH', module: 'openvswitch' },
  ovs_flow: { option: 'CONFIG_OPENVSWITCH', module: 'openvswitch' },
  ovs_vport: { option: 'CONFIG_OPENVSWITCH', module: 'openvswitch' },
  psp: { option: 'CONFIG_INET_PSP' },
  sunrpc: { option: 'CONFIG_SUNRPC', module: 'sunrpc' },
  tcp_metrics: { option: 'CONFIG_INET' },
  team: { option: 'CONFIG_NET_TEAM', module: 'team' },
  thermal: { option: 'CONFIG_THERMAL_NETLINK' },
  wireguard: { option: 'CONFIG_WIREGUARD', module: 'wireguard' },
};

/** The error for a family that the controller does not know even after it tried to load its module. */
export function missingFamily(name: string, cause: NetlinkError): NetlinkError {
  const provider = Object.hasOwn(providers, name) ? providers[name] : undefined;
  return new NetlinkError(`there is no Generic Netlink family '${name}' here: ${advice(provider)}`, {
    code: cause.code,
    ...(cause.errno === undefined ? {} : { errno: cause.errno }),
    operation: 'CTRL_CMD_GETFAMILY',
    extack: cause.extack,
    cause,
  });
}

function advice(provider: Provider | undefined): string {
  if (provider === undefined) {
    return 'no module of that name could be loaded, or it does not serve this network namespace';
  }
  const { option, module } = provider;
  if (module === undefined) return `it is built into kernels that have ${option}`;
  return `it is in the module ${module} (${option}), which the kernel could not load by itself: try modprobe ${module}`;
}
