#pragma once

#include <napi.h>

#include "environment.h"

namespace afnetlink {

/** Adds the calls of mapped rings to the addon's exports: mapRing, unmapRing and their like. */
void ExportRingCalls(Napi::Object exports, Environment* environment);

}  // namespace afnetlink
