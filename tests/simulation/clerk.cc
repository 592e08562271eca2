#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/daemon/receipts.h"
#include "common/retail/forks/moved.h"
#include "common/retail/stock/queries.h"
#include "tests/simulation/people.h"

namespace comptoir::simulation {

Clerk::Clerk(Events& events, Dice dice, Oracle& oracle, Machine& machine)
    : events_(events),
      dice_(dice),
      transfer_dice_(dice.Fork(7)),
      astray_dice_(dice.Fork(8)),
      oracle_(oracle),
      machine_(machine) {}

void Clerk::Open() {
  const int64_t first = machine_.hub() ? 10 : 3'000;
  events_.In(first, [this] { WorkNext(); });
}

void Clerk::WorkNext() {
  if (closing_) return;
  Choose();
  if (asked_ != nullptr) {
    Try();
  } else {
    Rest();
  }
}

void Clerk::Rest() {
  // The office enters its catalogue first, one after the other.
  const bool first_edits = machine_.hub() && edits_ < 2 * kProducts.size();
  events_.In(first_edits ? 20 : dice_.Between(2'000, 20'000), [this] { WorkNext(); });
}

void Clerk::Try() {
  constexpr uint64_t kAttemptsMax = 20;
  ++asked_->attempts;
  absl::Status status = absl::UnavailableError("the machine is off");
  if (machine_.alive()) {
    status = work_(machine_, *asked_);
    if (!machine_.alive()) status = absl::UnavailableError("the machine died");
    if (status.ok()) {
      asked_->told = true;
      if (asked_->kind == Asked::Kind::kEdit) {
        oracle_.ToldEdit(*asked_, machine_);
      } else {
        oracle_.Acknowledged(machine_, asked_->where.journal, asked_->where.sequence);
      }
    }
    machine_.Settle();
  }
  events_.NoteText(machine_.name(), "works", std::string(status.message()));
  if (status.ok() || IsFinalAnswer(status) || asked_->attempts >= kAttemptsMax) {
    asked_ = nullptr;
    Rest();
    return;
  }
  events_.In(5'000, [this] { Try(); });
}

// Has the clerk a button for it? Where not, the work is given up.
absl::Status Clerk::Knows(const Machine& machine, retail::v1::FactKind kind) {
  if (machine.knows(kind)) return absl::OkStatus();
  return absl::FailedPreconditionError("this release knows no such fact");
}

void Clerk::Choose() {
  const bool first_edits = machine_.hub() && edits_ < 2 * kProducts.size();
  if (!first_edits && dice_.OneIn(machine_.hub() ? 4 : 7)) return ChooseRecall();
  const bool edits =
      machine_.hub() || (machine_.writer().may_edit_catalogue && dice_.OneIn(3)) || dice_.OneIn(8);
  if (edits) {
    ChooseEdit();
  } else {
    ChooseShopWork();
  }
}

void Clerk::ChooseEdit() {
  asked_ = &oracle_.Ask(Asked::Kind::kEdit, machine_.writer().shop);
  const std::string id = asked_->id;
  const size_t nth = edits_++;
  const bool first = machine_.hub() && nth < 2 * kProducts.size();
  const std::string product =
      first ? kProducts[nth % kProducts.size()] : kProducts[dice_.Below(kProducts.size())];
  const bool coop = machine_.hub() || machine_.writer().may_edit_catalogue;
  if (coop && (first ? nth < kProducts.size() : dice_.OneIn(2))) {
    shop::v1::EditProductRequest request;
    request.set_request_id(id);
    request.set_product(product);
    request.mutable_name()->set_value(absl::StrCat(product, " ", dice_.Below(1'000)));
    if (first) {
      request.mutable_unit()->set_value(retail::v1::UNIT_PIECE);
      request.mutable_producer()->set_value("ferme-des-trois-chenes");
      request.mutable_vat()->set_value(600);
      if (nth % 2 == 0) request.mutable_deposit()->set_value(10);
    }
    work_ = [request](Machine& machine, Asked&) {
      return machine.desk().EditProduct(request).status();
    };
    return;
  }
  shop::v1::SetPriceRequest request;
  request.set_request_id(id);
  request.set_product(product);
  request.mutable_price()->set_value(dice_.Between(50, 900));
  if (machine_.hub() || (coop && dice_.OneIn(2))) request.set_coop(true);
  work_ = [request](Machine& machine, Asked&) { return machine.desk().SetPrice(request).status(); };
}

void Clerk::ChooseRecall() {
  std::vector<Asked*> recalls;
  for (Asked& asked : oracle_.all()) {
    const bool is_known = asked.kind == Asked::Kind::kRecall && asked.told;
    if (is_known && (asked.shop.empty() || asked.shop == machine_.writer().shop)) {
      recalls.push_back(&asked);
    }
  }
  if (recalls.empty() || dice_.OneIn(2)) {
    AddRecall();
  } else {
    AnswerRecall(*recalls[dice_.Below(recalls.size())]);
  }
}

void Clerk::AddRecall() {
  asked_ = &oracle_.Ask(Asked::Kind::kRecall, machine_.writer().shop);
  shop::v1::AddRecallRequest request;
  request.set_request_id(asked_->id);
  request.set_reason("salmonella");
  if (dice_.OneIn(12)) {
    // Of days on which it delivered: what has no lot is refused until the shelves are cleared.
    request.set_producer("ferme-des-trois-chenes");
    request.set_first_day(machine_.alive() ? machine_.ledger().Today().value() - 1 : 20'000);
    request.set_last_day(request.first_day() + 1);
  } else {
    request.set_product(kProducts[dice_.Below(kProducts.size())]);
    if (!dice_.OneIn(10)) request.set_lot(absl::StrCat("L", dice_.Below(kNamedLots)));
    asked_->product = request.product();
    asked_->lot = request.lot();
  }
  work_ = [request](Machine& machine, Asked& asked) {
    COMPTOIR_RETURN_IF_ERROR(Knows(machine, retail::v1::FACT_KIND_RECALLED));
    const auto response = machine.recalls().Add(request);
    if (!response.ok()) return response.status();
    const journal::v1::Reference& where = response->recall().reference();
    asked.where = {JournalId(where.journal()), Sequence(where.sequence()), where.hash_prefix()};
    asked.code = response->recall().code();
    return absl::OkStatus();
  };
}

// Lifts it, where it is one's own to lift, or says that the shelves are clear of it.
void Clerk::AnswerRecall(Asked& recall) {
  const auto tell = [](Asked& asked, const journal::v1::Reference& where) {
    asked.where = {JournalId(where.journal()), Sequence(where.sequence()), where.hash_prefix()};
  };
  const bool may_lift = recall.shop == machine_.writer().shop;
  if (machine_.hub() || (may_lift && dice_.OneIn(2))) {
    asked_ = &oracle_.Ask(Asked::Kind::kLift, machine_.writer().shop);
    recall.lift_asked = true;
    shop::v1::LiftRecallsRequest request;
    request.set_request_id(asked_->id);
    request.add_codes(recall.code);
    request.set_reason("a false alarm");
    work_ = [request, tell](Machine& machine, Asked& asked) {
      COMPTOIR_RETURN_IF_ERROR(Knows(machine, retail::v1::FACT_KIND_RECALL_LIFTED));
      const auto response = machine.recalls().Lift(request);
      if (response.ok()) tell(asked, response->reference());
      return response.status();
    };
  } else {
    asked_ = &oracle_.Ask(Asked::Kind::kConfirmation, machine_.writer().shop);
    shop::v1::ConfirmRecallRequest request;
    request.set_request_id(asked_->id);
    request.set_code(recall.code);
    request.set_staff("marie");
    work_ = [request, tell](Machine& machine, Asked& asked) {
      COMPTOIR_RETURN_IF_ERROR(Knows(machine, retail::v1::FACT_KIND_RECALL_CONFIRMED));
      const auto response = machine.recalls().Confirm(request);
      if (response.ok()) tell(asked, response->reference());
      return response.status();
    };
  }
  asked_->recall = &recall;
}

void Clerk::ChooseShopWork() {
  // A stream of its own: what else is chosen stays as it was.
  if (transfer_dice_.OneIn(3)) {
    ChooseTransfer();
    if (asked_ != nullptr) return;
  }
  const uint64_t choice = dice_.Below(10);
  const std::string product = kProducts[dice_.Below(kProducts.size())];
  const auto ask = [this](Asked::Kind kind) {
    asked_ = &oracle_.Ask(kind, machine_.writer().shop);
    return asked_->id;
  };
  const auto tell = [](Asked& asked, const journal::v1::Reference& where) {
    asked.where = {JournalId(where.journal()), Sequence(where.sequence()), where.hash_prefix()};
  };
  if (choice < 4) {
    shop::v1::RecordDeliveryRequest request;
    request.set_request_id(ask(Asked::Kind::kDelivery));
    request.set_producer("ferme-des-trois-chenes");
    shop::v1::DeliveryLine* line = request.add_lines();
    line->set_product(product);
    line->set_quantity_milli(dice_.Between(1, 60) * 1'000);
    if (dice_.OneIn(2)) line->set_lot(absl::StrCat("L", dice_.Below(20)));
    work_ = [this, request, tell](Machine& machine, Asked& asked) {
      auto response = machine.goods().RecordDelivery(request);
      if (!response.ok()) return response.status();
      tell(asked, response->reference());
      correctable_.push_back(response->name());
      return absl::OkStatus();
    };
  } else if (choice < 5) {
    shop::v1::RecordWasteRequest request;
    request.set_request_id(ask(Asked::Kind::kWaste));
    request.set_reason(retail::v1::WASTE_REASON_EXPIRED);
    shop::v1::WasteLine* line = request.add_lines();
    line->set_product(product);
    line->set_quantity_milli(dice_.Between(1, 5) * 500);
    work_ = [this, request, tell](Machine& machine, Asked& asked) {
      COMPTOIR_RETURN_IF_ERROR(Knows(machine, retail::v1::FACT_KIND_WASTED));
      auto response = machine.goods().RecordWaste(request);
      if (!response.ok()) return response.status();
      tell(asked, response->reference());
      correctable_.push_back(response->name());
      return absl::OkStatus();
    };
  } else if (choice < 7) {
    shop::v1::RecordCountRequest request;
    request.set_request_id(ask(Asked::Kind::kCount));
    shop::v1::CountLine* line = request.add_lines();
    line->set_product(product);
    line->set_quantity_milli(dice_.Between(0, 80) * 1'000);
    work_ = [this, request, tell](Machine& machine, Asked& asked) {
      COMPTOIR_RETURN_IF_ERROR(Knows(machine, retail::v1::FACT_KIND_COUNTED));
      // Else what is on its way to the disk beside it may be held to have come after.
      const bool quiet = !machine.ledger().waits() && asked.attempts == 1;
      auto response = machine.goods().RecordCount(request);
      if (!response.ok()) return response.status();
      tell(asked, response->reference());
      if (quiet && machine.alive()) LookAtShelf(machine, request.lines(0));
      correctable_.push_back(response->name());
      return absl::OkStatus();
    };
  } else if (choice < 8 && !correctable_.empty()) {
    shop::v1::CorrectRequest request;
    request.set_request_id(ask(Asked::Kind::kCorrection));
    request.set_name(correctable_[dice_.Below(correctable_.size())]);
    request.set_reason("entered by mistake");
    work_ = [request, tell](Machine& machine, Asked& asked) {
      COMPTOIR_RETURN_IF_ERROR(Knows(machine, retail::v1::FACT_KIND_CORRECTED));
      auto response = machine.goods().Correct(request);
      if (!response.ok()) return response.status();
      tell(asked, response->reference());
      return absl::OkStatus();
    };
  } else if (dice_.OneIn(3)) {
    MindTheDrawer();
  } else {
    TakeBack();
  }
}

// Opens the day, moves cash, or closes it.
void Clerk::MindTheDrawer() {
  asked_ = &oracle_.Ask(Asked::Kind::kDay, machine_.writer().shop);
  const std::string id = asked_->id;
  const auto told = [](Asked& asked, const auto& response) {
    if (!response.ok()) return response.status();
    asked.where = {JournalId(response->reference().journal()),
                   Sequence(response->reference().sequence()), response->reference().hash_prefix()};
    return absl::OkStatus();
  };
  const uint64_t choice = dice_.Below(4);
  if (choice == 0) {
    shop::v1::OpenDayRequest request;
    request.set_request_id(id);
    request.set_float_cents(dice_.Between(0, 30'000));
    work_ = [request, told](Machine& machine, Asked& asked) {
      COMPTOIR_RETURN_IF_ERROR(Knows(machine, retail::v1::FACT_KIND_DAY_OPENED));
      return told(asked, machine.days().OpenDay(request));
    };
  } else if (choice == 1) {
    shop::v1::MoveCashRequest request;
    request.set_request_id(id);
    request.set_amount_cents(dice_.OneIn(2) ? 5'000 : -2'000);
    request.set_reason("change");
    work_ = [request, told](Machine& machine, Asked& asked) {
      COMPTOIR_RETURN_IF_ERROR(Knows(machine, retail::v1::FACT_KIND_CASH_MOVED));
      return told(asked, machine.days().MoveCash(request));
    };
  } else {
    shop::v1::CloseDayRequest request;
    request.set_request_id(id);
    if (dice_.OneIn(2)) request.set_counted_cents(dice_.Between(0, 100'000));
    work_ = [request, told](Machine& machine, Asked& asked) {
      COMPTOIR_RETURN_IF_ERROR(Knows(machine, retail::v1::FACT_KIND_DAY_CLOSED));
      return told(asked, machine.days().CloseDay(request));
    };
  }
}

// What was just counted is what is there. Where a branch was moved, a count cannot name
// what of it it saw: a doubtful clock may leave that after it.
void Clerk::LookAtShelf(Machine& machine, const shop::v1::CountLine& counted) {
  if (oracle_.HasForks() && oracle_.HadWrongClocks()) return;
  shop::v1::ListStockRequest query;
  query.set_product(counted.product());
  const auto stock =
      retail::ListStock(*machine.ledger().NewSnapshot(), machine.writer().shop, query);
  if (!stock.ok()) return;
  int64_t milli = 0;
  for (const shop::v1::StockRow& row : stock->rows()) milli += row.quantity_milli();
  if (milli == counted.quantity_milli()) return;
  oracle_.Complain(absl::StrCat("counts: ", counted.quantity_milli(), " thousandths of ",
                                counted.product(), " were counted at ", machine.name(), ", and ",
                                milli, " are shown"));
}

// How the receipt is named at `machine`: of two branches that print one number it may know
// one, or both. Nothing where it knows neither as this one's.
std::optional<std::string> Clerk::NumberAt(Machine& machine, const Asked& sale) {
  if (!oracle_.IsForked(sale.where.journal)) return sale.number;
  const JournalId place = retail::MovedPlace(sale.where);
  for (const std::string& ending :
       {std::string(), std::string("-kept"), retail::MovedEnding(place)}) {
    const auto receipt = daemon::FindReceipt(machine.ledger(), sale.number + ending);
    if (!receipt.ok()) continue;
    const journal::v1::Reference& found = receipt->reference();
    const bool is_kept = found.journal() == sale.where.journal.value() &&
                         found.hash_prefix() == sale.where.hash_prefix;
    const bool is_moved = found.journal() == place.value();
    if ((is_kept || is_moved) && found.sequence() == sale.where.sequence.value()) {
      return sale.number + ending;
    }
  }
  return std::nullopt;
}

// Each sale is taken back once at most, so that what it does to the shop's sales is
// known here.
void Clerk::TakeBack() {
  std::vector<Asked*> sales;
  for (Asked& asked : oracle_.all()) {
    if (asked.kind == Asked::Kind::kSale && asked.told && !asked.taken_back &&
        asked.shop == machine_.writer().shop) {
      sales.push_back(&asked);
    }
  }
  if (sales.empty()) return;
  Asked& sale = *sales[dice_.Below(sales.size())];
  sale.taken_back = true;
  const auto take = [](Asked& asked, const absl::StatusOr<shop::v1::Receipt>& receipt) {
    if (!receipt.ok()) return receipt.status();
    asked.where = {JournalId(receipt->reference().journal()),
                   Sequence(receipt->reference().sequence()), receipt->reference().hash_prefix()};
    asked.number = receipt->number();
    asked.total_cents = receipt->total_cents();
    return absl::OkStatus();
  };
  // Of empties alone there are no goods to return.
  if (dice_.OneIn(2) || sale.sales_milli.empty()) {
    asked_ = &oracle_.Ask(Asked::Kind::kVoid, sale.shop);
    for (const auto& [product, milli] : sale.sales_milli) asked_->sales_milli[product] = -milli;
    shop::v1::VoidReceiptRequest request;
    request.set_request_id(asked_->id);
    work_ = [this, request, take, &sale](Machine& machine, Asked& asked) mutable {
      COMPTOIR_RETURN_IF_ERROR(Knows(machine, retail::v1::FACT_KIND_VOIDED));
      const std::optional<std::string> number = NumberAt(machine, sale);
      if (!number.has_value()) return absl::NotFoundError("no such receipt is known here");
      request.set_number(*number);
      return take(asked, machine.goods().VoidReceipt(request));
    };
    return;
  }
  asked_ = &oracle_.Ask(Asked::Kind::kReturn, sale.shop);
  const auto& [product, milli] = *sale.sales_milli.begin();
  const int64_t returned = std::min<int64_t>(milli, 1'000);
  asked_->sales_milli[product] = -returned;
  shop::v1::RecordReturnRequest request;
  request.set_request_id(asked_->id);
  shop::v1::ReturnLine* line = request.add_lines();
  line->set_product(product);
  line->set_quantity_milli(returned);
  if (dice_.OneIn(3)) line->set_wasted(retail::v1::WASTE_REASON_DAMAGED);
  work_ = [this, request, take, &sale](Machine& machine, Asked& asked) mutable {
    COMPTOIR_RETURN_IF_ERROR(Knows(machine, retail::v1::FACT_KIND_RETURNED));
    const std::optional<std::string> number = NumberAt(machine, sale);
    if (!number.has_value()) return absl::NotFoundError("no such receipt is known here");
    request.set_number(*number);
    return take(asked, machine.goods().RecordReturn(request));
  };
}

}  // namespace comptoir::simulation
