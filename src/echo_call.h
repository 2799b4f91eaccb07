#pragma once

#include <napi.h>

#include "environment.h"

namespace afnetlink {

/** echoByIoctl, which `nlctl study` compares with netlink; see lib/native/addon.ts. */
void ExportEchoCall(Napi::Object exports, Environment* environment);

}  // namespace afnetlink
