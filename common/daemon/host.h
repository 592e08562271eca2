// A replica with everything under it, opened from a data folder: identity,
// store, ledger, sessions, and the second hand that ticks them.
//
// Layout of a data folder: `identity/` (keys and certificates), `store/` (the
// engine's), `scratch/` (verify's, emptied at start), `witness` (what the store held:
// witness_keeper.h), `ballast` (disk_reserve.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/daemon/certificate_keeper.h"
#include "common/daemon/disk_reserve.h"
#include "common/daemon/fact_feed.h"
#include "common/daemon/health.h"
#include "common/daemon/measured_store.h"
#include "common/daemon/reserved_store.h"
#include "common/daemon/sessions_log.h"
#include "common/daemon/witness_keeper.h"
#include "common/identity/data_folder.h"
#include "common/ledger/ledger.h"
#include "common/platform/clock.h"
#include "common/platform/random.h"
#include "common/replica/replica.h"
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
    uint64_t cache_mib = 56;
    uint64_t disk_reserve_mib = kDiskReserveMibDefault;
  };
  // FAILED_PRECONDITION with a sentence that says what to do when the folder is
  // not one of ours, is another kind's, or is in use; RESOURCE_EXHAUSTED when its disk
  // is full; an error of OfDisk when the disk failed.
  static absl::StatusOr<std::unique_ptr<Host>> Open(const Options& options);
  // Ends sessions, then closes the ledger and the store. Transports stop first. A disk
  // that fails the store's last flush ends the process (R9).
  ~Host();

  ledger::Ledger& ledger() { return *ledger_; }
  replica::Replica& replica() { return *replica_; }
  // For what is kept beside the ledger.
  store::Store& store() { return *reserved_; }
  DiskReserve& disk() { return *disk_; }
  platform::SystemClock& clock() { return *clock_; }
  platform::SystemRandom& random() { return random_; }
  const identity::Identity& identity() const { return *identity_; }
  CertificateKeeper& certificate() { return *certificate_; }
  const std::string& data() const { return data_; }
  int64_t started_ms() const { return started_ms_; }

  // Wakes whoever watches this host's facts.
  FactFeed& fact_feed() { return *fact_feed_; }
  SessionsLog& sessions_log() { return *sessions_log_; }
  // What a Health of this host is made of.
  Health::Wiring health_wiring();
  CommitHistogram commits() const { return measured_->commits(); }
  // Of the store's files, by table.
  std::vector<std::pair<std::string, uint64_t>> TableBytes() { return store_->TableBytes(); }
  // What operators must hear of the store's files, a sentence; or empty.
  std::string RotNote() const;
  // A commit by the way that a sale's goes, of a few bytes that mean nothing; blocks
  // for as long as the disk does. A disk that fails it ends the process (R9).
  absl::Status ProbeCommit();

  // An empty store for one verification, gone with the pointer.
  absl::StatusOr<std::shared_ptr<store::Store>> NewScratch();

 private:
  Host() = default;
  absl::Status OpenStore(const Options& options);
  absl::Status OpenLedger();
  void TickLoop();
  void TickDisk();

  std::string data_;
  std::unique_ptr<platform::SystemClock> clock_;
  std::unique_ptr<DiskReserve> disk_;
  platform::SystemRandom random_;
  std::unique_ptr<identity::Identity> identity_;
  std::unique_ptr<CertificateKeeper> certificate_;
  int64_t started_ms_ = 0;
  std::unique_ptr<store::RocksStore> store_;
  std::unique_ptr<MeasuredStore> measured_;  // over store_: what everyone else uses
  std::unique_ptr<ReservedStore> reserved_;
  std::unique_ptr<SessionsLog> sessions_log_;
  std::unique_ptr<FactFeed> fact_feed_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<replica::Replica> replica_;
  std::unique_ptr<WitnessKeeper> witness_;
  bool rot_told_ = false;  // disk_pulse_'s alone
  std::unique_ptr<replica::Pulse> disk_pulse_;

  Mutex mutex_;
  CondVar wake_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread ticker_;
};

}  // namespace comptoir::daemon
