#pragma once

#include <napi.h>

namespace afnetlink {

class Environment;

/** Adds the calls of sockets that work off the event loop. lib/native/addon.ts documents them. */
void ExportThreadCalls(Napi::Object exports, Environment* environment);

}  // namespace afnetlink
