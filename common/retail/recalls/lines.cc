#include "common/retail/recalls/lines.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/base/status.h"
#include "common/retail/recalls/recall_book.h"

namespace comptoir::retail {
namespace {

using ProductAndLot = std::pair<std::string, std::string>;

std::vector<ProductAndLot> LotsIn(const Fact& fact) {
  std::vector<ProductAndLot> lots;
  const auto add = [&](const std::string& product, const std::string& lot) {
    const ProductAndLot named(product, lot);
    if (std::ranges::find(lots, named) == lots.end()) lots.push_back(named);
  };
  if (fact.kind == v1::FACT_KIND_GOODS_RECEIVED) {
    for (const auto& line : static_cast<const v1::GoodsReceived&>(*fact.fact).lines()) {
      add(line.product(), line.lot());
    }
  } else if (fact.kind == v1::FACT_KIND_COUNTED) {
    for (const auto& line : static_cast<const v1::Counted&>(*fact.fact).lines()) {
      for (const v1::LotQuantity& lot : line.lots()) {
        if (lot.quantity_milli() > 0) add(line.product(), lot.lot());
      }
    }
  }
  return lots;
}

}  // namespace

absl::StatusOr<std::vector<shop::v1::RecalledLine>> RecalledLinesOf(const store::Snapshot& snapshot,
                                                                    std::string_view shop,
                                                                    const Fact& fact) {
  std::vector<shop::v1::RecalledLine> lines;
  RecallBook book;
  COMPTOIR_RETURN_IF_ERROR(book.Open(snapshot, shop));
  if (book.empty()) return lines;
  for (const auto& [product, lot] : LotsIn(fact)) {
    COMPTOIR_ASSIGN_OR_RETURN(const RecalledGoods goods, book.Find(snapshot, product));
    const GoodsRecall* const recall = goods.Find(lot);
    if (recall == nullptr) continue;
    shop::v1::RecalledLine& line = lines.emplace_back();
    line.set_code(recall->standing->recall.code());
    line.set_product(product);
    line.set_lot(lot);
  }
  return lines;
}

}  // namespace comptoir::retail
