#pragma once

#include <napi.h>

#include <cstdint>
#include <span>
#include <string>

#include "environment.h"

namespace afnetlink {

/**
 * Reads the arguments of one native call. lib/native is the only caller and has checked them: what is missing
 * or of another type reads as 0 or as no bytes, which every call refuses by itself.
 */
class Arguments {
 public:
  explicit Arguments(const Napi::CallbackInfo& info) : info_(info) {}

  [[nodiscard]] Environment& environment() const { return *static_cast<Environment*>(info_.Data()); }
  [[nodiscard]] double Double(std::size_t index) const {
    double value = 0;
    return napi_get_value_double(info_.Env(), info_[index], &value) == napi_ok ? value : 0;
  }
  [[nodiscard]] std::int32_t Int(std::size_t index) const {
    std::int32_t value = 0;
    return napi_get_value_int32(info_.Env(), info_[index], &value) == napi_ok ? value : 0;
  }
  [[nodiscard]] std::uint32_t Unsigned(std::size_t index) const {
    std::uint32_t value = 0;
    return napi_get_value_uint32(info_.Env(), info_[index], &value) == napi_ok ? value : 0;
  }
  [[nodiscard]] bool Bool(std::size_t index) const {
    bool value = false;
    return napi_get_value_bool(info_.Env(), info_[index], &value) == napi_ok && value;
  }
  [[nodiscard]] std::string Text(std::size_t index) const {
    return info_[index].IsString() ? info_[index].As<Napi::String>().Utf8Value() : std::string();
  }
  /** The whole of an ArrayBuffer; no bytes when it was detached. */
  [[nodiscard]] std::span<std::uint8_t> Bytes(std::size_t index) const {
    void* data = nullptr;
    std::size_t length = 0;
    if (napi_get_arraybuffer_info(info_.Env(), info_[index], &data, &length) != napi_ok) return {};
    return {static_cast<std::uint8_t*>(data), length};
  }
  /** Part of an ArrayBuffer, given by three arguments: buffer, offset, length. `valid` is false when it lies
   * outside. */
  [[nodiscard]] std::span<std::uint8_t> Part(std::size_t index, bool* valid) const {
    const auto bytes = Bytes(index);
    const std::size_t offset = Unsigned(index + 1);
    const std::size_t length = Unsigned(index + 2);
    *valid = offset <= bytes.size() && length <= bytes.size() - offset;
    return *valid ? bytes.subspan(offset, length) : std::span<std::uint8_t>{};
  }
  /** The socket whose handle is the first argument; nullptr for a handle that is stale or not of this
   * environment. */
  [[nodiscard]] NetlinkSocket* socket() const { return environment().sockets().Find(Double(0)); }
  [[nodiscard]] Napi::Value Return(double value) const { return Napi::Number::New(info_.Env(), value); }

 private:
  const Napi::CallbackInfo& info_;
};

}  // namespace afnetlink
