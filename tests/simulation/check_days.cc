#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/daemon/days.h"
#include "common/retail/days/sums.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"
#include "tests/simulation/checks.h"

namespace comptoir::simulation {
namespace {

using retail::TakenOf;

// What closings that count say, and what none covers yet.
absl::StatusOr<int64_t> ClosedAndOpen(const ledger::Ledger& ledger, const std::string& shop) {
  auto days = daemon::ShopDays::Read(ledger, shop);
  if (!days.ok()) return days.status();
  int64_t cents = 0;
  const auto snapshot = ledger.NewSnapshot();
  const auto listed = retail::ListDayFacts(*snapshot, shop);
  if (!listed.ok()) return listed.status();
  for (const retail::ListedDayFact& fact : *listed) {
    if (fact.row.kind() != retail::v1::FACT_KIND_DAY_CLOSED || !fact.row.counted()) continue;
    google::protobuf::Arena arena;
    const auto closed = ledger.ReadFact(*snapshot, fact.place.journal, fact.place.sequence, &arena);
    if (!closed.ok()) return closed.status();
    const auto& message = static_cast<const retail::v1::DayClosed&>(*closed->fact);
    cents += TakenOf(message.sums()) - TakenOf(message.taken_back());
  }
  for (const std::string& node : days->nodes()) {
    const auto open = days->OpenOf(node);
    if (!open.ok()) return open.status();
    cents += TakenOf(open->closed.sums()) - TakenOf(open->closed.taken_back());
  }
  return cents;
}

// Row by row, what receipts that count come to.
absl::StatusOr<int64_t> Receipts(const ledger::Ledger& ledger,
                                 const std::set<JournalId>& journals) {
  const auto snapshot = ledger.NewSnapshot();
  int64_t cents = 0;
  auto rows = snapshot->Scan(retail::kReceipts, "", "");
  for (; rows->Valid(); rows->Next()) {
    retail::v1::ReceiptRow row;
    if (!row.ParseFromString(std::string(rows->value()))) {
      return absl::DataLossError("a row of receipts is damaged");
    }
    const bool counts =
        !row.duplicate() && journals.contains(JournalId(ReadBigEndian64(rows->key())));
    if (counts) cents += row.total_cents();
  }
  if (!rows->status().ok()) return rows->status();
  return cents;
}

}  // namespace

Findings CheckDays(Machine& machine, const Oracle& oracle, const std::string& shop) {
  std::set<JournalId> journals;
  for (const ledger::JournalView& journal : machine.ledger().Journals()) {
    if (journal.scope != journal::v1::SCOPE_SHOP || journal.shop != shop) continue;
    // What was moved stands in no journal, and a closing of its branch had it.
    if (oracle.IsForked(journal.head.journal)) return {};
    journals.insert(journal.head.journal);
  }
  const auto closed = ClosedAndOpen(machine.ledger(), shop);
  const auto receipts = Receipts(machine.ledger(), journals);
  if (!closed.ok() || !receipts.ok()) {
    return {absl::StrCat("days of ", shop, " cannot be read at ", machine.name(), ": ",
                         std::string(closed.status().message()),
                         std::string(receipts.status().message()))};
  }
  if (*closed == *receipts) return {};
  return {absl::StrCat("days: closings and open days of ", shop, " come to ", *closed, " cents at ",
                       machine.name(), ", its receipts to ", *receipts)};
}

}  // namespace comptoir::simulation
