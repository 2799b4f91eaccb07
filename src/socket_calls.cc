#include "socket_calls.h"

#include <cerrno>
#include <cstring>

#include "arguments.h"
#include "network_namespace.h"

namespace afnetlink {

namespace {

Napi::Value AddSocket(const Arguments& arguments, UniqueDescriptor descriptor) {
  auto& environment = arguments.environment();
  return arguments.Return(environment.sockets().Add([&](double handle) {
    return std::make_unique<NetlinkSocket>(environment.shared_from_this(), handle, std::move(descriptor));
  }));
}

int OpenDescriptor(int type, int protocol, int namespace_descriptor) {
  if (namespace_descriptor < 0) return NetlinkSocket::Open(type, protocol);
  return OpenInNamespace(namespace_descriptor, type, protocol);
}

Napi::Value Open(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  if (arguments.environment().sockets().full()) return arguments.Return(-EMFILE);
  const int descriptor = OpenDescriptor(arguments.Int(0), arguments.Int(1), arguments.Int(2));
  if (descriptor < 0) return arguments.Return(descriptor);
  return AddSocket(arguments, UniqueDescriptor(descriptor));
}

Napi::Value Adopt(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  if (arguments.environment().sockets().full()) return arguments.Return(-EMFILE);
  const int descriptor = arguments.Int(0);
  const int error = NetlinkSocket::Adopt(descriptor);
  if (error != 0) return arguments.Return(error);
  return AddSocket(arguments, UniqueDescriptor(descriptor));
}

Napi::Value Release(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto socket = arguments.environment().sockets().Remove(arguments.Double(0));
  return arguments.Return(socket == nullptr ? -EBADF : socket->Release());
}

Napi::Value Close(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto socket = arguments.environment().sockets().Remove(arguments.Double(0));
  return arguments.Return(socket == nullptr ? -EBADF : 0);
}

Napi::Value Descriptor(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto* socket = arguments.socket();
  return arguments.Return(socket == nullptr ? -EBADF : socket->descriptor());
}

template <int (NetlinkSocket::*method)(NetlinkAddress) const>
Napi::Value WithAddress(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto* socket = arguments.socket();
  if (socket == nullptr) return arguments.Return(-EBADF);
  const NetlinkAddress address{.port_id = arguments.Unsigned(1), .group_mask = arguments.Unsigned(2)};
  return arguments.Return((socket->*method)(address));
}

template <int (NetlinkSocket::*method)(NetlinkAddress*) const>
Napi::Value ReadAddress(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto* socket = arguments.socket();
  if (socket == nullptr) return arguments.Return(-EBADF);
  NetlinkAddress address;
  const int result = (socket->*method)(&address);
  const auto target = arguments.Bytes(1);
  if (target.size() < sizeof address) return arguments.Return(-EFAULT);
  std::memcpy(target.data(), &address, sizeof address);
  return arguments.Return(result);
}

Napi::Value Send(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto* socket = arguments.socket();
  if (socket == nullptr) return arguments.Return(-EBADF);
  bool valid = false;
  const auto bytes = arguments.Part(1, &valid);
  return arguments.Return(valid ? static_cast<double>(socket->Send(bytes)) : -EFAULT);
}

Napi::Value SendTo(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto* socket = arguments.socket();
  if (socket == nullptr) return arguments.Return(-EBADF);
  bool valid = false;
  const auto bytes = arguments.Part(1, &valid);
  const NetlinkAddress address{.port_id = arguments.Unsigned(4), .group_mask = arguments.Unsigned(5)};
  return arguments.Return(valid ? static_cast<double>(socket->SendTo(bytes, address)) : -EFAULT);
}

Napi::Value SendParts(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto* socket = arguments.socket();
  if (socket == nullptr) return arguments.Return(-EBADF);
  bool valid = false;
  const auto header = arguments.Bytes(1);
  const auto payload = arguments.Part(2, &valid);
  if (!valid || header.size() < NLMSG_HDRLEN) return arguments.Return(-EFAULT);
  const NetlinkAddress address{.port_id = arguments.Unsigned(5), .group_mask = arguments.Unsigned(6)};
  const bool addressed = info.Length() > 5;
  return arguments.Return(static_cast<double>(
      socket->SendParts(header.first(NLMSG_HDRLEN), payload, addressed ? &address : nullptr)));
}

Napi::Value Receive(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  auto* socket = arguments.socket();
  if (socket == nullptr) return arguments.Return(-EBADF);
  const ReceiveRing ring(arguments.Bytes(1));
  return arguments.Return(ring.IsValid() ? socket->Receive(ring, arguments.Unsigned(2)) : -EFAULT);
}

Napi::Value ReceiveOne(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  auto* socket = arguments.socket();
  if (socket == nullptr) return arguments.Return(-EBADF);
  const ReceiveRing ring(arguments.Bytes(1));
  bool valid = true;
  const auto memory = info.Length() > 3 ? arguments.Part(3, &valid) : std::span<std::uint8_t>{};
  if (!valid || !ring.IsValid()) return arguments.Return(-EFAULT);
  return arguments.Return(socket->ReceiveOne(ring, arguments.Int(2), memory));
}

Napi::Value Exchange(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  auto* socket = arguments.socket();
  if (socket == nullptr) return arguments.Return(-EBADF);
  bool valid = false;
  const auto bytes = arguments.Part(1, &valid);
  const ReceiveRing ring(arguments.Bytes(4));
  if (!valid || !ring.IsValid()) return arguments.Return(-EFAULT);
  const ssize_t sent = socket->Send(bytes);
  if (sent < 0) return arguments.Return(static_cast<double>(sent));
  return arguments.Return(socket->Receive(ring, arguments.Unsigned(5)));
}

Napi::Value TakeSpilled(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const ReceiveRing ring(arguments.Bytes(0));
  if (!ring.IsValid()) return arguments.Return(-EFAULT);
  auto& receiver = arguments.environment().receiver();
  return arguments.Return(receiver.TakeSpilled(ring, arguments.Unsigned(1), arguments.Bytes(2)));
}

Napi::Value Wait(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto* socket = arguments.socket();
  return arguments.Return(socket == nullptr ? -EBADF : socket->Wait(arguments.Int(1)));
}

Napi::Value Watch(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  auto* socket = arguments.socket();
  return arguments.Return(socket == nullptr ? -EBADF : socket->Watch(arguments.Bool(1)));
}

Napi::Value StopWatching(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  auto* socket = arguments.socket();
  if (socket == nullptr) return arguments.Return(-EBADF);
  socket->StopWatching();
  return arguments.Return(0);
}

Napi::Value OnReadable(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  arguments.environment().SetReadableCallback(info[0].As<Napi::Function>());
  return arguments.Return(0);
}

}  // namespace

void ExportSocketCalls(Napi::Object exports, Environment* environment) {
  const auto add = [&]<auto call>(const char* name) {
    exports.Set(name, Napi::Function::New<call>(exports.Env(), name, environment));
  };
  add.template operator()<Open>("open");
  add.template operator()<Adopt>("adopt");
  add.template operator()<Release>("release");
  add.template operator()<Close>("close");
  add.template operator()<Descriptor>("descriptor");
  add.template operator()<WithAddress<&NetlinkSocket::Bind>>("bind");
  add.template operator()<WithAddress<&NetlinkSocket::Connect>>("connect");
  add.template operator()<ReadAddress<&NetlinkSocket::LocalAddress>>("localAddress");
  add.template operator()<ReadAddress<&NetlinkSocket::PeerAddress>>("peerAddress");
  add.template operator()<Send>("send");
  add.template operator()<SendTo>("sendTo");
  add.template operator()<SendParts>("sendParts");
  add.template operator()<Receive>("receive");
  add.template operator()<ReceiveOne>("receiveOne");
  add.template operator()<Exchange>("exchange");
  add.template operator()<TakeSpilled>("takeSpilled");
  add.template operator()<Wait>("wait");
  add.template operator()<Watch>("watch");
  add.template operator()<StopWatching>("stopWatching");
  add.template operator()<OnReadable>("onReadable");
}

}  // namespace afnetlink
