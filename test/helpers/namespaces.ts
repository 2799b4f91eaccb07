/**
 * Put before a command, gives it a network and a mount namespace of its own, with loopback up and an empty /run/netns, so
 * that it may do there what it likes. An ordinary user gets a user namespace around it.
 */
export const inPrivateNamespace: readonly string[] = [
  'unshare',
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  '--mount',
  '--net',
  'sh',
  '-c',
  'mount -t tmpfs none /run && mkdir /run/netns && ip link set lo up && exec "$@"',
  'sh',
];

/** Put before a command, takes every capability from it. */
export const withoutCapabilities: readonly string[] =
  process.getuid?.() === 0
    ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all']
    : [];
