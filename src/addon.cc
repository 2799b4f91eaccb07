#include <napi.h>

#include <memory>

#include "echo_call.h"
#include "environment.h"
#include "filter_calls.h"
#include "option_calls.h"
#include "ring_calls.h"
#include "socket_calls.h"
#include "thread_calls.h"

namespace {

Napi::Object Initialise(Napi::Env env, Napi::Object exports) {
  auto environment = afnetlink::Environment::Create(env);
  if (environment == nullptr) {
    Napi::Error::New(env, "this runtime refuses the addon's cleanup hook").ThrowAsJavaScriptException();
    return exports;
  }
  afnetlink::ExportSocketCalls(exports, environment.get());
  afnetlink::ExportOptionCalls(exports, environment.get());
  afnetlink::ExportFilterCalls(exports, environment.get());
  afnetlink::ExportThreadCalls(exports, environment.get());
  afnetlink::ExportEchoCall(exports, environment.get());
  afnetlink::ExportRingCalls(exports, environment.get());
  // Node frees this after every cleanup hook, so each function above finds its environment for as long as it
  // can run.
  env.SetInstanceData(
      std::make_unique<std::shared_ptr<afnetlink::Environment>>(std::move(environment)).release());
  return exports;
}

}  // namespace

NODE_API_MODULE(afnetlink, Initialise)
