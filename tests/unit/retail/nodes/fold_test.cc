#include "common/retail/nodes/fold.h"

#include <optional>
#include <string>

#include "common/retail/keys.h"
#include "common/retail/nodes/queries.h"
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

TEST(NodesFoldTest, EveryEnrolmentStandsWhicheverCameFirst) {
  const JournalContext before = CoopJournal(5);
  const JournalContext after = CoopJournal(3);
  const auto enrolled = [](const std::string& node, const std::string& shop, char token) {
    v1::NodeEnrolled fact;
    fact.set_node(node);
    fact.set_shop(shop);
    fact.set_certificate("certificate");
    fact.set_token_sha256(std::string(sizeof(Hash), token));
    return fact;
  };
  RetailWorld world;
  world.Fold(world.Write(before, v1::FACT_KIND_NODE_ENROLLED, enrolled("till-1", "herstal", 'a')),
             Direction::kCount);
  world.Fold(world.Write(after, v1::FACT_KIND_NODE_ENROLLED, enrolled("till-1", "herstal", 'b')),
             Direction::kCount);
  const auto snapshot = world.Snapshot();
  EXPECT_EQ(Must(OtherShopOf(*snapshot, "till-1", "herstal")), std::nullopt);
  EXPECT_EQ(Must(OtherShopOf(*snapshot, "till-1", "guillemins")), "herstal");
  EXPECT_EQ(Must(OtherShopOf(*snapshot, "till", "guillemins")), std::nullopt);
  EXPECT_EQ(Must(WhoSpent(*snapshot, std::string(sizeof(Hash), 'a'))), "till-1");
  EXPECT_EQ(Must(WhoSpent(*snapshot, std::string(sizeof(Hash), 'b'))), "till-1");
  EXPECT_EQ(Must(WhoSpent(*snapshot, std::string(sizeof(Hash), 'c'))), std::nullopt);
}

}  // namespace
}  // namespace comptoir::retail
