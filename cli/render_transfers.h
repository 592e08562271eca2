// Goods on their way between shops, as text. Pure.
#pragma once

#include <ostream>

#include "comptoir/shop/v1/transfers.pb.h"

namespace comptoir::cli {

// What to write on the delivery paper.
void RenderSent(const shop::v1::TransferResponse& response, std::ostream& out);
// What arrived, and what is still on its way.
void RenderReceived(const shop::v1::TransferResponse& response, std::ostream& out);
void RenderSettled(const shop::v1::TransferResponse& response, std::ostream& out);
void RenderTransfers(const shop::v1::ListTransfersResponse& response, bool open, std::ostream& out);

}  // namespace comptoir::cli
