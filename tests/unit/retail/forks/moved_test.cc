// Names of what was moved: their endings, and which of several is meant.
#include "common/retail/forks/moved.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "common/base/bytes.h"
#include "common/retail/keys.h"
#include "common/retail/named.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MovedTest : public ::testing::Test {
 protected:
  MovedTest() { world_.OpenSeries(shop_); }
  // An entry of a branch of shop_'s journal, by its number.
  void Move(uint64_t sequence, uint64_t place) {
    std::string key = MovedNamePrefix(MovedBy::kSequence, shop_.journal, sequence);
    AppendBigEndian64(place, &key);
    std::string value;
    AppendBigEndian64(sequence, &value);
    const auto batch = world_.Begin();
    batch->Put(kMovedNames, key, value);
    world_.Commit(batch);
  }
  absl::StatusOr<FactPlace> Find(const std::string& number_and_ending) {
    return FindNamed(*world_.Snapshot(), "herstal", "herstal-261123-k7qm2w/" + number_and_ending);
  }

  const JournalContext shop_ = ShopJournal("herstal", 3);
  RetailWorld world_;
};

TEST_F(MovedTest, AnEndingSaysWhichBranchIsMeant) {
  EXPECT_EQ(Must(Find("2")), (FactPlace{JournalId(3), Sequence(2)}));
  EXPECT_EQ(ReasonOf(Find("2-moved").status()), kUnknownFact);
  Move(2, 0x3fa2'0000'0000'0001);
  ExpectRefused(Find("2").status(), kAmbiguous);
  EXPECT_EQ(Must(Find("2-kept")), (FactPlace{JournalId(3), Sequence(2)}));
  const FactPlace moved{JournalId(0x3fa2'0000'0000'0001), Sequence(2)};
  EXPECT_EQ(Must(Find("2-moved")), moved);
  EXPECT_EQ(Must(Find("2-moved-3fa2")), moved);
  EXPECT_EQ(ReasonOf(Find("2-moved-3fa3").status()), kUnknownFact);
}

TEST_F(MovedTest, BranchesThatBeginAlikeAreNamedInFull) {
  Move(2, 0x3fa2'0000'0000'0001);
  Move(2, 0x4fa2'0000'0000'0001);
  EXPECT_THAT(std::string(Find("2-moved").status().message()),
              HasSubstr("-moved-3fa2, -moved-4fa2"));
  Move(2, 0x3fa2'0000'0000'0002);
  const absl::Status status = Find("2-moved").status();
  ExpectRefused(status, kAmbiguous);
  EXPECT_THAT(std::string(status.message()), HasSubstr("-moved-3fa2000000000002"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("…")));
  EXPECT_EQ(Must(Find("2-moved-3fa2000000000002")).journal.value(), 0x3fa2'0000'0000'0002u);
}

TEST_F(MovedTest, OfVeryManySomeAreNamed) {
  for (uint64_t place = 1; place <= 12; ++place) Move(2, place << 48);
  EXPECT_THAT(std::string(Find("2-moved").status().message()), HasSubstr("…"));
}

TEST_F(MovedTest, RowsThatAreNoneAreDamage) {
  const auto batch = world_.Begin();
  batch->Put(kMovedNames, MovedNamePrefix(MovedBy::kSequence, shop_.journal, 4) + "12345678", "");
  batch->Put(kMovedNames, MovedNamePrefix(MovedBy::kSequence, shop_.journal, 5) + "1", "12345678");
  world_.Commit(batch);
  EXPECT_EQ(Find("4").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Find("5").status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace comptoir::retail
