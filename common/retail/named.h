// Facts that name others of their shop.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/retail/stock/movements.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// INVALID_ARGUMENT with a sentence and a reason for what names no entry.
absl::Status CheckNamed(const v1::NamedFact& named);

// `outremeuse-261123-k7qm2w/12`: how people name a fact that prints no receipt: shop,
// series and the number of the entry in its journal.
std::string FormatFactName(std::string_view shop, std::string_view series, Sequence sequence);
// Where a fact of `shop` stands by such a name, with an ending where branches share it
// (forks/moved.h). INVALID_ARGUMENT for what is none, names another shop's, or does not say
// which branch's; NOT_FOUND where its journal, or what was moved, is not held here.
absl::StatusOr<FactPlace> FindNamed(const store::Snapshot& snapshot, std::string_view shop,
                                    std::string_view name);

}  // namespace comptoir::retail
