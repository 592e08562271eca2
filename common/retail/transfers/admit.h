// Gates of transfers. Not OK, with a sentence and a reason, for a fact that folds to nothing
// (R6).
#pragma once

#include "absl/status/status.h"
#include "common/retail/fact.h"
#include "comptoir/retail/v1/transfers.pb.h"

namespace comptoir::retail {

// Of what the hub tells a shop of one fact.
inline constexpr uint64_t kTransferRevisionsMax = 1'000'000'000;

// What an entry may claim of its time, as the ledger takes it: 1970 to the year 9999, and an
// offset from UTC of 18 hours.
inline constexpr int64_t kTransferWallMillisMax = 253'402'300'799'000;
inline constexpr int32_t kTransferOffsetMinutesMax = 18 * 60;

// What each says, wherever it stands.
absl::Status CheckTransferSent(const v1::TransferSent& sent);
absl::Status CheckTransferReceived(const v1::TransferReceived& received);
absl::Status CheckTransferSettled(const v1::TransferSettled& settled);

// SHOP, by a node of that shop; sent: of the shop that the id names.
absl::Status AdmitTransferSent(const Fact& fact, const v1::TransferSent& sent);
absl::Status AdmitTransferReceived(const Fact& fact, const v1::TransferReceived& received);
absl::Status AdmitTransferSettled(const Fact& fact, const v1::TransferSettled& settled);
// SHOP, by the hub, of another shop's fact.
absl::Status AdmitTransferAnnounced(const Fact& fact, const v1::TransferAnnounced& announced);
absl::Status AdmitTransferAnswered(const Fact& fact, const v1::TransferAnswered& answered);

}  // namespace comptoir::retail
