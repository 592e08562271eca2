// A store that lost its write-ahead log: it opens cleanly with less in it, and the
// witness beside it tells (R8). The till's own journal is the oracle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "common/ledger/witness.h"
#include "tests/process/daemons.h"
#include "tests/process/oracle.h"
#include "tests/process/till.h"

namespace comptoir::testing {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kDeliveredMilli = 1'000'000'000;
constexpr uint64_t kSalesToLose = 40;

std::vector<Article> LostLogArticles() {
  return {{"carottes", retail::v1::UNIT_KILOGRAM, 249}, {"oeufs", retail::v1::UNIT_PIECE, 42}};
}

// Entries that the witness of a data folder says were held.
uint64_t WitnessedEntries(const Daemon& daemon) {
  std::ifstream file(daemon.data() + "/witness", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto witness = ledger::DecodeWitness(bytes);
  return witness.ok() ? witness->entries() : 0;
}

void RemoveLogs(const Daemon& daemon) {
  size_t removed = 0;
  for (const auto& file : std::filesystem::directory_iterator(daemon.data() + "/store")) {
    if (file.path().extension() != ".log") continue;
    std::filesystem::remove(file.path());
    ++removed;
  }
  Require(removed > 0, "there was no log to lose");
}

class LostLog : public ::testing::Test {
 protected:
  LostLog() {
    hub_.Start();
    node_ = std::make_unique<Node>(hub_, folder_ / "outremeuse", "outremeuse", "outremeuse-1");
    node_->Start();
    hub_.Import({Product("carottes", retail::v1::UNIT_KILOGRAM, 249),
                 Product("oeufs", retail::v1::UNIT_PIECE, 42)});
    WaitUntilLevel(hub_, *node_);
    node_->Receive({"carottes", "oeufs"}, kDeliveredMilli);
    WaitUntilLevel(hub_, *node_);
  }

  void SellSome(const std::string& session, uint64_t seed) {
    Till till(session, seed, LostLogArticles());
    Selling selling(till, node_->address());
    EXPECT_TRUE(Eventually([&] { return till.told() >= kSalesToLose; }));
    selling.EndByPause();
    for (const Sale& sale : till.sales()) sales_.push_back(sale);
  }
  // Its witness has seen all, and the power goes with what the disk had of the log.
  void LoseLog(Daemon& daemon) {
    const uint64_t held = daemon.GetStatus().entries();
    ASSERT_TRUE(Eventually([&] { return WitnessedEntries(daemon) == held; }));
    daemon.Kill();
    RemoveLogs(daemon);
  }
  void ExpectAllBackAndSound() {
    WaitUntilLevel(hub_, *node_);
    EXPECT_EQ(node_->GetStatus().lost_entries(), 0U);
    EXPECT_EQ(hub_.GetStatus().lost_entries(), 0U);
    std::set<std::string> numbers;
    for (const Sale& sale : sales_) {
      EXPECT_TRUE(numbers.insert(sale.answer.number()).second)
          << sale.answer.number() << " was printed twice";
    }
    ExpectReceipts(sales_, ReceiptsAt(*node_, first_day_));
    ExpectReceipts(sales_, ReceiptsAt(hub_, "outremeuse", first_day_));
    ExpectTotals(sales_, hub_, *node_, LostLogArticles(), kDeliveredMilli, first_day_);
    ExpectVerified(hub_.admin());
    ExpectVerified(node_->admin());
    node_->Stop();
    hub_.Stop();
    node_->ExpectSound();
    hub_.ExpectSound();
  }

  const int32_t first_day_ = Today();
  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
  std::unique_ptr<Node> node_;
  std::deque<Sale> sales_;
};

TEST_F(LostLog, OfANode) {
  // So that some is in files, and some in the log alone.
  node_->Stop();
  node_->Start();
  SellSome("before", 1);
  WaitUntilLevel(hub_, *node_);
  const admin::v1::Status before = node_->GetStatus();
  LoseLog(*node_);
  hub_.Kill();

  node_->Start();
  const admin::v1::Status after = node_->GetStatus();
  EXPECT_LT(after.entries(), before.entries());
  EXPECT_EQ(after.lost_entries(), before.entries() - after.entries());
  ASSERT_GT(after.lost_size(), 0);
  EXPECT_THAT(after.lost(0), HasSubstr("of outremeuse-1"));
  EXPECT_THAT(node_->program().err(), HasSubstr("lost here: " + after.lost(0)));
  EXPECT_THAT(node_->program().err(), HasSubstr("the views were folded anew"));
  // What it shows is what it holds; and it sells at once, far from its hub.
  ExpectVerified(node_->admin());
  SellSome("after", 2);
  // Not forgotten by the next start either.
  node_->Stop();
  node_->Start();
  EXPECT_EQ(node_->GetStatus().lost_entries(), after.lost_entries());

  hub_.Start();
  ExpectAllBackAndSound();
}

TEST_F(LostLog, OfTheHub) {
  hub_.Stop();
  hub_.Start();
  SellSome("before", 3);
  WaitUntilLevel(hub_, *node_);
  LoseLog(hub_);
  SellSome("meanwhile", 4);
  hub_.Start();
  EXPECT_THAT(hub_.program().err(), HasSubstr("of outremeuse-1: the views were folded anew"));
  ExpectAllBackAndSound();
}

TEST_F(LostLog, AndTheWitnessWithIt) {
  SellSome("before", 5);
  WaitUntilLevel(hub_, *node_);
  LoseLog(*node_);
  std::ofstream(node_->data() + "/witness") << "not one";
  // The store was never filed: all is lost, its catalogue too, and the hub has it.
  node_->Start();
  ExpectAllBackAndSound();
}

}  // namespace
}  // namespace comptoir::testing
