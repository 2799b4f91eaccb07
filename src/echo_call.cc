#include "echo_call.h"

#include <sys/ioctl.h>

#include <cerrno>
#include <cstdint>

#include "../kernel-module/netlink_test.h"
#include "arguments.h"

namespace afnetlink {

namespace {

Napi::Value EchoByIoctl(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto bytes = arguments.Bytes(1);
  const std::uint32_t length = arguments.Unsigned(2);
  if (length > bytes.size()) return arguments.Return(-EINVAL);
  netlink_test_echo echo{
      .bytes = reinterpret_cast<std::uintptr_t>(bytes.data()), .length = length, .reserved = {}};
  const int result = ioctl(arguments.Int(0), NETLINK_TEST_IOC_ECHO, &echo);
  return arguments.Return(result != 0 ? -errno : 0);
}

}  // namespace

void ExportEchoCall(Napi::Object exports, Environment* environment) {
  exports.Set("echoByIoctl", Napi::Function::New<EchoByIoctl>(exports.Env(), "echoByIoctl", environment));
}

}  // namespace afnetlink
