// What people mistype, and what the command line says of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/process/command_line.h"

namespace comptoir::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(CommandLine, ALotPriceOrNameThatMayBeASlipIsNoted) {
  ImportProducts();
  EXPECT_EQ(Noted({"receive", "--producer", "ferme", "carottes=10", "--lot", "L47"}), "");
  EXPECT_EQ(Noted({"waste", "carottes=1", "--reason", "damaged", "--lot", "L47"}), "");
  EXPECT_THAT(Noted({"waste", "carottes=1", "--reason", "damaged", "--lot", "L74"}),
              HasSubstr("note: less than nothing of lot L74 of carottes is left"));
  EXPECT_THAT(Noted({"count", "carottes=1", "--lot", "L48"}),
              HasSubstr("note: nothing of lot L48 of carottes was known"));
  EXPECT_EQ(Noted({"price", "carottes", "2.40"}), "");
  EXPECT_THAT(Noted({"price", "carottes", "2.10", "--from", "2026-01-01"}),
              HasSubstr("note: a later price is in force already, 2.40"));
  EXPECT_EQ(Noted({"product", "set", "savon", "--name", "Savon de Liège"}), "");
  EXPECT_THAT(Noted({"product", "set", "savon", "--name", ""}),
              HasSubstr("note: savon has no name"));
}

TEST_F(CommandLine, SlipsAreToldBeforeTheyAreRecorded) {
  ImportProducts();
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"sell", "savon=54001410"},
           {"count", "savon=1000000"},
           {"waste", "savon=100001", "--reason", "don"},
           {"receive", "--producer", "ferme", "savon=54001410"}}) {
    const Ended refused = Run(arguments);
    EXPECT_EQ(refused.code, 2);
    EXPECT_THAT(refused.err, HasSubstr("over 100000: if that is meant, say --force"));
  }
  EXPECT_EQ(Run({"sell", "savon=100001", "--force"}).code, 0);
  const Ended odd = Run({"receive", "--producer", "la-ferme", "carottes=10"});
  EXPECT_EQ(odd.code, 0);
  EXPECT_THAT(odd.err, HasSubstr("nobody wrote about a producer \"la-ferme\""));
  EXPECT_EQ(Run({"receive", "--producer", "ferme", "carottes=10"}).err, "");
  EXPECT_THAT(Run({"sell", "carottes", "2"}).err,
              AllOf(HasSubstr("(UNKNOWN_PRODUCT)"), Not(HasSubstr("refused: refused"))));
  EXPECT_THAT(Run({"sell", "carottes", "2"}).err, HasSubstr("for 2 of carottes, write carottes=2"));
  EXPECT_EQ(Noted({"price", "carottes", "25900"}), "note: carottes at 25900.00: is that meant?\n");
}

TEST_F(CommandLine, CodesThatNobodyKnowsAreNoted) {
  ImportProducts();
  const Ended token = RunAtHub({"token", "create", "--shop", "outremeus"});
  EXPECT_EQ(token.code, 0);
  EXPECT_THAT(token.err, HasSubstr("note: outremeus is a shop that nobody has heard of yet"));
  EXPECT_THAT(RunAtHub({"token", "create", "--shop", "outremeuse"}).err, Not(HasSubstr("note:")));
  EXPECT_THAT(RunAtHub({"shop", "set", "outremeus", "--name", "Outremeuse"}).err,
              HasSubstr("note: outremeus is a shop that nobody has heard of yet"));
  EXPECT_EQ(RunAtHub({"shop", "set", "outremeuse", "--name", "Outremeuse"}).err, "");
  // Once somebody wrote about it, it is known.
  EXPECT_EQ(RunAtHub({"shop", "set", "outremeus", "--place", "Liège"}).err, "");
  EXPECT_THAT(RunAtHub({"token", "create", "--shop", "outremeus"}).err, Not(HasSubstr("note:")));
  EXPECT_THAT(RunAtHub({"product", "set", "carottes", "--producer", "frme"}).err,
              HasSubstr("note: nobody wrote about a producer \"frme\" yet"));
  DoneAtHub({"producer", "set", "frme", "--name", "Frme"});
  EXPECT_EQ(RunAtHub({"product", "set", "carottes", "--producer", "frme"}).err, "");
}

TEST_F(CommandLine, AFileOfStockIsReceivedAsNamedDeliveries) {
  ImportProducts();
  const std::string file = File("livraison.csv", "product,quantity,producer\nsavon,1.5,ferme\n");
  const Ended received = Run({"import", "stock", file});
  EXPECT_EQ(received.code, 0);
  EXPECT_THAT(received.out,
              MatchesRegex("1 line from 1 producer; 1 delivery received, as outremeuse-.*\n"));
  EXPECT_THAT(received.err,
              AllOf(HasSubstr(file + ":2: 1.500 of savon, which goes by the piece"),
                    HasSubstr("importing the same file again receives it again, unless with "
                              "--request-id ")));
  const std::string id = received.err.substr(received.err.rfind(' ') + 1);
  const std::string again =
      Done({"import", "stock", file, "--json", "--request-id", id.substr(0, id.size() - 1)});
  const std::string name = received.out.substr(received.out.rfind(' ') + 1);
  EXPECT_THAT(again, AllOf(HasSubstr(R"("repeated":true)"),
                           HasSubstr(R"("names":[")" + name.substr(0, name.size() - 1) + "\"]")));
  Done({"correct", name.substr(0, name.size() - 1), "--reason", "twice"});
}

TEST_F(CommandLine, ADeliveryPaperEnteredTwiceIsNoted) {
  ImportProducts();
  const std::string file = File("livraison.csv", "product,quantity,producer\nsavon,2,ferme\n");
  const std::vector<std::string> once = {"import",
                                         "stock",
                                         file,
                                         "--document",
                                         "B-17",
                                         "--request-id",
                                         "000102030405060708090a0b0c0d0e0f"};
  EXPECT_EQ(Noted(once), "");
  EXPECT_EQ(Noted(once), "") << "the same request is no other delivery";
  EXPECT_EQ(Noted({"import", "stock", file, "--document", "B-17", "--dry-run"}), "");
  EXPECT_EQ(
      Noted({"receive", "--producer", "ferme", "savon=1", "--lot", "L2", "--document", "B-17"}), "")
      << "the rest of the paper";
  EXPECT_THAT(
      Noted({"receive", "--producer", "ferme", "savon=2", "--document", "B-17"}),
      MatchesRegex("note: the same of document B-17 of ferme was received as outremeuse-.*: "
                   "if this is that delivery again, 'comptoir correct' undoes one of them\n"));
  EXPECT_THAT(Noted({"import", "stock", file, "--document", "B-17", "--json"}),
              HasSubstr("note: the same of document B-17 of ferme was received as"));
}

TEST_F(CommandLine, WhatMayBeASlipIsTakenAndNoted) {
  ImportProducts();
  EXPECT_EQ(Noted({"sell", "savon=0.5"}),
            "note: 0.500 of savon, which goes by the piece: is that meant?\n");
  EXPECT_EQ(Noted({"receive", "--producer", "ferme", "savon=2.5", "--use-by", "2020-01-01"}),
            "note: 2.500 of savon, which goes by the piece: is that meant?\n"
            "note: the use-by day of savon, 2020-01-01, is past\n"
            "note: the day of savon is kept and shown nowhere, since it says no lot: with one, "
            "'expiring' and tills heed it\n");
  EXPECT_THAT(Noted({"waste", "carottes=1", "--reason", "don"}),
              StartsWith("note: more carottes went than was known to be there"));
  EXPECT_EQ(Noted({"waste", "savon=1", "--reason", "don"}), "");
  EXPECT_EQ(Noted({"price", "savon", "0"}), "note: savon at 0.00: is that meant?\n");
  const std::string stock = File("stock.csv",
                                 "produit;quantité;dlc;producteur\n"
                                 "savon;1;2020-01-01;ferme\n");
  EXPECT_EQ(Noted({"import", "stock", stock, "--dry-run"}),
            "note: " + stock +
                ":2: the use-by day of savon, 2020-01-01, is past\n"
                "note: " +
                stock +
                ":2: the day of savon is kept and shown nowhere, since it says no lot: with one, "
                "'expiring' and tills heed it\n");
  const std::string products = File("bio.csv",
                                    "code;unité;prix;producteur\n"
                                    "radis;kg;0;ferme\nbettes;kg;2;la-ferme\n");
  EXPECT_EQ(Noted({"import", "products", products}),
            "note: " + products +
                ":2: radis at 0.00: is that meant?\n"
                "note: 2 lines say a unit and no VAT: a product that has none yet sells at 0 %\n"
                "note: 2 lines say a unit and no name: a product that has none yet is shown by "
                "its code\n"
                "note: nobody wrote about a producer \"la-ferme\" yet: is the code right?\n");
  WaitUntilLevel(hub_, *node_);
  EXPECT_EQ(Noted({"product", "set", "savon", "--unit", "piece"}), "");
  EXPECT_EQ(
      Noted({"product", "set", "savon", "--unit", "kg"}),
      "note: outremeuse has 1 of savon in the unit piece: it stays listed apart from what "
      "comes in the unit kg; 'comptoir count savon=0 --unit piece' there says that none is left\n");
  WaitUntilLevel(hub_, *node_);
  EXPECT_THAT(Done({"count", "savon=0", "--unit", "piece"}), HasSubstr("savon"));
  EXPECT_THAT(Done({"stock", "savon"}), HasSubstr(" 0  piece"));
  EXPECT_EQ(Noted({"count", "savon=2", "--unit", "litre"}),
            "note: nothing of savon in the unit litre was known to be there: is the unit right?\n");
}

}  // namespace
}  // namespace comptoir::testing
