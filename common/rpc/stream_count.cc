#include "common/rpc/stream_count.h"

namespace comptoir::rpc {

bool StreamCount::Enter(const std::string& node) {
  MutexLock lock(&mutex_);
  if (streams_ >= streams_max_) return false;
  const auto of_node = of_node_.try_emplace(node).first;
  if (of_node->second >= per_node_max_) return false;
  ++of_node->second;
  ++streams_;
  return true;
}

void StreamCount::Leave(const std::string& node) {
  MutexLock lock(&mutex_);
  --streams_;
  if (--of_node_[node] == 0) of_node_.erase(node);
}

}  // namespace comptoir::rpc
