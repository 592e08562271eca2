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

DayClosed CloseKnowing(const std::vector<DayClosed>& known, uint64_t last,
                       const std::set<Sequence>& uncounted) {
  Coverage coverage;
  for (const DayClosed& closed : known) {
    coverage.Add(closed.covers(), closed.takes_back());
  }
  const Coverage::Due due = coverage.Of(kJournal, Sequence(last), uncounted);
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

// One machine of a name and a copy of it close, each knowing what it likes of the entries,
// of what does not count and of the closings. The one that closes last knows all.
RC_GTEST_PROP(DayCoverageLaw, ClosingsComeToWhatCounts, ()) {
  const uint64_t entries = *rc::gen::inRange<uint64_t>(1, 13);
  std::set<Sequence> uncounted;
  for (uint64_t i = 1; i <= entries; ++i) {
    if (*rc::gen::inRange(0, 4) == 0) uncounted.insert(Sequence(i));
  }
  std::vector<DayClosed> closings;
  const int before = *rc::gen::inRange(0, 6);
  for (int i = 0; i < before; ++i) {
    std::vector<DayClosed> known;
    for (const DayClosed& closed : closings) {
      if (*rc::gen::arbitrary<bool>()) known.push_back(closed);
    }
    std::set<Sequence> heard;
    for (const Sequence sequence : uncounted) {
      if (*rc::gen::arbitrary<bool>()) heard.insert(sequence);
    }
    closings.push_back(CloseKnowing(known, *rc::gen::inRange<uint64_t>(1, entries + 1), heard));
  }
  closings.push_back(CloseKnowing(closings, entries, uncounted));

  std::map<uint64_t, int64_t> counted;  // how often each entry is, one by one
  for (const DayClosed& closed : closings) {
    for (const ClosedRange& range : closed.covers()) {
      for (uint64_t i = range.first(); i <= range.last(); ++i) counted[i] += range.times();
    }
    for (const ClosedRange& range : closed.takes_back()) {
      for (uint64_t i = range.first(); i <= range.last(); ++i) counted[i] -= range.times();
    }
  }
  for (uint64_t i = 1; i <= entries; ++i) {
    RC_ASSERT(counted[i] == (uncounted.contains(Sequence(i)) ? 0 : 1));
  }
}

}  // namespace
}  // namespace comptoir::laws
