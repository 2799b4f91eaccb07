#include "filter_calls.h"

#include <linux/filter.h>
#include <sys/socket.h>

#include <cerrno>
#include <limits>

#include "arguments.h"

namespace afnetlink {

namespace {

Napi::Value AttachFilter(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto* socket = arguments.socket();
  if (socket == nullptr) return arguments.Return(-EBADF);
  const auto bytes = arguments.Bytes(1);
  const std::size_t count = bytes.size() / sizeof(sock_filter);
  if (count > std::numeric_limits<std::uint16_t>::max()) return arguments.Return(-EINVAL);
  const sock_fprog program{.len = static_cast<std::uint16_t>(count),
                           .filter = reinterpret_cast<sock_filter*>(bytes.data())};
  const int result = setsockopt(socket->descriptor(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
  return arguments.Return(result != 0 ? -errno : 0);
}

Napi::Value ReadFilter(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto* socket = arguments.socket();
  if (socket == nullptr) return arguments.Return(-EBADF);
  const auto target = arguments.Bytes(1);
  // The kernel counts this option's length in instructions.
  auto count = static_cast<socklen_t>(target.size() / sizeof(sock_filter));
  const int result = getsockopt(socket->descriptor(), SOL_SOCKET, SO_GET_FILTER, target.data(), &count);
  return arguments.Return(result != 0 ? -errno : static_cast<double>(count));
}

}  // namespace

void ExportFilterCalls(Napi::Object exports, Environment* environment) {
  const auto add = [&]<auto call>(const char* name) {
    exports.Set(name, Napi::Function::New<call>(exports.Env(), name, environment));
  };
  add.template operator()<AttachFilter>("attachFilter");
  add.template operator()<ReadFilter>("readFilter");
}

}  // namespace afnetlink
