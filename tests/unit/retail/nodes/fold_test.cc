#include "common/retail/nodes/fold.h"

#include <optional>
#include <string>

#include "common/retail/keys.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

std::optional<std::string> SeriesRow(RetailWorld& world) {
  return Must(world.Snapshot()->Get(kSeries, SeriesKey("herstal", "261123-k7qm2w")));
}
std::string JournalBytes(uint64_t journal) {
  std::string bytes;
  AppendBigEndian64(journal, &bytes);
  return bytes;
}

TEST(NodesFoldTest, AShopsSeriesLeadsToItsJournal) {
  const JournalContext journal = ShopJournal("herstal", 5);
  RetailWorld world;
  world.OpenSeries(journal);
  EXPECT_EQ(SeriesRow(world), JournalBytes(5));
}

TEST(NodesFoldTest, TheLowestJournalHasAContendedSeries) {
  const JournalContext journals[] = {ShopJournal("herstal", 5), ShopJournal("herstal", 3),
                                     ShopJournal("herstal", 9)};
  RetailWorld world;
  for (const JournalContext& journal : journals) world.OpenSeries(journal);
  EXPECT_EQ(SeriesRow(world), JournalBytes(3));
}

TEST(NodesFoldTest, JournalsOfOtherScopesPrintNoReceipts) {
  const JournalContext journal = CoopJournal();
  RetailWorld world;
  world.OpenSeries(journal);
  EXPECT_FALSE(world.Snapshot()->Scan(kSeries, "", "")->Valid());
}

TEST(NodesFoldTest, NothingUndoesAGenesis) {
  const JournalContext journal = ShopJournal("herstal", 5);
  RetailWorld world;
  journal::v1::Genesis genesis;
  genesis.set_journal(5);
  genesis.set_scope(journal.scope);
  genesis.set_series(journal.series);
  const Fact fact = world.Write(journal, v1::FACT_KIND_GENESIS, genesis);
  world.Fold(fact, Direction::kUncount);
  EXPECT_EQ(SeriesRow(world), JournalBytes(5));
}

}  // namespace
}  // namespace comptoir::retail
