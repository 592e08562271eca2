// Facts that change what others count for, over whole ledgers: corrections, returns, counts,
// recalls and their lifting, transfers, days and their closings, requests taken twice, and a branch
// of all of these that was moved. Two nodes of a shop write them, cut off from each other and not;
// whoever then hears of all of it, entry by entry in whatever order across journals, shows the same
// as they do, to the byte (I1, R11, Forks), and closings with what is open come to what was sold.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/daemon/days.h"
#include "common/retail/days/admit.h"
#include "common/retail/stock/movements.h"
#include "common/retail/transfers/id.h"
#include "comptoir/retail/v1/recalls.pb.h"
#include "comptoir/retail/v1/transfers.pb.h"
#include "tests/laws/order_law.h"
#include "tests/support/branch.h"
#include "tests/support/coop.h"
#include "tests/support/day_money.h"
#include "tests/support/tellings.h"

namespace comptoir::laws {
namespace {

using retail::v1::FactKind;
using testing::Branch;
using testing::Carry;
using testing::IngestAndWait;
using testing::Must;
using testing::MustOk;
using testing::Replica;
using testing::RequestId;
using testing::Views;
using testing::WaitForTellings;

constexpr int64_t kMinuteMs = 60'000;
const std::vector<std::string> kGoods = {"carottes", "pain-gris"};

std::string DrawGoods() { return *rc::gen::elementOf(kGoods); }
int64_t DrawPieces() { return 1'000 * *rc::gen::inRange<int64_t>(1, 9); }

struct DrawnFact {
  FactKind kind;
  std::string bytes;
};
template <typename Message>
DrawnFact Make(FactKind kind, const Message& message) {
  return {kind, message.SerializeAsString()};
}

DrawnFact DrawSale() {
  return Make(retail::v1::FACT_KIND_SOLD, testing::OneSale(DrawGoods(), DrawPieces(), 250));
}
DrawnFact DrawDelivery() {
  retail::v1::GoodsReceived received;
  received.set_producer("moulin");
  retail::v1::ReceivedLine* line = received.add_lines();
  line->set_product(DrawGoods());
  line->set_unit(retail::v1::UNIT_PIECE);
  line->set_quantity_milli(DrawPieces());
  line->set_lot(*rc::gen::element<std::string>("", "L47"));
  return Make(retail::v1::FACT_KIND_GOODS_RECEIVED, received);
}
DrawnFact DrawWaste() {
  retail::v1::Wasted wasted;
  wasted.set_reason(retail::v1::WASTE_REASON_DAMAGED);
  retail::v1::WastedLine* line = wasted.add_lines();
  line->set_product(DrawGoods());
  line->set_unit(retail::v1::UNIT_PIECE);
  line->set_quantity_milli(DrawPieces());
  return Make(retail::v1::FACT_KIND_WASTED, wasted);
}
DrawnFact DrawCount() {
  retail::v1::Counted counted;
  retail::v1::CountedLine* line = counted.add_lines();
  line->set_product(DrawGoods());
  line->set_unit(retail::v1::UNIT_PIECE);
  line->set_whole(true);
  line->add_lots()->set_quantity_milli(DrawPieces());
  return Make(retail::v1::FACT_KIND_COUNTED, counted);
}
std::string DrawTransfer() {
  return retail::MakeTransferId("outremeuse", RequestId(1), *rc::gen::inRange<uint32_t>(1, 3));
}
void AddGoods(google::protobuf::RepeatedPtrField<retail::v1::TransferLine>* lines) {
  retail::v1::TransferLine* line = lines->Add();
  line->set_product(DrawGoods());
  line->set_unit(retail::v1::UNIT_PIECE);
  line->set_quantity_milli(DrawPieces());
  line->set_lot(*rc::gen::element<std::string>("", "L47"));
}
DrawnFact DrawSend() {
  retail::v1::TransferSent sent;
  sent.set_transfer(DrawTransfer());
  sent.set_to("herstal");
  AddGoods(sent.mutable_lines());
  return Make(retail::v1::FACT_KIND_TRANSFER_SENT, sent);
}
// By whoever counts something of it in, the sender too.
DrawnFact DrawArrival() {
  retail::v1::TransferReceived received;
  received.set_transfer(DrawTransfer());
  AddGoods(received.mutable_lines());
  return Make(retail::v1::FACT_KIND_TRANSFER_RECEIVED, received);
}
DrawnFact DrawSettlement() {
  retail::v1::TransferSettled settled;
  settled.set_transfer(DrawTransfer());
  settled.set_reason(retail::v1::WASTE_REASON_THEFT);
  AddGoods(settled.mutable_lines());
  return Make(retail::v1::FACT_KIND_TRANSFER_SETTLED, settled);
}
DrawnFact DrawRecall() {
  retail::v1::Recalled recalled;
  recalled.set_code("k7qm2w");
  recalled.set_shop("outremeuse");
  recalled.set_product(DrawGoods());
  recalled.set_lot(*rc::gen::element<std::string>("", "L47"));
  recalled.set_reason("salmonelles");
  return Make(retail::v1::FACT_KIND_RECALLED, recalled);
}
DrawnFact Lift(const retail::Fact& fact) {
  retail::v1::RecallLifted lifted;
  *lifted.add_recalls() = fact.name();
  lifted.set_reason("fausse alerte");
  return Make(retail::v1::FACT_KIND_RECALL_LIFTED, lifted);
}
DrawnFact Confirm(const retail::Fact& fact) {
  retail::v1::RecallConfirmed confirmed;
  *confirmed.mutable_recall() = fact.name();
  confirmed.set_staff("marie");
  return Make(retail::v1::FACT_KIND_RECALL_CONFIRMED, confirmed);
}
bool IsRecall(FactKind kind) { return kind == retail::v1::FACT_KIND_RECALLED; }
DrawnFact Undo(const retail::Fact& fact) {
  retail::v1::Corrected corrected;
  *corrected.mutable_fact() = fact.name();
  corrected.set_kind(fact.kind);
  corrected.set_reason("une erreur");
  return Make(retail::v1::FACT_KIND_CORRECTED, corrected);
}
DrawnFact TakeBack(const retail::Fact& fact) {
  const auto& sold = static_cast<const retail::v1::Sold&>(*fact.fact);
  retail::v1::Returned returned;
  *returned.mutable_sale() = fact.name();
  returned.set_sale_number("outremeuse-261123-k7qm2w-0001");
  retail::v1::ReturnedLine* line = returned.add_lines();
  line->set_sale_line(1);
  line->set_product(sold.lines(0).product());
  line->set_unit(sold.lines(0).unit());
  line->set_quantity_milli(1'000);
  line->set_sold_milli(sold.lines(0).has_quantity_milli() ? sold.lines(0).quantity_milli() : 1'000);
  line->set_unit_price_cents(250);
  line->set_refund_cents(250);
  line->set_vat_basis_points(600);
  returned.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
  return Make(retail::v1::FACT_KIND_RETURNED, returned);
}

DrawnFact DrawCash() {
  if (*rc::gen::arbitrary<bool>()) {
    retail::v1::DayOpened opened;
    opened.set_float_cents(*rc::gen::inRange<int64_t>(0, 300));
    return Make(retail::v1::FACT_KIND_DAY_OPENED, opened);
  }
  retail::v1::CashMoved moved;
  moved.set_amount_cents(*rc::gen::element<int64_t>(-50, 70));
  moved.set_reason("monnaie");
  return Make(retail::v1::FACT_KIND_CASH_MOVED, moved);
}
// Of either node, as `node` knows it: a node that is revoked has others close its days.
std::optional<DrawnFact> DrawClosing(Replica& node) {
  const auto days = Must(daemon::ShopDays::Read(*node.ledger, "outremeuse"));
  const std::string of = *rc::gen::element<std::string>("outremeuse-1", "outremeuse-2");
  const retail::v1::DayClosed closed = Must(days.OpenOf(of)).closed;
  if (!retail::CheckDayClosed(closed).ok()) return std::nullopt;
  return Make(retail::v1::FACT_KIND_DAY_CLOSED, closed);
}

// A hub, the two nodes of one shop, and one of another, to which the first sends goods.
class History {
 public:
  History()
      : hub_(coop_.Hub()),
        nodes_(
            {coop_.Node("outremeuse", "outremeuse-1"), coop_.Node("outremeuse", "outremeuse-2")}),
        other_(coop_.Node("herstal", "herstal-1")) {}

  // Draws what happens; all three are level afterwards.
  void Happen() {
    for (int i = *rc::gen::inRange(4, 24); i > 0; --i) Act();
    if (*rc::gen::arbitrary<bool>()) Fork();
    Level();
    // Now also about what was moved.
    for (int i = *rc::gen::inRange(0, 8); i > 0; --i) Act();
    Level();
  }
  Replica& one() { return *nodes_[0]; }

  // One who knows nothing yet hears of each entry from its writer.
  std::unique_ptr<Replica> HearInAnyOrder(const std::string& name) {
    struct Arrival {
      journal::v1::Segment segment;
      Replica* writer;
    };
    Journals<std::shared_ptr<Arrival>> journals;
    for (Replica* writer : {hub_.get(), nodes_[0].get(), nodes_[1].get()}) {
      for (const ledger::JournalView& journal : writer->ledger->Journals()) {
        if (journal.node != writer->ledger->self().node || journal.shop == "herstal") continue;
        auto& arrivals = journals.emplace_back();
        for (Sequence next(1); next <= journal.head.sequence;) {
          auto segment = Must(writer->ledger->ReadSegment(journal.head.journal, next, 1));
          RC_ASSERT(segment.has_value());
          // What was moved comes as a whole, all else one by one.
          RC_ASSERT(segment->entry_count() >= 1u);
          next = Sequence(next.value() + segment->entry_count());
          arrivals.push_back(std::make_shared<Arrival>(Arrival{*std::move(segment), writer}));
        }
      }
    }
    auto listener = coop_.Node("outremeuse", name);
    for (const auto& arrival : DrawOrder(journals)) {
      const auto result =
          IngestAndWait(*listener, arrival->segment, arrival->writer->ledger->self());
      RC_ASSERT(result.status.ok());
      RC_ASSERT(result.refusal == ledger::Refusal::kNone);
    }
    return listener;
  }

 private:
  using Known = std::vector<Reference>;

  Replica& DrawNode() { return *nodes_[*rc::gen::inRange<size_t>(0, 2)]; }

  void Append(Replica& node, const DrawnFact& fact, uint32_t request) {
    const ledger::AppendRequest asked = {
        RequestId(request), 7, journal::v1::SCOPE_SHOP, {{fact.kind, fact.bytes}}};
    const auto result = Must(node.ledger->AppendAndWait(asked));
    if (result.repeated) return;
    written_.push_back(result.facts.front().reference);
    requests_.emplace_back(request, fact);
  }

  // `make` of a fact that `node` holds and that `fits`, if it holds any.
  template <typename Fits, typename MakeFact>
  std::optional<DrawnFact> About(Replica& node, Fits fits, MakeFact make) {
    if (written_.empty()) return std::nullopt;
    const Reference named = *rc::gen::elementOf(written_);
    journal::v1::Reference reference;
    reference.set_journal(named.journal.value());
    reference.set_sequence(named.sequence.value());
    reference.set_hash_prefix(named.hash_prefix);
    google::protobuf::Arena arena;
    const auto fact = node.ledger->ReadNamed(*node.ledger->NewSnapshot(), reference, &arena);
    if (!fact.ok() || !fits(fact->kind)) return std::nullopt;
    return make(*fact);
  }

  // Something that one writes who knows what `node` does, if there is anything to say.
  std::optional<DrawnFact> DrawFact(Replica& node) {
    const auto is_sale = [](FactKind kind) { return kind == retail::v1::FACT_KIND_SOLD; };
    switch (*rc::gen::inRange(0, 17)) {
      case 0:
        return DrawDelivery();
      case 1:
        return DrawWaste();
      case 2:
        return DrawCount();
      case 3:
      case 4:
        return About(node, &retail::MayBeCorrected, &Undo);
      case 5:
        return About(node, is_sale, &TakeBack);
      case 6:
        return DrawSend();
      case 7:
        return DrawArrival();
      case 8:
        return DrawSettlement();
      case 9:
        return DrawRecall();
      case 10:
        return About(node, &IsRecall, &Lift);
      case 11:
        return About(node, &IsRecall, &Confirm);
      case 12:
        return DrawCash();
      case 13:
      case 14:
        return DrawClosing(node);
      default:
        return DrawSale();
    }
  }

  void Act() {
    Replica& node = DrawNode();
    switch (*rc::gen::inRange(0, 20)) {
      case 0:
      case 1: {  // asked again, perhaps at the other
        if (requests_.empty()) return;
        const auto [request, fact] = *rc::gen::elementOf(requests_);
        return Append(node, fact, request);
      }
      case 2:
        return Carry(*nodes_[0], *nodes_[1]);
      case 3:
        node.clock.Advance(kMinuteMs * *rc::gen::inRange<int64_t>(1, 9));
        if (*rc::gen::arbitrary<bool>()) node.Reopen();
        return;
      case 4:
        return ActElsewhere();
      default:
        if (const auto fact = DrawFact(node)) Append(node, *fact, ++last_request_);
    }
  }

  // Of what is undone there, the first shop hears by the hub.
  void ActElsewhere() {
    const DrawnFact fact = *rc::gen::arbitrary<bool>() ? DrawArrival() : DrawSettlement();
    const auto append = [&](const DrawnFact& said) {
      return Must(other_->ledger->AppendAndWait(
          {RequestId(++last_request_), 7, journal::v1::SCOPE_SHOP, {{said.kind, said.bytes}}}));
    };
    const Reference written = append(fact).facts.front().reference;
    if (*rc::gen::arbitrary<bool>()) HearElsewhere();
    if (*rc::gen::arbitrary<bool>()) return;
    google::protobuf::Arena arena;
    append(Undo(Must(other_->ledger->ReadFact(*other_->ledger->NewSnapshot(), written.journal,
                                              written.sequence, &arena))));
  }
  void HearElsewhere() {
    Carry(*other_, *hub_);
    WaitForTellings(*hub_);
    Carry(*hub_, *other_);
  }

  // The first node is rolled back while it runs, and what it then wrote, only the second heard
  // of: the hub hears of the other branch first.
  void Fork() {
    Append(one(), DrawSale(), ++last_request_);
    Carry(one(), *nodes_[1]);
    Head common;
    for (const ledger::JournalView& journal : one().ledger->Journals()) {
      if (journal.open && journal.scope == journal::v1::SCOPE_SHOP) common = journal.head;
    }
    Branch branch(one(), common);
    for (int i = *rc::gen::inRange(1, 8); i > 0; --i) {
      const DrawnFact fact = DrawFact(*nodes_[1]).value_or(DrawSale());
      branch.AddBytes(fact.kind, fact.bytes, RequestId(++last_request_), 7);
      const Head& head = branch.head();
      written_.push_back({head.journal, head.sequence, head.hash.prefix()});
      // So that what comes next may be about it.
      const auto given = IngestAndWait(*nodes_[1], branch.Cut(), one().ledger->self());
      RC_ASSERT(given.refusal == ledger::Refusal::kNone);
    }
    // Its days are closed by the other, too, before that hears that the branch is not kept.
    if (*rc::gen::arbitrary<bool>()) {
      if (const auto closing = DrawClosing(*nodes_[1])) {
        Append(*nodes_[1], *closing, ++last_request_);
      }
    }
    Append(one(), DrawSale(), ++last_request_);
    Carry(one(), *hub_);
    const auto shown = IngestAndWait(*hub_, branch.Cut(), nodes_[1]->ledger->self());
    RC_ASSERT(shown.refusal == ledger::Refusal::kFork);
    // What settles it is on its way to the disk behind the answer.
    Append(one(), DrawSale(), ++last_request_);
    Carry(one(), *hub_);
    RC_ASSERT(Must(hub_->ledger->Forks()).size() == 1u);
    // Of the hub's journals alone: the other branch is in the way of the rest.
    for (const ledger::JournalView& journal : hub_->ledger->Journals()) {
      if (journal.node != "hub") continue;
      const auto segment =
          Must(hub_->ledger->ReadSegment(journal.head.journal, Sequence(1), 1 << 20));
      RC_ASSERT(IngestAndWait(*nodes_[1], *segment, hub_->ledger->self()).status.ok());
    }
  }

  void Level() {
    for (int round = 0; round < 2; ++round) {
      for (const auto& node : nodes_) {
        MustOk(node->ledger->SettleForks());
        Carry(*node, *hub_);
        WaitForTellings(*hub_);
        Carry(*hub_, *node);
      }
      HearElsewhere();
      // What was moved is told of later than what came.
      MustOk(hub_->ledger->TellTransfers());
      WaitForTellings(*hub_);
    }
  }

  testing::Coop coop_;
  std::unique_ptr<Replica> hub_;
  std::array<std::unique_ptr<Replica>, 2> nodes_;
  std::unique_ptr<Replica> other_;
  Known written_;
  std::vector<std::pair<uint32_t, DrawnFact>> requests_;
  uint32_t last_request_ = 0;
};

void CheckMoney(Replica& replica) {
  RC_ASSERT(Must(testing::MoneyOfDays(*replica.ledger, "outremeuse")) ==
            Must(testing::MoneyThatMoved(*replica.ledger, "outremeuse")));
}

RC_GTEST_PROP(ArrivalLaw, WhoeverHearsOfAllShowsTheSame, ()) {
  History history;
  history.Happen();
  const auto expected = Views(*history.one().store);
  CheckMoney(history.one());
  for (const char* name : {"outremeuse-3", "outremeuse-4"}) {
    const auto listener = history.HearInAnyOrder(name);
    RC_ASSERT(Views(*listener->store) == expected);
    CheckMoney(*listener);
    const auto report = testing::VerifyNow(*listener);
    for (const auto& finding : report.findings) RC_LOG() << finding.what << "\n";
    RC_ASSERT(report.findings.empty());
  }
}

}  // namespace
}  // namespace comptoir::laws
