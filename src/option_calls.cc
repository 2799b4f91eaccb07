#include "option_calls.h"

#include <sys/socket.h>

#include <cerrno>

#include "arguments.h"

namespace afnetlink {

namespace {

Napi::Value SetOption(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto* socket = arguments.socket();
  if (socket == nullptr) return arguments.Return(-EBADF);
  const auto value = arguments.Bytes(3);
  const int result = setsockopt(socket->descriptor(), arguments.Int(1), arguments.Int(2), value.data(),
                                static_cast<socklen_t>(value.size()));
  return arguments.Return(result != 0 ? -errno : 0);
}

Napi::Value GetOption(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto* socket = arguments.socket();
  if (socket == nullptr) return arguments.Return(-EBADF);
  const auto value = arguments.Bytes(3);
  auto length = static_cast<socklen_t>(value.size());
  const int result =
      getsockopt(socket->descriptor(), arguments.Int(1), arguments.Int(2), value.data(), &length);
  return arguments.Return(result != 0 ? -errno : static_cast<double>(length));
}

Napi::Value SetReceivePolicy(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  auto* socket = arguments.socket();
  if (socket == nullptr) return arguments.Return(-EBADF);
  socket->policy() = {.ancillary = arguments.Bool(1), .accept_foreign = arguments.Bool(2)};
  return arguments.Return(0);
}

}  // namespace

void ExportOptionCalls(Napi::Object exports, Environment* environment) {
  const auto add = [&]<auto call>(const char* name) {
    exports.Set(name, Napi::Function::New<call>(exports.Env(), name, environment));
  };
  add.template operator()<SetOption>("setOption");
  add.template operator()<GetOption>("getOption");
  add.template operator()<SetReceivePolicy>("setReceivePolicy");
}

}  // namespace afnetlink
