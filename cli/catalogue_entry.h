// What many commands ask of the catalogue, at whichever daemon they talk to.
#pragma once

#include <set>
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

// The shops that the hub knows: that a node was enrolled for, or that somebody wrote about.
absl::StatusOr<std::set<std::string>> KnownShops(const Settings& settings, const Connection& hub);

}  // namespace comptoir::cli
