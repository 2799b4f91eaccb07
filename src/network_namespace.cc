#include "network_namespace.h"

#include <sched.h>

#include <cerrno>

#include "netlink_socket.h"
#include "thread.h"

namespace afnetlink {

namespace {

struct Request {
  int namespace_descriptor;
  int type;
  int protocol;
  int result;

  void Open();
};

void Request::Open() {
  if (setns(namespace_descriptor, CLONE_NEWNET) != 0) {
    result = -errno;
  } else {
    result = NetlinkSocket::Open(type, protocol);
  }
}

}  // namespace

int OpenInNamespace(int namespace_descriptor, int type, int protocol) {
  Request request{
      .namespace_descriptor = namespace_descriptor, .type = type, .protocol = protocol, .result = 0};
  Thread thread;
  const int error = thread.Start<&Request::Open>(&request);
  if (error != 0) return error;
  thread.Join();
  return request.result;
}

}  // namespace afnetlink
