// What a till charges besides quantity × price, from the command line: discounts, deposits, and
// what barcodes and labels say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/process/command_line.h"

namespace comptoir::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class TillCommandLine : public CommandLine {
 protected:
  TillCommandLine() { ImportProducts(); }
  // At the hub, and waits until the shop knows.
  void SetProduct(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"product", "set"});
    Done(std::move(arguments));
    WaitUntilLevel(hub_, *node_);
  }
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
  EXPECT_THAT(Done({"export", "receipts"}), HasSubstr(",discount,deposit\n"));
  EXPECT_THAT(Done({"day", "close"}),
              AllOf(ContainsRegex("sold, before discounts +16.50"),
                    ContainsRegex("discounts +-5.50"), ContainsRegex("given back +-11.00")));
}

TEST_F(TillCommandLine, DepositsAreChargedAndGivenBack) {
  SetProduct({"biere", "--name", "Bière", "--unit", "piece", "--vat", "21", "--deposit", "0.10"});
  Done({"price", "biere", "1.50", "--hub", hub_.sync()});
  WaitUntilLevel(hub_, *node_);
  EXPECT_THAT(Done({"products"}), AllOf(HasSubstr("deposit"), HasSubstr("0.10")));
  EXPECT_THAT(Done({"product", "show", "biere"}), HasSubstr("deposit"));
  const std::string receipt =
      Done({"sell", "biere=6", "--empties", "biere=4", "--pay", "card", "--discount", "50%"});
  EXPECT_THAT(receipt, AllOf(HasSubstr("  deposit"), HasSubstr("empties of Bière"),
                             ContainsRegex("total +4.70"), ContainsRegex("VAT 21 % in 4.50 +0.78"),
                             ContainsRegex("deposits, without VAT +0.20")));
  EXPECT_THAT(Done({"return", NumberOn(receipt), "biere=2", "--pay", "card"}),
              AllOf(ContainsRegex("total +-1.70"), ContainsRegex("deposits, without VAT +-0.20")));
  const std::string empties = Done({"sell", "--empties", "biere=24"});
  EXPECT_THAT(empties, AllOf(ContainsRegex("total +-2.40"), ContainsRegex("cash +-2.40")));
  EXPECT_THAT(Done({"void", NumberOn(empties)}), ContainsRegex("total +2.40"));
  ExpectRefusal({"void", NumberOn(empties)}, "NOTHING_LEFT");
  ExpectRefusal({"sell", "--empties", "savon=1"}, "NO_DEPOSIT");
  ExpectRefusal({"sell", "--empties", "navet=1"}, "UNKNOWN_PRODUCT");
  ExpectRefusal({"sell", "--empties", "biere=1", "--pay", "cash=0.10"}, "BAD_PAYMENT");
  EXPECT_EQ(Run({"sell", "--empties", "biere=0.5"}).code, 2);
  EXPECT_EQ(Run({"sell"}).code, 2);
  const Ended of_kilos = Run({"product", "set", "carottes", "--deposit", "0.10"});
  EXPECT_EQ(of_kilos.code, 1);
  EXPECT_THAT(of_kilos.err, HasSubstr("(BAD_DEPOSIT)"));

  const std::string closed = Done({"day", "close"});
  EXPECT_THAT(closed, AllOf(ContainsRegex("deposits charged +3.00"),
                            ContainsRegex("deposits given back +-3.00")));
  EXPECT_THAT(Done({"sales"}), AllOf(HasSubstr("3.00"), Not(HasSubstr("deposits"))));
  EXPECT_THAT(Done({"export", "products"}), HasSubstr("biere,Bière,piece,,,,1.50,21,0.10,\n"));
  EXPECT_EQ(Run({"verify"}).code, 0);
}

TEST_F(TillCommandLine, BarcodesOfGoodsAndOfLabels) {
  SetProduct({"carottes", "--item", "42"});
  SetProduct({"savon", "--gtin", "5449000000996 96385074"});
  EXPECT_THAT(Done({"barcode", "2100042012509"}),
              AllOf(HasSubstr("carottes"), HasSubstr("1.250 kg"), HasSubstr("rule 21IIIIIWWWWWC")));
  EXPECT_THAT(Done({"barcode", "96385074"}), AllOf(HasSubstr("savon"), HasSubstr("its GTIN")));
  const std::string receipt = Done(
      {"sell", "ean:5449000000996=2", "ean:2100042012509", "ean:2300042003457", "--pay", "card"});
  EXPECT_THAT(receipt,
              AllOf(HasSubstr("6.90\n"), HasSubstr("1.250 kg"), HasSubstr("2.44\n"),
                    HasSubstr("1.769 kg"), HasSubstr("3.45\n"), ContainsRegex("total +12.79")));
  ExpectRefusal({"barcode", "2100042012500"}, "BAD_BARCODE");
  ExpectRefusal({"sell", "ean:4006381333931"}, "UNKNOWN_BARCODE");
  ExpectRefusal({"sell", "ean:2100042012509=2"}, "BAD_BARCODE");
  ExpectRefusal({"sell", "ean:2300042003457@2.40"}, "BAD_BARCODE");
  ExpectRefusal({"product", "set", "pain-gris", "--gtin", "96385074"}, "NAMED_TWICE");
  SetProduct({"pain-gris", "--gtin", "2100042012509"});
  ExpectRefusal({"sell", "ean:2100042012509"}, "AMBIGUOUS");
  const std::string file = File(
      "twice.csv", "code;unité;gtin\n\nbiere;piece;4006381333931\nlimonade;piece;4006381333931\n");
  const Ended twice = Run({"import", "products", file});
  EXPECT_EQ(twice.code, 1);
  EXPECT_THAT(twice.err, HasSubstr("twice.csv:3: and line 4: the GTIN \"4006381333931\" is of"));
  const Ended bad = Run({"product", "set", "savon", "--item", "42a"});
  EXPECT_EQ(bad.code, 1);
  EXPECT_THAT(bad.err, HasSubstr("(BAD_ITEM)"));
}

}  // namespace
}  // namespace comptoir::testing
