// What a branch holds of transfers, corrections, recalls and days: made by the builders behind
// the recorders, of what the machine knows.
#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/daemon/days.h"
#include "common/retail/corrections/build.h"
#include "common/retail/days/admit.h"
#include "common/retail/recalls/build.h"
#include "common/retail/transfers/build.h"
#include "google/protobuf/arena.h"
#include "tests/simulation/branch.h"
#include "tests/simulation/people.h"
#include "tests/simulation/world.h"

namespace comptoir::simulation {

// ---- transfers ----

// The oracle hears of the id with the answer.
template <typename Fact>
bool Branch::WriteTransfer(Asked& asked, retail::v1::FactKind kind, const Fact& fact) {
  if (!Write(asked, kind, fact)) return false;
  asked.transfer = fact.transfer();
  return true;
}

bool Branch::WorkOnTransfers() {
  if (!Knows(retail::v1::FACT_KIND_TRANSFER_SENT)) return false;
  std::vector<const Asked*> came;
  for (const Asked& asked : oracle_.all()) {
    if (asked.kind == Asked::Kind::kSend && asked.told && asked.to == shop_) came.push_back(&asked);
  }
  if (came.empty() || dice_.OneIn(3)) return SendGoods();
  const Asked& sent = *came[dice_.Below(came.size())];
  return dice_.OneIn(3) ? SettleGoods(sent) : ReceiveGoods(sent);
}

bool Branch::SendGoods() {
  const std::string to = kShops[dice_.Below(kShops.size())];
  if (to == shop_) return false;
  shop::v1::SendTransferRequest request;
  request.set_to(to);
  shop::v1::TransferGoods* goods = request.add_lines();
  goods->set_product(Product());
  goods->set_quantity_milli(dice_.Between(1, 12) * 1'000);
  Asked& asked = oracle_.Ask(Asked::Kind::kSend, shop_);
  request.set_request_id(asked.id);
  const auto sent = retail::BuildTransferSent(*rewound_.ledger().NewSnapshot(), shop_,
                                              rewound_.ledger().Today(), request, /*digest=*/1);
  if (!sent.ok()) return false;
  asked.to = to;
  asked.goods_milli[goods->product()] = goods->quantity_milli();
  return WriteTransfer(asked, retail::v1::FACT_KIND_TRANSFER_SENT, *sent);
}

// By what the paper says, or all that is announced.
bool Branch::ReceiveGoods(const Asked& sent) {
  shop::v1::ReceiveTransferRequest request;
  request.set_transfer(sent.transfer);
  const bool all = dice_.OneIn(3);
  for (const auto& [product, milli] : sent.goods_milli) {
    if (all) break;
    shop::v1::TransferGoods* goods = request.add_lines();
    goods->set_product(product);
    goods->set_quantity_milli(dice_.OneIn(2) ? milli : 500);
  }
  const auto received =
      retail::BuildTransferReceived(*rewound_.ledger().NewSnapshot(), shop_, request);
  if (!received.ok()) return false;
  Asked& asked = oracle_.Ask(Asked::Kind::kReceive, shop_);
  for (const shop::v1::TransferGoods& goods : request.lines()) {
    asked.goods_milli[goods.product()] += goods.quantity_milli();
  }
  return WriteTransfer(asked, retail::v1::FACT_KIND_TRANSFER_RECEIVED, *received);
}

// All that did not arrive.
bool Branch::SettleGoods(const Asked& sent) {
  shop::v1::SettleTransferRequest request;
  request.set_transfer(sent.transfer);
  request.set_reason(retail::v1::WASTE_REASON_THEFT);
  const auto settled =
      retail::BuildTransferSettled(*rewound_.ledger().NewSnapshot(), shop_, request);
  if (!settled.ok()) return false;
  return WriteTransfer(oracle_.Ask(Asked::Kind::kSettle, shop_),
                       retail::v1::FACT_KIND_TRANSFER_SETTLED, *settled);
}

// ---- corrections ----

// Of something that the branch wrote, once.
bool Branch::Correct() {
  if (!Knows(retail::v1::FACT_KIND_CORRECTED) || correctable_.empty()) return false;
  const auto snapshot = rewound_.ledger().NewSnapshot();
  google::protobuf::Arena arena;
  const auto named = rewound_.ledger().ReadNamed(
      *snapshot, correctable_[dice_.Below(correctable_.size())], &arena);
  if (!named.ok()) return false;
  shop::v1::CorrectRequest request;
  request.set_reason("entered by mistake");
  const auto corrected = retail::BuildCorrected(*snapshot, *named, request);
  if (!corrected.ok()) return false;
  return Write(oracle_.Ask(Asked::Kind::kCorrection, shop_), retail::v1::FACT_KIND_CORRECTED,
               *corrected);
}

// ---- recalls ----

bool Branch::WorkOnRecalls() {
  if (!Knows(retail::v1::FACT_KIND_RECALLED)) return false;
  std::vector<Asked*> recalls;
  for (Asked& asked : oracle_.all()) {
    const bool is_here = asked.shop.empty() || asked.shop == shop_;
    if (asked.kind == Asked::Kind::kRecall && asked.told && is_here) recalls.push_back(&asked);
  }
  if (recalls.empty() || dice_.OneIn(3)) return AddRecall();
  Asked& recall = *recalls[dice_.Below(recalls.size())];
  if (recall.shop == shop_ && dice_.OneIn(3)) return LiftRecall(recall);
  return ConfirmRecall(recall);
}

bool Branch::AddRecall() {
  shop::v1::AddRecallRequest request;
  request.set_reason("salmonella");
  request.set_product(Product());
  request.set_lot(absl::StrCat("L", dice_.Below(kNamedLots)));
  Asked& asked = oracle_.Ask(Asked::Kind::kRecall, shop_);
  request.set_request_id(asked.id);
  const auto recalled = retail::BuildRecalled(*rewound_.ledger().NewSnapshot(), shop_, request);
  if (!recalled.ok()) return false;
  asked.product = request.product();
  asked.lot = request.lot();
  asked.code = recalled->code();
  return Write(asked, retail::v1::FACT_KIND_RECALLED, *recalled);
}

bool Branch::LiftRecall(Asked& recall) {
  shop::v1::LiftRecallsRequest request;
  request.add_codes(recall.code);
  request.set_reason("a false alarm");
  const auto lift = retail::BuildRecallLifted(*rewound_.ledger().NewSnapshot(), request);
  if (!lift.ok() || lift->shop != shop_) return false;
  Asked& asked = oracle_.Ask(Asked::Kind::kLift, shop_);
  asked.recall = &recall;
  recall.lift_asked = true;
  return Write(asked, retail::v1::FACT_KIND_RECALL_LIFTED, lift->lifted);
}

bool Branch::ConfirmRecall(const Asked& recall) {
  shop::v1::ConfirmRecallRequest request;
  request.set_code(recall.code);
  request.set_staff("marie");
  const auto confirmed = retail::BuildRecallConfirmed(*rewound_.ledger().NewSnapshot(), request);
  if (!confirmed.ok()) return false;
  Asked& asked = oracle_.Ask(Asked::Kind::kConfirmation, shop_);
  asked.recall = &recall;
  return Write(asked, retail::v1::FACT_KIND_RECALL_CONFIRMED, *confirmed);
}

// ---- days ----

// Opens the day, moves cash, or closes it.
bool Branch::MindTheDrawer() {
  if (!Knows(retail::v1::FACT_KIND_DAY_CLOSED)) return false;
  const uint64_t choice = dice_.Below(4);
  if (choice >= 2) return CloseDay();
  if (choice == 1) {
    retail::v1::CashMoved moved;
    moved.set_amount_cents(dice_.OneIn(2) ? 5'000 : -2'000);
    moved.set_reason("change");
    return Write(oracle_.Ask(Asked::Kind::kDay, shop_), retail::v1::FACT_KIND_CASH_MOVED, moved);
  }
  const auto days = daemon::ShopDays::Read(rewound_.ledger(), shop_);
  if (!days.ok()) return false;
  const auto open = days->OpenOf(rewound_.writer().node);
  if (!open.ok() || open->opened) return false;
  retail::v1::DayOpened opened;
  opened.set_float_cents(dice_.Between(0, 30'000));
  return Write(oracle_.Ask(Asked::Kind::kDay, shop_), retail::v1::FACT_KIND_DAY_OPENED, opened);
}

bool Branch::CloseDay() {
  const auto days = daemon::ShopDays::Read(rewound_.ledger(), shop_);
  if (!days.ok()) return false;
  const auto open = days->OpenOf(rewound_.writer().node);
  if (!open.ok() || !retail::CheckDayClosed(open->closed).ok()) return false;
  return Write(oracle_.Ask(Asked::Kind::kDay, shop_), retail::v1::FACT_KIND_DAY_CLOSED,
               open->closed);
}

}  // namespace comptoir::simulation
