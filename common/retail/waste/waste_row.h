// The sums of waste by day and reason.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// `milli` below zero takes back; 0 touches the row.
void AddWaste(const Fact& fact, v1::WasteReason reason, std::string_view product, v1::Unit unit,
              int64_t milli, store::Transaction& transaction);

}  // namespace comptoir::retail
