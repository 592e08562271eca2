#include "common/daemon/days.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "common/base/status.h"
#include "common/daemon/requests.h"
#include "common/ledger/folding.h"
#include "common/retail/check.h"
#include "common/retail/days/admit.h"
#include "common/retail/days/sums.h"
#include "common/retail/named.h"
#include "google/protobuf/arena.h"

namespace comptoir::daemon {

using retail::v1::ClosedRange;
using retail::v1::DayClosed;
using Ranges = google::protobuf::RepeatedPtrField<ClosedRange>;

namespace {

// Reads the entries of ranges, and makes of them what a closing says: as much as one holds.
class RangeReader {
 public:
  RangeReader(const store::Snapshot& snapshot, const ledger::Ledger& ledger, Ranges* ranges)
      : snapshot_(snapshot), ledger_(ledger), ranges_(ranges) {}

  bool full() const { return full_; }
  bool opened() const { return opened_; }
  bool has_money() const { return !counter_.empty(); }
  retail::v1::DaySums sums() const { return counter_.sums(); }

  absl::Status Read(const ledger::JournalView& journal, const retail::EntryRange& range) {
    Sequence first = range.first;
    Sequence at = range.first;
    bool judgeable = IsReadable(range.journal, at.value() - 1);
    for (; at <= range.last && !full_; at = Next(at)) {
      Outcome outcome = Outcome::kWaits;
      if (judgeable) {
        COMPTOIR_ASSIGN_OR_RETURN(outcome, Count(range.journal, at, range.times));
      }
      if (outcome == Outcome::kFull) break;
      judgeable = outcome == Outcome::kTaken || IsReadable(range.journal, at.value());
      if (outcome == Outcome::kTaken) continue;
      COMPTOIR_RETURN_IF_ERROR(Close(journal, first, at, range.times));
      first = Next(at);
    }
    return Close(journal, first, at, range.times);
  }

 private:
  enum class Outcome {
    kTaken,
    kWaits,  // for a later closing
    kFull,
  };

  // What stands behind an entry that cannot be read cannot be judged.
  bool IsReadable(JournalId journal, uint64_t sequence) const {
    return sequence == 0 || ledger::ReadEntryHash(snapshot_, journal, Sequence(sequence)).ok();
  }

  absl::StatusOr<Outcome> Count(JournalId journal, Sequence sequence, uint32_t times) {
    google::protobuf::Arena arena;
    const auto entry = ledger_.ReadJudged(snapshot_, journal, sequence, &arena);
    if (absl::IsDataLoss(entry.status())) return Outcome::kWaits;
    if (absl::IsNotFound(entry.status())) return CutBack();
    COMPTOIR_RETURN_IF_ERROR(entry.status());
    if (entry->verdict.kind == retail::Verdict::Kind::kUnknown) return Outcome::kWaits;
    if (++entries_ >= kClosedEntriesMax) full_ = true;
    if (!entry->verdict.admitted()) return Outcome::kTaken;
    if (!counter_.Add(entry->fact, times)) {
      // What is too much for one closing alone is too much for any.
      if (counter_.empty()) return Outcome::kWaits;
      full_ = true;
      return Outcome::kFull;
    }
    opened_ = opened_ || entry->fact.kind == retail::v1::FACT_KIND_DAY_OPENED;
    return Outcome::kTaken;
  }

  // [first, end) is one range.
  absl::Status Close(const ledger::JournalView& journal, Sequence first, Sequence end,
                     uint32_t times) {
    if (first >= end) return absl::OkStatus();
    const Sequence last(end.value() - 1);
    const auto hash = ledger::ReadEntryHash(snapshot_, journal.head.journal, last);
    if (absl::IsNotFound(hash.status())) return CutBack();
    COMPTOIR_RETURN_IF_ERROR(hash.status());
    ClosedRange* range = ranges_->Add();
    range->set_journal(journal.head.journal.value());
    range->set_series(journal.series);
    range->set_first(first.value());
    range->set_last(last.value());
    if (times > 1) range->set_times(times);
    range->set_hash(hash->bytes.data(), hash->bytes.size());
    full_ = full_ || static_cast<size_t>(ranges_->size()) >= retail::kClosedRangesMax;
    return FillReceipts(range);
  }

  absl::Status FillReceipts(ClosedRange* range) {
    const JournalId journal(range->journal());
    if (receipts_of_ != journal) {
      COMPTOIR_ASSIGN_OR_RETURN(receipts_, retail::ReceiptsIn(snapshot_, journal));
      receipts_of_ = journal;
    }
    const auto from = receipts_.lower_bound(Sequence(range->first()));
    const auto to = receipts_.upper_bound(Sequence(range->last()));
    if (from == to) return absl::OkStatus();
    range->set_first_receipt(from->second);
    range->set_last_receipt(std::prev(to)->second);
    return absl::OkStatus();
  }

  // Between heads and snapshot a branch that is not kept was cut.
  static absl::Status CutBack() {
    return absl::AbortedError("a fork was settled just now: ask again");
  }

  const store::Snapshot& snapshot_;
  const ledger::Ledger& ledger_;
  Ranges* ranges_;
  retail::DayCounter counter_;
  uint64_t entries_ = 0;
  bool opened_ = false;
  bool full_ = false;
  JournalId receipts_of_;
  std::map<Sequence, uint64_t> receipts_;
};

// Is what it covers what stands here?
bool StandsHere(const store::Snapshot& snapshot, const ClosedRange& range) {
  const auto hash =
      ledger::ReadEntryHash(snapshot, JournalId(range.journal()), Sequence(range.last()));
  return hash.ok() && range.hash() == std::string(hash->bytes.begin(), hash->bytes.end());
}

// Of a journal that was found with two branches, a closing of the one that was not kept covers
// only what they share.
void CutLostBranches(const store::Snapshot& snapshot, const std::map<JournalId, Sequence>& common,
                     Ranges* ranges) {
  Ranges kept;
  for (ClosedRange& range : *ranges) {
    const auto forked = common.find(JournalId(range.journal()));
    if (forked != common.end() && Sequence(range.last()) > forked->second &&
        !StandsHere(snapshot, range)) {
      range.set_last(forked->second.value());
    }
    if (range.first() <= range.last()) *kept.Add() = std::move(range);
  }
  ranges->Swap(&kept);
}

}  // namespace

ShopDays::ShopDays(const ledger::Ledger& ledger, std::string shop)
    : ledger_(&ledger), shop_(std::move(shop)) {
  // Heads before the snapshot: all that is named can be read in it.
  for (ledger::JournalView& journal : ledger.Journals()) {
    if (journal.scope != journal::v1::SCOPE_SHOP || journal.shop != shop_) continue;
    if (journal.writer_shop == shop_) journals_.push_back(std::move(journal));
  }
  snapshot_ = ledger.NewSnapshot();
}

absl::StatusOr<ShopDays> ShopDays::Read(const ledger::Ledger& ledger, std::string shop) {
  ShopDays days(ledger, std::move(shop));
  COMPTOIR_ASSIGN_OR_RETURN(days.facts_, retail::ListDayFacts(*days.snapshot_, days.shop_));
  COMPTOIR_ASSIGN_OR_RETURN(days.uncounted_, retail::ListUncounted(*days.snapshot_, days.shop_));
  COMPTOIR_RETURN_IF_ERROR(days.ReadClosings());
  return days;
}

absl::Status ShopDays::ReadClosings() {
  COMPTOIR_ASSIGN_OR_RETURN(const std::vector<ledger::ForkView> forks, ledger_->Forks());
  std::map<JournalId, Sequence> common;  // the lowest of a journal
  for (const ledger::ForkView& fork : forks) {
    const auto [place, first] = common.emplace(fork.common.journal, fork.common.sequence);
    if (!first) place->second = std::min(place->second, fork.common.sequence);
  }
  for (retail::ListedDayFact& listed : facts_) {
    retail::v1::DayRow& row = listed.row;
    if (row.kind() != retail::v1::FACT_KIND_DAY_CLOSED) continue;
    uint64_t& number = numbers_[row.closes()];
    number = std::max(number, row.number());
    if (!row.counted()) continue;
    CutLostBranches(*snapshot_, common, row.mutable_covers());
    CutLostBranches(*snapshot_, common, row.mutable_takes_back());
    coverage_[row.closes()].Add(row.covers(), row.takes_back());
  }
  return absl::OkStatus();
}

std::vector<std::string> ShopDays::nodes() const {
  std::set<std::string> names;
  for (const ledger::JournalView& journal : journals_) names.insert(journal.node);
  return {names.begin(), names.end()};
}

absl::StatusOr<ShopDays::Open> ShopDays::OpenOf(const std::string& node) const {
  Open open;
  DayClosed& closed = open.closed;
  RangeReader covers(*snapshot_, *ledger_, closed.mutable_covers());
  RangeReader takes_back(*snapshot_, *ledger_, closed.mutable_takes_back());
  const auto found = coverage_.find(node);
  const retail::Coverage coverage = found == coverage_.end() ? retail::Coverage() : found->second;
  const std::set<Sequence> none;
  for (const ledger::JournalView& journal : journals_) {
    if (journal.node != node) continue;
    const auto uncounted = uncounted_.find(journal.head.journal);
    const retail::Coverage::Due due =
        coverage.Of(journal.head.journal, journal.head.sequence,
                    uncounted == uncounted_.end() ? none : uncounted->second);
    for (const auto& range : due.open) COMPTOIR_RETURN_IF_ERROR(covers.Read(journal, range));
    for (const auto& range : due.excess) COMPTOIR_RETURN_IF_ERROR(takes_back.Read(journal, range));
  }
  open.opened = covers.opened();
  open.more = covers.full() || takes_back.full();
  // A closing of closings says nothing.
  if (!covers.has_money() && !open.more && closed.takes_back().empty()) closed.clear_covers();
  closed.set_node(node);
  const auto number = numbers_.find(node);
  closed.set_number(number == numbers_.end() ? 1 : number->second + 1);
  *closed.mutable_sums() = covers.sums();
  *closed.mutable_taken_back() = takes_back.sums();
  closed.set_drawer_cents(retail::DrawerOf(closed.sums()) - retail::DrawerOf(closed.taken_back()));
  return open;
}

absl::StatusOr<std::vector<shop::v1::Closing>> ShopDays::ClosingsOf(Day day) const {
  std::vector<const retail::ListedDayFact*> listed;
  for (const retail::ListedDayFact& fact : facts_) {
    const bool shown =
        fact.row.kind() == retail::v1::FACT_KIND_DAY_CLOSED && fact.row.day() == day.value();
    if (shown) listed.push_back(&fact);
  }
  std::ranges::sort(listed, {}, [](const retail::ListedDayFact* fact) {
    return std::tuple(fact->row.second(), fact->place);
  });
  if (listed.size() > retail::kClosingsShownMax) listed.resize(retail::kClosingsShownMax);
  std::vector<shop::v1::Closing> closings;
  for (const retail::ListedDayFact* each : listed) {
    google::protobuf::Arena arena;
    COMPTOIR_ASSIGN_OR_RETURN(
        const retail::Fact fact,
        ledger_->ReadFact(*snapshot_, each->place.journal, each->place.sequence, &arena));
    if (fact.kind != retail::v1::FACT_KIND_DAY_CLOSED || fact.fact == nullptr) {
      return absl::DataLossError("a closing of that day is damaged here");
    }
    closings.push_back(ClosingOf(fact, !each->row.counted()));
  }
  return closings;
}

shop::v1::Closing ClosingOf(const retail::Fact& fact, bool duplicate) {
  shop::v1::Closing closing;
  closing.set_name(retail::FormatFactName(fact.journal->shop, fact.journal->series,
                                          Sequence(fact.name().reference().sequence())));
  *closing.mutable_reference() = fact.name().reference();
  closing.set_wall_ms(fact.wall_ms);
  closing.set_utc_offset_minutes(fact.utc_offset_minutes);
  closing.set_duplicate(duplicate);
  *closing.mutable_closed() = static_cast<const DayClosed&>(*fact.fact);
  return closing;
}

absl::StatusOr<shop::v1::ShowDayResponse> ShowDay(const ledger::Ledger& ledger,
                                                  const shop::v1::ShowDayRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(retail::CheckCodeField("shop", request.shop()));
  COMPTOIR_RETURN_IF_ERROR(retail::CheckDay("day", request.day()));
  const Day day = request.day() == 0 ? ledger.Today() : Day(request.day());
  COMPTOIR_ASSIGN_OR_RETURN(const ShopDays days, ShopDays::Read(ledger, request.shop()));
  shop::v1::ShowDayResponse response;
  response.set_shop(request.shop());
  response.set_day(day.value());
  COMPTOIR_ASSIGN_OR_RETURN(std::vector<shop::v1::Closing> closings, days.ClosingsOf(day));
  retail::DayCounter counter;
  for (shop::v1::Closing& closing : closings) {
    if (!closing.duplicate()) {
      counter.Add(closing.closed().sums(), 1);
      counter.Add(closing.closed().taken_back(), -1);
    }
    *response.add_closings() = std::move(closing);
  }
  *response.mutable_sums() = counter.sums();
  for (const std::string& node : days.nodes()) {
    COMPTOIR_ASSIGN_OR_RETURN(const ShopDays::Open open, days.OpenOf(node));
    retail::DayCounter not_closed;
    not_closed.Add(open.closed.sums(), 1);
    not_closed.Add(open.closed.taken_back(), -1);
    shop::v1::OpenDay* shown = response.add_open();
    shown->set_node(node);
    shown->set_own(node == ledger.self().node);
    *shown->mutable_sums() = not_closed.sums();
    shown->set_drawer_cents(open.closed.drawer_cents());
    shown->set_opened(open.opened);
    shown->set_more(open.more);
  }
  return response;
}

}  // namespace comptoir::daemon
