/** A kernel function that the tracer is asked for. */
export interface TracedFunction {
  readonly name: string;
  /** The first kernel that has it, where not all do that this project supports. */
  readonly since?: string;
  /** The first kernel that no longer has it. */
  readonly until?: string;
  /** Whose body it becomes part of where the compiler inlines it. */
  readonly caller?: string;
}

export interface FunctionGroup {
  readonly name: 'netlink' | 'socket' | 'buffer' | 'module';
  readonly functions: readonly TracedFunction[];
}

const names = (...list: readonly string[]): TracedFunction[] => list.map((name) => ({ name }));

/** What `nlctl trace` shows: the way of a message, from the system call to the queue and back. */
export const functionGroups: readonly FunctionGroup[] = [
  {
    name: 'netlink', // net/netlink/af_netlink.c
    functions: [
      ...names('netlink_create', '__netlink_create', 'netlink_release', 'netlink_sock_destruct'),
      ...names('__netlink_kernel_create', 'netlink_kernel_release'),
      ...names('netlink_bind', 'netlink_connect', 'netlink_insert', 'netlink_realloc_groups'),
      ...names('netlink_getname', 'netlink_setsockopt', 'netlink_getsockopt'),
      { name: 'netlink_autobind', caller: 'netlink_bind' },
      { name: 'netlink_remove', caller: 'netlink_release' },
      { name: '__netlink_lookup', caller: 'netlink_autobind' },
      { name: 'netlink_lookup', caller: 'netlink_unicast' },
      ...names('netlink_sendmsg', 'netlink_unicast'),
      { name: 'netlink_alloc_large_skb', caller: 'netlink_sendmsg' },
      { name: 'netlink_getsockbyportid', caller: 'netlink_unicast' },
      { name: 'netlink_unicast_kernel', caller: 'netlink_unicast' },
      ...names('netlink_trim', 'netlink_attachskb', 'netlink_detachskb', 'netlink_overrun'),
      ...names('netlink_sendskb', '__netlink_sendskb', '__netlink_deliver_tap'),
      { name: 'netlink_deliver_tap', caller: '__netlink_sendskb' },
      ...names('netlink_broadcast', 'nlmsg_notify'),
      { name: 'netlink_broadcast_filtered', since: '6.6', caller: 'netlink_broadcast' },
      { name: 'do_one_broadcast', caller: 'netlink_broadcast' },
      { name: 'netlink_broadcast_deliver', caller: 'netlink_broadcast' },
      ...names('netlink_recvmsg', 'netlink_skb_destructor', 'netlink_rcv_skb', 'netlink_ack'),
      ...names(
        '__netlink_dump_start',
        'netlink_dump',
        'netlink_dump_done',
        'rtnetlink_rcv_msg',
        'genl_rcv_msg',
      ),
    ],
  },
  {
    name: 'socket', // fs/read_write.c, net/socket.c, net/core/sock.c
    functions: [
      ...names('ksys_read', 'vfs_read', 'sock_read_iter', 'ksys_write', 'vfs_write', 'sock_write_iter'),
      { name: 'new_sync_read', caller: 'vfs_read' },
      { name: 'new_sync_write', caller: 'vfs_write' },
      ...names('__sys_socket', '__sock_create', 'sock_create_lite', 'sock_init_data'),
      ...names('sock_alloc', 'sock_alloc_file', 'sk_alloc', 'sk_free'),
      { name: 'sock_map_fd', caller: '__sys_socket' },
      ...names('__sys_bind', '__sys_connect', '__sys_setsockopt', '__sys_getsockopt', '__sys_getsockname'),
      ...names('__sys_sendto', '__sys_sendmsg', '___sys_sendmsg', '____sys_sendmsg', '__sys_sendmmsg'),
      ...names('sock_sendmsg', '__sys_recvfrom', '__sys_recvmsg', '___sys_recvmsg', '____sys_recvmsg'),
      ...names('__sys_recvmmsg', 'sock_recvmsg', 'sock_poll', 'sock_def_readable', 'sock_rfree'),
      ...names('sock_close', '__sock_release', 'sock_release'),
      { name: '__sock_sendmsg', caller: 'sock_sendmsg' },
      { name: 'sock_sendmsg_nosec', caller: 'sock_sendmsg' },
      { name: 'sock_recvmsg_nosec', caller: 'sock_recvmsg' },
    ],
  },
  {
    name: 'buffer', // net/core/skbuff.c, net/core/datagram.c
    functions: [
      ...names('__alloc_skb', 'skb_clone', 'skb_copy', 'pskb_expand_head', 'skb_queue_tail', 'skb_dequeue'),
      ...names('skb_recv_datagram', '__skb_recv_datagram', '__skb_try_recv_datagram'),
      ...names('__skb_wait_for_more_packets', 'skb_copy_datagram_iter', 'skb_free_datagram', 'consume_skb'),
      { name: 'kfree_skb_reason', since: '5.17', until: '6.11' },
      { name: 'sk_skb_reason_drop', since: '6.11' },
      { name: 'skb_queue_purge', until: '6.8' },
      { name: 'skb_queue_purge_reason', since: '6.8' },
      { name: 'skb_set_owner_r', caller: '__netlink_sendskb' },
    ],
  },
  {
    name: 'module', // kernel/module/main.c, net/core/net_namespace.c
    functions: names(
      ...['do_init_module', 'do_one_initcall', 'register_pernet_subsys', 'unregister_pernet_subsys'],
      ...['register_pernet_operations', 'ops_init'],
    ),
  },
];

/** Whether a function is part of netlink itself, rather than of what any socket goes through. */
const netlinkNames: ReadonlySet<string> = new Set(
  functionGroups
    .filter(({ name }) => name === 'netlink')
    .flatMap(({ functions }) => functions.map(({ name }) => name)),
);

export function isNetlinkFunction(name: string): boolean {
  return netlinkNames.has(plainName(name));
}

/** The name without what the compiler adds to a changed copy of a function (`.isra.0`, `.constprop.0`, `.part.0`). */
export function plainName(name: string): string {
  return name.split('.', 1)[0] ?? name;
}

/** A function as this kernel has it. */
export interface TraceableFunction {
  /** The name as this kernel spells it, with what the compiler added. */
  readonly name: string;
  /** Its number in available_filter_functions, from 1 on. */
  readonly number: number;
}

export interface Probe {
  readonly traceable: readonly TraceableFunction[];
  /** The functions of the list that this kernel has, but as part of their callers. */
  readonly inlined: readonly TracedFunction[];
}

/** Looks the list up in what a kernel can trace: the text of available_filter_functions. */
export function probeFunctions(available: string, release: string): Probe {
  const wanted = functionGroups
    .flatMap(({ functions }) => functions)
    .filter((entry) => existsIn(entry, release));
  const wantedNames = new Set(wanted.map(({ name }) => name));
  const traceable = available.split('\n').flatMap((line, index) => {
    const name = line.split(' ', 1)[0] ?? '';
    return wantedNames.has(plainName(name)) ? [{ name, number: index + 1 }] : [];
  });
  const found = new Set(traceable.map(({ name }) => plainName(name)));
  return { traceable, inlined: wanted.filter(({ name }) => !found.has(name)) };
}

function existsIn({ since, until }: TracedFunction, release: string): boolean {
  return (
    (since === undefined || !isOlder(release, since)) && (until === undefined || isOlder(release, until))
  );
}

/** Whether kernel `release` (`6.1.0-56-amd64`) is older than `version` (`6.6`). */
function isOlder(release: string, version: string): boolean {
  const [major = 0, minor = 0] = release.split('.', 2).map((part) => Number.parseInt(part, 10));
  const [thanMajor = 0, thanMinor = 0] = version.split('.').map(Number);
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
}
