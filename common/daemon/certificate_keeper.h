// A daemon's certificate while it runs: shown at each new connection, replaced in the
// last third of its life without a restart, and an alarm when that does not succeed.
//
// Invariant: what is shown is on the disk, and was checked before (identity::SaveRenewal).
//
// Thread use: Tick by one thread at a time, the rest by any.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "common/identity/data_folder.h"
#include "common/platform/logging.h"
#include "common/rpc/credentials.h"
#include "common/sync/backoff.h"

namespace comptoir::daemon {

// How near an end is that nobody put off. Of a life of 400 days: a warning in the last
// 30, an error in the last 7; shorter lives warn in the last quarter and the last eighth.
enum class CertificateAlarm { kNone, kWarning, kError, kOver };
CertificateAlarm AlarmOf(const identity::Life& life, int64_t now_ms);
// An authority lives 20 years and nothing outlasts it: a warning in the last two years,
// an error in the last 400 days, when certificates begin to be cut short.
CertificateAlarm AuthorityAlarmOf(const identity::Life& life, int64_t now_ms);

class CertificateKeeper {
 public:
  // The new certificate (PEM) for a signing request (PEM).
  using Ask = std::function<absl::StatusOr<std::string>(const std::string& signing_request_pem)>;

  // INVALID_ARGUMENT when the dates of a certificate cannot be read. `clock` and `random`
  // must outlive this.
  static absl::StatusOr<std::unique_ptr<CertificateKeeper>> Make(
      const identity::NodeFiles& files, const identity::Credentials& present, Clock& clock,
      Random& random);

  // Once a second. Takes a certificate that was put on the disk by hand; in the last third
  // asks for one while `reachable`: at once when that begins, then with full
  // jitter. Says in the log what an operator must hear, once a day at most.
  void Tick(const Ask& ask, bool reachable);

  rpc::TlsFiles files() const;
  // What new connections ask; good while this lives.
  rpc::TlsSource source() const;
  identity::Life life() const;
  int64_t authority_expires_ms() const { return authority_life_.expires_ms; }
  // Alarms as they stand, a sentence each that says what to do.
  std::vector<std::string> notes() const;
  // Why a hub does not let us in: that our certificate is over, where it is; else `why`.
  absl::Status Explain(const absl::Status& why) const;

 private:
  CertificateKeeper(const identity::NodeFiles& files, const identity::Credentials& present,
                    Clock& clock, Random& random);

  absl::Status Renew(const Ask& ask);
  void TakeFromDisk();
  absl::Status Use(const identity::Credentials& renewed);
  void SayAlarm(CertificateAlarm alarm, const std::string& sentence, CertificateAlarm* said,
                int64_t* said_ms) const;
  std::string OwnSentence(CertificateAlarm alarm) const;
  std::string AuthoritySentence(CertificateAlarm alarm) const;

  const identity::NodeFiles files_;
  Clock& clock_;
  Random& random_;
  identity::Life authority_life_;

  // Of Tick.
  sync::Backoff backoff_;
  int64_t next_try_ms_ = 0;  // since boot
  bool was_reachable_ = false;
  std::filesystem::file_time_type taken_;  // of the file that was looked at last
  CertificateAlarm own_said_ = CertificateAlarm::kNone;
  CertificateAlarm authority_said_ = CertificateAlarm::kNone;
  int64_t own_said_ms_ = 0;
  int64_t authority_said_ms_ = 0;

  mutable Mutex mutex_;
  identity::Credentials present_ ABSL_GUARDED_BY(mutex_);
  identity::Life life_ ABSL_GUARDED_BY(mutex_);
  absl::Status last_failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comptoir::daemon
