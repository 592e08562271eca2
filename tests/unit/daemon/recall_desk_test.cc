#include "common/daemon/recall_desk.h"

#include <gtest/gtest.h>

#include <string>

#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "tests/support/coop.h"

namespace comptoir::testing {
namespace {

class RecallDeskTest : public ::testing::Test {
 protected:
  // Of what this shop received no row can be read.
  void SpoilLots() {
    std::string key;
    retail::AppendCode("outremeuse", &key);
    auto batch = node_->store->Begin();
    batch->Put(retail::kLots, key + "what no fold wrote", "\xff");
    MustOk(node_->store->Commit(std::move(batch), store::Durability::kSynced));
  }

  Coop coop_;
  const std::unique_ptr<Replica> node_ = coop_.Node("outremeuse", "outremeuse-1");
  daemon::RecallDesk desk_{*node_->ledger};
};

TEST_F(RecallDeskTest, WhatIsOnDiskIsAnsweredWhateverTheViewsSay) {
  SpoilLots();
  shop::v1::AddRecallRequest add;
  add.set_request_id(RequestId(1));
  add.set_producer("moulin");
  add.set_first_day(20'780);
  add.set_last_day(20'781);
  add.set_reason("glass");
  const shop::v1::Recall recall = Must(desk_.Add(add)).recall();
  EXPECT_FALSE(recall.code().empty());
  EXPECT_NE(recall.reference().sequence(), 0u);
  EXPECT_EQ(recall.producer(), "moulin");
  EXPECT_EQ(recall.reason(), "glass");
  EXPECT_EQ(Must(desk_.Add(add)).recall().code(), recall.code()) << "asked again";

  shop::v1::ConfirmRecallRequest confirm;
  confirm.set_request_id(RequestId(2));
  confirm.set_code(recall.code());
  confirm.set_staff("marie");
  EXPECT_EQ(Must(desk_.Confirm(confirm)).recall().code(), recall.code());

  shop::v1::LiftRecallsRequest lift;
  lift.set_request_id(RequestId(3));
  lift.add_codes(recall.code());
  lift.set_reason("a false alarm");
  const auto lifted = Must(desk_.Lift(lift));
  ASSERT_EQ(lifted.recalls_size(), 1);
  EXPECT_EQ(lifted.recalls(0).code(), recall.code());
}

}  // namespace
}  // namespace comptoir::testing
