#pragma once

#include <napi.h>

namespace afnetlink {

class Environment;

/** Adds the calls that attach a classic BPF program to a socket, and read it. lib/native/addon.ts documents
 * them. */
void ExportFilterCalls(Napi::Object exports, Environment* environment);

}  // namespace afnetlink
