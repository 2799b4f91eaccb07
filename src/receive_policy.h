#pragma once

namespace afnetlink {

/** What a socket wants of its datagrams. */
struct ReceivePolicy {
  /** Whether ancillary data (PKTINFO, namespace ids, credentials) may come with a datagram. */
  bool ancillary = false;
  /** Whether datagrams from ports other than the kernel's are wanted. */
  bool accept_foreign = false;
};

}  // namespace afnetlink
