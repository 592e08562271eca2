// What hub and nodes say in the end, held against what the tills were told.
#pragma once

#include <deque>
#include <vector>

#include "tests/process/daemons.h"
#include "tests/process/till.h"

namespace comptoir::testing {

// Days since 1970, UTC, as the daemons of these tests count them.
int32_t Today();

// Every receipt of `shop` from `first_day` to today.
std::vector<shop::v1::Receipt> ReceiptsAt(Node& node, int32_t first_day);
std::vector<shop::v1::Receipt> ReceiptsAt(Hub& hub, const std::string& shop, int32_t first_day);

// Fails the test unless each sale that was told 'sold' is among `receipts` once,
// as it was asked, under the number that was told; and nothing else is.
// Every sale must have been told.
void ExpectReceipts(const std::deque<Sale>& sales, const std::vector<shop::v1::Receipt>& receipts);

// Fails the test unless money and quantity per product, at the node and for its
// shop at the hub, and what is left on the shelf of `received_milli` of each,
// are those of `sales`.
void ExpectTotals(const std::deque<Sale>& sales, Hub& hub, Node& node,
                  const std::vector<Article>& articles, int64_t received_milli, int32_t first_day);

}  // namespace comptoir::testing
