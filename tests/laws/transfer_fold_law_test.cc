// Folds of what shops write of transfers, and of what the hub tells them of it, in whatever
// order: against a model that looks at all facts at once.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "common/base/bytes.h"
#include "common/retail/stock/conservation.h"
#include "common/retail/tables.h"
#include "common/retail/transfers/id.h"
#include "common/retail/transfers/state.h"
#include "tests/laws/fact_history.h"

namespace comptoir::laws {
namespace {

using retail::v1::FactKind;
using retail::v1::TransferAnnounced;
using retail::v1::TransferAnswered;
using retail::v1::TransferReceived;
using retail::v1::TransferSent;
using retail::v1::TransferSettled;

constexpr uint64_t kOutremeuse = 100;
constexpr uint64_t kHerstal = 101;

// A node of each shop, and a hub that writes for each.
std::vector<retail::JournalContext> Writers() {
  const auto make = [](uint64_t journal, const std::string& shop, const std::string& node,
                       bool hub) -> retail::JournalContext {
    return {JournalId(journal),
            journal::v1::SCOPE_SHOP,
            shop,
            "261123-k7qm2" + std::string(1, static_cast<char>('a' + journal - 100)),
            {"essai", node, hub ? "" : shop, hub, hub}};
  };
  return {make(kOutremeuse, "outremeuse", "outremeuse-1", false),
          make(kHerstal, "herstal", "herstal-1", false), make(102, "herstal", "hub", true),
          make(103, "outremeuse", "hub", true)};
}

std::string DrawTransfer() {
  const uint32_t digest = *rc::gen::inRange<uint32_t>(1, 3);
  return retail::MakeTransferId("outremeuse", "0123456789abcdef", digest);
}

void DrawLines(google::protobuf::RepeatedPtrField<retail::v1::TransferLine>* lines) {
  for (int i = *rc::gen::inRange(1, 3); i > 0; --i) {
    retail::v1::TransferLine* line = lines->Add();
    line->set_product(DrawProduct());
    line->set_unit(*rc::gen::element(retail::v1::UNIT_PIECE, retail::v1::UNIT_KILOGRAM));
    line->set_quantity_milli(*rc::gen::inRange<int64_t>(1, 4));
    line->set_lot(*rc::gen::element<std::string>("", "L47"));
    line->set_use_by_day(*rc::gen::element(0, 20'790));
  }
}

TransferSent DrawSentSaid() {
  TransferSent sent;
  sent.set_transfer(DrawTransfer());
  sent.set_to(*rc::gen::element<std::string>("herstal", "wandre"));
  DrawLines(sent.mutable_lines());
  return sent;
}
TransferReceived DrawReceivedSaid() {
  TransferReceived received;
  received.set_transfer(DrawTransfer());
  DrawLines(received.mutable_lines());
  return received;
}
TransferSettled DrawSettledSaid() {
  TransferSettled settled;
  settled.set_transfer(DrawTransfer());
  settled.set_reason(retail::v1::WASTE_REASON_THEFT);
  DrawLines(settled.mutable_lines());
  return settled;
}

// Of a fact that may be held here or not, that counts or not by now: the hub may be of an
// older state, or a restored one.
void DrawTold(const std::string& shop, uint64_t journal, retail::v1::TransferTold* told) {
  told->mutable_fact()->set_journal(journal);
  told->mutable_fact()->set_sequence(*rc::gen::inRange<uint64_t>(1, 4));
  told->mutable_fact()->set_hash_prefix(7'000 + told->fact().sequence());
  told->set_shop(shop);
  told->set_wall_ms(kMondayMs);
  told->set_revision(*rc::gen::inRange<uint64_t>(1, 4));
  told->set_undone(*rc::gen::arbitrary<bool>());
}

template <typename Message>
Said Say(FactKind kind, Message message) {
  return {kind, std::make_unique<Message>(std::move(message))};
}

Said DrawTransferFact(const retail::JournalContext& writer, const WriteFrame&) {
  if (writer.journal == JournalId(kOutremeuse) && *rc::gen::arbitrary<bool>()) {
    return Say(retail::v1::FACT_KIND_TRANSFER_SENT, DrawSentSaid());
  }
  if (!writer.writer.hub) {
    if (*rc::gen::arbitrary<bool>()) {
      return Say(retail::v1::FACT_KIND_TRANSFER_SETTLED, DrawSettledSaid());
    }
    return Say(retail::v1::FACT_KIND_TRANSFER_RECEIVED, DrawReceivedSaid());
  }
  if (writer.shop == "herstal" && *rc::gen::arbitrary<bool>()) {
    TransferAnnounced announced;
    DrawTold("outremeuse", kOutremeuse, announced.mutable_told());
    const TransferSent sent = DrawSentSaid();
    announced.set_transfer(sent.transfer());
    if (!announced.told().undone()) *announced.mutable_sent() = sent;
    return Say(retail::v1::FACT_KIND_TRANSFER_ANNOUNCED, announced);
  }
  TransferAnswered answered;
  const bool is_herstal = writer.shop == "herstal";
  DrawTold(is_herstal ? "outremeuse" : "herstal", is_herstal ? kOutremeuse : kHerstal,
           answered.mutable_told());
  const TransferReceived received = DrawReceivedSaid();
  answered.set_transfer(received.transfer());
  if (!answered.told().undone()) *answered.mutable_received() = received;
  return Say(retail::v1::FACT_KIND_TRANSFER_ANSWERED, answered);
}

// ---- the model ----

struct ModelFact {
  bool counted = false;
  bool held = false;
  std::string shop;
  std::set<std::string> to;
  // By product and unit: sent, and what came of it.
  std::map<std::pair<std::string, int>, std::pair<int64_t, int64_t>> goods;
  bool is_sent = false;
};

template <typename Lines>
void AddModelLines(const Lines& lines, bool sent, ModelFact* fact) {
  for (const auto& line : lines) {
    auto& [out, back] = fact->goods[{line.product(), line.unit()}];
    (sent ? out : back) += line.quantity_milli();
  }
}

struct ModelNote {
  std::tuple<uint64_t, uint64_t, uint64_t, uint64_t> rank;  // revision, time, place
  bool counted = false;
  ModelFact fact;
};
using FactName = std::tuple<std::string, uint64_t, uint64_t, uint64_t>;  // transfer, reference

struct TransferModel {
  std::map<FactName, ModelFact> facts;
  std::map<std::pair<std::string, FactName>, ModelNote> notes;  // by shop told
  std::set<std::string> transfers;
};

FactName NameOf(const std::string& transfer, const journal::v1::Reference& reference) {
  return {transfer, reference.journal(), reference.sequence(), reference.hash_prefix()};
}

void NoteTold(const retail::Fact& fact, const std::string& transfer,
              const retail::v1::TransferTold& told, ModelFact copy, TransferModel& model) {
  ModelNote note;
  note.rank = {told.revision(), fact.hybrid_time.value(), fact.reference.journal.value(),
               fact.reference.sequence.value()};
  note.counted = !told.undone();
  copy.counted = note.counted;
  copy.shop = told.shop();
  note.fact = std::move(copy);
  ModelNote& held = model.notes[{fact.journal->shop, NameOf(transfer, told.fact())}];
  if (held.rank < note.rank) held = std::move(note);
}

void AddToModel(const FoldOperation& operation, TransferModel& model) {
  const retail::Fact& fact = operation.fact;
  ModelFact said;
  said.shop = fact.journal->shop;
  said.counted = operation.step == Step::kCount;
  said.held = true;
  std::string transfer;
  switch (fact.kind) {
    case retail::v1::FACT_KIND_TRANSFER_SENT: {
      const auto& sent = static_cast<const TransferSent&>(*fact.fact);
      transfer = sent.transfer();
      said.is_sent = true;
      said.to = {sent.to()};
      AddModelLines(sent.lines(), true, &said);
      break;
    }
    case retail::v1::FACT_KIND_TRANSFER_RECEIVED: {
      const auto& received = static_cast<const TransferReceived&>(*fact.fact);
      transfer = received.transfer();
      AddModelLines(received.lines(), false, &said);
      break;
    }
    case retail::v1::FACT_KIND_TRANSFER_SETTLED: {
      const auto& settled = static_cast<const TransferSettled&>(*fact.fact);
      transfer = settled.transfer();
      AddModelLines(settled.lines(), false, &said);
      break;
    }
    case retail::v1::FACT_KIND_TRANSFER_ANNOUNCED: {
      const auto& announced = static_cast<const TransferAnnounced&>(*fact.fact);
      ModelFact copy;
      copy.is_sent = announced.has_sent();
      if (announced.has_sent()) copy.to = {announced.sent().to()};
      AddModelLines(announced.sent().lines(), true, &copy);
      model.transfers.insert(announced.transfer());
      return NoteTold(fact, announced.transfer(), announced.told(), std::move(copy), model);
    }
    default: {
      const auto& answered = static_cast<const TransferAnswered&>(*fact.fact);
      ModelFact copy;
      AddModelLines(answered.received().lines(), false, &copy);
      model.transfers.insert(answered.transfer());
      return NoteTold(fact, answered.transfer(), answered.told(), std::move(copy), model);
    }
  }
  model.transfers.insert(transfer);
  model.facts[NameOf(transfer, fact.name().reference())] = std::move(said);
}

// Facts of one transfer as they are known: held, or as the highest note has them.
std::map<FactName, ModelFact> KnownOf(const TransferModel& model, const std::string& transfer) {
  std::map<FactName, ModelFact> known;
  std::map<FactName, ModelNote> best;
  for (const auto& [told, note] : model.notes) {
    if (std::get<0>(told.second) != transfer) continue;
    ModelNote& held = best[told.second];
    if (held.rank < note.rank) held = note;
  }
  for (const auto& [name, note] : best) known[name] = note.fact;
  for (const auto& [name, fact] : model.facts) {
    if (std::get<0>(name) == transfer) known[name] = fact;
  }
  return known;
}

struct ModelStanding {
  bool open = false;
  bool waiting = false;
};

ModelStanding StandingOf(const TransferModel& model, const std::string& transfer) {
  const auto known = KnownOf(model, transfer);
  std::map<std::pair<std::string, int>, int64_t> left;
  std::set<std::string> concerned = {"outremeuse"};
  bool is_sent = false;
  for (const auto& [name, fact] : known) {
    if (!fact.counted) continue;
    is_sent = is_sent || fact.is_sent;
    concerned.insert(fact.shop);
    concerned.insert(fact.to.begin(), fact.to.end());
    for (const auto& [item, goods] : fact.goods) left[item] += goods.first - goods.second;
  }
  // Who was told something stays concerned.
  for (const auto& [told, note] : model.notes) {
    if (std::get<0>(told.second) == transfer) concerned.insert(told.first);
  }
  ModelStanding standing;
  for (const auto& [item, milli] : left) standing.open = standing.open || !is_sent || milli > 0;
  for (const char* shop : {"outremeuse", "herstal", "wandre"}) {
    for (const auto& [name, fact] : known) {
      if (!fact.held || fact.shop == shop) continue;
      const auto note = model.notes.find({shop, name});
      standing.waiting |= note != model.notes.end() ? note->second.counted != fact.counted
                                                    : fact.counted && concerned.contains(shop);
    }
  }
  return standing;
}

void CheckTransfers(const std::vector<FoldOperation>& applied, const store::Snapshot& snapshot) {
  TransferModel model;
  for (const FoldOperation& operation : applied) AddToModel(operation, model);
  for (const std::string& transfer : model.transfers) {
    const auto state = retail::ReadTransfer(snapshot, transfer);
    RC_ASSERT(state.ok());
    const auto known = KnownOf(model, transfer);
    RC_ASSERT(state->facts.size() == known.size());
    for (const retail::TransferFact& fact : state->facts) {
      const auto expected = known.find(NameOf(transfer, retail::TransferReference(fact.key)));
      RC_ASSERT(expected != known.end());
      RC_ASSERT(fact.row.counted() == expected->second.counted);
      RC_ASSERT(fact.is_held == expected->second.held);
      RC_ASSERT(fact.row.shop() == expected->second.shop);
    }
    const ModelStanding standing = StandingOf(model, transfer);
    RC_ASSERT(retail::IsOpen(*state) == standing.open);
    const auto listed = [&](retail::TransferList list) {
      return snapshot.Get(retail::kTransferLists, retail::TransferListKey(list, transfer))
          ->has_value();
    };
    RC_ASSERT(listed(retail::TransferList::kOpen) == standing.open);
    RC_ASSERT(listed(retail::TransferList::kWaiting) == standing.waiting);
  }
  const auto findings = retail::CheckConservation(snapshot);
  RC_ASSERT(findings.ok());
  RC_ASSERT(findings->empty());
}

RC_GTEST_PROP(TransferFoldLaw, OrderDoesNotMatter, ()) {
  FactHistory history(Writers());
  FoldLaw law;
  law.model = CheckTransfers;
  CheckOrderLaw(law, history.Draw(&DrawTransferFact));
}

// Shops' facts that lose, or were undone, leave the same bytes whichever way that was known.
RC_GTEST_PROP(TransferFoldLaw, TakenBackLeavesWhatAKnownDuplicateLeaves, ()) {
  FactHistory history(Writers());
  FoldLaw law;
  law.model = CheckTransfers;
  Journals<FoldOperation> taken_back;
  Journals<FoldOperation> duplicates;
  for (const auto& operations : history.Draw(&DrawTransferFact)) {
    auto& back = taken_back.emplace_back();
    auto& known = duplicates.emplace_back();
    for (const FoldOperation& operation : operations) {
      back.push_back(operation);
      known.push_back(operation);
      if (operation.fact.journal->writer.hub || *rc::gen::arbitrary<bool>()) continue;
      back.push_back({operation.fact, Step::kUncount});
      known.back().step = Step::kDuplicate;
    }
  }
  RC_ASSERT(DumpAfter(law, DrawOrder(taken_back)) == DumpAfter(law, DrawOrder(duplicates)));
}

}  // namespace
}  // namespace comptoir::laws
