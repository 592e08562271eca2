// Money of a shop, as closings of its days say it, and as its receipts and moves of cash do.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/daemon/days.h"
#include "common/retail/days/sums.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"
#include "google/protobuf/arena.h"

namespace comptoir::testing {

struct DayMoney {
  int64_t taken_cents = 0;  // sold less given back, deposits included
  int64_t cash_cents = 0;   // floats, and what was moved

  void Add(const retail::v1::DaySums& sums, int64_t sign) {
    taken_cents += sign * retail::TakenOf(sums);
    cash_cents += sign * (sums.float_cents() + sums.cash_in_cents() - sums.cash_out_cents());
  }
  bool operator==(const DayMoney&) const = default;
};

// Of closings that count, and of what none covers yet.
inline absl::StatusOr<DayMoney> MoneyOfDays(const ledger::Ledger& ledger, const std::string& shop) {
  COMPTOIR_ASSIGN_OR_RETURN(const auto days, daemon::ShopDays::Read(ledger, shop));
  DayMoney money;
  const auto snapshot = ledger.NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(const auto listed, retail::ListDayFacts(*snapshot, shop));
  for (const retail::ListedDayFact& each : listed) {
    if (each.row.kind() != retail::v1::FACT_KIND_DAY_CLOSED || !each.row.counted()) continue;
    google::protobuf::Arena arena;
    COMPTOIR_ASSIGN_OR_RETURN(
        const retail::Fact fact,
        ledger.ReadFact(*snapshot, each.place.journal, each.place.sequence, &arena));
    const auto& closed = static_cast<const retail::v1::DayClosed&>(*fact.fact);
    money.Add(closed.sums(), 1);
    money.Add(closed.taken_back(), -1);
  }
  for (const std::string& node : days.nodes()) {
    COMPTOIR_ASSIGN_OR_RETURN(const daemon::ShopDays::Open open, days.OpenOf(node));
    money.Add(open.closed.sums(), 1);
    money.Add(open.closed.taken_back(), -1);
  }
  return money;
}

// Of openings and moves of cash that count.
inline absl::StatusOr<int64_t> CashThatMoved(const ledger::Ledger& ledger,
                                             const std::string& shop) {
  const auto snapshot = ledger.NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(const auto listed, retail::ListDayFacts(*snapshot, shop));
  int64_t cents = 0;
  for (const retail::ListedDayFact& each : listed) {
    if (each.row.kind() == retail::v1::FACT_KIND_DAY_CLOSED || !each.row.counted()) continue;
    google::protobuf::Arena arena;
    COMPTOIR_ASSIGN_OR_RETURN(
        const retail::Fact fact,
        ledger.ReadFact(*snapshot, each.place.journal, each.place.sequence, &arena));
    cents += fact.kind == retail::v1::FACT_KIND_DAY_OPENED
                 ? static_cast<const retail::v1::DayOpened&>(*fact.fact).float_cents()
                 : static_cast<const retail::v1::CashMoved&>(*fact.fact).amount_cents();
  }
  return cents;
}

// Where receipts of the shop stand: in its journals, and at places of what was moved of them.
inline absl::StatusOr<std::set<JournalId>> ReceiptPlacesOf(const ledger::Ledger& ledger,
                                                           const store::Snapshot& snapshot,
                                                           const std::string& shop) {
  std::set<JournalId> places;
  for (const ledger::JournalView& journal : ledger.Journals()) {
    const bool is_here = journal.scope == journal::v1::SCOPE_SHOP && journal.shop == shop;
    if (is_here) places.insert(journal.head.journal);
  }
  auto rows = snapshot.Scan(retail::kMoved, "", "");
  for (; rows->Valid(); rows->Next()) {
    retail::v1::MovedRow row;
    if (!row.ParseFromString(std::string(rows->value()))) {
      return absl::DataLossError("a row of moved is damaged");
    }
    if (row.shop() == shop) places.insert(JournalId(ReadBigEndian64(rows->key())));
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return places;
}

// Row by row, what receipts that count and moves of cash come to.
inline absl::StatusOr<DayMoney> MoneyThatMoved(const ledger::Ledger& ledger,
                                               const std::string& shop) {
  const auto snapshot = ledger.NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(const auto places, ReceiptPlacesOf(ledger, *snapshot, shop));
  DayMoney money;
  auto rows = snapshot->Scan(retail::kReceipts, "", "");
  for (; rows->Valid(); rows->Next()) {
    retail::v1::ReceiptRow row;
    if (!row.ParseFromString(std::string(rows->value()))) {
      return absl::DataLossError("a row of receipts is damaged");
    }
    const bool counts =
        !row.duplicate() && places.contains(JournalId(ReadBigEndian64(rows->key())));
    if (counts) money.taken_cents += row.total_cents();
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  COMPTOIR_ASSIGN_OR_RETURN(money.cash_cents, CashThatMoved(ledger, shop));
  return money;
}

}  // namespace comptoir::testing
