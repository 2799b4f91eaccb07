#include "network_namespace.h"

#include <sched.h>
#include <uv.h>

#include <cerrno>

#include "netlink_socket.h"

namespace afnetlink {

namespace {

struct Request {
  int namespace_descriptor;
  int type;
  int protocol;
  int result;
};

void Open(void* data) {
  auto* request = static_cast<Request*>(data);
  if (setns(request->namespace_descriptor, CLONE_NEWNET) != 0) {
    request->result = -errno;
  } else {
    request->result = NetlinkSocket::Open(request->type, request->protocol);
  }
}

}  // namespace

int OpenInNamespace(int namespace_descriptor, int type, int protocol) {
  Request request{
      .namespace_descriptor = namespace_descriptor, .type = type, .protocol = protocol, .result = 0};
  uv_thread_t thread{};
  const int error = uv_thread_create(&thread, Open, &request);
  if (error != 0) return error;
  uv_thread_join(&thread);
  return request.result;
}

}  // namespace afnetlink
