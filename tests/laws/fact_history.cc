#include "tests/laws/fact_history.h"

#include "common/retail/quantity.h"
#include "common/retail/sales/amounts.h"
#include "common/retail/tables.h"

namespace comptoir::laws {
namespace {

using retail::JournalContext;

JournalContext Writer(uint64_t journal, journal::v1::Scope scope, const std::string& shop,
                      journal::Writer writer) {
  return {JournalId(journal), scope, shop,
          "261123-k7qm2" + std::string(1, static_cast<char>('a' + journal - 100)),
          std::move(writer)};
}

retail::v1::Unit DrawUnit() {
  return *rc::gen::element(retail::v1::UNIT_PIECE, retail::v1::UNIT_KILOGRAM);
}

std::string DrawLot() { return *rc::gen::element<std::string>("", "L47", "L48"); }

}  // namespace

std::vector<JournalContext> FactHistory::CoopWriters() {
  const journal::Writer hub{"essai", "hub", "", true, true};
  const journal::Writer buyer{"essai", "herstal-1", "herstal", false, true};
  const auto coop = journal::v1::SCOPE_COOP;
  return {Writer(100, coop, "", hub), Writer(101, coop, "", hub), Writer(102, coop, "", buyer),
          Writer(103, coop, "", {"essai", "outremeuse-1", "outremeuse", false, true})};
}

std::vector<JournalContext> FactHistory::ShopWriters() {
  const journal::Writer herstal{"essai", "herstal-1", "herstal", false, false};
  const auto shop = journal::v1::SCOPE_SHOP;
  return {Writer(100, shop, "outremeuse", {"essai", "outremeuse-1", "outremeuse", false, false}),
          Writer(101, shop, "outremeuse", {"essai", "outremeuse-2", "outremeuse", false, false}),
          Writer(102, shop, "herstal", herstal), Writer(103, shop, "herstal", herstal)};
}

Journals<FoldOperation> FactHistory::Draw(const Source& source) {
  Journals<FoldOperation> journals;
  for (const auto& frames : DrawFrames()) {
    const JournalContext& writer = writers_[journals.size()];
    auto& operations = journals.emplace_back();
    uint64_t receipts = 0;
    for (const WriteFrame& frame : frames) {
      operations.push_back(Make(writer, frame, source(writer, frame), &receipts));
    }
  }
  return journals;
}

FoldOperation FactHistory::Make(const JournalContext& writer, const WriteFrame& frame,
                                const Said& said, uint64_t* receipts) {
  journal::v1::Entry entry;
  entry.set_fold_version(retail::kFoldVersion);
  entry.set_kind(said.kind);
  entry.set_fact(said.message->SerializeAsString());
  FoldOperation operation;
  retail::Fact& fact = operation.fact;
  fact.journal = &writer;
  fact.reference = frame.reference;
  fact.hybrid_time = frame.time;
  // Around midnight and the hours, on both sides of 1970's days and the shops' zones.
  fact.wall_ms = kMondayMs + *rc::gen::inRange<int64_t>(-40, 40) * 1'800'000 +
                 *rc::gen::inRange<int64_t>(-3, 4) * 150'000;
  fact.doubtful = *rc::gen::weightedElement<bool>({{4, false}, {1, true}});
  fact.utc_offset_minutes = *rc::gen::element(60, 120, -210);
  const retail::Verdict parsed = retail::ParseFact(entry, &arena_, &fact);
  RC_ASSERT(parsed.admitted());
  const retail::Verdict admitted = retail::Admit(fact);
  if (!admitted.admitted()) RC_FAIL(admitted.detail);
  if (retail::TakesReceiptNumber(fact, parsed)) fact.receipt_ordinal = ++*receipts;
  return operation;
}

Rows DumpViews(const store::Snapshot& snapshot) {
  Rows rows;
  for (const store::TableSpec& table : retail::ViewTables()) {
    auto row = snapshot.Scan(table.id, "", "");
    for (; row->Valid(); row->Next()) {
      rows[{table.id, std::string(row->key())}] = std::string(row->value());
    }
    RC_ASSERT(row->status().ok());
  }
  return rows;
}

FoldLaw::State FoldLaw::Start() const {
  State state;
  state.store = std::make_unique<store::MemoryStore>(retail::ViewTables());
  state.applied = std::make_unique<AppliedFacts>();
  Open(state);
  return state;
}

void FoldLaw::Open(State& state) {
  state.open = state.store->Begin();
  state.folding = std::make_unique<retail::Folding>(*state.open, *state.applied);
}

absl::StatusOr<retail::Fact> FoldLaw::AppliedFacts::Read(JournalId journal, Sequence sequence,
                                                         google::protobuf::Arena*) const {
  const auto found = facts.find({journal, sequence});
  if (found == facts.end()) return absl::NotFoundError("no such fact was applied");
  return found->second;
}

void FoldLaw::Apply(const FoldOperation& operation, State& state) const {
  absl::Status status;
  const Reference& place = operation.fact.reference;
  state.applied->facts.insert_or_assign({place.journal, place.sequence}, operation.fact);
  switch (operation.step) {
    case Step::kCount:
      status = retail::Fold(operation.fact, retail::Direction::kCount, *state.folding);
      break;
    case Step::kUncount:
      status = retail::Fold(operation.fact, retail::Direction::kUncount, *state.folding);
      break;
    case Step::kDuplicate:
      status = retail::FoldDuplicate(operation.fact, *state.folding);
      break;
  }
  RC_ASSERT(status.ok());
}

void FoldLaw::Settle(State& state) const {
  RC_ASSERT(state.store->Commit(state.open, store::Durability::kSynced).ok());
  Open(state);
}

Rows FoldLaw::Dump(const State& state) const { return DumpViews(*state.store->NewSnapshot()); }

void FoldLaw::CheckModel(const std::vector<FoldOperation>& applied, const State& state) const {
  if (model) model(applied, *state.store->NewSnapshot());
}

std::string DrawProduct() {
  return *rc::gen::element<std::string>("carottes", "pain-gris", "pommes");
}

Said DrawSold() {
  auto sold = std::make_unique<retail::v1::Sold>();
  const int lines = *rc::gen::inRange(1, 4);
  for (int i = 0; i < lines; ++i) {
    retail::v1::SoldLine* line = sold->add_lines();
    line->set_product(DrawProduct());
    line->set_unit(DrawUnit());
    if (*rc::gen::arbitrary<bool>()) {
      line->set_quantity_milli(*rc::gen::inRange<int64_t>(1, 5'000));
    }
    line->set_unit_price_cents(*rc::gen::inRange<int64_t>(0, 2'000));
    line->set_lot(DrawLot());
    if (line->unit() == retail::v1::UNIT_PIECE) {
      line->set_deposit_cents(*rc::gen::inRange<int64_t>(0, 50));
    }
    if (*rc::gen::weightedElement<bool>({{4, false}, {1, true}})) {
      line->set_label_cents(*rc::gen::inRange<int64_t>(0, 3'000));
    }
    if (*rc::gen::arbitrary<bool>()) {
      const int64_t gross_cents = retail::GrossOf(*line).value();
      line->set_discount_cents(*rc::gen::inRange<int64_t>(0, gross_cents + 1));
    }
  }
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
    retail::v1::Empties* empties = sold->add_empties();
    empties->set_product(DrawProduct());
    empties->set_pieces(*rc::gen::inRange<int64_t>(1, 30));
    empties->set_deposit_cents(*rc::gen::inRange<int64_t>(1, 500));
  }
  if (*rc::gen::arbitrary<bool>()) {
    const int64_t goods_cents = retail::SaleAmounts(*sold).goods().value();
    sold->set_discount_cents(*rc::gen::inRange<int64_t>(0, goods_cents + 1));
  }
  sold->add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
  return {retail::v1::FACT_KIND_SOLD, std::move(sold)};
}

Said DrawGoodsReceived() {
  auto received = std::make_unique<retail::v1::GoodsReceived>();
  received->set_producer(*rc::gen::element<std::string>("ferme-du-bois", "moulin"));
  const int lines = *rc::gen::inRange(1, 4);
  for (int i = 0; i < lines; ++i) {
    retail::v1::ReceivedLine* line = received->add_lines();
    line->set_product(DrawProduct());
    line->set_unit(DrawUnit());
    line->set_quantity_milli(*rc::gen::inRange<int64_t>(1, 50'000));
    line->set_lot(DrawLot());
    line->set_use_by_day(*rc::gen::element(0, 20'790, 20'791));
  }
  return {retail::v1::FACT_KIND_GOODS_RECEIVED, std::move(received)};
}

Said DrawWasted() {
  auto wasted = std::make_unique<retail::v1::Wasted>();
  wasted->set_reason(static_cast<retail::v1::WasteReason>(*rc::gen::inRange(1, 7)));
  const int lines = *rc::gen::inRange(1, 4);
  for (int i = 0; i < lines; ++i) {
    retail::v1::WastedLine* line = wasted->add_lines();
    line->set_product(DrawProduct());
    line->set_unit(DrawUnit());
    line->set_quantity_milli(*rc::gen::inRange<int64_t>(1, 50'000));
    line->set_lot(DrawLot());
  }
  return {retail::v1::FACT_KIND_WASTED, std::move(wasted)};
}

Said DrawReturned() {
  auto returned = std::make_unique<retail::v1::Returned>();
  returned->mutable_sale()->mutable_reference()->set_journal(100);
  returned->mutable_sale()->mutable_reference()->set_sequence(*rc::gen::inRange<uint64_t>(1, 3));
  if (*rc::gen::arbitrary<bool>()) returned->mutable_sale()->set_request_id("0123456789abcdef");
  returned->set_sale_number("outremeuse-261123-k7qm2a-0001");
  const int lines = *rc::gen::inRange(1, 4);
  for (int i = 0; i < lines; ++i) {
    retail::v1::ReturnedLine* line = returned->add_lines();
    line->set_sale_line(*rc::gen::inRange<uint32_t>(1, 3));
    line->set_product(DrawProduct());
    line->set_unit(DrawUnit());
    line->set_quantity_milli(*rc::gen::inRange<int64_t>(1, 5'000));
    line->set_sold_milli(5'000);
    line->set_unit_price_cents(1'000);
    line->set_refund_cents(line->quantity_milli());
    line->set_lot(DrawLot());
    line->set_wasted(
        *rc::gen::element(retail::v1::WASTE_REASON_UNSPECIFIED, retail::v1::WASTE_REASON_DAMAGED));
    if (line->unit() == retail::v1::UNIT_PIECE && *rc::gen::arbitrary<bool>()) {
      line->set_deposit_cents(1'000);
      line->set_deposit_refund_cents(line->quantity_milli());
    }
  }
  returned->add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
  if (*rc::gen::arbitrary<bool>()) return {retail::v1::FACT_KIND_RETURNED, std::move(returned)};
  for (uint32_t i = 1; i < 3; ++i) {
    if (*rc::gen::arbitrary<bool>()) continue;
    retail::v1::UndoneEmpties* undone = returned->add_empties();
    undone->set_sale_empties(i);
    undone->mutable_empties()->set_product(DrawProduct());
    undone->mutable_empties()->set_pieces(*rc::gen::inRange<int64_t>(1, 30));
    undone->mutable_empties()->set_deposit_cents(*rc::gen::inRange<int64_t>(1, 500));
  }
  return {retail::v1::FACT_KIND_VOIDED, std::move(returned)};
}

Said DrawCounted(const WriteFrame& frame) {
  auto counted = std::make_unique<retail::v1::Counted>();
  for (const char* product : {"carottes", "pommes"}) {
    for (const retail::v1::Unit unit : {retail::v1::UNIT_PIECE, retail::v1::UNIT_KILOGRAM}) {
      if (*rc::gen::weightedElement<bool>({{1, false}, {2, true}})) continue;
      retail::v1::CountedLine* line = counted->add_lines();
      line->set_product(product);
      line->set_unit(unit);
      line->set_whole(*rc::gen::arbitrary<bool>());
      for (const char* lot : {"", "L47", "L48"}) {
        if (*rc::gen::arbitrary<bool>()) continue;
        line->add_lots()->set_lot(lot);
        line->mutable_lots()->rbegin()->set_quantity_milli(*rc::gen::inRange<int64_t>(0, 9'000));
      }
      if (line->lots().empty()) line->set_whole(true);
      for (const Reference& replaced : frame.replaces) {
        auto* reference = line->add_replaces();
        reference->set_journal(replaced.journal.value());
        reference->set_sequence(replaced.sequence.value());
        reference->set_hash_prefix(replaced.hash_prefix);
      }
    }
  }
  if (counted->lines().empty()) {
    retail::v1::CountedLine* line = counted->add_lines();
    line->set_product("pain-gris");
    line->set_unit(retail::v1::UNIT_PIECE);
    line->set_whole(true);
  }
  for (uint64_t journal = 100; journal < 104; ++journal) {
    if (*rc::gen::arbitrary<bool>()) continue;
    auto* head = counted->add_heads();
    head->set_journal(journal);
    head->set_sequence(*rc::gen::inRange<uint64_t>(1, 12));
  }
  return {retail::v1::FACT_KIND_COUNTED, std::move(counted)};
}

std::vector<JournalContext> RecallWriters() {
  const journal::Writer hub{"essai", "hub", "", true, true};
  return {Writer(100, journal::v1::SCOPE_COOP, "", hub),
          Writer(101, journal::v1::SCOPE_SHOP, "outremeuse", hub),
          Writer(102, journal::v1::SCOPE_SHOP, "outremeuse",
                 {"essai", "outremeuse-1", "outremeuse", false, false}),
          Writer(103, journal::v1::SCOPE_SHOP, "herstal",
                 {"essai", "herstal-1", "herstal", false, false})};
}

Said DrawRecalled(const JournalContext& writer) {
  auto recalled = std::make_unique<retail::v1::Recalled>();
  recalled->set_code(*rc::gen::element<std::string>("k7qm2w", "00000a", "zzzzzz"));
  recalled->set_shop(writer.shop);
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      recalled->set_producer(*rc::gen::element<std::string>("ferme-du-bois", "moulin"));
      recalled->set_first_day(20'780);
      recalled->set_last_day(*rc::gen::element(20'780, 20'781));
      break;
    case 1:
      recalled->set_lot(*rc::gen::element<std::string>("L47", "L48"));
      [[fallthrough]];
    default:
      recalled->set_product(DrawProduct());
  }
  recalled->set_reason("salmonelles");
  return {retail::v1::FACT_KIND_RECALLED, std::move(recalled)};
}

void DrawNamed(const WriteFrame& frame, retail::v1::NamedFact* named) {
  Reference reference{JournalId(100), Sequence(1), 7'001};
  if (!frame.replaces.empty()) reference = *rc::gen::elementOf(frame.replaces);
  named->mutable_reference()->set_journal(reference.journal.value());
  named->mutable_reference()->set_sequence(reference.sequence.value());
  named->mutable_reference()->set_hash_prefix(reference.hash_prefix);
}

Said DrawRecallFact(const JournalContext& writer, const WriteFrame& frame) {
  const int kind = *rc::gen::inRange(0, writer.writer.hub ? 3 : 4);
  if (kind < 2) return DrawRecalled(writer);
  if (kind == 2) {
    auto lifted = std::make_unique<retail::v1::RecallLifted>();
    for (int i = *rc::gen::inRange(1, 3); i > 0; --i) DrawNamed(frame, lifted->add_recalls());
    lifted->set_reason("fausse alerte");
    return {retail::v1::FACT_KIND_RECALL_LIFTED, std::move(lifted)};
  }
  auto confirmed = std::make_unique<retail::v1::RecallConfirmed>();
  DrawNamed(frame, confirmed->mutable_recall());
  confirmed->set_staff(*rc::gen::element<std::string>("marie", "paul"));
  return {retail::v1::FACT_KIND_RECALL_CONFIRMED, std::move(confirmed)};
}

Said DrawGoodsFact(const WriteFrame& frame) {
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return DrawSold();
    case 1:
      return DrawGoodsReceived();
    case 2:
      return DrawReturned();
    case 3:
      return DrawCounted(frame);
    default:
      return DrawWasted();
  }
}

}  // namespace comptoir::laws
