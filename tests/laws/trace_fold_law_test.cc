// The index of movements by lot: a trace finds each, and its totals are those of stock.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "common/retail/trace/queries.h"
#include "common/retail/transfers/id.h"
#include "comptoir/retail/v1/transfers.pb.h"
#include "tests/laws/fact_history.h"

namespace comptoir::laws {
namespace {

// Of one lot at one shop, in one unit.
struct NaiveTotal {
  int64_t delivered = 0;
  int64_t sold = 0;
  int64_t returned = 0;
  int64_t to_waste = 0;
  int64_t wasted = 0;
  int64_t sent = 0;
  int64_t arrived = 0;
};
using ShopAndUnit = std::pair<std::string, retail::v1::Unit>;
using Totals = std::map<ShopAndUnit, NaiveTotal>;

// No receipt is read: what they say of no lot is not what is looked at here.
class NoFacts final : public retail::FactSource {
 public:
  absl::StatusOr<retail::Fact> Read(JournalId, Sequence, google::protobuf::Arena*) const override {
    return absl::NotFoundError("no facts here");
  }
};

template <typename Message>
const Message& As(const retail::Fact& fact) {
  return static_cast<const Message&>(*fact.fact);
}

Totals SumNaively(const std::vector<FoldOperation>& applied, const std::string& product,
                  const std::string& lot) {
  Totals totals;
  const auto of = [&](const retail::Fact& fact, const auto& line) -> NaiveTotal* {
    const bool is_it = line.product() == product && line.lot() == lot;
    return is_it ? &totals[{fact.journal->shop, line.unit()}] : nullptr;
  };
  for (const FoldOperation& operation : applied) {
    const retail::Fact& fact = operation.fact;
    if (fact.kind == retail::v1::FACT_KIND_GOODS_RECEIVED) {
      for (const auto& line : As<retail::v1::GoodsReceived>(fact).lines()) {
        if (NaiveTotal* total = of(fact, line)) total->delivered += line.quantity_milli();
      }
    } else if (fact.kind == retail::v1::FACT_KIND_SOLD) {
      for (const auto& line : As<retail::v1::Sold>(fact).lines()) {
        const int64_t milli = line.has_quantity_milli() ? line.quantity_milli() : 1'000;
        if (NaiveTotal* total = of(fact, line)) total->sold += milli;
      }
    } else if (fact.kind == retail::v1::FACT_KIND_WASTED) {
      for (const auto& line : As<retail::v1::Wasted>(fact).lines()) {
        if (NaiveTotal* total = of(fact, line)) total->wasted += line.quantity_milli();
      }
    } else if (fact.kind == retail::v1::FACT_KIND_COUNTED) {
      for (const auto& line : As<retail::v1::Counted>(fact).lines()) {
        if (line.product() != product) continue;
        for (const auto& seen : line.lots()) {
          if (seen.lot() == lot) totals[{fact.journal->shop, line.unit()}];
        }
      }
    } else if (fact.kind == retail::v1::FACT_KIND_TRANSFER_SENT) {
      for (const auto& line : As<retail::v1::TransferSent>(fact).lines()) {
        if (NaiveTotal* total = of(fact, line)) total->sent += line.quantity_milli();
      }
    } else if (fact.kind == retail::v1::FACT_KIND_TRANSFER_RECEIVED) {
      for (const auto& line : As<retail::v1::TransferReceived>(fact).lines()) {
        if (NaiveTotal* total = of(fact, line)) total->arrived += line.quantity_milli();
      }
    } else if (fact.kind == retail::v1::FACT_KIND_TRANSFER_SETTLED) {
      for (const auto& line : As<retail::v1::TransferSettled>(fact).lines()) of(fact, line);
    } else {
      for (const auto& line : As<retail::v1::Returned>(fact).lines()) {
        const bool to_waste = line.wasted() != retail::v1::WASTE_REASON_UNSPECIFIED;
        NaiveTotal* total = of(fact, line);
        if (total != nullptr) {
          (to_waste ? total->to_waste : total->returned) += line.quantity_milli();
        }
      }
    }
  }
  return totals;
}

void CheckTrace(const std::vector<FoldOperation>& applied, const store::Snapshot& snapshot) {
  const NoFacts facts;
  for (const std::string product : {"carottes", "pommes", "pain-gris"}) {
    for (const std::string lot : {"L47", "L48"}) {
      shop::v1::TraceRequest request;
      request.set_product(product);
      request.set_lot(lot);
      const auto trace = retail::Trace({snapshot, facts, "", Day(20'790)}, request);
      RC_ASSERT(trace.ok());
      const Totals expected = SumNaively(applied, product, lot);
      RC_ASSERT(static_cast<size_t>(trace->totals_size()) == expected.size());
      for (const auto& total : trace->totals()) {
        const auto naive = expected.find({total.shop(), total.unit()});
        RC_ASSERT(naive != expected.end());
        RC_ASSERT(total.delivered_milli() == naive->second.delivered);
        RC_ASSERT(total.sold_milli() == naive->second.sold);
        RC_ASSERT(total.returned_milli() == naive->second.returned);
        RC_ASSERT(total.returned_to_waste_milli() == naive->second.to_waste);
        RC_ASSERT(total.wasted_milli() == naive->second.wasted);
        RC_ASSERT(total.sent_milli() == naive->second.sent);
        RC_ASSERT(total.arrived_milli() == naive->second.arrived);
        RC_ASSERT(total.reconciles());
      }
    }
  }
}

template <typename Transfer>
Said DrawTransferOf(retail::v1::FactKind kind, const std::string& sender) {
  auto transfer = std::make_unique<Transfer>();
  transfer->set_transfer(retail::MakeTransferId(sender, "0123456789abcdef", 1));
  retail::v1::TransferLine* line = transfer->add_lines();
  line->set_product(DrawProduct());
  line->set_unit(retail::v1::UNIT_KILOGRAM);
  line->set_quantity_milli(*rc::gen::inRange<int64_t>(1, 5'000));
  line->set_lot(*rc::gen::element<std::string>("", "L47", "L48"));
  if constexpr (requires { transfer->set_to("herstal"); }) {
    transfer->set_to(sender == "herstal" ? "outremeuse" : "herstal");
  } else if constexpr (requires { transfer->set_reason(retail::v1::WASTE_REASON_THEFT); }) {
    transfer->set_reason(retail::v1::WASTE_REASON_THEFT);
  }
  return {kind, std::move(transfer)};
}

Said DrawMovement(const retail::JournalContext& writer, const WriteFrame& frame) {
  const std::string other = writer.shop == "herstal" ? "outremeuse" : "herstal";
  switch (*rc::gen::inRange(0, 6)) {
    case 0:
      return DrawTransferOf<retail::v1::TransferSent>(retail::v1::FACT_KIND_TRANSFER_SENT,
                                                      writer.shop);
    case 1:
      return DrawTransferOf<retail::v1::TransferReceived>(retail::v1::FACT_KIND_TRANSFER_RECEIVED,
                                                          other);
    case 2:
      return DrawTransferOf<retail::v1::TransferSettled>(retail::v1::FACT_KIND_TRANSFER_SETTLED,
                                                         other);
    default:
      return DrawGoodsFact(frame);
  }
}

RC_GTEST_PROP(TraceFoldLaw, EveryMovementOfALotIsFoundAndTheTotalsMeetStock, ()) {
  FactHistory history(FactHistory::ShopWriters());
  FoldLaw law;
  law.model = CheckTrace;
  CheckOrderLaw(law, history.Draw(DrawMovement));
}

// By pages of any size it is the same list.
RC_GTEST_PROP(TraceFoldLaw, PagesAreTheWhole, ()) {
  FactHistory history(FactHistory::ShopWriters());
  const FoldLaw law;
  FoldLaw::State state = law.Start();
  for (const FoldOperation& operation : DrawOrder(
           history.Draw([](const auto&, const auto& frame) { return DrawGoodsFact(frame); }))) {
    law.Apply(operation, state);
  }
  law.Settle(state);
  const auto snapshot = state.store->NewSnapshot();
  const NoFacts facts;
  const retail::TraceScope scope{*snapshot, facts, "", Day(20'790)};
  shop::v1::TraceRequest request;
  request.set_product("carottes");
  request.set_lot("L47");
  const auto whole = retail::Trace(scope, request);
  RC_ASSERT(whole.ok());
  RC_ASSERT(whole->next_cursor().empty());
  request.set_page_size(*rc::gen::inRange<uint32_t>(1, 4));
  shop::v1::TraceResponse pages;
  do {
    const auto page = retail::Trace(scope, request);
    RC_ASSERT(page.ok());
    RC_ASSERT(page->movements_size() <= static_cast<int>(request.page_size()));
    pages.mutable_movements()->MergeFrom(page->movements());
    request.set_cursor(page->next_cursor());
  } while (!request.cursor().empty());
  RC_ASSERT(pages.movements_size() == whole->movements_size());
  for (int i = 0; i < pages.movements_size(); ++i) {
    RC_ASSERT(pages.movements(i).SerializeAsString() == whole->movements(i).SerializeAsString());
  }
}

}  // namespace
}  // namespace comptoir::laws
