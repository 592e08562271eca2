#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/simulation/people.h"

namespace comptoir::simulation {
namespace {

constexpr int64_t kAnswerMsMax = 3'000;

}  // namespace

bool IsFinalAnswer(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsNotFound(status) ||
         absl::IsFailedPrecondition(status) || absl::IsPermissionDenied(status) ||
         absl::IsAlreadyExists(status) || absl::IsOutOfRange(status);
}

Till::Till(Events& events, Dice dice, Oracle& oracle, std::vector<Machine*> machines)
    : events_(events),
      dice_(dice),
      discount_dice_(dice.Fork(9)),
      oracle_(oracle),
      machines_(std::move(machines)) {}

void Till::Open() {
  events_.In(dice_.Between(500, 9'000), [this] { SellNext(); });
}

void Till::SellNext() {
  if (closing_) return;
  asked_ = &oracle_.Ask(Asked::Kind::kSale, machines_.front()->writer().shop);
  request_.Clear();
  request_.set_request_id(asked_->id);
  const int64_t lines = dice_.Between(1, 4);
  for (int64_t i = 0; i < lines; ++i) {
    shop::v1::SaleLine* line = request_.add_lines();
    line->set_product(kProducts[dice_.Below(kProducts.size())]);
    if (dice_.OneIn(2)) line->set_quantity_milli(dice_.Between(1, 5) * 1'000);
    if (!dice_.OneIn(3)) line->set_unit_price_cents(dice_.Between(10, 900));
    if (dice_.OneIn(4)) line->set_lot(absl::StrCat("L", dice_.Below(kNamedLots)));
    if (discount_dice_.OneIn(6)) {
      line->set_discount_basis_points(static_cast<uint32_t>(discount_dice_.Between(1, 10'000)));
    }
    asked_->sales_milli[line->product()] +=
        line->has_quantity_milli() ? line->quantity_milli() : 1'000;
  }
  if (discount_dice_.OneIn(8)) {
    shop::v1::EmptiesLine* empties = request_.add_empties();
    empties->set_product(kProducts[discount_dice_.Below(kProducts.size())]);
    empties->set_pieces(discount_dice_.Between(1, 24));
    empties->set_deposit_cents(discount_dice_.Between(1, 60));
    // Now and then all that a customer comes for.
    if (discount_dice_.OneIn(3)) {
      request_.clear_lines();
      asked_->sales_milli.clear();
    }
  }
  if (discount_dice_.OneIn(5)) {
    request_.set_discount_basis_points(static_cast<uint32_t>(discount_dice_.Between(1, 10'000)));
  }
  Ask();
}

bool Till::Lost() {
  return faults_.until_ms > events_.now_ms() &&
         dice_.Percent(static_cast<uint64_t>(faults_.lost_percent));
}

void Till::Ask() {
  const uint64_t attempt = ++asked_->attempts;
  if (!Lost()) events_.In(dice_.Between(1, 8), [this, attempt] { Call(attempt); });
  events_.In(kAnswerMsMax, [this, attempt, asked = asked_] {
    if (asked_ == asked && asked->attempts == attempt) Ask();
  });
}

std::string Till::RecallOf(Machine& machine) const {
  for (const shop::v1::SaleLine& line : request_.lines()) {
    if (line.lot().empty()) continue;
    const std::string code = oracle_.StandingRecall(machine, line.product(), line.lot());
    if (!code.empty()) return code;
  }
  return "";
}

void Till::Call(uint64_t attempt) {
  if (asked_ == nullptr) return;
  // Twice its own node, then the next.
  Machine& machine = *machines_[(attempt - 1) / 2 % machines_.size()];
  if (!machine.alive()) return;
  // Asked for the first time, it cannot have been taken before the recall was heard of.
  const std::string recall = attempt == 1 ? RecallOf(machine) : "";
  machine.sales().RecordSale(
      request_, machine.till_memory(),
      [this, attempt, &machine, asked = asked_, recall,
       life = machine.life()](absl::StatusOr<shop::v1::SaleRecorded> answer) {
        if (answer.ok() && !recall.empty()) {
          oracle_.Complain(absl::StrCat("recalls: ", machine.name(), " knew of recall ", recall,
                                        " and sold a lot of it"));
        }
        // A process that died says nothing.
        if (!machine.alive() || machine.life() != life || Lost()) return;
        // It is said once it has left the machine: what happens to the disk while it is
        // on its way changes nothing.
        if (answer.ok() && !asked->told) {
          asked->number = answer->number();
          asked->total_cents = answer->total_cents();
          oracle_.Told(*asked, machine, answer->reference(), events_.now_ms());
        }
        events_.In(dice_.Between(1, 8), [this, attempt, asked, answer] {
          if (asked_ == asked) Hear(attempt, answer);
        });
      });
  machine.Settle();
}

void Till::Hear(uint64_t attempt, const absl::StatusOr<shop::v1::SaleRecorded>& answer) {
  if (!answer.ok() && !IsFinalAnswer(answer.status())) return;  // asked again when its time is up
  if (answer.ok()) {
    ++sold_;
    events_.Note("till", "is told sold", answer->reference().journal(), attempt);
  } else {
    events_.NoteText("till", "is refused", std::string(answer.status().message()));
  }
  asked_ = nullptr;
  events_.In(dice_.Between(500, 9'000), [this] { SellNext(); });
}

}  // namespace comptoir::simulation
