// A shop that no link reaches, and a stick that goes back and forth by bicycle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/process/daemons.h"
#include "tests/process/oracle.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr int kCarriedSales = 12;

class CarryStick : public ::testing::Test {
 protected:
  CarryStick() {
    hub_.Start();
    node_ = std::make_unique<Node>(hub_, folder_ / "outremeuse", "outremeuse", "outremeuse-1");
    StartWithoutLink();
    hub_.Import({Product("carottes", retail::v1::UNIT_KILOGRAM, 195),
                 Product("miel", retail::v1::UNIT_PIECE, 800)});
  }
  ~CarryStick() override {
    node_->Stop();
    hub_.Stop();
  }

  // Its hub is at a port where nobody listens.
  void StartWithoutLink() { node_->Start({"--hub", "127.0.0.1:" + std::to_string(PickPort())}); }
  Ended Run(std::vector<std::string> arguments, Hub& hub) {
    return RunToEnd(
        {"comptoir", std::move(arguments), {{"COMPTOIR_IDENTITY", hub.data() + "/operator.pem"}}});
  }
  Ended AtHub(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--hub", hub_.sync()});
    return Run(std::move(arguments), hub_);
  }
  Ended AtNode(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--node", node_->address()});
    return Run(std::move(arguments), hub_);
  }
  static std::string Output(const Ended& ended) {
    EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
    return ended.out;
  }
  std::string Stick(const std::string& name) const { return folder_ / name; }
  void BringPrices() {
    Output(AtHub({"carry", "out", Stick("prices.carry"), "--shop", "outremeuse"}));
    Output(AtNode({"carry", "in", Stick("prices.carry")}));
  }
  void Sell(int count) {
    for (int i = 0; i < count; ++i) {
      Output(AtNode({"sell", "carottes=1.250", "miel=1", "--pay", "card"}));
    }
  }
  uint64_t ReceiptsOfTheShopAtTheHub() { return ReceiptsAt(hub_, "outremeuse", first_day_).size(); }
  static std::string BytesOf(const std::string& path) {
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    return bytes.str();
  }
  static void WriteBytes(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }

  const int32_t first_day_ = Today();
  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
  std::unique_ptr<Node> node_;
};

TEST_F(CarryStick, BringsWeeksOfSalesToTheHubAndPricesBack) {
  BringPrices();
  Sell(kCarriedSales);
  EXPECT_FALSE(node_->GetStatus().link().online());
  EXPECT_THAT(Output(AtNode({"carry", "out", Stick("sales.carry")})), HasSubstr(" for the hub, "));
  EXPECT_EQ(ReceiptsOfTheShopAtTheHub(), 0U);
  EXPECT_THAT(Output(AtHub({"carry", "in", Stick("sales.carry")})),
              HasSubstr("13 entries, 13 of them new to hub"));
  EXPECT_EQ(ReceiptsOfTheShopAtTheHub(), static_cast<uint64_t>(kCarriedSales));
  // Brought twice, nothing happens.
  EXPECT_THAT(Output(AtHub({"carry", "in", Stick("sales.carry")})),
              HasSubstr("13 entries, none of them new to hub"));
  EXPECT_EQ(ReceiptsOfTheShopAtTheHub(), static_cast<uint64_t>(kCarriedSales));
  // A new price goes the other way, and is what the next sale costs.
  Output(AtHub({"price", "miel", "9.00"}));
  BringPrices();
  EXPECT_THAT(Output(AtNode({"sell", "miel=1", "--pay", "card"})), HasSubstr("9.00"));
  ExpectVerified(hub_.admin());
  ExpectVerified(node_->admin());

  // The link comes back: only what no stick brought goes over it.
  node_->Stop();
  node_->Start();
  WaitUntilLevel(hub_, *node_);
  EXPECT_EQ(ReceiptsOfTheShopAtTheHub(), static_cast<uint64_t>(kCarriedSales) + 1);
  ExpectVerified(hub_.admin());
  ExpectVerified(node_->admin());
  EXPECT_EQ(hub_.GetStatus().bad_facts(), 0U);
}

TEST_F(CarryStick, WhatTheLinkBroughtIsNotCarriedAgainButWithAll) {
  node_->Stop();
  node_->Start();
  WaitUntilLevel(hub_, *node_);
  Sell(3);
  WaitUntilLevel(hub_, *node_);
  // What the hub is known to hold is written down as the session ends.
  node_->Stop();
  StartWithoutLink();
  EXPECT_THAT(Output(AtNode({"carry", "out", Stick("none.carry")})),
              HasSubstr("nothing that the other side is not known to hold"));
  EXPECT_THAT(Output(AtHub({"carry", "in", Stick("none.carry")})), HasSubstr("0 entries"));
  Sell(1);
  Output(AtNode({"carry", "out", Stick("some.carry")}));
  EXPECT_THAT(Output(AtHub({"carry", "in", Stick("some.carry")})),
              HasSubstr("2 entries, 2 of them new"))
      << "a genesis and a sale";
  Output(AtNode({"carry", "out", Stick("all.carry"), "--all"}));
  EXPECT_THAT(Output(AtHub({"carry", "in", Stick("all.carry")})), HasSubstr("none of them new"));
}

TEST_F(CarryStick, TornAlteredAndForeignFilesEachGetTheirAnswer) {
  BringPrices();
  Sell(kCarriedSales);
  Output(AtNode({"carry", "out", Stick("sales.carry")}));
  const std::string sound = BytesOf(Stick("sales.carry"));

  WriteBytes(Stick("torn.carry"), sound.substr(0, sound.size() - 40));
  const Ended torn = AtHub({"carry", "in", Stick("torn.carry")});
  EXPECT_EQ(torn.code, 1);
  EXPECT_THAT(torn.out, HasSubstr("broken: it is cut short"));
  EXPECT_THAT(torn.out, HasSubstr("What came before it was taken"));

  std::string altered = sound;
  altered[sound.size() / 2] = static_cast<char>(altered[sound.size() / 2] ^ 1);
  WriteBytes(Stick("altered.carry"), altered);
  const Ended changed = AtHub({"carry", "in", Stick("altered.carry")});
  EXPECT_EQ(changed.code, 1);
  EXPECT_THAT(changed.out, HasSubstr("broken: it was altered or badly copied after byte"));
  EXPECT_LE(ReceiptsOfTheShopAtTheHub(), static_cast<uint64_t>(kCarriedSales));

  const Ended none = AtHub({"carry", "in", hub_.data() + "/operator.pem"});
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.err, HasSubstr("it is no file of 'comptoir carry out'"));
  EXPECT_EQ(AtHub({"carry", "in", Stick("missing.carry")}).code, 2);
  const Ended folder = AtHub({"carry", "in", hub_.data()});
  EXPECT_EQ(folder.code, 2);
  EXPECT_THAT(folder.err, HasSubstr("is a folder"));

  Hub elsewhere(folder_ / "elsewhere", "Les Autres");
  elsewhere.Start();
  const Ended foreign =
      Run({"carry", "in", Stick("sales.carry"), "--hub", elsewhere.sync()}, elsewhere);
  EXPECT_EQ(foreign.code, 1);
  EXPECT_THAT(foreign.err, HasSubstr("this file is of co-op les-petits-producteurs"));
  EXPECT_THAT(foreign.err, HasSubstr("Nothing was taken"));
  EXPECT_EQ(elsewhere.GetStatus().receipts(), 0U);
  elsewhere.Stop();

  // A sound copy brings the rest.
  Output(AtHub({"carry", "in", Stick("sales.carry")}));
  EXPECT_EQ(ReceiptsOfTheShopAtTheHub(), static_cast<uint64_t>(kCarriedSales));
  ExpectVerified(hub_.admin());
}

TEST_F(CarryStick, AsksForWhatItMustKnowAndLeavesNothingHalfWritten) {
  const Ended no_shop = AtHub({"carry", "out", Stick("x.carry")});
  EXPECT_EQ(no_shop.code, 1);
  EXPECT_THAT(no_shop.err, HasSubstr("say which with --shop"));
  EXPECT_THAT(AtHub({"carry", "out", Stick("x.carry"), "--shop", "outremuse"}).err,
              HasSubstr("no node was ever enrolled in a shop 'outremuse'"));
  EXPECT_THAT(AtNode({"carry", "out", Stick("x.carry"), "--shop", "outremeuse"}).err,
              HasSubstr("leave --shop away"));
  EXPECT_EQ(AtNode({"carry", "out", Stick("no/such/folder.carry")}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(Stick("x.carry")));
  EXPECT_FALSE(std::filesystem::exists(Stick("x.carry.new")));
  // Operators only, at the hub.
  Ended stranger =
      RunToEnd({"comptoir",
                {"carry", "out", Stick("x.carry"), "--shop", "outremeuse", "--hub", hub_.sync()},
                {}});
  EXPECT_NE(stranger.code, 0);
  EXPECT_FALSE(std::filesystem::exists(Stick("x.carry")));
}

}  // namespace
}  // namespace comptoir::testing
