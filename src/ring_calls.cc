#include "ring_calls.h"

#include <atomic>
#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "arguments.h"
#include "mapped_ring.h"

namespace afnetlink {

namespace {

/** What the ArrayBuffer over a ring's memory holds until no JavaScript can reach that memory any more. */
struct BufferHold {
  std::shared_ptr<MappedRing> ring;
  std::weak_ptr<Environment> environment;
  double handle;
};

/** Called by Node once the ArrayBuffer's memory is let go: by close, by the collector, or at a worker's end.
 */
void OnBufferGone(napi_env /*env*/, void* /*data*/, void* hint) {
  const std::unique_ptr<BufferHold> hold(static_cast<BufferHold*>(hint));
  // Nobody can close a ring that was collected, so its handle ends here.
  if (const auto environment = hold->environment.lock()) environment->rings().Remove(hold->handle);
}

OpenRing* RingOf(const Arguments& arguments) {
  return arguments.environment().rings().Find(arguments.Double(0));
}

Napi::Value MapRing(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  auto& environment = arguments.environment();
  if (environment.rings().full()) return arguments.Return(-EMFILE);
  int error = 0;
  auto ring = MappedRing::Open(arguments.Text(0).c_str(), arguments.Unsigned(1), &error);
  if (ring == nullptr) return arguments.Return(error);
  return arguments.Return(environment.rings().Add([&](double) {
    auto open = std::make_unique<OpenRing>();
    open->ring = std::move(ring);
    return open;
  }));
}

/** The one external ArrayBuffer of the addon; undefined for a handle of no ring, and where it exists already.
 */
Napi::Value RingMemory(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  auto* open = RingOf(arguments);
  const Napi::Env env = info.Env();
  if (open == nullptr || !open->buffer.IsEmpty()) return env.Undefined();
  auto hold = std::make_unique<BufferHold>(
      BufferHold{open->ring, arguments.environment().weak_from_this(), arguments.Double(0)});
  napi_value buffer = nullptr;
  const napi_status status = napi_create_external_arraybuffer(env, open->ring->memory(), open->ring->size(),
                                                              OnBufferGone, hold.get(), &buffer);
  if (status != napi_ok) return env.Undefined();
  static_cast<void>(hold.release());
  open->buffer = Napi::Weak(Napi::ArrayBuffer(env, buffer));
  return {env, buffer};
}

Napi::Value RingDescriptor(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto* open = RingOf(arguments);
  return arguments.Return(open == nullptr ? -EBADF : open->ring->descriptor());
}

Napi::Value LoadRingIndex(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto* open = RingOf(arguments);
  if (open == nullptr) return arguments.Return(-EBADF);
  auto* word = open->ring->Word(arguments.Unsigned(1));
  if (word == nullptr) return arguments.Return(-EFAULT);
  return arguments.Return(std::atomic_ref(*word).load(std::memory_order_acquire));
}

Napi::Value StoreRingIndex(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto* open = RingOf(arguments);
  if (open == nullptr) return arguments.Return(-EBADF);
  auto* word = open->ring->Word(arguments.Unsigned(1));
  if (word == nullptr) return arguments.Return(-EFAULT);
  std::atomic_ref(*word).store(arguments.Unsigned(2), std::memory_order_release);
  return arguments.Return(0);
}

Napi::Value UnmapRing(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const auto open = arguments.environment().rings().Remove(arguments.Double(0));
  if (open == nullptr) return arguments.Return(-EBADF);
  if (open->buffer.IsEmpty()) return arguments.Return(0);
  auto buffer = open->buffer.Value();
  // Somebody transferred the memory to another ArrayBuffer: it is unmapped when that one goes.
  if (buffer.IsEmpty() || buffer.IsDetached()) return arguments.Return(0);
  // A view of unmapped memory would crash the process.
  buffer.Detach();
  open->ring->Unmap();
  return arguments.Return(0);
}

}  // namespace

void ExportRingCalls(Napi::Object exports, Environment* environment) {
  const auto add = [&]<auto call>(const char* name) {
    exports.Set(name, Napi::Function::New<call>(exports.Env(), name, environment));
  };
  add.template operator()<MapRing>("mapRing");
  add.template operator()<RingMemory>("ringMemory");
  add.template operator()<RingDescriptor>("ringDescriptor");
  add.template operator()<LoadRingIndex>("loadRingIndex");
  add.template operator()<StoreRingIndex>("storeRingIndex");
  add.template operator()<UnmapRing>("unmapRing");
}

}  // namespace afnetlink
