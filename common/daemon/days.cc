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

  // Of one entry of a branch that was not kept.
  absl::Status ReadMoved(const retail::v1::MovedRow& row, const retail::EntryRange& range) {
    if (full_) return absl::OkStatus();
    const auto hashes = ledger::ReadMovedHashes(snapshot_, row);
    if (!hashes.ok()) return absl::OkStatus();  // waits
    COMPTOIR_ASSIGN_OR_RETURN(const Outcome outcome,
                              Count(range.journal, range.first, range.times));
    if (outcome != Outcome::kTaken) return absl::OkStatus();
    ClosedRange* added = AddRange(row.series(), range, hashes->own);
    added->set_first_receipt(row.receipt_ordinal());
    added->set_last_receipt(row.receipt_ordinal());
    return absl::OkStatus();
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
    ClosedRange* range =
        AddRange(journal.series, {journal.head.journal, first, last, times}, *hash);
    return FillReceipts(range);
  }

  ClosedRange* AddRange(const std::string& series, const retail::EntryRange& entries,
                        const Hash& hash) {
    ClosedRange* range = ranges_->Add();
    range->set_journal(entries.journal.value());
    range->set_series(series);
    range->set_first(entries.first.value());
    range->set_last(entries.last.value());
    if (entries.times > 1) range->set_times(entries.times);
    range->set_hash(hash.bytes.data(), hash.bytes.size());
    full_ = full_ || static_cast<size_t>(ranges_->size()) >= retail::kClosedRangesMax;
    return range;
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
  COMPTOIR_ASSIGN_OR_RETURN(branches_, LostBranches::Read(*ledger_, *snapshot_, shop_));
  for (retail::ListedDayFact& listed : facts_) {
    retail::v1::DayRow& row = listed.row;
    if (row.kind() != retail::v1::FACT_KIND_DAY_CLOSED) {
      cash_.insert(listed.place.journal);
      continue;
    }
    uint64_t& number = numbers_[row.closes()];
    number = std::max(number, row.number());
    if (!row.counted()) continue;
    branches_->Resolve(row.mutable_covers());
    branches_->Resolve(row.mutable_takes_back());
    coverage_[row.closes()].Add(row.covers(), row.takes_back());
  }
  return absl::OkStatus();
}

std::vector<std::string> ShopDays::nodes() const {
  std::set<std::string> names;
  for (const ledger::JournalView& journal : journals_) names.insert(journal.node);
  for (const auto& [place, entry] : branches_->entries()) names.insert(entry.node());
  return {names.begin(), names.end()};
}

bool ShopDays::HasMoney(JournalId place, const retail::v1::MovedRow& entry) const {
  return entry.receipt_ordinal() != 0 || cash_.contains(place);
}

std::map<JournalId, ShopDays::Source> ShopDays::SourcesOf(const std::string& node) const {
  std::map<JournalId, Source> sources;
  for (const ledger::JournalView& journal : journals_) {
    if (journal.node == node) sources[journal.head.journal].journal = &journal;
  }
  for (const auto& [place, entry] : branches_->entries()) {
    const bool asked = entry.node() == node && HasMoney(place, entry);
    if (asked && !branches_->IsUnclear(entry)) sources[place].moved = &entry;
  }
  return sources;
}

retail::Coverage::Due ShopDays::DueOf(const retail::Coverage& coverage, JournalId id,
                                      const Source& source) const {
  const auto found = uncounted_.find(id);
  const std::set<Sequence> none;
  const std::set<Sequence>& uncounted = found == uncounted_.end() ? none : found->second;
  if (source.journal != nullptr) return coverage.Of(id, source.journal->head.sequence, uncounted);
  const Sequence sequence(source.moved->original().sequence());
  return coverage.OfOne(id, sequence, !uncounted.contains(sequence));
}

absl::StatusOr<ShopDays::Open> ShopDays::OpenOf(const std::string& node) const {
  Open open;
  DayClosed& closed = open.closed;
  RangeReader covers(*snapshot_, *ledger_, closed.mutable_covers());
  RangeReader takes_back(*snapshot_, *ledger_, closed.mutable_takes_back());
  const auto found = coverage_.find(node);
  const retail::Coverage coverage = found == coverage_.end() ? retail::Coverage() : found->second;
  for (const auto& [id, source] : SourcesOf(node)) {
    const retail::Coverage::Due due = DueOf(coverage, id, source);
    const auto read = [&source = source](RangeReader& reader, const retail::EntryRange& range) {
      return source.journal == nullptr ? reader.ReadMoved(*source.moved, range)
                                       : reader.Read(*source.journal, range);
    };
    for (const auto& range : due.open) COMPTOIR_RETURN_IF_ERROR(read(covers, range));
    for (const auto& range : due.excess) COMPTOIR_RETURN_IF_ERROR(read(takes_back, range));
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
