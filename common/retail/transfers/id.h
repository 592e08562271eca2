// The id of a transfer, as it is written on the delivery paper and typed at the other shop:
// `outremeuse-k7qm2-w4x8c`, the sender's code, nine symbols and one that checks all before
// it. No symbol looks like another one: digits 0 and 1 and letters i, l and o are none.
//
// It is made of what the sender's request is, so nobody has to be asked for it, and two nodes
// that were cut off from each other give one request the same (R11). The nine symbols are
// 44 bits of a hash: of 20,000 transfers of one shop, two share an id once in some 130,000
// such shops. They would be listed as one, and move goods as two.
//
// Pure.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comptoir::retail {

// `shop` is a code, `request_id` and `digest` those of the envelope.
std::string MakeTransferId(std::string_view shop, std::string_view request_id, uint32_t digest);

struct TransferId {
  std::string text;  // as MakeTransferId writes it
  std::string shop;  // that sent it
};
// As people type it: capitals, spaces around it, and the hyphen among the last symbols do
// not matter. INVALID_ARGUMENT for what is none, also where one symbol is another one, be
// it of the sender's code, or two neighbours changed places.
absl::StatusOr<TransferId> ParseTransferId(std::string_view typed);

// OK for an id that is written as MakeTransferId does.
absl::Status CheckTransferId(std::string_view transfer);
// Of such an id: who sent it.
std::string_view SenderOf(std::string_view transfer);

}  // namespace comptoir::retail
