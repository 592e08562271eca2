// A disk that fills up while a shop sells, is freed, and is full at a start (R9). What
// tills were told is the oracle.
#define CPPHTTPLIB_OPENSSL_SUPPORT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <filesystem>
#include <set>
#include <thread>

#include "tests/process/daemons.h"
#include "tests/process/oracle.h"
#include "tests/process/small_disk.h"
#include "tests/process/tcp_relay.h"

namespace comptoir::testing {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kMib = 1 << 20;
constexpr uint64_t kDiskBytes = 320 * kMib;
constexpr uint64_t kReserve = 64 * kMib;

using SaleAnswer = Answer<shop::v1::Receipt>;

// A till that asks one sale after the other and keeps what it was told.
class PlainTill {
 public:
  SaleAnswer Sell(Node& node) {
    shop::v1::RecordSaleRequest request;
    request.set_request_id(RequestId("full-disk", ++asked_));
    *request.add_lines() = Line("oeufs", 6'000);
    SaleAnswer answer = Ask(node.shop(), &shop::v1::ShopService::Stub::RecordSale, request);
    if (answer.status.ok()) {
      EXPECT_TRUE(told_.insert(answer.response.number()).second) << "twice";
    }
    return answer;
  }
  const std::set<std::string>& told() const { return told_; }

 private:
  uint32_t asked_ = 0;
  std::set<std::string> told_;
};

std::set<std::string> NumbersOf(const std::vector<shop::v1::Receipt>& receipts) {
  std::set<std::string> numbers;
  for (const shop::v1::Receipt& receipt : receipts) {
    EXPECT_TRUE(numbers.insert(receipt.number()).second) << receipt.number() << " is there twice";
  }
  return numbers;
}

class FullDisk : public ::testing::Test {
 protected:
  FullDisk() {
    std::filesystem::create_directory(mounted_);
    disk_ = std::make_unique<SmallDisk>(mounted_, kDiskBytes);
    hub_.Start();
    hub_.Import({Product("oeufs", retail::v1::UNIT_PIECE, 42)});
    node_ = std::make_unique<Node>(hub_, mounted_ + "/node", "outremeuse", "outremeuse-1");
    node_->Start();
    WaitUntilLevel(hub_, *node_);
    Require(Eventually([&] { return node_->GetStatus().ballast_bytes() == kReserve; }),
            "no ballast");
  }
  ~FullDisk() override {
    node_.reset();
    disk_.reset();
  }

  void ExpectRefused(const SaleAnswer& answer, const std::string& needed) {
    EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_EQ(answer.reason, "DISK_RESERVE");
    EXPECT_THAT(answer.status.error_message(), HasSubstr(needed + " MiB are needed: free space"));
  }
  // 200, or 503 with the reason.
  std::pair<int, std::string> HealthPage() {
    httplib::Client client("127.0.0.1", PortOf(node_->web()));
    const auto result = client.Get("/healthz");
    if (!result) return {0, ""};
    return {result->status, result->body};
  }
  bool Sells() { return till_.Sell(*node_).status.ok(); }
  void ExpectNothingLost() {
    WaitUntilLevel(hub_, *node_);
    EXPECT_EQ(NumbersOf(ReceiptsAt(*node_, first_day_)), till_.told());
    EXPECT_EQ(NumbersOf(ReceiptsAt(hub_, "outremeuse", first_day_)), till_.told());
    ExpectVerified(hub_.admin());
    node_->Stop();
    hub_.Stop();
    node_->ExpectSound();
  }

  const int32_t first_day_ = Today();
  TemporaryFolder folder_;
  const std::string mounted_ = folder_ / "small";
  std::unique_ptr<SmallDisk> disk_;
  Hub hub_{folder_ / "hub"};
  std::unique_ptr<Node> node_;
  PlainTill till_;
};

TEST_F(FullDisk, FillsUpWhileAShopSellsAndIsFreed) {
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Sells());
  SaleAnswer refused;
  {
    // It fills up in the middle of sales.
    std::atomic<bool> go_on = true;
    std::thread selling([&] {
      while (go_on) {
        SaleAnswer answer = till_.Sell(*node_);
        if (answer.status.ok()) continue;
        refused = std::move(answer);
        return;
      }
    });
    for (uint64_t left = kReserve + 20 * kMib; left > kReserve / 2; left -= 10 * kMib) {
      disk_->LeaveFree(left);
    }
    const bool noticed = Eventually([&] { return !node_->GetStatus().not_recording().empty(); });
    go_on = noticed;
    selling.join();
    ASSERT_TRUE(noticed);
  }
  ExpectRefused(refused, "64.0");
  EXPECT_TRUE(Eventually([&] { return HealthPage().first == 503; }));
  EXPECT_THAT(HealthPage().second, HasSubstr("the disk is nearly full"));
  // What it holds goes out; what comes waits, and the link stays.
  const std::set<std::string> told = till_.told();
  EXPECT_TRUE(
      Eventually([&] { return NumbersOf(ReceiptsAt(hub_, "outremeuse", first_day_)) == told; }));
  hub_.Import({Product("pommes", retail::v1::UNIT_KILOGRAM, 195)});
  EXPECT_TRUE(Eventually([&] {
    const auto notes = node_->GetStatus().notes();
    return std::any_of(notes.begin(), notes.end(), [](const std::string& note) {
      return note.find("what hub sends waits until there is space") != note.npos;
    });
  }));
  EXPECT_TRUE(node_->GetStatus().link().online());
  EXPECT_FALSE(Differences(hub_, *node_).empty());
  ExpectRefused(till_.Sell(*node_), "64.0");

  disk_->Empty();
  EXPECT_TRUE(Eventually([&] { return Sells(); })) << "it does not sell by itself again";
  EXPECT_TRUE(Eventually([&] { return HealthPage().first == 200; }));
  ExpectNothingLost();
}

TEST_F(FullDisk, AtAStart) {
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(Sells());
  disk_->LeaveFree(kReserve / 2);
  ASSERT_TRUE(Eventually([&] { return !node_->GetStatus().not_recording().empty(); }));
  node_->Kill();
  disk_->LeaveFree(0);
  // The ballast is given up for it.
  node_->Start();
  EXPECT_THAT(node_->program().err(), HasSubstr("the ballast is given up"));
  EXPECT_EQ(node_->GetStatus().ballast_bytes(), 0U);
  ExpectRefused(till_.Sell(*node_), "128.0");
  EXPECT_EQ(HealthPage().first, 503);
  EXPECT_EQ(NumbersOf(ReceiptsAt(*node_, first_day_)), till_.told());
  EXPECT_TRUE(Eventually([&] {
    return NumbersOf(ReceiptsAt(hub_, "outremeuse", first_day_)) == till_.told();
  })) << "what it holds does not get out";

  // There is no second one: it says so, and harms nothing.
  node_->Kill();
  disk_->LeaveFree(0);
  const Ended ended =
      RunToEnd({"comptoir-node",
                {"--data", node_->data(), "--listen", "127.0.0.1:0", "--web-listen", "127.0.0.1:0"},
                {}});
  EXPECT_EQ(ended.code, 75);
  EXPECT_THAT(ended.err, HasSubstr("is full: 0.0 MiB are free, and the store needs 16.0 MiB"));

  disk_->LeaveFree(40 * kMib);
  node_->Start();
  ExpectRefused(till_.Sell(*node_), "128.0");
  disk_->Empty();
  EXPECT_TRUE(Eventually([&] { return Sells(); })) << "it does not sell by itself again";
  EXPECT_TRUE(Eventually([&] { return node_->GetStatus().ballast_bytes() == kReserve; }));
  ExpectNothingLost();
}

}  // namespace
}  // namespace comptoir::testing
