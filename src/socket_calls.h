#pragma once

#include <napi.h>

namespace afnetlink {

class Environment;

/** Adds the calls that open, address, use and close sockets. lib/native/addon.ts documents them. */
void ExportSocketCalls(Napi::Object exports, Environment* environment);

}  // namespace afnetlink
