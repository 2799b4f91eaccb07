import type { Definition } from './command/command.js';
import { option } from './command/option.js';
import { optional } from './command/positional.js';
import { integer, seconds, text } from './command/values.js';

const positionals = {
  text: optional('the text to send, "Hello you!" by default', text('TEXT')),
};

const options = {
  protocol: option('netlink protocol number; 17 is that of netlink_test', integer('N', 0, 31), {
    byDefault: '17',
  }),
  group: option(
    'listen to multicast group N and print what is sent to it; send TEXT only if it is given',
    integer('N', 1, 0x7fff_ffff),
    { whenBare: '1' },
  ),
  timeout: option(
    'seconds to wait for each answer (default 5; with --group and nothing to send, no limit)',
    seconds('S', 0.001),
  ),
  bytes: option('send N bytes instead of TEXT, and compare the answer with them', integer('N', 0, 1 << 20)),
  count: option('send and receive N times', integer('N', 1), { byDefault: '1' }),
};

/** nl_recv, as help, completion and the manual page see it. */
export const nlRecvDescription: Omit<Definition<typeof options, typeof positionals>, 'run'> = {
  name: 'nl_recv',
  summary: "send a text to a kernel module's netlink protocol and print the echo",
  description:
    "Sends TEXT to a kernel module's netlink protocol and prints what comes back; or prints what the module sends to a " +
    'multicast group.',
  options,
  positionals,
};
