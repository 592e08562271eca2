// Views with rows in every table, for tests that make reads of them fail: the sample
// history, and what of it queries look at twice.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/store/memory_store.h"
#include "tests/support/folded.h"

namespace comptoir::retail::faults {

inline constexpr char kOurShop[] = "outremeuse";
inline constexpr char kOtherShop[] = "herstal";
// Of a sale of `pain` and `lait` at kOurShop, of which a part was given back.
inline constexpr char kRichSale[] = "outremeuse-261123-k7qm2x-0003";
// From kOurShop to kOtherShop, on its way; and back, announced.
std::string TransferOnItsWay();
std::string TransferAwaited();

// Each is admitted.
const std::vector<testing::Placed>& RichHistory();
// What of it is admitted, as the views have it but for receipt numbers.
const std::vector<Fact>& RichFacts();
// RichHistory folded, and a copy of the other shops' stock.
std::unique_ptr<store::MemoryStore> RichStore();

}  // namespace comptoir::retail::faults
