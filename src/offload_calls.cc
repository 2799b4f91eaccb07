#include "offload_calls.h"

#include <cerrno>

#include "arguments.h"

namespace afnetlink {

namespace {

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
  const bool addressed = info.Length() > 5;
  socket->offload()->Submit({.bytes = {bytes.begin(), bytes.end()},
                             .addressed = addressed,
                             .to = {.port_id = arguments.Unsigned(5), .group_mask = arguments.Unsigned(6)},
                             .wanted = arguments.Unsigned(4),
                             .policy = socket->policy()});
  return arguments.Return(0);
}

Napi::Value TakeResult(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  auto* socket = arguments.socket();
  if (socket == nullptr || socket->offload() == nullptr) return arguments.Return(-EBADF);
  const ReceiveRing ring(arguments.Bytes(1));
  const bool fits = ring.IsValid() && ring.header().slot_size == OffloadThread::kSlotSize &&
                    ring.header().slot_count == OffloadThread::kSlotCount;
  if (!fits) return arguments.Return(-EFAULT);
  return arguments.Return(socket->offload()->TakeResult(ring) ? 1 : 0);
}

Napi::Value SetOffloadRef(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  auto* socket = arguments.socket();
  if (socket == nullptr || socket->offload() == nullptr) return arguments.Return(-EBADF);
  socket->offload()->SetRef(arguments.Bool(1));
  return arguments.Return(0);
}

}  // namespace

void ExportOffloadCalls(Napi::Object exports, Environment* environment) {
  const auto add = [&]<auto call>(const char* name) {
    exports.Set(name, Napi::Function::New<call>(exports.Env(), name, environment));
  };
  add.template operator()<StartOffload>("startOffload");
  add.template operator()<Submit>("submit");
  add.template operator()<TakeResult>("takeResult");
  add.template operator()<SetOffloadRef>("setOffloadRef");
}

}  // namespace afnetlink
