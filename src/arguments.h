#pragma once

#include <napi.h>

#include <cmath>
#include <cstdint>
#include <span>
#include <string>

#include "environment.h"

namespace afnetlink {

/**
 * Reads the arguments of one native call. A number that is missing or of another type reads as 0, which every
 * call accepts or refuses by itself. Memory is never guessed: what is not an ArrayBuffer, or does not lie
 * inside of one, is refused.
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
    std::span<std::uint8_t> bytes;
    return Memory(index, &bytes) ? bytes : std::span<std::uint8_t>{};
  }
  /** Part of an ArrayBuffer, given by three arguments: buffer, offset, length. `valid` is false when these
   * are of other types, or it lies outside. */
  [[nodiscard]] std::span<std::uint8_t> Part(std::size_t index, bool* valid) const {
    std::span<std::uint8_t> bytes;
    std::size_t offset = 0;
    std::size_t length = 0;
    *valid = Memory(index, &bytes) && Size(index + 1, &offset) && Size(index + 2, &length) &&
             offset <= bytes.size() && length <= bytes.size() - offset;
    return *valid ? bytes.subspan(offset, length) : std::span<std::uint8_t>{};
  }
  /** The socket whose handle is the first argument; nullptr for a handle that is stale or not of this
   * environment. */
  [[nodiscard]] NetlinkSocket* socket() const { return environment().sockets().Find(Double(0)); }
  [[nodiscard]] Napi::Value Return(double value) const { return Napi::Number::New(info_.Env(), value); }

 private:
  /** False for anything but an ArrayBuffer. */
  [[nodiscard]] bool Memory(std::size_t index, std::span<std::uint8_t>* bytes) const {
    void* data = nullptr;
    std::size_t length = 0;
    if (napi_get_arraybuffer_info(info_.Env(), info_[index], &data, &length) != napi_ok) return false;
    *bytes = {static_cast<std::uint8_t*>(data), length};
    return true;
  }
  /** Unlike napi_get_value_uint32, which takes numbers modulo 2^32. False for anything but an integer of zero
   * or more that a double holds exactly. */
  [[nodiscard]] bool Size(std::size_t index, std::size_t* size) const {
    double value = 0;
    if (napi_get_value_double(info_.Env(), info_[index], &value) != napi_ok) return false;
    if (!(value >= 0 && value <= kLargestSize) || value != std::floor(value)) return false;
    *size = static_cast<std::size_t>(value);
    return true;
  }
  /** Of a message, and of any ArrayBuffer that one can lie in, on 32-bit machines too. */
  static constexpr double kLargestSize = 4294967295.0;

  const Napi::CallbackInfo& info_;
};

}  // namespace afnetlink
