#include "common/daemon/sessions_log.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/platform/logging.h"

namespace comptoir::daemon {
namespace {

using platform::Log;
using platform::LogLevel;

std::string TimeText(int64_t wall_ms) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(wall_ms), absl::UTCTimeZone());
}

}  // namespace

std::string SessionsLog::Changed(const std::string& node) {
  const int64_t now_ms = clock_.WallMillis();
  MutexLock lock(&mutex_);
  const auto [known, is_new] = changed_ms_.try_emplace(node, now_ms);
  const int64_t before_ms = std::exchange(known->second, now_ms);
  return is_new ? "start" : TimeText(before_ms);
}

void SessionsLog::Up(const replica::PeerView& peer, const replica::LinkView& link) {
  const std::string since = Changed(peer.writer.node);
  {
    MutexLock lock(&mutex_);
    unreached_.erase(peer.address);
  }
  if (!peer.writer.hub) {
    Log(LogLevel::kInfo, "node connected",
        {{"node", peer.writer.node},
         {"shop", peer.writer.shop},
         {"software", peer.session.peer_software},
         {"away_since", since},
         {"clock_offset_ms", peer.session.clock_offset_ms}});
    return;
  }
  Log(LogLevel::kInfo, "link up",
      {{"hub", peer.address},
       {"software", peer.session.peer_software},
       {"down_since", since},
       {"waiting_entries", link.waiting_entries},
       {"clock_offset_ms", peer.session.clock_offset_ms}});
}

void SessionsLog::Down(const replica::PeerView& peer, const replica::LinkView& link,
                       const absl::Status& why) {
  const std::string since = Changed(peer.writer.node);
  if (!peer.writer.hub) {
    Log(LogLevel::kInfo, "node left",
        {{"node", peer.writer.node},
         {"shop", peer.writer.shop},
         {"connected_since", since},
         {"why", why},
         {"missing_entries", peer.session.missing_entries}});
    return;
  }
  Log(LogLevel::kWarning, "link down: selling goes on",
      {{"hub", peer.address},
       {"up_since", since},
       {"why", why},
       {"waiting_entries", link.waiting_entries}});
}

bool SessionsLog::IsNews(const std::string& address, const absl::Status& why) {
  std::string text = why.ToString();
  MutexLock lock(&mutex_);
  std::string& said = unreached_[address];
  if (said == text) return false;
  said = std::move(text);
  return true;
}

void SessionsLog::Unreached(const std::string& hub, const absl::Status& why) {
  if (!IsNews(hub, why)) return;
  Log(LogLevel::kWarning, "the hub is not reached: selling goes on", {{"hub", hub}, {"why", why}});
}

void SessionsLog::SiblingUnreached(const std::string& node, const std::string& address,
                                   const absl::Status& why) {
  if (!IsNews(address, why)) return;
  Log(LogLevel::kWarning, "a sibling is not reached: selling goes on",
      {{"node", node}, {"address", address}, {"why", why}});
}

}  // namespace comptoir::daemon
