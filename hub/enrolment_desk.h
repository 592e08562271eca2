// Tokens, and the certificates that nodes get for them.
//
// Invariants: a token is spent once, and is spent on disk before its certificate
// leaves; every certificate handed out for one is a NodeEnrolled fact (R13). A renewal
// gives its holder nothing but time, and is none.
//
// Thread use: any.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/daemon/host.h"
#include "common/identity/authority.h"
#include "comptoir/admin/v1/admin.pb.h"
#include "comptoir/admin/v1/rows.pb.h"
#include "comptoir/sync/v1/sync.pb.h"

namespace comptoir::hub {

class EnrolmentDesk {
 public:
  // Certificates live `life_ms`.
  EnrolmentDesk(daemon::Host& host, identity::Authority authority, int64_t life_ms)
      : host_(host), authority_(std::move(authority)), life_ms_(life_ms) {}

  // Where nodes find the sync port; told to each that enrols.
  void SetSyncAddress(std::string address) { sync_address_ = std::move(address); }

  // INVALID_ARGUMENT for a malformed shop or a life of over a week.
  absl::StatusOr<admin::v1::CreateTokenResponse> CreateToken(
      const admin::v1::CreateTokenRequest& request);

  // Those that a node could enrol with now, the first to expire first; no secrets.
  absl::StatusOr<admin::v1::ListTokensResponse> ListTokens();
  // INVALID_ARGUMENT for what is no id, NOT_FOUND for one that no token has,
  // FAILED_PRECONDITION for one that was used.
  absl::StatusOr<admin::v1::RevokeTokenResponse> RevokeToken(
      const admin::v1::RevokeTokenRequest& request);

  // PERMISSION_DENIED for a token that is unknown, spent, revoked or expired, ALREADY_EXISTS
  // for a node's name that another shop has, that was revoked, or that is connected,
  // RESOURCE_EXHAUSTED when too many have tried lately. Nothing is spent then.
  absl::StatusOr<admin::v1::EnrollResponse> Enroll(const admin::v1::EnrollRequest& request);

  // Another certificate for `holder`, who showed `certificate` (DER): the same name, shop,
  // rights and key. PERMISSION_DENIED for who is no node, for another key, and where the
  // books say another shop; FAILED_PRECONDITION in the first half of its life.
  absl::StatusOr<sync::v1::RenewCertificateResponse> Renew(
      const identity::Holder& holder, const std::string& certificate,
      const sync::v1::RenewCertificateRequest& request);
  // Another one for this hub itself, PEM.
  absl::StatusOr<std::string> RenewOwn(const std::string& signing_request_pem);

 private:
  absl::StatusOr<sync::v1::RenewCertificateResponse> TryRenew(
      const identity::Holder& holder, const std::string& certificate,
      const sync::v1::RenewCertificateRequest& request);
  absl::StatusOr<admin::v1::EnrollResponse> TryEnroll(const admin::v1::EnrollRequest& request);
  // Once for each reason in a row: whoever asks again and again does not fill the log.
  void SayRefused(const std::string& node, const absl::Status& why) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status CheckRate() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<admin::v1::TokenRow> FindOpen(const Hash& token_hash);
  struct Stored {
    std::string key;
    admin::v1::TokenRow row;
  };
  // OK while a node could enrol with it: PERMISSION_DENIED.
  absl::Status CheckOpen(const store::Snapshot& snapshot, const Stored& token);
  absl::StatusOr<std::vector<Stored>> ReadTokens(const store::Snapshot& snapshot,
                                                 const std::string& prefix);
  absl::Status CheckPresent(const admin::v1::EnrollRequest& request,
                            const admin::v1::TokenRow& row) const;
  absl::Status CheckAbsent(const admin::v1::EnrollRequest& request) const;
  absl::Status CheckNode(const std::string& node, const std::string& shop);
  absl::Status Spend(const std::string& key, const admin::v1::TokenRow& row);
  absl::Status Write(const std::string& key, const admin::v1::TokenRow& row);

  daemon::Host& host_;
  const identity::Authority authority_;
  const int64_t life_ms_;
  std::string sync_address_;
  Mutex mutex_;
  // Of the current minute.
  int64_t minute_ ABSL_GUARDED_BY(mutex_) = 0;
  int tries_ ABSL_GUARDED_BY(mutex_) = 0;
  // What each node's renewal was last refused for, as the log said it.
  std::map<std::string, std::string> refused_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comptoir::hub
