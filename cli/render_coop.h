// Answers about the whole co-op, as text. Pure, but for local time.
#pragma once

#include <ostream>

#include "comptoir/coop/v1/coop.pb.h"

namespace comptoir::cli {

// Product × shop, a column for every shop where anything moved.
void RenderInventory(const coop::v1::ListInventoryResponse& response, std::ostream& out);
void RenderShops(const coop::v1::ListShopsResponse& response, std::ostream& out);
void RenderImport(const coop::v1::ImportProductsResponse& response, bool dry_run,
                  std::ostream& out);
void RenderImport(const coop::v1::ImportProducersResponse& response, bool dry_run,
                  std::ostream& out);

}  // namespace comptoir::cli
