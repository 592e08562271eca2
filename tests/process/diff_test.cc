// comptoir diff between real daemons: level, one behind, parted, and what only one of
// them may read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/identity/certificate.h"
#include "common/identity/pem.h"
#include "common/journal/carry_file.h"
#include "tests/process/daemons.h"
#include "tests/process/hand_made_journal.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::testing {
namespace {

using ::testing::HasSubstr;

class Diff : public ::testing::Test {
 protected:
  Diff() {
    hub_.Start();
    node_ = std::make_unique<Node>(hub_, folder_ / "outremeuse", "outremeuse", "outremeuse-1");
    node_->Start();
    hub_.Import({Product("miel", retail::v1::UNIT_PIECE, 800)});
    WaitUntilLevel(hub_, *node_);
  }
  ~Diff() override {
    node_->Stop();
    hub_.Stop();
  }

  void Unlink() {
    node_->Stop();
    node_->Start({"--hub", "127.0.0.1:" + std::to_string(PickPort())});
  }
  Ended Run(std::vector<std::string> arguments) {
    return RunToEnd(
        {"comptoir", std::move(arguments), {{"COMPTOIR_IDENTITY", hub_.data() + "/operator.pem"}}});
  }
  Ended Compare(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"diff", "--node", node_->address(), "--hub", hub_.sync()});
    return Run(std::move(more));
  }
  // A file of one journal, as if somebody had carried it out.
  std::string Stick(const std::string& name, const HandMadeJournal& journal) {
    journal::v1::CarryHeader header;
    header.set_coop("les-petits-producteurs");
    header.set_node("outremeuse-1");
    header.set_shop("outremeuse");
    for (const std::string& authority : Required(identity::ReadPemBlocks(
             hub_.operator_files().authority, identity::kCertificateLabel))) {
      header.add_authorities(std::string(identity::Fingerprint(authority).view()));
    }
    journal::CarryFileWriter writer;
    std::ofstream file(folder_ / name, std::ios::binary);
    file << writer.Begin(header) << writer.Add(journal.Whole()) << writer.Finish();
    return folder_ / name;
  }

  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
  std::unique_ptr<Node> node_;
};

TEST_F(Diff, SaysWhenAllIsTheSameAndWhatOneSideLacks) {
  const Ended level = Compare();
  EXPECT_EQ(level.code, 0) << level.out << level.err;
  EXPECT_THAT(level.out, HasSubstr("1 journal is the same at outremeuse-1 and hub, 0 differ"));
  Unlink();
  EXPECT_EQ(Run({"sell", "miel=2", "--pay", "card", "--node", node_->address()}).code, 0);
  const Ended behind = Compare();
  EXPECT_EQ(behind.code, 4) << behind.out << behind.err;
  EXPECT_THAT(behind.out, HasSubstr("outremeuse-1 has entries 1 to 2, which hub lacks"));
  EXPECT_THAT(behind.out, HasSubstr("SOLD"));
  EXPECT_THAT(behind.out, HasSubstr("miel 2"));
  const Ended json = Compare({"--json"});
  EXPECT_EQ(json.code, 4);
  EXPECT_THAT(json.out, HasSubstr("\"commonEntries\":\"0\""));
  EXPECT_THAT(json.out, HasSubstr("\"leftEntries\":\"2\""));
}

TEST_F(Diff, FindsWhereTwoBranchesPart) {
  const identity::Identity identity = IdentityOf(node_->data());
  HandMadeJournal trunk(*identity.signer);
  for (int i = 0; i < 40; ++i) trunk.AddSale("miel");
  HandMadeJournal at_node = trunk;
  HandMadeJournal at_hub = trunk;
  for (int i = 0; i < 7; ++i) at_node.AddSale("poires");
  for (int i = 0; i < 7; ++i) at_hub.AddSale("pommes");
  Unlink();
  EXPECT_EQ(Run({"carry", "in", Stick("stick-1", at_node), "--node", node_->address()}).code, 0);
  EXPECT_EQ(Run({"carry", "in", Stick("stick-2", at_hub), "--hub", hub_.sync()}).code, 0);
  const Ended parted = Compare({"--entries", "3"});
  EXPECT_EQ(parted.code, 4) << parted.out << parted.err;
  EXPECT_THAT(parted.out, HasSubstr("the same to entry 41, then they part: outremeuse-1 goes on "
                                    "to 48, hub to 48"));
  EXPECT_THAT(parted.out, HasSubstr("poires 1"));
  EXPECT_THAT(parted.out, HasSubstr("pommes 1"));
  EXPECT_THAT(parted.out, HasSubstr("and 4 more"));
  // The other branch is refused by either, and says so.
  const Ended refused = Run({"carry", "in", Stick("stick-1", at_node), "--hub", hub_.sync()});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.out, HasSubstr("(FORK)"));
}

TEST_F(Diff, WhatOnlyOneMayReadIsListedAndNotCompared) {
  Node other(hub_, folder_ / "herstal", "herstal", "herstal-1");
  other.Start();
  WaitUntilLevel(hub_, other);
  EXPECT_EQ(Run({"sell", "miel=1", "--pay", "card", "--node", other.address()}).code, 0);
  WaitUntilLevel(hub_, other);
  WaitUntilLevel(hub_, *node_);
  const Ended level = Compare();
  EXPECT_EQ(level.code, 0) << level.out << level.err;
  EXPECT_THAT(level.out, HasSubstr("not compared, as only one of them may read it"));
  EXPECT_THAT(level.out, HasSubstr("herstal-1"));
  // Two nodes, of two shops.
  const Ended nodes = Run({"diff", "--node", node_->address(), "--node", other.address()});
  EXPECT_EQ(nodes.code, 0) << nodes.out << nodes.err;
  EXPECT_THAT(nodes.out, HasSubstr("the same at outremeuse-1 and herstal-1, 0 differ"));
  const Ended three =
      Run({"diff", "--node", node_->address(), "--node", other.address(), "--hub", hub_.sync()});
  EXPECT_EQ(three.code, 2);
  other.Stop();
}

}  // namespace
}  // namespace comptoir::testing
