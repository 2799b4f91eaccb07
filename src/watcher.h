#pragma once

namespace afnetlink {

/** Told by a Watcher that its descriptor has something to read, or an error to fetch. */
class WatcherDelegate {
 public:
  virtual ~WatcherDelegate() = default;
  /** May destroy the watcher, and the delegate itself. */
  virtual void OnReadable() = 0;
};

/**
 * Waits for a descriptor to become readable. Another runtime needs another way to wait (uv_poll is not
 * everywhere), so sockets know only this.
 */
class Watcher {
 public:
  virtual ~Watcher() = default;
  /** Starts waiting; again is harmless. Returns 0 or -errno. */
  virtual int Start() = 0;
  virtual void Stop() = 0;
  /** Whether waiting keeps the event loop alive. */
  virtual void SetRef(bool ref) = 0;
};

}  // namespace afnetlink
