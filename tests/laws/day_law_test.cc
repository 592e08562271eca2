// Closings of a node's days: folds in any order, and what they come to whoever closed
// knowing what.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/base/bytes.h"
#include "common/retail/days/coverage.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/days.pb.h"
#include "tests/laws/fact_history.h"

namespace comptoir::laws {
namespace {

using retail::Coverage;
using retail::EntryRange;
using retail::v1::ClosedRange;
using retail::v1::DayClosed;

// ---- folds ----

Said DrawDayFact(const retail::JournalContext& writer, const WriteFrame&) {
  switch (*rc::gen::inRange(0, 3)) {
    case 0: {
      auto opened = std::make_unique<retail::v1::DayOpened>();
      opened->set_float_cents(*rc::gen::inRange<int64_t>(0, 1'000));
      return {retail::v1::FACT_KIND_DAY_OPENED, std::move(opened)};
    }
    case 1: {
      auto moved = std::make_unique<retail::v1::CashMoved>();
      moved->set_amount_cents(*rc::gen::element<int64_t>(-500, 700));
      moved->set_reason("change");
      return {retail::v1::FACT_KIND_CASH_MOVED, std::move(moved)};
    }
    default: {
      auto closed = std::make_unique<DayClosed>();
      closed->set_node(writer.writer.node);
      closed->set_number(*rc::gen::inRange<uint64_t>(1, 4));
      ClosedRange* range = closed->add_covers();
      range->set_journal(writer.journal.value());
      range->set_first(1);
      range->set_last(*rc::gen::inRange<uint64_t>(1, 9));
      range->set_hash(std::string(32, 'h'));
      return {retail::v1::FACT_KIND_DAY_CLOSED, std::move(closed)};
    }
  }
}

std::string KeyOf(const retail::Fact& fact) {
  std::string key = fact.journal->shop + '\0';
  AppendBigEndian64(fact.reference.journal.value(), &key);
  AppendBigEndian64(fact.reference.sequence.value(), &key);
  return key;
}

RC_GTEST_PROP(DayFoldLaw, OrderDoesNotMatter, ()) {
  FactHistory history(FactHistory::ShopWriters());
  FoldLaw law;
  law.model = [](const std::vector<FoldOperation>& applied, const store::Snapshot& snapshot) {
    Rows expected;
    for (const FoldOperation& operation : applied) {
      const retail::Fact& fact = operation.fact;
      retail::v1::DayRow row;
      row.set_kind(fact.kind);
      row.set_day(fact.business_day().value());
      row.set_second(fact.second_of_day());
      row.set_node(fact.journal->writer.node);
      row.set_counted(operation.step == Step::kCount);
      if (fact.kind == retail::v1::FACT_KIND_DAY_CLOSED) {
        const auto& closed = static_cast<const DayClosed&>(*fact.fact);
        row.set_closes(closed.node());
        row.set_number(closed.number());
        *row.mutable_covers() = closed.covers();
        *row.mutable_takes_back() = closed.takes_back();
      }
      expected[{retail::kDays, KeyOf(fact)}] = row.SerializeAsString();
      const bool has_money = fact.kind != retail::v1::FACT_KIND_DAY_CLOSED;
      if (has_money && !row.counted()) expected[{retail::kUncounted, KeyOf(fact)}] = "";
    }
    RC_ASSERT(DumpViews(snapshot) == expected);
  };
  Journals<FoldOperation> journals;
  for (const auto& operations : history.Draw(DrawDayFact)) {
    auto& steps = journals.emplace_back();
    for (const FoldOperation& operation : operations) {
      steps.push_back(operation);
      switch (*rc::gen::inRange(0, 3)) {
        case 0:
          steps.back().step = Step::kDuplicate;
          break;
        case 1:
          steps.push_back({operation.fact, Step::kUncount});
          break;
        default:
          break;
      }
    }
  }
  CheckOrderLaw(law, journals);
}

// ---- coverage ----

constexpr JournalId kJournal{7};
// Where an entry stands that was moved.
constexpr uint64_t kPlaces = 1'000;
constexpr Sequence kMovedNumber{5};

DayClosed CloseKnowing(const std::vector<DayClosed>& known, uint64_t last, uint64_t moved,
                       const std::set<Sequence>& uncounted,
                       const std::set<JournalId>& uncounted_places) {
  Coverage coverage;
  for (const DayClosed& closed : known) {
    coverage.Add(closed.covers(), closed.takes_back());
  }
  Coverage::Due due = coverage.Of(kJournal, Sequence(last), uncounted);
  for (JournalId place(kPlaces); place.value() < kPlaces + moved;
       place = JournalId(place.value() + 1)) {
    const Coverage::Due alone =
        coverage.OfOne(place, kMovedNumber, !uncounted_places.contains(place));
    due.open.insert(due.open.end(), alone.open.begin(), alone.open.end());
    due.excess.insert(due.excess.end(), alone.excess.begin(), alone.excess.end());
  }
  DayClosed closed;
  const auto add = [](const EntryRange& range, ClosedRange* to) {
    to->set_journal(range.journal.value());
    to->set_first(range.first.value());
    to->set_last(range.last.value());
    to->set_times(range.times);
  };
  for (const EntryRange& range : due.open) add(range, closed.add_covers());
  for (const EntryRange& range : due.excess) add(range, closed.add_takes_back());
  return closed;
}

template <typename Id>
std::set<Id> DrawSome(const std::set<Id>& all) {
  std::set<Id> some;
  for (const Id id : all) {
    if (*rc::gen::arbitrary<bool>()) some.insert(id);
  }
  return some;
}

// One machine of a name and a copy of it close, each knowing what it likes of the entries,
// of what was moved, of what does not count and of the closings. The one that closes last knows
// all.
RC_GTEST_PROP(DayCoverageLaw, ClosingsComeToWhatCounts, ()) {
  const uint64_t entries = *rc::gen::inRange<uint64_t>(1, 13);
  const uint64_t moved = *rc::gen::inRange<uint64_t>(0, 4);
  std::set<Sequence> uncounted;
  for (uint64_t i = 1; i <= entries; ++i) {
    if (*rc::gen::inRange(0, 4) == 0) uncounted.insert(Sequence(i));
  }
  std::set<JournalId> places;
  for (uint64_t i = 0; i < moved; ++i) {
    if (*rc::gen::inRange(0, 4) == 0) places.insert(JournalId(kPlaces + i));
  }
  std::vector<DayClosed> closings;
  for (int before = *rc::gen::inRange(0, 6); before > 0; --before) {
    std::vector<DayClosed> known;
    for (const DayClosed& closed : closings) {
      if (*rc::gen::arbitrary<bool>()) known.push_back(closed);
    }
    closings.push_back(CloseKnowing(known, *rc::gen::inRange<uint64_t>(1, entries + 1),
                                    *rc::gen::inRange<uint64_t>(0, moved + 1), DrawSome(uncounted),
                                    DrawSome(places)));
  }
  closings.push_back(CloseKnowing(closings, entries, moved, uncounted, places));

  std::map<std::pair<uint64_t, uint64_t>, int64_t> counted;  // how often each is, one by one
  const auto count = [&counted](const auto& ranges, int64_t sign) {
    for (const ClosedRange& range : ranges) {
      for (uint64_t i = range.first(); i <= range.last(); ++i) {
        counted[{range.journal(), i}] += sign * range.times();
      }
    }
  };
  for (const DayClosed& closed : closings) {
    count(closed.covers(), 1);
    count(closed.takes_back(), -1);
  }
  for (uint64_t i = 1; i <= entries; ++i) {
    const auto times = counted[std::pair(kJournal.value(), i)];
    RC_ASSERT(times == (uncounted.contains(Sequence(i)) ? 0 : 1));
  }
  for (uint64_t place = kPlaces; place < kPlaces + moved; ++place) {
    const auto times = counted[std::pair(place, kMovedNumber.value())];
    RC_ASSERT(times == (places.contains(JournalId(place)) ? 0 : 1));
  }
}

}  // namespace
}  // namespace comptoir::laws
