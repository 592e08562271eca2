// Whether a sale can be recorded durably now, whatever the link does: what /healthz,
// gRPC's health service and the service manager's watchdog are told.
//
// Evidence, not belief: it is so while a synced commit ended well not long ago. A
// daemon that sells proves it all the time; an idle one writes a row of a few bytes
// every few seconds. A disk that hangs is seen by what it does not answer.
//
// Thread use: any, unless said otherwise.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "common/base/clock.h"

namespace comptoir::daemon {

// Without a commit for so long, one is tried.
inline constexpr int64_t kProbeAfterMs = 5'000;
// Without one for so long, none can be made: a probe and a very slow disk fit in.
inline constexpr int64_t kCommitAgeMsMax = 15'000;

class Health {
 public:
  struct Wiring {
    Clock* clock = nullptr;
    // Boot clock of the last commit that went well; 0: none yet.
    std::function<int64_t()> last_commit_ms;
    // Makes a commit, by the way that a sale goes; blocks for as long as the disk does.
    std::function<absl::Status()> probe;
    // Whether the reserve of free disk lets anything be written (R9); absent: it does.
    std::function<absl::Status()> room = nullptr;
    // Why nothing is recorded though the disk is well; empty: it is.
    std::function<std::string()> halted = nullptr;
  };
  explicit Health(Wiring wiring) : wiring_(std::move(wiring)) {}

  // OK: serving. Else a sentence that says why not; RESOURCE_EXHAUSTED where it is for
  // want of disk, which a new start would not mend.
  absl::Status Check() const;
  // Tries a commit where none was made lately. One thread; blocks with the disk.
  void Probe();
  // From now on not serving.
  void BeginDrain() { draining_ = true; }

 private:
  const Wiring wiring_;
  std::atomic<bool> draining_ = false;
};

// What /healthz answers: {"serving": true}, or false and "why".
struct HealthPage {
  int http_status = 200;
  std::string json;
};
HealthPage MakeHealthPage(const absl::Status& health);

}  // namespace comptoir::daemon
