// What is known of products, producers and shops.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/retail/catalogue/registers.h"
#include "common/store/store.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

inline constexpr size_t kProductsPageUsual = 1'000;
inline constexpr size_t kProductsPageMax = 10'000;

// The name that won, or empty where none is known.
absl::StatusOr<std::string> ProductName(const store::Reader& reader, std::string_view product);
absl::StatusOr<std::string> ProducerName(const store::Reader& reader, std::string_view producer);
absl::StatusOr<std::string> ProducerPlace(const store::Reader& reader, std::string_view producer);
absl::StatusOr<std::string> ShopName(const store::Reader& reader, std::string_view shop);

// The code that won, or empty where none is known.
absl::StatusOr<std::string> ProductProducer(const store::Reader& reader, std::string_view product);

// The unit that won; UNIT_UNSPECIFIED where none is known, which is so for every
// unknown product.
absl::StatusOr<v1::Unit> ProductUnit(const store::Reader& reader, std::string_view product);

// What its GTINs or its item won as, by the field's number in ProductEdited; may be empty.
absl::StatusOr<std::string> ProductBarcodes(const store::Reader& reader, std::string_view product,
                                            int field);

// Of one piece, in cents; 0 where none is known.
absl::StatusOr<int64_t> ProductDeposit(const store::Reader& reader, std::string_view product);

// A sentence and a reason for a product whose unit is not known: NOT_FOUND, or
// FAILED_PRECONDITION where there is such a product and only its unit is missing.
absl::Status WithoutUnit(const store::Snapshot& snapshot, std::string_view product);

// The register in force on a day: of those whose first day is not after it, the
// latest. Nullopt where there is none.
absl::StatusOr<std::optional<Register>> CoopPriceOn(const store::Snapshot& snapshot,
                                                    std::string_view product, Day day);
// A shop's own before the co-op's; the co-op's for an empty shop.
absl::StatusOr<std::optional<Register>> PriceOn(const store::Snapshot& snapshot,
                                                std::string_view product, std::string_view shop,
                                                Day day);
absl::StatusOr<std::optional<Register>> VatOn(const store::Snapshot& snapshot,
                                              std::string_view product, Day day);

// NOT_FOUND for an unknown product. Prices are those of `shop` on `today`; of the
// co-op for an empty shop.
absl::StatusOr<shop::v1::Product> FindProduct(const store::Snapshot& snapshot,
                                              std::string_view shop, Day today,
                                              std::string_view product);
// By code.
absl::StatusOr<shop::v1::ListProductsResponse> ListProducts(
    const store::Snapshot& snapshot, std::string_view shop, Day today,
    const shop::v1::ListProductsRequest& request);

}  // namespace comptoir::retail
