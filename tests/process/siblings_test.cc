// Nodes of one shop on its own network (REPLICATION.md, Session).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>

#include "tests/process/command_line.h"
#include "tests/process/oracle.h"
#include "tests/process/till.h"

namespace comptoir::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

// outremeuse-1 listens, outremeuse-2 dials it.
class Siblings : public CommandLine {
 protected:
  Siblings() {
    ImportProducts();
    node_->Stop();
    StartFirst();
    second_ = std::make_unique<Node>(hub_, folder_ / "second", "outremeuse", "outremeuse-2");
    second_->Start({"--sibling", "outremeuse-1@" + listen_});
    WaitUntilLevel(hub_, *second_);
  }
  void StartFirst() {
    node_->Start({"--sibling-listen", listen_});
    EXPECT_EQ(node_->sibling(), listen_);
  }
  static std::vector<Article> Articles() {
    return {{"pain-gris", retail::v1::UNIT_PIECE, 320}, {"savon", retail::v1::UNIT_PIECE, 345}};
  }
  static bool IsLevelWithSibling(Node& node) {
    const admin::v1::Status status = node.GetStatus();
    return status.siblings_size() == 1 && status.siblings(0).online() &&
           status.siblings(0).waiting_entries() == 0 && status.siblings(0).missing_entries() == 0;
  }
  static bool SeesSiblingOffline(Node& node) {
    const admin::v1::Status status = node.GetStatus();
    return status.siblings_size() == 1 && !status.siblings(0).online() &&
           !status.siblings(0).last_error().empty();
  }

  const int32_t first_day_ = Today();
  const std::string listen_ = "127.0.0.1:" + std::to_string(PickPort());
  std::unique_ptr<Node> second_;
};

TEST_F(Siblings, WhatOneSellsTheOtherHoldsWhileTheHubIsAway) {
  hub_.Kill();
  Till one("one", 1, Articles());
  Till two("two", 2, Articles());
  {
    Selling at_first(one, node_->address());
    Selling at_second(two, second_->address());
    ASSERT_TRUE(Eventually([&] { return one.told() > 60 && two.told() > 60; }));
  }
  std::deque<Sale> sales = one.sales();
  sales.insert(sales.end(), two.sales().begin(), two.sales().end());
  for (Node* node : {&*node_, second_.get()}) {
    ASSERT_TRUE(Eventually([&] { return ReceiptsAt(*node, first_day_).size() == sales.size(); }));
    ExpectReceipts(sales, ReceiptsAt(*node, first_day_));
    ASSERT_TRUE(Eventually([&] { return IsLevelWithSibling(*node); }));
    const admin::v1::Link link = node->GetStatus().link();
    EXPECT_FALSE(link.online());
    EXPECT_GE(link.waiting_entries(), sales.size()) << "of both: either may bring them";
  }
  EXPECT_THAT(Done({"status"}), HasSubstr("outremeuse-2 (dials us), online, level"));
  EXPECT_THAT(Output(Run({"status"}, second_->address())),
              HasSubstr("outremeuse-1 at " + listen_ + ", online, level"));
  // One dies with its disk: the other brings the hub what both sold.
  node_->Kill();
  ASSERT_TRUE(Eventually([&] { return SeesSiblingOffline(*second_); }));
  hub_.Start();
  WaitUntilLevel(hub_, *second_);
  ExpectReceipts(sales, ReceiptsAt(hub_, "outremeuse", first_day_));
  ExpectVerified(hub_.admin());
  ExpectVerified(second_->admin());
  StartFirst();
  WaitUntilLevel(hub_, *node_);
  for (Node* node : {&*node_, second_.get()}) {
    EXPECT_TRUE(Eventually([&] { return IsLevelWithSibling(*node); }));
  }
  second_->Stop();
}

TEST_F(Siblings, OnlyOfThisShop) {
  Node other(hub_, folder_ / "other", "herstal", "herstal-1");
  other.Start({"--sibling", "outremeuse-1@" + listen_});
  ASSERT_TRUE(Eventually([&] { return SeesSiblingOffline(other); }));
  EXPECT_THAT(Output(Run({"status"}, other.address())),
              HasSubstr("outremeuse-1 at " + listen_ + ", offline"));
  const admin::v1::Status status = node_->GetStatus();
  ASSERT_EQ(status.siblings_size(), 1);
  EXPECT_EQ(status.siblings(0).node(), "outremeuse-2");
  other.Stop();
  second_->Stop();
}

TEST_F(Siblings, OneThatCannotListenSellsAndTriesAgain) {
  const auto says_so = [this] {
    return Output(Run({"status"}, second_->address()))
               .find("for siblings: cannot listen on " + listen_) != std::string::npos;
  };
  second_->Stop();
  second_->Start({"--sibling-listen", listen_});
  EXPECT_EQ(second_->sibling(), "");
  EXPECT_TRUE(says_so());
  second_->Receive({"savon"}, 1'000);
  node_->Kill();
  ASSERT_TRUE(Eventually([&] { return !says_so(); }));
  node_->Start({"--sibling", "outremeuse-2@" + listen_});
  EXPECT_TRUE(Eventually([&] { return IsLevelWithSibling(*node_); }));
  second_->Stop();
}

TEST_F(Siblings, ARevokedOneIsSentAwayAlsoWhileTheHubIsAway) {
  ASSERT_TRUE(Eventually([&] { return IsLevelWithSibling(*node_); }));
  Done({"node", "revoke", "outremeuse-2", "--reason", "stolen"});
  WaitUntilLevel(hub_, *node_);
  hub_.Kill();
  EXPECT_TRUE(Eventually([&] { return !node_->GetStatus().siblings(0).online(); }));
  EXPECT_THAT(Done({"status"}), HasSubstr("outremeuse-2 (dials us), offline"));
  ASSERT_TRUE(Eventually([&] { return SeesSiblingOffline(*second_); }));
  EXPECT_THAT(second_->GetStatus().siblings(0).last_error(), HasSubstr("stolen"));
  const uint64_t entries = node_->GetStatus().entries();
  second_->Receive({"savon"}, 12'000);
  ASSERT_TRUE(Eventually([&] { return SeesSiblingOffline(*second_); }));
  EXPECT_EQ(node_->GetStatus().entries(), entries);
  hub_.Start();
  second_->Stop();
}

}  // namespace
}  // namespace comptoir::testing
