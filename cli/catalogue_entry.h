// One entry of the catalogue, and what a list of one product's stock that is empty says of it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "cli/connection.h"
#include "cli/settings.h"
#include "comptoir/shop/v1/catalogue.pb.h"

namespace comptoir::cli {

// As `daemon` knows it; its refusal where it knows none.
absl::StatusOr<shop::v1::CatalogueEntry> FetchEntry(const Settings& settings,
                                                    const Connection& daemon,
                                                    shop::v1::Subject subject,
                                                    const std::string& code);

// Of an empty list of `product`, empty for all: the refusal of `daemon` where it knows no such
// product. OK where it does, and where it does not answer: the list was an answer all the same.
absl::Status CheckProductIsKnown(const Settings& settings, const Connection& daemon,
                                 const std::string& product);

// "nothing of savon", "nothing".
inline std::string NothingOf(const std::string& product) {
  return product.empty() ? "nothing" : "nothing of " + product;
}

}  // namespace comptoir::cli
