// What a till charges besides quantity × price, from the command line: discounts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/process/command_line.h"

namespace comptoir::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class TillCommandLine : public CommandLine {
 protected:
  TillCommandLine() { ImportProducts(); }
  static std::string NumberOn(const std::string& receipt) {
    return receipt.substr(0, receipt.find('\n'));
  }
  void ExpectRefusal(std::vector<std::string> arguments, const std::string& reason) {
    const Ended ended = Run(std::move(arguments));
    EXPECT_EQ(ended.code, 1) << ended.out;
    EXPECT_THAT(ended.err, HasSubstr("(" + reason + ")"));
  }
};

TEST_F(TillCommandLine, DiscountsOfArticlesAndOfAllOfIt) {
  const std::string receipt =
      Done({"sell", "pain-gris=3:-10%", "savon:-0,45", "--discount", "0.64", "--pay", "card"});
  EXPECT_THAT(receipt, AllOf(HasSubstr("9.60\n"), HasSubstr("  discount"), HasSubstr("-0.96\n"),
                             HasSubstr("-0.45\n"), ContainsRegex("discount +-0.64"),
                             ContainsRegex("total +11.00"), ContainsRegex("VAT 6 % in 8.16 +0.46"),
                             ContainsRegex("VAT 21 % in 2.84 +0.49")));
  const std::string number = NumberOn(receipt);
  // Three parts of what was paid for it.
  EXPECT_THAT(Done({"return", number, "pain-gris=1", "--pay", "card"}), HasSubstr("-2.72\n"));
  EXPECT_THAT(Done({"return", number, "pain-gris=1", "--pay", "card"}), HasSubstr("-2.72\n"));
  EXPECT_THAT(Done({"return", number, "pain-gris=1", "--pay", "card"}), HasSubstr("-2.72\n"));
  EXPECT_THAT(Done({"void", number}), ContainsRegex("total +-2.84"));
  ExpectRefusal({"sell", "savon", "--discount", "3.46"}, "BAD_DISCOUNT");
  ExpectRefusal({"sell", "savon:-3.46"}, "BAD_DISCOUNT");
  EXPECT_EQ(Run({"sell", "savon", "--discount", "101%"}).code, 2);
  EXPECT_THAT(Done({"sell", "savon:-100%"}), ContainsRegex("total +0.00"));
  EXPECT_THAT(Done({"export", "receipts"}), HasSubstr(",discount\n"));
  EXPECT_THAT(Done({"day", "close"}),
              AllOf(ContainsRegex("sold, before discounts +16.50"),
                    ContainsRegex("discounts +-5.50"), ContainsRegex("given back +-11.00")));
}

}  // namespace
}  // namespace comptoir::testing
