// The stock of every shop as one shop knows it, as text. Pure, but for local time.
#pragma once

#include <ostream>

#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::cli {

// Product × shop, and below it how old each shop's column is.
// `product`: which one was asked for; empty: all.
void RenderCoopStock(const shop::v1::ListCoopStockResponse& response, const std::string& product,
                     std::ostream& out);

}  // namespace comptoir::cli
