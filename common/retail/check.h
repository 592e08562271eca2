// What the rooms' gates have in common. Each check gives INVALID_ARGUMENT with a
// sentence and a reason (reasons.h), and costs nothing when all is well.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/retail/fact.h"
#include "comptoir/journal/v1/journal.pb.h"
#include "comptoir/retail/v1/retail.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace comptoir::retail {

inline constexpr size_t kTextBytesMax = 1024;
inline constexpr size_t kLotBytesMax = 32;
inline constexpr size_t kDocumentBytesMax = 64;

absl::Status Refuse(std::string_view reason, absl::string_view sentence);

// `what` names the field in the sentence: "product", "till".
absl::Status CheckCodeField(std::string_view what, std::string_view text);
absl::Status CheckOptionalCode(std::string_view what, std::string_view text);
// No control characters, at most `bytes_max`; may be empty.
absl::Status CheckText(std::string_view what, std::string_view text, size_t bytes_max,
                       std::string_view reason);
absl::Status CheckLot(std::string_view lot);
absl::Status CheckUnit(v1::Unit unit);
// Above zero, at most kQuantityMilliMax.
absl::Status CheckQuantity(int64_t milli);
// 0 to kMoneyCentsMax.
absl::Status CheckPrice(int64_t cents);
absl::Status CheckVat(int64_t basis_points);
// Of one piece: 0 to kMoneyCentsMax, and 0 for what is sold by another unit.
absl::Status CheckDeposit(int64_t cents, v1::Unit unit);
// Of a product that is sold by another unit from now on, while a deposit of `cents` stands.
absl::Status CheckUnitChange(v1::Unit before, v1::Unit after, int64_t cents);
// 1970-01-01 to kDayMax.
absl::Status CheckDay(std::string_view what, int32_t day);
// Between 1 and kLinesMax.
absl::Status CheckLineCount(int count);
// At most kReplacedWritesMax, each naming an entry.
absl::Status CheckReplaces(
    const google::protobuf::RepeatedPtrField<journal::v1::Reference>& replaces);

// Written in COOP by the hub, or by a node whose certificate lets it.
absl::Status CheckCatalogueWriter(const Fact& fact);
// Written in a shop's own scope by a node of that shop; not by the hub.
absl::Status CheckShopWriter(const Fact& fact);

// `status` with "line N: " before its sentence, or another word; its code and reason stay. Lines
// are counted from 1.
absl::Status AtLine(const absl::Status& status, int line, std::string_view word = "line");

}  // namespace comptoir::retail
