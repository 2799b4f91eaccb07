#include "thread_calls.h"

#include <cerrno>
#include <cstring>

#include "arguments.h"

namespace afnetlink {

namespace {

Napi::Value UseThreadLoop(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  if (!info[0].IsFunction()) return arguments.Return(-EINVAL);
  return arguments.Return(arguments.environment().UseThreadLoop(info[0].As<Napi::Function>()));
}

Napi::Value StartOffload(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  auto* socket = arguments.socket();
  return arguments.Return(socket == nullptr ? -EBADF : socket->StartOffload());
}

Napi::Value Submit(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  auto* socket = arguments.socket();
  if (socket == nullptr || socket->offload() == nullptr) return arguments.Return(-EBADF);
  bool valid = false;
  const auto bytes = arguments.Part(1, &valid);
  if (!valid) return arguments.Return(-EFAULT);
  const bool addressed = info.Length() > 4;
  socket->offload()->Submit({.bytes = {bytes.begin(), bytes.end()},
                             .addressed = addressed,
                             .to = {.port_id = arguments.Unsigned(4), .group_mask = arguments.Unsigned(5)}});
  return arguments.Return(0);
}

Napi::Value TakeSent(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  auto* socket = arguments.socket();
  if (socket == nullptr || socket->offload() == nullptr) return arguments.Return(-EBADF);
  const auto target = arguments.Bytes(1);
  int sent = 0;
  if (target.size() < sizeof sent) return arguments.Return(-EFAULT);
  if (!socket->offload()->TakeSent(&sent)) return arguments.Return(0);
  std::memcpy(target.data(), &sent, sizeof sent);
  return arguments.Return(1);
}

Napi::Value SetOffloadRef(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  auto* socket = arguments.socket();
  if (socket == nullptr || socket->offload() == nullptr) return arguments.Return(-EBADF);
  socket->offload()->SetSendsRef(arguments.Bool(1));
  return arguments.Return(0);
}

Napi::Value ReadAhead(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  auto* socket = arguments.socket();
  return arguments.Return(socket == nullptr ? -EBADF : socket->ReadAhead());
}

}  // namespace

void ExportThreadCalls(Napi::Object exports, Environment* environment) {
  const auto add = [&]<auto call>(const char* name) {
    exports.Set(name, Napi::Function::New<call>(exports.Env(), name, environment));
  };
  add.template operator()<UseThreadLoop>("useThreadLoop");
  add.template operator()<StartOffload>("startOffload");
  add.template operator()<Submit>("submit");
  add.template operator()<TakeSent>("takeSent");
  add.template operator()<SetOffloadRef>("setOffloadRef");
  add.template operator()<ReadAhead>("readAhead");
}

}  // namespace afnetlink
