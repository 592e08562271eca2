// Says in the log when a peer comes and goes: with whom, since when, why, and what
// waits. Never per sale.
//
// Thread use: any.
#pragma once

#include <map>
#include <string>

#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "common/replica/replica.h"

namespace comptoir::daemon {

class SessionsLog {
 public:
  explicit SessionsLog(Clock& clock) : clock_(clock) {}

  // `link` is a node's to its hub; of no meaning for other peers.
  void Up(const replica::PeerView& peer, const replica::LinkView& link);
  void Down(const replica::PeerView& peer, const replica::LinkView& link, const absl::Status& why);
  // A node's hub cannot be reached, or not kept: said once for each reason in a row.
  void Unreached(const std::string& hub, const absl::Status& why);
  // The same of a sibling.
  void SiblingUnreached(const std::string& node, const std::string& address,
                        const absl::Status& why);

 private:
  // When the link of `node` last changed, and that it does now.
  std::string Changed(const std::string& node);
  bool IsNews(const std::string& address, const absl::Status& why);

  Clock& clock_;
  Mutex mutex_;
  std::map<std::string, int64_t> changed_ms_ ABSL_GUARDED_BY(mutex_);
  // What was said last of who cannot be reached, by address.
  std::map<std::string, std::string> unreached_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comptoir::daemon
