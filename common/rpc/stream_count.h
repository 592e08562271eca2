// How many streams there are, in all and of each node.
//
// Thread use: any.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "common/base/mutex.h"

namespace comptoir::rpc {

class StreamCount {
 public:
  StreamCount(size_t streams_max, size_t per_node_max)
      : streams_max_(streams_max), per_node_max_(per_node_max) {}
  // Whoever left last is done here: gRPC orders that by atomics of its own, which no
  // thread sanitizer sees.
  ~StreamCount() { MutexLock lock(&mutex_); }
  StreamCount(const StreamCount&) = delete;
  StreamCount& operator=(const StreamCount&) = delete;

  // False, and not counted, where there are as many as may be.
  bool Enter(const std::string& node);
  // Once for each that entered.
  void Leave(const std::string& node);

 private:
  const size_t streams_max_;
  const size_t per_node_max_;
  Mutex mutex_;
  size_t streams_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, size_t> of_node_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comptoir::rpc
