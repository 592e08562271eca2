// A replica with everything under it, opened from a data folder: identity,
// store, ledger, sessions, and the second hand that ticks them.
//
// Layout of a data folder: `identity/` (keys and certificates), `store/` (the
// engine's), `scratch/` (verify's, emptied at start).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/identity/data_folder.h"
#include "common/ledger/ledger.h"
#include "common/platform/clock.h"
#include "common/platform/random.h"
#include "common/replica/replica.h"
#include "common/rpc/credentials.h"
#include "common/store/rocks_store.h"

namespace comptoir::daemon {

// Release, as --version prints it.
extern const char kRelease[];
std::string VersionText(std::string_view program);

class Host {
 public:
  struct Options {
    std::string data;
    std::string time_zone;
    bool hub = false;  // which of the two the data folder must be
  };
  // FAILED_PRECONDITION with a sentence that says what to do when the folder is
  // not one of ours, is another kind's, or is in use.
  static absl::StatusOr<std::unique_ptr<Host>> Open(const Options& options);
  // Ends sessions, then closes the ledger and the store. Transports stop first.
  ~Host();

  ledger::Ledger& ledger() { return *ledger_; }
  replica::Replica& replica() { return *replica_; }
  store::Store& store() { return *store_; }
  platform::SystemClock& clock() { return *clock_; }
  platform::SystemRandom& random() { return random_; }
  const identity::Identity& identity() const { return *identity_; }
  const rpc::TlsFiles& tls() const { return tls_; }
  const std::string& data() const { return data_; }
  int64_t started_ms() const { return started_ms_; }

  // An empty store for one verification, gone with the pointer.
  absl::StatusOr<std::shared_ptr<store::Store>> NewScratch();

 private:
  Host() = default;
  void TickLoop();

  std::string data_;
  std::unique_ptr<platform::SystemClock> clock_;
  platform::SystemRandom random_;
  std::unique_ptr<identity::Identity> identity_;
  rpc::TlsFiles tls_;
  int64_t started_ms_ = 0;
  std::unique_ptr<store::RocksStore> store_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<replica::Replica> replica_;

  Mutex mutex_;
  CondVar wake_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread ticker_;
};

}  // namespace comptoir::daemon
