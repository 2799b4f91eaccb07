#pragma once

#include <napi.h>

#include <memory>

#include "watcher.h"

namespace afnetlink {

/** Notified by a Signal, on the event loop. */
class SignalDelegate {
 public:
  virtual ~SignalDelegate() = default;
  /** May destroy the signal, and the delegate itself. */
  virtual void OnSignal() = 0;
};

/** Lets any thread have a function called on the event loop. All but Send is for the event loop's thread. */
class Signal {
 public:
  virtual ~Signal() = default;
  /** The delegate is called in a later turn of the loop: once for all sends until then. */
  virtual void Send() = 0;
  /** Whether the signal keeps the event loop alive; it does not at first. */
  virtual void SetRef(bool ref) = 0;
};

/** The event loop of one environment, as far as the addon needs it. */
class EventLoop {
 public:
  virtual ~EventLoop() = default;
  /** Returns nullptr and sets `error` to -errno where the descriptor cannot be waited for. */
  virtual std::unique_ptr<Watcher> CreateWatcher(int descriptor, WatcherDelegate* delegate, int* error) = 0;
  /** Returns nullptr and sets `error` to -errno on failure. */
  virtual std::unique_ptr<Signal> CreateSignal(SignalDelegate* delegate, int* error) = 0;
  /** Calls a function of JavaScript from within a delegate; what it throws is left pending. */
  virtual void Call(Napi::Function function, napi_value argument) = 0;
  /** The environment ends: every watcher and signal is gone. */
  virtual void Close() = 0;
};

}  // namespace afnetlink
