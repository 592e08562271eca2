// What stands in the catalogue's registers: every value, not only the one that
// wins. Who wrote them, and when, is the ledger's to say: StandingWrite's node
// and times are left empty here.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/store/store.h"
#include "comptoir/shop/v1/catalogue.pb.h"

namespace comptoir::retail {

inline constexpr size_t kNamesPageUsual = 1'000;
inline constexpr size_t kNamesPageMax = 10'000;
inline constexpr size_t kConflictsPageUsual = 100;
inline constexpr size_t kConflictsPageMax = 1'000;

// Fields in the order of their numbers; then prices, co-op-wide before shops' own
// by code, each by first day; then VAT by first day. NOT_FOUND with a reason where
// nobody wrote about it.
absl::StatusOr<shop::v1::CatalogueEntry> FindEntry(
    const store::Snapshot& snapshot, Day today, const shop::v1::GetCatalogueEntryRequest& request);

// Producers or shops, by code. INVALID_ARGUMENT with a reason for another subject,
// and for a cursor or page size that cannot be.
absl::StatusOr<shop::v1::ListNamesResponse> ListNames(const store::Snapshot& snapshot,
                                                      const shop::v1::ListNamesRequest& request);

// Registers in which different values stand.
absl::StatusOr<shop::v1::ListConflictsResponse> ListConflicts(
    const store::Snapshot& snapshot, const shop::v1::ListConflictsRequest& request);

// Did anyone write about this producer, or name it as one of `product`?
absl::StatusOr<bool> IsKnownProducer(const store::Snapshot& snapshot, std::string_view producer,
                                     std::string_view product);

}  // namespace comptoir::retail
