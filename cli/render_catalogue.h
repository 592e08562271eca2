// The catalogue with all that stands in it, as text. Pure, but for local time.
#pragma once

#include <ostream>
#include <string>

#include "comptoir/shop/v1/catalogue.pb.h"

namespace comptoir::cli {

// "product", "producer", "shop".
std::string SubjectName(shop::v1::Subject subject);

// Every field with every value that stands, who wrote it and when.
void RenderEntry(const shop::v1::CatalogueEntry& entry, std::ostream& out);
// Its prices alone: what is in force, what was, what is to come.
void RenderPrices(const shop::v1::CatalogueEntry& entry, std::ostream& out);
void RenderNames(const shop::v1::ListNamesResponse& response, shop::v1::Subject subject,
                 std::ostream& out);
void RenderConflicts(const shop::v1::ListConflictsResponse& response, std::ostream& out);
// `what` was edited: "product carottes".
void RenderEdit(const shop::v1::EditResponse& response, const std::string& what, std::ostream& out);

}  // namespace comptoir::cli
