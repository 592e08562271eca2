// Gates of recalls, their lifting and their confirmation. Not OK, with a sentence and a reason,
// for a fact that folds to nothing (R6).
#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "common/retail/fact.h"
#include "comptoir/retail/v1/recalls.pb.h"

namespace comptoir::retail {

inline constexpr size_t kRecallReasonBytesMax = 256;
inline constexpr size_t kRecallAdviceBytesMax = 512;
inline constexpr int32_t kRecallDaysMax = 3'660;
inline constexpr int kLiftedRecallsMax = 64;
inline constexpr int kFoundGoodsMax = 100;

// What they say, wherever they stand.
absl::Status CheckRecalled(const v1::Recalled& recalled);
absl::Status CheckRecallLifted(const v1::RecallLifted& lifted);
absl::Status CheckRecallConfirmed(const v1::RecallConfirmed& confirmed);

// COOP, by the hub; of one shop in its SHOP, by the hub or a node of that shop.
absl::Status AdmitRecalled(const Fact& fact, const v1::Recalled& recalled);
absl::Status AdmitRecallLifted(const Fact& fact, const v1::RecallLifted& lifted);
// SHOP, by a node of that shop.
absl::Status AdmitRecallConfirmed(const Fact& fact, const v1::RecallConfirmed& confirmed);

}  // namespace comptoir::retail
