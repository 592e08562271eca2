// A disk that fails the Nth flush and every one after it: nothing of it is
// acknowledged, the process stops and says so, and the next start finds out (R9).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/process/daemons.h"
#include "tests/process/oracle.h"

namespace comptoir::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kDiskFailed = 74;
constexpr uint32_t kSalesMax = 1'000;

class FailingDisk : public ::testing::Test {
 protected:
  FailingDisk() {
    hub_.Start();
    hub_.Import({Product("oeufs", retail::v1::UNIT_PIECE, 42)});
    node_ = std::make_unique<Node>(hub_, folder_ / "outremeuse", "outremeuse", "outremeuse-1");
    node_->Start();
    WaitUntilLevel(hub_, *node_);
    node_->Stop();
  }

  // One life of the node on a disk that fails from flush `nth` on; the sales that it
  // was told in it.
  size_t Live(uint64_t nth) {
    const std::string when = std::to_string(nth) + "+";
    Program program({"comptoir-node",
                     {"--data", node_->data(), "--time-zone", "UTC", "--listen", "127.0.0.1:0",
                      "--web-listen", "127.0.0.1:0"},
                     // Leaks are looked for by the same means that strace uses.
                     {{"LSAN_OPTIONS", "detect_leaks=0"}},
                     // What the engine makes durable, it flushes by these two: sync_file_range only
                     // begins early what they finish, and is asked for no promise.
                     // As a grandchild, so that the program is ours to end and to wait for.
                     {"strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync",
                      "-e", "inject=fdatasync,fsync:error=EIO:when=" + when}});
    size_t told = 0;
    if (const auto ready = program.WaitUntilReadyOrEnded(); ready.has_value()) {
      const auto shop = shop::v1::ShopService::NewStub(PlainChannel(ready->at("grpc")));
      for (uint32_t sale = 0; sale < kSalesMax; ++sale) {
        if (!Sell(*shop, ++asked_)) break;
        ++told;
      }
    }
    const auto ended = program.WaitForEnd();
    EXPECT_TRUE(ended.has_value()) << "flush " << nth << " failed, and it lives on";
    if (!ended.has_value()) return told;
    EXPECT_EQ(ended->code, kDiskFailed) << ended->err;
    EXPECT_THAT(ended->err, HasSubstr("the disk failed")) << "flush " << nth;
    EXPECT_THAT(ended->err, HasSubstr("Input/output error")) << "flush " << nth;
    return told;
  }

  bool Sell(shop::v1::ShopService::Stub& shop, uint32_t number) {
    shop::v1::RecordSaleRequest request;
    request.set_request_id(RequestId("fail-disk--", number));
    *request.add_lines() = Line("oeufs", 6'000);
    const auto answer = Ask(shop, &shop::v1::ShopService::Stub::RecordSale, request);
    if (!answer.status.ok()) return false;
    const auto [known, is_new] = told_.try_emplace(number, answer.response.number());
    EXPECT_EQ(known->second, answer.response.number()) << "another receipt for one sale";
    return true;
  }

  const int32_t first_day_ = Today();
  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
  std::unique_ptr<Node> node_;
  uint32_t asked_ = 0;
  std::map<uint32_t, std::string> told_;  // number of the receipt, by sale
};

TEST_F(FailingDisk, AtEveryFlushUntilItSells) {
  // From a start that fails at once to lives that sell before their disk goes.
  int lives_that_sold = 0;
  uint64_t nth = 1;
  for (; lives_that_sold < 5; ++nth) {
    ASSERT_LT(nth, 100U) << "it never sells";
    if (Live(nth) > 0) ++lives_that_sold;
    if (HasFailure()) return;
  }
  std::cout << nth - 1 << " lives on a failing disk, " << told_.size() << " sales told, of "
            << asked_ << " asked" << std::endl;

  // A good disk again: all that was told is there, and what was not is sold once.
  node_->Start();
  for (uint32_t sale = 1; sale <= asked_; ++sale) EXPECT_TRUE(Sell(node_->shop(), sale));
  std::set<std::string> told;
  for (const auto& [sale, number] : told_) EXPECT_TRUE(told.insert(number).second) << number;
  std::set<std::string> held;
  for (const shop::v1::Receipt& receipt : ReceiptsAt(*node_, first_day_)) {
    held.insert(receipt.number());
  }
  EXPECT_EQ(held, told);
  WaitUntilLevel(hub_, *node_);
  ExpectVerified(hub_.admin());
  ExpectVerified(node_->admin());
  node_->Stop();
  hub_.Stop();
  node_->ExpectSound();
}

}  // namespace
}  // namespace comptoir::testing
