// Folds of Recalled, RecallLifted and RecallConfirmed.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "common/retail/recalls/recall_book.h"
#include "common/retail/recalls/rows.h"
#include "common/retail/tables.h"
#include "tests/laws/fact_history.h"

namespace comptoir::laws {
namespace {

using retail::v1::RecallConfirmed;
using retail::v1::Recalled;
using retail::v1::RecallLifted;

constexpr int64_t kNever = std::numeric_limits<int64_t>::min();

// How a fact is named, apart from what stands in its row.
using Named = std::tuple<uint64_t, uint64_t, uint64_t>;

Named NamedOf(const retail::v1::NamedFact& named) {
  return {named.reference().journal(), named.reference().sequence(),
          named.reference().hash_prefix()};
}

// What stands, as anyone would say it who looks at all facts at once.
struct NaiveRecalls {
  std::map<Named, const Recalled*> recalls;
  std::set<std::pair<std::string, Named>> lifted;  // by the lift's shop, empty for COOP
  // By shop; the latest instant of a clock in no doubt.
  std::map<std::pair<std::string, Named>, int64_t> confirmed;
};

NaiveRecalls RecallsSaid(const std::vector<FoldOperation>& applied) {
  NaiveRecalls said;
  for (const FoldOperation& operation : applied) {
    const retail::Fact& fact = operation.fact;
    const std::string& shop = fact.journal->shop;
    if (fact.kind == retail::v1::FACT_KIND_RECALLED) {
      said.recalls[NamedOf(fact.name())] = static_cast<const Recalled*>(fact.fact);
    } else if (fact.kind == retail::v1::FACT_KIND_RECALL_LIFTED) {
      for (const auto& named : static_cast<const RecallLifted&>(*fact.fact).recalls()) {
        said.lifted.emplace(shop, NamedOf(named));
      }
    } else {
      const Named named = NamedOf(static_cast<const RecallConfirmed&>(*fact.fact).recall());
      int64_t& latest = said.confirmed.try_emplace({shop, named}, kNever).first->second;
      if (!fact.doubtful) latest = std::max(latest, fact.wall_ms);
    }
  }
  return said;
}

// What a till at a shop knows: every recall that stands there.
std::vector<std::tuple<std::string, bool, int64_t>> NaiveBook(const NaiveRecalls& said,
                                                              const std::string& shop) {
  std::vector<std::tuple<std::string, bool, int64_t>> standing;
  for (const auto& [named, recall] : said.recalls) {
    const bool concerns = recall->shop().empty() || recall->shop() == shop;
    if (!concerns || said.lifted.contains({recall->shop(), named})) continue;
    const auto confirmed = said.confirmed.find({shop, named});
    const bool is_confirmed = confirmed != said.confirmed.end();
    standing.emplace_back(recall->SerializeAsString(), is_confirmed,
                          is_confirmed ? confirmed->second : kNever);
  }
  std::ranges::sort(standing);
  return standing;
}

void CheckRecalls(const std::vector<FoldOperation>& applied, const store::Snapshot& snapshot) {
  const NaiveRecalls said = RecallsSaid(applied);
  std::set<Named> held;
  RC_ASSERT(retail::VisitRecalls(snapshot, "", [&](const std::string&, retail::v1::RecallRow row) {
              held.insert(NamedOf(row.name()));
              return true;
            }).ok());
  std::set<Named> expected;
  for (const auto& [named, recall] : said.recalls) expected.insert(named);
  RC_ASSERT(held == expected);
  for (const std::string shop : {"outremeuse", "herstal"}) {
    retail::RecallBook book;
    RC_ASSERT(book.Open(snapshot, shop).ok());
    std::vector<std::tuple<std::string, bool, int64_t>> standing;
    for (const retail::StandingRecall& recall : book.recalls()) {
      standing.emplace_back(recall.recall.SerializeAsString(), recall.confirmed, recall.cleared_ms);
    }
    std::ranges::sort(standing);
    RC_ASSERT(standing == NaiveBook(said, shop));
  }
}

RC_GTEST_PROP(RecallFoldLaw, OrderDoesNotMatter, ()) {
  FactHistory history(RecallWriters());
  FoldLaw law;
  law.model = CheckRecalls;
  CheckOrderLaw(law, history.Draw(&DrawRecallFact));
}

// A book that was read before hears of what came since.
RC_GTEST_PROP(RecallFoldLaw, ABookIsNeverOutOfDate, ()) {
  FactHistory history(RecallWriters());
  const auto order = DrawOrder(history.Draw(&DrawRecallFact));
  FoldLaw law;
  FoldLaw::State state = law.Start();
  retail::RecallBook kept;
  for (const FoldOperation& operation : order) {
    law.Apply(operation, state);
    law.Settle(state);
    const auto snapshot = state.store->NewSnapshot();
    retail::RecallBook fresh;
    RC_ASSERT(kept.Open(*snapshot, "outremeuse").ok());
    RC_ASSERT(fresh.Open(*snapshot, "outremeuse").ok());
    RC_ASSERT(kept.recalls().size() == fresh.recalls().size());
    for (size_t i = 0; i < kept.recalls().size(); ++i) {
      RC_ASSERT(kept.recalls()[i].confirmed == fresh.recalls()[i].confirmed);
      RC_ASSERT(kept.recalls()[i].cleared_ms == fresh.recalls()[i].cleared_ms);
      RC_ASSERT(kept.recalls()[i].recall.SerializeAsString() ==
                fresh.recalls()[i].recall.SerializeAsString());
    }
  }
}

}  // namespace
}  // namespace comptoir::laws
