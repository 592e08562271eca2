// Returns, voids, waste, counts and corrections from the command line, and what it
// shows of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/process/command_line.h"

namespace comptoir::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

class GoodsCommandLine : public CommandLine {
 protected:
  GoodsCommandLine() {
    ImportProducts();
    Done({"receive", "--producer", "ferme", "carottes=40", "--lot", "L47"});
  }
  // Sells, and gives the receipt's number.
  std::string Sell() {
    const std::string receipt = Done({"sell", "carottes=1,250", "pain-gris=2", "--pay", "card"});
    return receipt.substr(0, receipt.find('\n'));
  }
  // The name that a command says it recorded a fact as.
  static std::string NameIn(const std::string& text) {
    const size_t start = text.find("outremeuse-");
    return text.substr(start, text.find_first_of(";: \n", start) - start);
  }
};

TEST_F(GoodsCommandLine, WhatIsReturnedAndVoided) {
  const std::string number = Sell();
  const std::string refund = Done({"return", number, "carottes=0,500"});
  EXPECT_THAT(refund, AllOf(HasSubstr("refunds part of " + number), HasSubstr("-0.500 kg"),
                            HasSubstr("total                -0.98"),
                            HasSubstr("cash                 -1.00")));
  EXPECT_THAT(Done({"return", number, "pain-gris=1", "--wasted", "casse", "--pay", "card"}),
              HasSubstr("-3.20"));
  const Ended too_much = Run({"return", number, "carottes=3"});
  EXPECT_EQ(too_much.code, 1);
  EXPECT_THAT(too_much.err,
              HasSubstr("only 0.750 kg of \"carottes\" is left to return on receipt " + number +
                        " (RETURNED_TOO_MUCH)"));
  const std::string voided = Done({"void", number});
  const Ended of_void = Run({"void", voided.substr(0, voided.find('\n'))});
  EXPECT_EQ(of_void.code, 1);
  EXPECT_THAT(of_void.err, HasSubstr("is a refund: name the receipt of the sale (NOT_A_SALE)"));
  EXPECT_THAT(voided, AllOf(HasSubstr("voids " + number), HasSubstr("card")));
  const Ended again = Run({"void", number});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("(NOTHING_LEFT)"));
  EXPECT_EQ(Run({"return", number, "carottes=0.5@1.00"}).code, 2);
  EXPECT_EQ(Run({"return", number, "carottes", "--wasted", "lost"}).code, 2);
  EXPECT_EQ(Run({"return", number}).code, 2);
  EXPECT_THAT(Done({"receipts"}), AllOf(HasSubstr("  return\n"), HasSubstr("  void\n")));
  EXPECT_THAT(Done({"return", Sell(), "pain-gris", "--json"}),
              HasSubstr(R"("kind":"RECEIPT_KIND_RETURN")"));
  const std::string id = "000102030405060708090a0b0c0d0e0f";
  const std::string last = Sell();
  const std::string first = Done({"return", last, "pain-gris=1", "--request-id", id});
  EXPECT_EQ(Done({"return", last, "pain-gris=1", "--request-id", id}), first);
}

TEST_F(GoodsCommandLine, WhatIsWastedCountedAndCorrected) {
  const std::string waste = Done({"waste", "carottes=1.5", "--reason", "périmé"});
  EXPECT_THAT(waste,
              AllOf(HasSubstr("taken off the shelves as outremeuse-"), HasSubstr("38.500  kg")));
  const std::string count = Done({"count", "carottes=38", "pain-gris=0"});
  EXPECT_THAT(count, AllOf(HasSubstr("38.500"), HasSubstr("38.000"), HasSubstr("-0.500")));
  EXPECT_THAT(Done({"stock", "carottes"}), HasSubstr("38.000"));
  EXPECT_THAT(Done({"count", "carottes=37", "--lot", "L47"}), HasSubstr("L47"));
  const std::string corrected =
      Done({"correct", NameIn(waste), "--reason", "it was another crate"});
  EXPECT_THAT(corrected, AllOf(HasSubstr("undone: " + NameIn(waste)), HasSubstr("37.000  kg")));
  const Ended again = Run({"correct", NameIn(waste), "--reason", "again"});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("(ALREADY_CORRECTED)"));
  EXPECT_EQ(Run({"correct", NameIn(waste)}).code, 2);
  const Ended of_herstal = Run({"correct", "herstal-261130-yvvnnv/2", "--reason", "not ours"});
  EXPECT_EQ(of_herstal.code, 1);
  EXPECT_THAT(of_herstal.err, HasSubstr("is of herstal: only that shop can correct it"));
  EXPECT_EQ(Run({"waste", "carottes", "--reason", "don"}).code, 2);
  EXPECT_EQ(Run({"waste", "carottes=1", "--reason", "lost"}).code, 2);
  EXPECT_EQ(Run({"count", "carottes"}).code, 2);
  EXPECT_EQ(Run({"count", "carottes=-1"}).code, 2);
  WaitUntilLevel(hub_, *node_);
  for (const std::string& movements :
       {Done({"movements"}), DoneAtHub({"movements", "--shop", "outremeuse"})}) {
    EXPECT_THAT(movements,
                AllOf(HasSubstr("delivery from ferme"), HasSubstr("waste, expired (undone)"),
                      HasSubstr("count"),
                      HasSubstr("correction of " + NameIn(waste) + ": it was another crate")));
  }
  EXPECT_EQ(RunAtHub({"movements"}).code, 2);
  const std::string sheet = Done({"export", "movements", "--lang", "fr"});
  EXPECT_THAT(sheet, StartsWith("mouvement;jour;heure;quoi;annulé;producteur;document;personnel;"
                                "produit;nom;lot;mouvement de stock;compté;unité\n"));
  EXPECT_THAT(sheet, HasSubstr(NameIn(waste) + ";"));
  EXPECT_THAT(sheet, HasSubstr(";waste, expired;oui;;;;carottes;"));
  EXPECT_THAT(sheet, HasSubstr(";-1,500;;kg\n"));
  EXPECT_THAT(sheet, HasSubstr(";count;;;;;pain-gris;"));
  EXPECT_THAT(sheet, HasSubstr(";;0;piece\n"));
  EXPECT_THAT(sheet, HasSubstr("it was another crate;;;;;;;;;;\n"));
  EXPECT_EQ(DoneAtHub({"export", "movements", "--shop", "outremeuse", "--lang", "fr"}), sheet);
  EXPECT_THAT(Done({"export", "movements", "--json"}), StartsWith(R"({"name":"outremeuse-)"));
  EXPECT_EQ(RunAtHub({"export", "movements"}).code, 2);
  EXPECT_EQ(Run({"export", "movements", "--to", "2026-01-01"}).code, 2);
  EXPECT_EQ(Done({"discrepancies"}), "none\n");
  EXPECT_EQ(DoneAtHub({"discrepancies"}), "none\n");
  EXPECT_THAT(Done({"inventory", "carottes"}), HasSubstr("37.000"));
}

}  // namespace
}  // namespace comptoir::testing
