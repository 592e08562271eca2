// Recalls and traces through real programs: written at the hub and in a shop, refused by the
// till, confirmed, lifted, and traced.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/process/command_line.h"
#include "tests/support/eventually.h"

namespace comptoir::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Recalls : public CommandLine {
 protected:
  Recalls() {
    ImportProducts();
    Done({"receive", "--producer", "ferme", "carottes=40", "--lot", "L47", "--document", "BL 12",
          "--use-by", "2036-12-05"});
  }
  // The code that `recall add` told.
  static std::string CodeIn(const std::string& told) {
    EXPECT_THAT(told, StartsWith("recall "));
    return told.substr(7, told.find(':') - 7);
  }
  std::string RecallAtHub(const std::string& lot) {
    const std::string code =
        CodeIn(DoneAtHub({"recall", "add", "carottes", "--lot", lot, "--reason", "salmonella",
                          "--advice", "bring it back"}));
    WaitUntilLevel(hub_, *node_);
    EXPECT_TRUE(Eventually([&] {
      return Done({"recall", "list"}).find(code) != std::string::npos;
    })) << "the shop never heard of it";
    return code;
  }
  std::string Sell() {
    const std::string receipt = Done({"sell", "carottes=1,250"});
    return receipt.substr(0, receipt.find('\n'));
  }
};

TEST_F(Recalls, FromTheHubToTheTillAndBack) {
  const std::string number = Sell();
  const std::string code = RecallAtHub("L47");
  for (const Ended& refused :
       {Run({"sell", "carottes=1"}), Run({"sell", "carottes=1", "--lot", "L47"})}) {
    EXPECT_EQ(refused.code, 1);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("salmonella"), HasSubstr(code),
                                   HasSubstr("(RECALLED)"), HasSubstr("recall confirm " + code)));
  }
  EXPECT_EQ(Run({"sell", "carottes=1", "--lot", "L48"}).code, 0);
  const Ended till = Run({"till", "--from", File("paniers", "carottes=1\npain-gris\n")});
  EXPECT_EQ(till.code, 1);
  EXPECT_THAT(till.out, AllOf(HasSubstr("\tRECALLED\t"), HasSubstr("sold\t")));

  EXPECT_THAT(Done({"stock", "--lots"}), HasSubstr("RECALLED " + code));
  EXPECT_THAT(Done({"expiring", "--days", "3660"}), HasSubstr("RECALLED " + code));
  EXPECT_THAT(Done({"status"}), HasSubstr("lot L47 of carottes: not confirmed by outremeuse"));
  EXPECT_THAT(DoneAtHub({"status"}), HasSubstr("RECALL " + code));
  EXPECT_THAT(DoneAtHub({"recall", "list"}),
              AllOf(HasSubstr("NOT CONFIRMED"), HasSubstr("38.750 kg of lot L47")));
  EXPECT_THAT(Noted({"receive", "--producer", "ferme", "carottes=1", "--lot", "L47"}),
              HasSubstr("note: lot L47 of carottes is recalled (" + code + ")"));
  EXPECT_THAT(Noted({"count", "carottes=39.75", "--lot", "L47"}),
              HasSubstr("note: lot L47 of carottes is recalled"));
  EXPECT_THAT(Noted({"return", number, "carottes=0.250"}),
              HasSubstr("note: lot L47 of carottes is recalled: it is recorded as wasted"));

  EXPECT_EQ(Run({"recall", "confirm", code}).code, 2) << "by whom?";
  const std::string confirmed =
      Done({"recall", "confirm", code, "carottes=39.75", "--staff", "marie"});
  EXPECT_THAT(confirmed, HasSubstr("comptoir waste carottes=39.750 --lot L47 --reason recalled"));
  EXPECT_THAT(Done({"status"}), Not(HasSubstr("RECALL ")));
  Done({"waste", "carottes=39.750", "--lot", "L47", "--reason", "recalled"});
  WaitUntilLevel(hub_, *node_);
  EXPECT_THAT(DoneAtHub({"recall", "list"}),
              AllOf(HasSubstr("by marie, found 39.750 kg of lot L47"), Not(HasSubstr("NOT CONF"))));

  for (const std::string& trace : {Done({"trace", "--product", "carottes", "--lot", "L47"}),
                                   DoneAtHub({"trace", "--recall", code})}) {
    EXPECT_THAT(trace, AllOf(HasSubstr("from ferme (La Ferme), document BL 12, use by 2036-12-05"),
                             HasSubstr(number), HasSubstr("returned"), HasSubstr("wasted"),
                             Not(HasSubstr("DOES NOT ADD UP"))));
  }
  EXPECT_THAT(Done({"trace", "--receipt", number}),
              AllOf(HasSubstr("receipt " + number), HasSubstr("delivered"), HasSubstr("BL 12")));
  EXPECT_THAT(DoneAtHub({"export", "trace", "--recall", code, "--lang", "fr"}),
              AllOf(StartsWith("magasin;jour;heure;produit;lot;quoi;quantité;"),
                    HasSubstr(";L47;delivered;40,000;kg;")));
  EXPECT_THAT(DoneAtHub({"trace", "--recall", code, "--json"}), HasSubstr(R"("reconciles":true)"));

  EXPECT_EQ(Run({"recall", "lift", code, "--reason", "a false alarm"}).code, 1)
      << "the co-op's is lifted at the hub";
  DoneAtHub({"recall", "lift", code, "--reason", "a false alarm"});
  EXPECT_TRUE(Eventually([&] { return Done({"recall", "list"}) == "no recalls\n"; }));
  EXPECT_EQ(Run({"sell", "carottes=1", "--lot", "L47"}).code, 0);
  EXPECT_THAT(Done({"recall", "list", "--lifted"}), HasSubstr("a false alarm"));
  const Ended again = RunAtHub({"recall", "lift", code, "--reason", "again"});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("(ALREADY_LIFTED)"));
}

TEST_F(Recalls, AShopRecallsForItselfWithoutALine) {
  hub_.Stop();
  const std::string id = "000102030405060708090a0b0c0d0e0f";
  const std::vector<std::string> add = {"recall",   "add",        "--producer",   "ferme",
                                        "--from",   "2026-01-01", "--to",         "2030-01-01",
                                        "--reason", "glass",      "--request-id", id};
  const std::string told = Done(add);
  EXPECT_EQ(Done(add), told) << "asked again, it is the same recall";
  EXPECT_THAT(told, HasSubstr("what ferme delivered from 2026-01-01 to 2030-01-01, in outremeuse"));
  const Ended of_lot = Run({"recall", "add", "carottes", "--lot", "l 47", "--reason", "x"});
  EXPECT_EQ(of_lot.err, "") << "written otherwise, it is known";
  EXPECT_THAT(Noted({"recall", "add", "carottes", "--lot", "L74", "--reason", "x"}),
              HasSubstr("note: no lot L74 of carottes is known to have come"));
  EXPECT_EQ(Run({"sell", "carottes=1"}).code, 1);
  EXPECT_EQ(Run({"sell", "pain-gris"}).code, 0) << "of another producer";
  Done({"recall", "lift", CodeIn(told), "--reason", "it was the other crate"});
  EXPECT_EQ(Run({"sell", "carottes=1", "--lot", "L47"}).code, 1);
  Done({"recall", "lift", CodeIn(of_lot.out), "--reason", "it was the other crate"});
  EXPECT_EQ(Run({"sell", "carottes=1"}).code, 0);
  hub_.Start();
}

TEST_F(Recalls, WhatCannotBeIsRefused) {
  const auto refused = [&](std::vector<std::string> arguments, const std::string& why) {
    const Ended ended = Run(std::move(arguments));
    EXPECT_EQ(ended.code, 1) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(why));
  };
  refused({"recall", "add", "navets", "--reason", "x"}, "(UNKNOWN_PRODUCT)");
  refused({"recall", "add", "carottes", "--shop", "herstal", "--reason", "x"}, "(UNKNOWN_SHOP)");
  refused({"recall", "add", "carottes", "--reason", std::string(257, 'x')}, "(BAD_TEXT)");
  refused({"recall", "add", "carottes", "--lot", std::string(33, 'L'), "--reason", "x"},
          "(BAD_LOT)");
  refused({"recall", "confirm", "zzzzzz", "--staff", "marie"}, "(UNKNOWN_RECALL)");
  refused({"recall", "lift", "zzzzzz", "--reason", "x"}, "(UNKNOWN_RECALL)");
  refused({"recall", "list", "zzzzzz"}, "(UNKNOWN_RECALL)");
  refused({"trace", "--recall", "zzzzzz"}, "(UNKNOWN_RECALL)");
  refused({"trace", "--receipt", "outremeuse-261123-k7qm2w-0412"}, "(UNKNOWN_RECEIPT)");
  refused({"trace", "--product", "carottes", "--lot", "L47", "--shop", "herstal"},
          "(UNKNOWN_SHOP)");
  for (const std::vector<std::string>& slip : std::vector<std::vector<std::string>>{
           {"recall"},
           {"recall", "add", "--reason", "x"},
           {"recall", "add", "carottes"},
           {"recall", "add", "carottes", "--producer", "ferme", "--from", "2026-01-01", "--reason",
            "x"},
           {"recall", "add", "--producer", "ferme", "--reason", "x"},
           {"recall", "add", "carottes", "--from", "2026-01-01", "--reason", "x"},
           {"trace"},
           {"trace", "--product", "carottes"},
           {"trace", "--lot", "L47", "--recall", "zzzzzz"},
           {"expiring", "--days", "3661"},
           {"expiring", "--days", "-1"},
           {"expiring", "--days", "ten"}}) {
    EXPECT_EQ(Run(slip).code, 2) << ::testing::PrintToString(slip);
  }
  const std::string in_ten_days = Done({"expiring", "--days", "10"});
  EXPECT_THAT(in_ten_days, Not(HasSubstr("L47")));
  EXPECT_EQ(Done({"expiring", "--days", "010"}), in_ten_days);
  EXPECT_THAT(Done({"expiring", "--days", "03660"}), HasSubstr("L47")) << "not in eights";
  // A note on the work never says what is wrong with it: the work's own line does.
  refused({"receive", "--producer", "ferme", "navets=1", "--lot", "L1"}, "line 1: ");
  EXPECT_EQ(Done({"recall", "list"}), "no recalls\n");
}

}  // namespace
}  // namespace comptoir::testing
