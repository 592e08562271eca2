// A fork among real programs (Forks). The node whose machine is rolled back is played by
// the test, with its real key: it sells on twice from one point. The hub hears of one
// branch, and a node of the shop takes it; then the hub is put back to a copy of its folder
// from before, and hears of the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/process/daemons.h"
#include "tests/process/hand_made_journal.h"
#include "tests/process/raw_peer.h"
#include "tests/support/eventually.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class Forks : public ::testing::Test {
 protected:
  void Bring(const journal::v1::Segment& segment) {
    RawPeer peer(hub_.sync(), writer_);
    peer.SayHello();
    peer.Bring(segment);
    peer.AwaitAck(JournalId(segment.journal()));
  }
  // What its receipt of that number says was sold.
  std::string SoldOn(const std::string& ending) {
    for (const admin::v1::JournalHead& head : HeadsOf(hub_.admin())) {
      if (head.node() != "outremeuse-1" || head.scope() != journal::v1::SCOPE_SHOP) continue;
      shop::v1::GetReceiptRequest request;
      request.set_number("outremeuse-" + head.series() + ending);
      return Get(node_->shop(), &shop::v1::ShopService::Stub::GetReceipt, request)
          .lines(0)
          .product();
    }
    return "no journal";
  }

  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
  identity::Identity writer_;
  std::unique_ptr<Node> node_;
};

TEST_F(Forks, AreSettledByTheHubAndMovedByWhoHoldsTheOther) {
  hub_.Start();
  const Ended ended = RunToEnd(
      EnrolCommand(folder_ / "writer", "outremeuse-1", hub_.web(), hub_.CreateToken("outremeuse")));
  Require(ended.code == 0, "enrolment failed: " + ended.err);
  writer_ = IdentityOf(folder_ / "writer");
  node_ = std::make_unique<Node>(hub_, folder_ / "node", "outremeuse", "outremeuse-2");
  HandMadeJournal kept(*writer_.signer);
  kept.AddSale("pain-gris");
  HandMadeJournal other = kept;
  for (int i = 0; i < 2; ++i) kept.AddSale("pommes");
  for (int i = 0; i < 3; ++i) other.AddSale("poires");
  Bring(kept.Cut(1, 2));
  hub_.Stop();
  std::filesystem::copy(hub_.data(), folder_ / "before", std::filesystem::copy_options::recursive);

  hub_.Start();
  Bring(other.Cut(3, 5));
  node_->Start();
  WaitUntilLevel(hub_, *node_);
  node_->Stop();
  hub_.Stop();
  std::filesystem::remove_all(hub_.data());
  std::filesystem::copy(folder_ / "before", hub_.data(), std::filesystem::copy_options::recursive);

  hub_.Start();
  Bring(kept.Cut(3, 4));
  node_->Start();
  WaitUntilLevel(hub_, *node_);
  EXPECT_EQ(SoldOn("-0002-kept"), "pommes");
  EXPECT_EQ(SoldOn("-0002-moved"), "poires");
  EXPECT_EQ(SoldOn("-0004-moved"), "poires");
  ExpectVerified(hub_.admin());
  ExpectVerified(node_->admin());
  EXPECT_TRUE(Eventually([&] {
    const admin::v1::Status status = hub_.GetStatus();
    for (const std::string& note : status.notes()) {
      if (note.find("had two branches after entry 2") != std::string::npos) return true;
    }
    return false;
  }));
  node_->Stop();
  hub_.Stop();
}

}  // namespace
}  // namespace comptoir::testing
