// Goods from one shop to another through real programs: an outage, a hub that is killed, and
// a hub put back to an old copy; and the commands that people type.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>

#include "tests/process/command_line.h"
#include "tests/support/eventually.h"

namespace comptoir::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Transfers : public CommandLine {
 protected:
  Transfers() {
    ImportProducts();
    herstal_.emplace(hub_, folder_ / "herstal", "herstal", "herstal-1");
    herstal_->Start();
    BecomeLevel();
    Done({"receive", "--producer", "ferme", "carottes=40", "--lot", "L47", "--use-by",
          "2031-12-05"});
  }
  ~Transfers() override { herstal_->Stop(); }

  void BecomeLevel() {
    // What one side writes, the hub answers to the other.
    for (int round = 0; round < 2; ++round) {
      WaitUntilLevel(hub_, *node_);
      WaitUntilLevel(hub_, *herstal_);
    }
  }
  std::string AtHerstal(std::vector<std::string> arguments) {
    return Output(Run(std::move(arguments), herstal_->address()));
  }
  Ended RunAtHerstal(std::vector<std::string> arguments) {
    return Run(std::move(arguments), herstal_->address());
  }
  std::string Send(const std::string& what) {
    const std::string paper = Done({"transfer", "send", "--to", "herstal", what});
    const size_t start = paper.find("transfer  ") + 10;
    return paper.substr(start, paper.find('\n', start) - start);
  }
  // Until the shop's list says so: the hub tells it by itself.
  void ExpectListed(bool at_herstal, const std::string& what) {
    const auto listed = [&] {
      return at_herstal ? AtHerstal({"transfer", "list"}) : Done({"transfer", "list"});
    };
    EXPECT_TRUE(Eventually([&] { return listed().find(what) != std::string::npos; })) << listed();
  }

  std::optional<Node> herstal_;
};

TEST_F(Transfers, WhatIsSentReceivedInPartGivenUpAndListed) {
  const std::string id = Send("carottes=10");
  EXPECT_THAT(id, HasSubstr("outremeuse-"));
  EXPECT_THAT(Done({"stock"}), HasSubstr("30.000"));
  ExpectListed(/*at_herstal=*/true, id);
  EXPECT_THAT(AtHerstal({"stock"}), AllOf(HasSubstr("on its way"), HasSubstr("10.000")));
  EXPECT_THAT(DoneAtHub({"inventory"}), HasSubstr("10.000 to herstal"));
  EXPECT_THAT(DoneAtHub({"transfer", "list", "--open"}), AllOf(HasSubstr(id), HasSubstr("10.000")));
  const std::string received = AtHerstal({"transfer", "receive", id, "carottes=8,5"});
  EXPECT_THAT(received, AllOf(HasSubstr("L47"), HasSubstr("use by 2031-12-05"),
                              HasSubstr("still on its way: 1.500 kg carottes")));
  EXPECT_THAT(AtHerstal({"expiring", "--days", "3660"}), HasSubstr("L47"));
  EXPECT_THAT(AtHerstal({"transfer", "settle", id, "--reason", "casse"}),
              AllOf(HasSubstr("given up of " + id), HasSubstr("nothing of it is on its way")));
  ExpectListed(/*at_herstal=*/false, "done");
  EXPECT_EQ(Done({"transfer", "list", "--open"}), "nothing is on its way\n");
  EXPECT_THAT(AtHerstal({"movements"}),
              AllOf(HasSubstr("received from outremeuse, " + id),
                    HasSubstr("given up from outremeuse, damaged, " + id)));
  EXPECT_THAT(Done({"movements"}), HasSubstr("sent to herstal, " + id));
  // Nothing of what was given up was ever on a shelf.
  EXPECT_THAT(AtHerstal({"export", "movements"}),
              AllOf(HasSubstr(",L47,8.500,,kg"), HasSubstr(",L47,,,kg")));
  BecomeLevel();
  EXPECT_THAT(Done({"verify"}), HasSubstr("all is well"));
  EXPECT_THAT(AtHerstal({"verify"}), HasSubstr("all is well"));
  EXPECT_THAT(DoneAtHub({"verify"}), HasSubstr("all is well"));
}

TEST_F(Transfers, AShopWithoutALineReceivesByThePaper) {
  hub_.Stop();
  const std::string id = Send("carottes=10");
  const Ended all = RunAtHerstal({"transfer", "receive", id});
  EXPECT_EQ(all.code, 1);
  EXPECT_THAT(all.err, HasSubstr("(NOT_ANNOUNCED)"));
  std::string typed = id;
  for (char& c : typed) c = static_cast<char>(std::toupper(c));
  EXPECT_THAT(AtHerstal({"transfer", "receive", typed, "carottes=10", "--lot", "L47", "--use-by",
                         "2031-12-05"}),
              HasSubstr("it is not known here yet what was sent"));
  EXPECT_THAT(AtHerstal({"transfer", "list", "--open"}), HasSubstr("not known to be sent"));
  hub_.Start();
  ExpectListed(/*at_herstal=*/true, "done");
  ExpectListed(/*at_herstal=*/false, "done");
  EXPECT_THAT(DoneAtHub({"transfer", "list", "--json"}), HasSubstr("\"receivedMilli\":\"10000\""));
}

TEST_F(Transfers, AMistakeIsUndoneAndTheOtherSideHears) {
  const std::string id = Send("carottes=10");
  ExpectListed(/*at_herstal=*/true, "on its way");
  const std::string movements = Done({"movements"});
  const size_t line = movements.rfind('\n', movements.find("sent to herstal"));
  const std::string name = movements.substr(line + 1, movements.find(' ', line + 1) - line - 1);
  Done({"correct", name, "--reason", "it stayed here"});
  EXPECT_THAT(Done({"stock"}), HasSubstr("40.000"));
  ExpectListed(/*at_herstal=*/true, "undone");
  EXPECT_THAT(DoneAtHub({"transfer", "list", "--open"}), Not(HasSubstr(id)));
}

// What the hub heard and what it told of it are on its disk together; an old copy of it
// hears of all again.
TEST_F(Transfers, AHubThatIsKilledOrPutBackTellsAllTheSame) {
  BecomeLevel();
  hub_.Stop();
  std::filesystem::copy(hub_.data(), folder_ / "backup", std::filesystem::copy_options::recursive);
  hub_.Start();
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) {
    ids.push_back(Send("carottes=1"));
    if (i % 5 == 4) {
      hub_.Kill();
      hub_.Start();
    }
  }
  BecomeLevel();
  for (const std::string& id : ids) ExpectListed(/*at_herstal=*/true, id);
  AtHerstal({"transfer", "receive", ids.front()});
  BecomeLevel();
  hub_.Kill();
  std::filesystem::remove_all(hub_.data());
  std::filesystem::copy(folder_ / "backup", hub_.data(), std::filesystem::copy_options::recursive);
  hub_.Start();
  AtHerstal({"transfer", "receive", ids.back()});
  BecomeLevel();
  ExpectListed(/*at_herstal=*/false, "done");
  const std::string open = AtHerstal({"transfer", "list", "--open"});
  EXPECT_EQ(DoneAtHub({"transfer", "list", "--open"}), open);
  EXPECT_EQ(Done({"transfer", "list", "--open"}), open);
  EXPECT_THAT(open,
              AllOf(Not(HasSubstr(ids.front())), Not(HasSubstr(ids.back())), HasSubstr(ids[1])));
  EXPECT_THAT(DoneAtHub({"verify"}), HasSubstr("all is well"));
}

TEST_F(Transfers, WhatCannotBeIsRefusedWithAWayOut) {
  const auto refused = [&](std::vector<std::string> arguments, const std::string& reason) {
    const Ended ended = Run(std::move(arguments));
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.err, HasSubstr(reason));
  };
  refused({"transfer", "send", "--to", "outremeuse", "carottes=1"}, "(BAD_TRANSFER)");
  refused({"transfer", "send", "--to", "nulle-part", "carottes=1"}, "(UNKNOWN_SHOP)");
  refused({"transfer", "send", "--to", "herstal", "navets=1"}, "(UNKNOWN_PRODUCT)");
  refused({"transfer", "receive", "herstal-22222-22222", "carottes=1"}, "(BAD_TRANSFER)");
  refused({"transfer", "list", "outremeuse"}, "(BAD_TRANSFER)");
  refused({"transfer", "list", "--shop", "herstal"}, "(UNKNOWN_SHOP)");
  const std::string id = Send("carottes=10");
  refused({"transfer", "receive", id}, "(OTHER_SHOP)");
  refused({"transfer", "settle", id, "--reason", "vol"}, "(OTHER_SHOP)");
  ExpectListed(/*at_herstal=*/true, id);
  EXPECT_THAT(RunAtHerstal({"transfer", "settle", id, "carottes=11", "--reason", "casse"}).err,
              HasSubstr("only 10 is on its way"));
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"transfer"},
           {"transfer", "send", "carottes=1"},
           {"transfer", "send", "--to", "herstal"},
           {"transfer", "send", "--to", "herstal", "carottes"},
           {"transfer", "send", "--to", "herstal", "carottes=1@2.40"},
           {"transfer", "send", "--to", "herstal", "carottes=100001"},
           {"transfer", "receive"},
           {"transfer", "receive", id, "--lot", "L47"},
           {"transfer", "receive", id, "--use-by", "2036-12-05"},
           {"transfer", "settle", id, "--lot", "L47", "--reason", "casse"},
           {"transfer", "settle", id},
           {"transfer", "settle", id, "--reason", "perdu"}}) {
    EXPECT_EQ(Run(arguments).code, 2);
  }
  const std::string request = "000102030405060708090a0b0c0d0e0f";
  const std::string first = Done(
      {"transfer", "send", "--to", "herstal", "pain-gris=2", "--request-id", request, "--json"});
  EXPECT_EQ(Done({"transfer", "send", "--to", "herstal", "pain-gris=2", "--request-id", request,
                  "--json"}),
            first);
}

}  // namespace
}  // namespace comptoir::testing
