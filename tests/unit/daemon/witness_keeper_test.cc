#include "common/daemon/witness_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/coop.h"
#include "tests/support/eventually.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::testing {
namespace {

using ::testing::HasSubstr;

class WitnessKeeperTest : public ::testing::Test {
 protected:
  uint64_t Written() const {
    const auto witness = daemon::ReadWitness(path_);
    return witness.ok() ? witness->entries() : 0;
  }

  TemporaryFolder folder_;
  const std::string path_ = daemon::WitnessPath(folder_ / ".");
  Coop coop_;
  std::unique_ptr<Replica> shop_ = coop_.Node("outremeuse", "outremeuse-1");
};

TEST_F(WitnessKeeperTest, FollowsTheLedgerAndIsLevelAtTheEnd) {
  {
    daemon::WitnessKeeper keeper(*shop_->ledger, path_);
    EXPECT_TRUE(std::filesystem::exists(path_)) << "at once, so that its absence says something";
    for (uint32_t sale = 1; sale <= 3; ++sale) {
      Sell(*shop_, sale);
      EXPECT_TRUE(Eventually([&] { return Written() == sale + 1; }));
    }
    Sell(*shop_, 4);
  }
  EXPECT_EQ(Written(), 5U);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
}

TEST_F(WitnessKeeperTest, APlaceThatCannotBeWrittenHoldsNothingUp) {
  std::filesystem::create_directory(path_);
  {
    daemon::WitnessKeeper keeper(*shop_->ledger, path_);
    Sell(*shop_, 1);
    std::filesystem::remove(path_);
    // And is tried again.
    EXPECT_TRUE(Eventually([&] { return Written() == 2; }));
  }
}

TEST_F(WitnessKeeperTest, SaysWhatIsWrongWithTheFileAndWhichItIs) {
  const absl::Status none = daemon::ReadWitness(path_).status();
  EXPECT_EQ(none.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(none.message()), HasSubstr(path_));
  std::ofstream(path_) << "comptoir.witness.v1\nnot one";
  const absl::Status damaged = daemon::ReadWitness(path_).status();
  EXPECT_EQ(damaged.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(damaged.message()), HasSubstr("damaged, " + path_));
  std::ofstream(path_) << std::string(ledger::kWitnessBytesMax + 1, 'x');
  EXPECT_FALSE(daemon::ReadWitness(path_).ok());
}

}  // namespace
}  // namespace comptoir::testing
