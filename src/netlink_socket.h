#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <span>

#include "netlink_address.h"
#include "receive_policy.h"
#include "receive_ring.h"
#include "socket_thread.h"
#include "unique_descriptor.h"
#include "watcher.h"

namespace afnetlink {

class Environment;

/** One AF_NETLINK socket. Calls return -errno on failure. */
class NetlinkSocket final : public WatcherDelegate, public SocketThreadDelegate {
 public:
  /** Opens a descriptor: non-blocking, closed on exec. */
  static int Open(int type, int protocol);
  /** Prepares a descriptor that came from elsewhere. Returns 0, or -EAFNOSUPPORT if it is not a netlink
   * socket. */
  static int Adopt(int descriptor);

  NetlinkSocket(std::shared_ptr<Environment> environment, double handle, UniqueDescriptor descriptor);
  NetlinkSocket(const NetlinkSocket&) = delete;
  NetlinkSocket& operator=(const NetlinkSocket&) = delete;
  ~NetlinkSocket() override = default;

  [[nodiscard]] int descriptor() const { return descriptor_->get(); }
  ReceivePolicy& policy() { return policy_; }
  /** Hands a descriptor of the socket out, and stops watching it. */
  int Release();

  [[nodiscard]] int Bind(NetlinkAddress address) const;
  [[nodiscard]] int Connect(NetlinkAddress address) const;
  [[nodiscard]] int LocalAddress(NetlinkAddress* address) const;
  [[nodiscard]] int PeerAddress(NetlinkAddress* address) const;

  /** Sends to the connected peer, which without Connect is the kernel. */
  [[nodiscard]] ssize_t Send(std::span<const std::uint8_t> bytes) const;
  [[nodiscard]] ssize_t SendTo(std::span<const std::uint8_t> bytes, NetlinkAddress address) const;
  /** Sends a datagram that lies in two places; to the connected peer if `address` is nullptr. */
  [[nodiscard]] ssize_t SendParts(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second,
                                  const NetlinkAddress* address) const;
  /** As BatchReceiver::Receive; while a thread receives, nothing is placed in `memory`. */
  int Receive(const ReceiveRing& ring, std::size_t wanted, std::span<std::uint8_t> memory = {});
  /** The same for one datagram; waits up to `timeout` milliseconds, -1 waits forever. */
  int ReceiveOne(const ReceiveRing& ring, int milliseconds, std::span<std::uint8_t> memory);
  /** Blocks the thread until something can be received: 1, or 0 when the time is over. */
  [[nodiscard]] int Wait(int milliseconds) const;

  /** Calls JavaScript when the socket is readable, until StopWatching; keeps the event loop alive if `ref`.
   */
  int Watch(bool ref);
  void StopWatching();
  /** From now on nothing is received on the calling thread. Returns 0 or -errno. */
  int StartOffload();
  /** The thread that StartOffload made; nullptr without it. */
  [[nodiscard]] SocketThread* offload() const { return offloaded_ ? thread_.get() : nullptr; }
  /** Receives on a thread of the socket's own until nothing is queued. Returns 0 or -errno. */
  int ReadAhead();

  void OnReadable() override;
  void OnThreadProgress() override;

 private:
  int CreateThread();
  /** Waits for what comes next where it comes: at the descriptor, or at the thread. */
  int UpdateWatching();
  int TakeAhead(const ReceiveRing& ring, std::size_t wanted);
  /** The thread has found nothing more, and all that it received was taken. */
  void EndReadAhead();
  /** The same where nobody waits, and so nobody takes and finds that out. */
  void EndReadAheadUnseen();
  void CallJavaScript() const;

  std::shared_ptr<Environment> environment_;
  double handle_;
  std::shared_ptr<UniqueDescriptor> descriptor_;
  // Before the watcher goes, the descriptor must still be open: members are destroyed in reverse order.
  std::unique_ptr<Watcher> watcher_;
  std::unique_ptr<SocketThread> thread_;
  bool offloaded_ = false;
  /** Whether the thread receives, or has what it received. */
  bool ahead_ = false;
  /** Whether the descriptor was seen to be readable since the thread was last told to receive. */
  bool readable_ = false;
  bool watching_ = false;
  bool watch_ref_ = false;
  ReceivePolicy policy_;
  /** So often yet ReceiveOne waits before it looks. */
  int waits_first_ = 0;
};

}  // namespace afnetlink
