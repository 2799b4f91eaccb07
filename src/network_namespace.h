#pragma once

namespace afnetlink {

/**
 * Opens a netlink socket inside the network namespace of another descriptor (a file of /run/netns or
 * /proc/PID/ns/net). The namespace is entered on a thread that ends afterwards: no other thread ever leaves
 * its own. Returns a descriptor or -errno.
 */
int OpenInNamespace(int namespace_descriptor, int type, int protocol);

}  // namespace afnetlink
