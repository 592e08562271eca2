// Stands between a node and its hub on loopback, passes bytes on both ways and
// counts them: the payload of TCP, handshakes included.
//
// Thread use: any.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "common/base/mutex.h"
#include "tests/bench/samples.h"

namespace comptoir::bench {

struct Traffic {
  uint64_t connections = 0;
  uint64_t to_hub_bytes = 0;
  uint64_t to_node_bytes = 0;
  SteadyClock::time_point first;         // the first connection
  SteadyClock::time_point last;          // the last byte either way
  SteadyClock::time_point last_to_node;  // the last byte of the hub's

  uint64_t bytes() const { return to_hub_bytes + to_node_bytes; }
};

class Proxy {
 public:
  // Passes on to `hub`, an address on loopback.
  explicit Proxy(const std::string& hub);
  // Both ends must be gone, or their connections are cut.
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  std::string address() const;
  // Since the start or the last Reset.
  Traffic traffic() const;
  void Reset();
  // Returns when something was passed on, and nothing since for `quiet`.
  Traffic WaitUntilQuiet(std::chrono::milliseconds quiet) const;

 private:
  void Accept();
  void Pass(int from, int to, bool to_hub);
  void Count(bool to_hub, uint64_t bytes);

  const int hub_port_;
  int listener_ = -1;
  int port_ = 0;
  mutable Mutex mutex_;
  Traffic traffic_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<int> sockets_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> passers_ ABSL_GUARDED_BY(mutex_);
  std::thread acceptor_;
};

// The limit of every dialogue: one byte there and back over TCP on loopback.
Latencies MeasureLoopback(size_t count);

}  // namespace comptoir::bench
