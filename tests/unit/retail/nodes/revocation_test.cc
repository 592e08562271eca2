#include "common/retail/nodes/revocation.h"

#include <optional>

#include "common/retail/nodes/queries.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

v1::NodeRevoked Revoked(const std::string& node, const std::string& reason, uint64_t journal,
                        uint64_t sequence) {
  v1::NodeRevoked revoked;
  revoked.set_node(node);
  revoked.set_reason(reason);
  journal::v1::Head* head = revoked.add_heads();
  head->set_journal(journal);
  head->set_sequence(sequence);
  head->set_hash(std::string(sizeof(Hash), 'h'));
  return revoked;
}

TEST(RevocationTest, TheEarliestSaysWhyAndTheHighestHeadHowFar) {
  const JournalContext hub = CoopJournal(5);
  const JournalContext restored = CoopJournal(3);
  RetailWorld world;
  const Fact first =
      world.Write(hub, v1::FACT_KIND_NODE_REVOKED, Revoked("herstal-1", "stolen", 40, 7));
  world.Write(restored, v1::FACT_KIND_NODE_REVOKED, Revoked("herstal-1", "lost", 40, 9));
  world.Write(restored, v1::FACT_KIND_NODE_REVOKED, Revoked("herstal-1", "lost", 41, 2));
  Revocations revocations;
  ASSERT_TRUE(revocations.Load(*world.Snapshot()).ok());
  EXPECT_EQ(revocations.Find("herstal-1")->reason, "stolen");
  EXPECT_EQ(revocations.Find("herstal-1")->since_ms, first.wall_ms);
  EXPECT_EQ(revocations.GoodUpTo("herstal-1", JournalId(40)), Sequence(9));
  EXPECT_EQ(revocations.GoodUpTo("herstal-1", JournalId(41)), Sequence(2));
  EXPECT_EQ(revocations.GoodUpTo("herstal-1", JournalId(42)), Sequence(0)) << "opened later";
  EXPECT_EQ(revocations.GoodUpTo("herstal-10", JournalId(40)), std::nullopt);
  EXPECT_EQ(revocations.Find("herstal"), std::nullopt);
  // Of facts that count: those of one journal only.
  EXPECT_EQ(
      revocations
          .Find("herstal-1", [](JournalId journal, Sequence) { return journal == JournalId(3); })
          ->reason,
      "lost");
  EXPECT_EQ(revocations.Find("herstal-1", [](JournalId, Sequence) { return false; }), std::nullopt);
}

TEST(RevocationTest, NothingUndoesIt) {
  const JournalContext hub = CoopJournal(5);
  RetailWorld world;
  const Fact fact =
      world.Write(hub, v1::FACT_KIND_NODE_REVOKED, Revoked("herstal-1", "stolen", 40, 7));
  world.Fold(fact, Direction::kUncount);
  Revocations revocations;
  ASSERT_TRUE(revocations.Load(*world.Snapshot()).ok());
  EXPECT_TRUE(revocations.Find("herstal-1").has_value());
}

TEST(RevocationTest, ADamagedRowIsSaid) {
  RetailWorld world;
  const auto batch = world.Begin();
  batch->Put(kRevocations, "no key of ours", "");
  world.Commit(batch);
  EXPECT_TRUE(absl::IsDataLoss(Revocations().Load(*world.Snapshot())));
}

TEST(RevocationTest, EnrolmentsAreListedByNodeAndPlace) {
  const JournalContext hub = CoopJournal(5);
  v1::NodeEnrolled enrolled;
  enrolled.set_node("herstal-1");
  enrolled.set_shop("herstal");
  enrolled.set_certificate("certificate");
  enrolled.set_token_sha256(std::string(sizeof(Hash), 't'));
  RetailWorld world;
  world.Write(hub, v1::FACT_KIND_NODE_ENROLLED, enrolled);
  world.Write(hub, v1::FACT_KIND_NODE_ENROLLED, enrolled);
  const auto listed = Must(Enrolments(*world.Snapshot()));
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].node, "herstal-1");
  EXPECT_EQ(listed[0].shop, "herstal");
  EXPECT_EQ(listed[0].journal, JournalId(5));
  EXPECT_EQ(listed[0].sequence, Sequence(1));
  EXPECT_EQ(listed[1].sequence, Sequence(2));
}

}  // namespace
}  // namespace comptoir::retail
