#pragma once

#include <napi.h>

namespace afnetlink {

class Environment;

/** Adds the calls that read and set socket options. lib/native/addon.ts documents them. */
void ExportOptionCalls(Napi::Object exports, Environment* environment);

}  // namespace afnetlink
