// Rows read back from a store that has rotted: counters, entries, requests, keys of
// the stock copy; a ledger opened on a store with one row that says anything; and the
// witness that stands beside the store. An input: which decoder, the rest.
#include <array>

#include "common/base/status.h"
#include "common/ledger/folding.h"
#include "common/ledger/requests.h"
#include "common/ledger/tables.h"
#include "common/ledger/witness.h"
#include "common/retail/recalls/list.h"
#include "common/retail/stock/conservation.h"
#include "common/retail/stock/coop_copy.h"
#include "common/retail/stock/movement_list.h"
#include "common/retail/stock/queries.h"
#include "common/retail/trace/queries.h"
#include "common/retail/transfers/list.h"
#include "common/store/counters.h"
#include "common/store/memory_store.h"
#include "tests/fuzz/fuzzers.h"
#include "tests/support/folded.h"

namespace comptoir::fuzz {
namespace rows_fuzz {
namespace {

using testing::DumpFolded;
using testing::FoldAll;
using testing::kMondayDay;
using testing::kMondayMs;
using testing::NoFacts;
using testing::Place;
using testing::SampleHistory;

// DATA_LOSS, or exactly what EncodeCounters writes.
void RunCounters(std::string_view value) {
  const auto sums = store::DecodeCounters(value);
  store::CounterSums added;
  COMPTOIR_CHECK(store::AddEncodedCounters(value, &added) == sums.ok());
  if (!sums.ok()) {
    COMPTOIR_CHECK(absl::IsDataLoss(sums.status()));
    return;
  }
  COMPTOIR_CHECK(store::EncodeCounters(*sums) == value);
  COMPTOIR_CHECK(std::equal(added.begin(), added.end(), sums->begin(), sums->end()));
  // Twice is the double, whatever wraps.
  COMPTOIR_CHECK(store::AddEncodedCounters(value, &added));
  for (size_t i = 0; i < added.size(); ++i) {
    COMPTOIR_CHECK(added[i] == store::AddWrapping((*sums)[i], (*sums)[i]));
  }
}

void RunStoredEntry(std::string_view row) {
  const auto stored = ledger::ParseStoredEntry(row);
  if (!stored.ok()) {
    COMPTOIR_CHECK(absl::IsDataLoss(stored.status()));
    return;
  }
  COMPTOIR_CHECK(std::string(stored->hash.view()) + std::string(stored->bytes) == row);
}

void RunCoopKey(std::string_view key) {
  const auto parsed = retail::ParseCoopRow(key);
  if (!parsed.has_value()) return;
  const std::string written = retail::CoopRowKey(7, *parsed);
  COMPTOIR_CHECK(written == retail::CoopRowPrefix(7) + std::string(key));
}

void RunRequest(std::string_view row) {
  store::MemoryStore store(ledger::AllTables());
  const std::string key = ledger::RequestKey("outremeuse", std::string(16, 'r'), 0);
  const auto batch = store.Begin();
  batch->Put(ledger::kRequests, key, row);
  const auto found = ledger::FindRequest(*batch, key, 7);
  if (!found.ok()) COMPTOIR_CHECK(absl::IsDataLoss(found.status()));
  const ledger::RequestTaker taker{JournalId(9), Sequence(4), 1, HybridTime(5), 7};
  const auto before = ledger::TakeRequest(key, taker, *batch);
  COMPTOIR_CHECK(before.ok() == found.ok());
  if (!before.ok()) return;
  COMPTOIR_CHECK(before->has_value() == found->counted.has_value());
  const auto after = ledger::FindRequest(*batch, key, 7);
  COMPTOIR_CHECK(after.ok() && after->counted.has_value());
}

// A row of the views that says anything: lists answer, or say that it is damaged.
void RunView(std::string_view bytes) {
  if (bytes.size() < 2) return;
  const auto store = FoldAll(Place(SampleHistory()));
  const auto rows = DumpFolded(*store);
  auto row = rows.begin();
  std::advance(row, static_cast<size_t>(static_cast<uint8_t>(bytes[0])) % rows.size());
  for (const store::TableSpec& table : ledger::FoldedTables()) {
    if (table.id == row->first.first && table.kind == store::TableKind::kCounters) return;
  }
  const auto batch = store->Begin();
  batch->Put(row->first.first, row->first.second, bytes.substr(1));
  COMPTOIR_CHECK(store->Commit(batch, store::Durability::kSynced).ok());
  const auto snapshot = store->NewSnapshot();
  const auto check = [](const absl::Status& status) {
    COMPTOIR_CHECK(status.ok() || absl::IsDataLoss(status));
  };
  shop::v1::ListStockRequest by_lot;
  by_lot.set_by_lot(true);
  check(retail::ListStock(*snapshot, "outremeuse", by_lot).status());
  check(retail::ListInventory(*snapshot, {}).status());
  check(retail::ListDiscrepancies(*snapshot, "").status());
  check(retail::ListTransfers(*snapshot, kMondayMs, {}).status());
  shop::v1::ListRecallsRequest recalls;
  recalls.set_lifted(true);
  check(retail::ListRecalls(*snapshot, "", recalls).status());
  shop::v1::TraceRequest trace;
  trace.set_product("carottes");
  trace.set_lot("L47");
  check(retail::Trace({*snapshot, NoFacts(), "", Day(kMondayDay)}, trace).status());
  check(retail::ListMovementPlaces(*snapshot, "outremeuse", Day(kMondayDay), "", 0).status());
}

// Damaged, of a later release, or all that was written.
void CheckWitness(std::string_view file) {
  const auto witness = ledger::DecodeWitness(file);
  if (!witness.ok()) {
    COMPTOIR_CHECK(absl::IsDataLoss(witness.status()) ||
                   absl::IsFailedPrecondition(witness.status()));
    COMPTOIR_CHECK(!witness.status().message().empty());
    return;
  }
  COMPTOIR_CHECK(file.size() <= ledger::kWitnessBytesMax);
  const std::string written = ledger::EncodeWitness(*witness);
  const auto again = ledger::DecodeWitness(written);
  COMPTOIR_CHECK(again.ok() && ledger::EncodeWitness(*again) == written);
}

// The bytes as a file, and as what a witness says with a checksum that fits: held
// against a store, each entry that it names and that is not there is found lost.
void RunWitness(std::string_view bytes) {
  CheckWitness(bytes);
  journal::v1::Witness witness;
  if (!witness.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  const std::string file = ledger::EncodeWitness(witness);
  CheckWitness(file);
  COMPTOIR_CHECK(ledger::DecodeWitness(file).ok() == (file.size() <= ledger::kWitnessBytesMax));
  store::MemoryStore store(ledger::AllTables());
  const auto snapshot = store.NewSnapshot();
  const retail::Release release;
  const ledger::JournalBook book(release);
  const auto found = ledger::CompareWithWitness(witness, book, *snapshot);
  if (!found.ok()) {
    COMPTOIR_CHECK(absl::IsDataLoss(found.status()));
    return;
  }
  COMPTOIR_CHECK(found->others.empty());
  for (const auto* losses : {&found->losses, &found->known}) {
    for (const ledger::Loss& loss : *losses) {
      COMPTOIR_CHECK(loss.first.value() > 0 && loss.first <= loss.last);
      COMPTOIR_CHECK(!ledger::LossText(loss).empty());
    }
  }
}

constexpr std::array kDecoders = {RunCounters, RunStoredEntry, RunCoopKey,
                                  RunRequest,  RunView,        RunWitness};

void Run(std::string_view bytes) {
  if (bytes.empty()) return;
  kDecoders[static_cast<uint8_t>(bytes.front()) % kDecoders.size()](bytes.substr(1));
}

std::string FirstRow(store::Store& store, store::TableId table) {
  const auto snapshot = store.NewSnapshot();
  const auto row = snapshot->Scan(table, "", "");
  return row->Valid() ? std::string(row->value()) : std::string();
}

journal::v1::Witness SampleWitness() {
  journal::v1::Witness witness;
  witness.set_identity("essai/outremeuse/outremeuse-1");
  witness.set_hybrid_time(7);
  witness.set_entries(12);
  auto* head = witness.add_heads();
  head->mutable_head()->set_journal(100);
  head->mutable_head()->set_sequence(9);
  head->mutable_head()->set_hash(std::string(32, 'h'));
  head->set_node("outremeuse-1");
  head->set_series("261123-k7qm2w");
  auto* loss = witness.add_losses();
  loss->set_journal(101);
  loss->set_first_sequence(2);
  loss->set_last_sequence(3);
  return witness;
}

std::vector<std::string> Seeds() {
  const std::array<int64_t, 3> sums = {1, -2, INT64_MIN};
  const std::string zero(1, '\0');
  std::vector<std::string> seeds = {
      zero, zero + store::EncodeCounters(sums), zero + store::EncodeCounters({}),
      "\x01" + std::string(32, 'h') + SampleHistory()[0].entry,
      "\x02" + retail::CoopRowKey(7, {"carottes", retail::v1::UNIT_PIECE, "herstal"})
                   .substr(retail::CoopRowPrefix(7).size())};
  const auto store = FoldAll(Place(SampleHistory()));
  seeds.push_back("\x03" + FirstRow(*store, ledger::kRequests));
  size_t number = 0;
  for (const auto& [place, value] : DumpFolded(*store)) {
    seeds.push_back(std::string{4, static_cast<char>(number++)} + value);
    if (number == 40) break;
  }
  const journal::v1::Witness witness = SampleWitness();
  seeds.push_back("\x05" + ledger::EncodeWitness(witness));
  seeds.push_back("\x05" + witness.SerializeAsString());
  seeds.push_back("\x05" + std::string("comptoir.witness.v2\n"));
  return seeds;
}

}  // namespace
}  // namespace rows_fuzz

constinit const Fuzzer kRowsFuzzer{"rows", rows_fuzz::Run, rows_fuzz::Seeds};

}  // namespace comptoir::fuzz
