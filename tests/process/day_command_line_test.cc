// The drawer and the closing of a day, from the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/process/command_line.h"

namespace comptoir::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class DayCommandLine : public CommandLine {
 protected:
  DayCommandLine() { ImportProducts(); }
};

TEST_F(DayCommandLine, OpensClosesAndShowsADay) {
  EXPECT_EQ(Done({"day", "open", "--float", "150"}), "opened; 150.00 should be in the drawer\n");
  const Ended again = Run({"day", "open", "--float", "10"});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, AllOf(HasSubstr("opened with 150.00"), HasSubstr("(DAY_IS_OPEN)")));

  Done({"sell", "carottes=1,250", "pain-gris=2", "--pay", "card"});
  const std::string receipt = Done({"sell", "pain-gris", "--pay", "cash"});
  Done({"return", receipt.substr(0, receipt.find('\n')), "pain-gris"});
  Done({"sell", "pain-gris", "--pay", "cash"});
  EXPECT_EQ(Done({"day", "in", "20", "--reason", "change from the bank"}),
            "recorded; 173.20 should be in the drawer\n");
  EXPECT_EQ(Done({"day", "out", "5,50", "--reason", "stamps"}),
            "recorded; 167.70 should be in the drawer\n");
  EXPECT_THAT(Done({"day", "show"}),
              AllOf(HasSubstr("no day was closed\n"),
                    HasSubstr("Not closed yet at outremeuse-1: 3 sales, 1 return, 12.04, 167.70 "
                              "in the drawer\n")));

  const std::string closed = Done({"day", "close", "--counted", "167.50", "--staff", "an"});
  EXPECT_THAT(closed,
              AllOf(HasSubstr("Z 1 of outremeuse-1, "), HasSubstr("3 sales, 1 return\n"),
                    HasSubstr("should be      167.70\n"), HasSubstr("counted        167.50\n"),
                    HasSubstr("difference      -0.20\n"), HasSubstr(": receipts 1 to 4\n")));
  EXPECT_THAT(Done({"day", "show"}), AllOf(HasSubstr("Z 1"), Not(HasSubstr("Not closed yet")),
                                           HasSubstr("All together: 3 sales, 1 return\n")));
  const Ended nothing = Run({"day", "close", "--counted", "1"});
  EXPECT_EQ(nothing.code, 1);
  EXPECT_THAT(nothing.err, HasSubstr("(NOTHING_TO_CLOSE)"));
  Done({"sell", "savon", "--pay", "card"});
  EXPECT_THAT(Done({"day", "close"}),
              AllOf(HasSubstr("Z 2 of outremeuse-1"), HasSubstr("1 sale\n"),
                    HasSubstr("not counted\n"), HasSubstr(": receipts 5 to 5\n")));
  WaitUntilLevel(hub_, *node_);
  EXPECT_THAT(DoneAtHub({"day", "show", "--shop", "outremeuse"}),
              AllOf(HasSubstr("Z 1"), HasSubstr("Z 2"), HasSubstr("18.69")));
}

// Whose machine is gone cannot close its day itself.
TEST_F(DayCommandLine, ARevokedNodesDayIsClosedByAnotherOfItsShop) {
  Node gone(hub_, folder_ / "outremeuse-2", "outremeuse", "outremeuse-2");
  gone.Start();
  WaitUntilLevel(hub_, gone);
  Output(Run({"day", "open", "--float", "100"}, gone.address()));
  Output(Run({"sell", "savon", "--pay", "cash"}, gone.address()));
  WaitUntilLevel(hub_, gone);
  WaitUntilLevel(hub_, *node_);
  const Ended early = Run({"day", "close", "--of", "outremeuse-2"});
  EXPECT_EQ(early.code, 1);
  EXPECT_THAT(early.err, HasSubstr("(NODE_NOT_REVOKED)"));

  DoneAtHub({"node", "revoke", "outremeuse-2", "--reason", "drowned"});
  WaitUntilLevel(hub_, *node_);
  const std::string closed = Done({"day", "close", "--of", "outremeuse-2", "--counted", "103.45"});
  EXPECT_THAT(closed,
              AllOf(HasSubstr("Z 1 of outremeuse-2, "), HasSubstr("1 sale\n"),
                    HasSubstr("should be      103.45\n"), HasSubstr("difference       0.00\n")));
  const Ended again = Run({"day", "close", "--of", "outremeuse-2"});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("(NOTHING_TO_CLOSE)"));
  EXPECT_THAT(Done({"day", "show"}), AllOf(HasSubstr("Z 1"), Not(HasSubstr("Not closed yet"))));
  gone.Stop();
}

TEST_F(DayCommandLine, WhatCannotBeIsRefused) {
  EXPECT_EQ(Run({"day"}).code, 2);
  EXPECT_EQ(Run({"day", "open"}).code, 2);
  EXPECT_EQ(Run({"day", "open", "--float", "much"}).code, 2);
  EXPECT_EQ(Run({"day", "in", "5"}).code, 2);
  EXPECT_EQ(Run({"day", "show", "--day", "yesterday"}).code, 2);
  const Ended nothing = Run({"day", "in", "0", "--reason", "x"});
  EXPECT_EQ(nothing.code, 1);
  EXPECT_THAT(nothing.err, HasSubstr("(BAD_CASH)"));
  const Ended blank = Run({"day", "in", "5", "--reason", ""});
  EXPECT_EQ(blank.code, 1);
  EXPECT_THAT(blank.err, HasSubstr("(BAD_TEXT)"));
  const Ended other = Run({"day", "show", "--shop", "herstal"});
  EXPECT_EQ(other.code, 1);
  const Ended unknown = Run({"day", "close", "--of", "outremeuse-9"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("(UNKNOWN_NODE)"));
}

}  // namespace
}  // namespace comptoir::testing
