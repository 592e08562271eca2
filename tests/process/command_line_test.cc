// The command line against the daemons that it is for: the catalogue by hand,
// spreadsheets in and out.
#include "tests/process/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace comptoir::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(CommandLine, TheCatalogueByHand) {
  const Ended unknown = Run({"product", "set", "panais", "--name", "Panais"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("(NO_UNIT)"));
  EXPECT_EQ(Done({"product", "set", "panais", "--name", "Panais", "--unit", "kg", "--producer",
                  "ferme", "--gtin", "5449000000996", "--need", "legumes", "--vat", "6"}),
            "product panais: created\n");
  EXPECT_EQ(Done({"product", "set", "panais", "--name", "Panais"}),
            "product panais: stands as said already; nothing written\n");
  EXPECT_EQ(Done({"product", "set", "panais", "--name", "Panais blancs", "--gtin", ""}),
            "product panais: changed\n");
  const std::string id = "000102030405060708090a0b0c0d0e0f";
  EXPECT_EQ(Done({"producer", "set", "ferme", "--name", "La Ferme", "--place", "Dalhem",
                  "--request-id", id}),
            "producer ferme: created\n");
  EXPECT_EQ(Done({"producer", "set", "ferme", "--name", "La Ferme", "--place", "Dalhem",
                  "--request-id", id}),
            "producer ferme: this request was carried out before; nothing written again\n");
  EXPECT_EQ(Done({"shop", "set", "outremeuse", "--name", "Outremeuse", "--place", "Liège"}),
            "shop outremeuse: created\n");
  WaitUntilLevel(hub_, *node_);
  for (const bool at_hub : {true, false}) {
    const auto ask = [&](const std::vector<std::string>& arguments) {
      return at_hub ? DoneAtHub(arguments) : Done(arguments);
    };
    EXPECT_THAT(
        ask({"product", "show", "panais"}),
        AllOf(HasSubstr("name                 Panais blancs"),
              HasSubstr("gtin                 none"), HasSubstr("need                 legumes"),
              HasSubstr("6 %"), HasSubstr("hub")));
    EXPECT_THAT(ask({"product", "list"}), HasSubstr("Panais blancs"));
    EXPECT_THAT(ask({"producer", "list"}), HasSubstr("ferme     La Ferme  Dalhem"));
    EXPECT_THAT(ask({"producer", "show", "ferme"}), HasSubstr("place  Dalhem"));
    EXPECT_THAT(ask({"shop", "list"}), HasSubstr("outremeuse  Outremeuse  Liège"));
    EXPECT_THAT(ask({"shop", "show", "outremeuse"}), HasSubstr("place  Liège"));
    EXPECT_THAT(ask({"product", "show", "panais", "--json"}),
                StartsWith(R"({"subject":"SUBJECT_PRODUCT","code":"panais","fields":[{"field":)"));
    EXPECT_EQ(ask({"conflicts", "list"}), "no conflicts\n");
  }
  const Ended nobody = Run({"producer", "show", "personne"});
  EXPECT_EQ(nobody.code, 1);
  EXPECT_THAT(nobody.err, HasSubstr("(UNKNOWN_PRODUCER)"));
  EXPECT_EQ(Run({"product", "set", "panais", "--unit", "sac"}).code, 2);
  EXPECT_EQ(Run({"product", "set", "panais"}).code, 1);
}

TEST_F(CommandLine, PricesAndTheirConflict) {
  ImportProducts();
  EXPECT_EQ(DoneAtHub({"price", "carottes", "2,40", "--from", "2099-12-01"}),
            "carottes at 2.40 from 2099-12-01, in the whole co-op: changed\n");
  EXPECT_EQ(RunAtHub({"price", "carottes", "2", "--shop", "outremouse"}).code, 1);
  EXPECT_EQ(Run({"price", "carottes", "--from", "2099-12-01"}).code, 2);
  EXPECT_EQ(Run({"price", "carottes", "deux"}).code, 2);
  const Ended refused = Run({"price", "carottes", "2", "--coop"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("(NOT_ALLOWED)"));
  WaitUntilLevel(hub_, *node_);

  // While the link is cut, shop and hub both set the shop's own price.
  hub_.Stop();
  EXPECT_EQ(Done({"price", "carottes", "2.10"}),
            "carottes at 2.10 from today, in this shop: changed\n");
  node_->Stop();
  hub_.Start();
  EXPECT_EQ(DoneAtHub({"price", "carottes", "2.20", "--shop", "outremeuse"}),
            "carottes at 2.20 from today, in outremeuse: changed\n");
  node_->Start();
  WaitUntilLevel(hub_, *node_);
  const std::string listed = DoneAtHub({"conflicts", "list"});
  EXPECT_THAT(listed, AllOf(HasSubstr("product carottes"), HasSubstr("at outremeuse"),
                            HasSubstr("2.10"), HasSubstr("2.20"), HasSubstr("wins"),
                            HasSubstr("also stands"), HasSubstr("outremeuse-1"), HasSubstr("hub")));
  EXPECT_EQ(Done({"conflicts", "list"}), listed);
  EXPECT_THAT(Done({"price", "carottes"}),
              AllOf(HasSubstr("to come"), HasSubstr("in force  wins"), HasSubstr("1.95")));
  // Who knows of both settles it.
  Done({"price", "carottes", "2.15"});
  WaitUntilLevel(hub_, *node_);
  EXPECT_EQ(DoneAtHub({"conflicts", "list"}), "no conflicts\n");
  EXPECT_THAT(Done({"sell", "carottes"}), HasSubstr("2.15"));
}

TEST_F(CommandLine, WhoAsksTheWrongDaemonOrForNoProductIsTold) {
  ImportProducts();
  const Ended at_hub = Run({"stock"}, hub_.sync());
  EXPECT_EQ(at_hub.code, 3);
  EXPECT_THAT(at_hub.err, HasSubstr("or is it the wrong port?"));
  const Ended at_node = Run({"shops", "--hub", node_->address()});
  EXPECT_EQ(at_node.code, 3);
  EXPECT_THAT(at_node.err, HasSubstr("or is it the wrong port?"));

  for (const std::vector<std::string>& list : {std::vector<std::string>{"stock", "savn"},
                                               {"stock", "savn", "--coop"},
                                               {"inventory", "savn"}}) {
    const Ended none = Run(list);
    EXPECT_EQ(none.code, 1) << list.front();
    EXPECT_THAT(none.err, HasSubstr("unknown product \"savn\": check the code")) << list.front();
  }
  EXPECT_EQ(Done({"stock", "savon"}), "nothing of savon has moved here yet\n");
  EXPECT_EQ(Done({"stock", "savon", "--lots"}), "nothing of savon is on the shelf\n");
  EXPECT_THAT(Done({"stock", "savon", "--coop"}),
              AllOf(StartsWith("nothing of savon has moved in any shop that is known here\n"),
                    HasSubstr("outremeuse: this shop, now")));
  EXPECT_EQ(Done({"inventory", "savon"}), "nothing of savon has moved in any shop yet\n");
}

TEST_F(CommandLine, StatusWaitsUntilTheHubHasAll) {
  ImportProducts();
  EXPECT_EQ(RunAtHub({"status", "--wait"}).code, 2);
  hub_.Stop();
  Done({"sell", "carottes"});
  const Ended early = Run({"status", "--wait", "--timeout", "1s"});
  EXPECT_EQ(early.code, 3);
  EXPECT_THAT(early.out, HasSubstr("2 entries wait"));
  EXPECT_THAT(early.err, HasSubstr("not in time: 2 entries still wait for the hub"));
  hub_.Start();
  EXPECT_THAT(Done({"status", "--wait"}), AllOf(HasSubstr("online"), Not(HasSubstr("waits"))));
  EXPECT_EQ(Differences(hub_, *node_), "");
}

TEST_F(CommandLine, SpreadsheetsGoOutAndComeBackIn) {
  ImportProducts();
  EXPECT_EQ(Done({"import", "producers",
                  File("producteurs.csv", "code,nom,lieu\nferme,La Ferme,Visé\nruche,La Ruche,\n"),
                  "--dry-run"}),
            "1 producer created, 1 changed, 0 left as they were; nothing written, 2 facts would "
            "be\n");
  EXPECT_EQ(Done({"import", "producers", folder_ / "producteurs.csv"}),
            "1 producer created, 1 changed, 0 left as they were; 2 facts written\n");
  WaitUntilLevel(hub_, *node_);
  const std::string deliveries = File("livraison.csv",
                                      "Produit;Quantité;Unité;Producteur;Lot;DLC;DDM;Prix d'achat\n"
                                      "carottes;40,5;kg;ferme;L47;2026-12-05;2026-12-08;1,10\n"
                                      "pain-gris;24;;;;;;\n"
                                      "savon;12;;savonerie;;;;1,50\n");
  EXPECT_EQ(Done({"import", "stock", deliveries, "--dry-run"}),
            "3 lines from 3 producers; nothing received, 3 deliveries would be\n");
  const Ended received = Run({"import", "stock", deliveries, "--document", "BL 12"});
  EXPECT_THAT(Output(received),
              MatchesRegex("3 lines from 3 producers; 3 deliveries received, as outremeuse-[^ ]*, "
                           "outremeuse-[^ ]* and outremeuse-[^ ]*\n"));
  EXPECT_THAT(received.err, HasSubstr("nobody wrote about a producer \"savonerie\""));

  // A request that comes again is the one that came before (R11).
  const std::string id = "000102030405060708090a0b0c0d0e0f";
  const std::vector<std::string> again_by_id = {"import", "stock", deliveries, "--request-id", id};
  EXPECT_THAT(Done(again_by_id), StartsWith("3 lines from 3 producers; 3 deliveries received, as"));
  EXPECT_EQ(Done(again_by_id),
            "this request was carried out before, with 3 facts; nothing written again\n");

  for (const std::vector<std::string>& style :
       std::vector<std::vector<std::string>>{{},
                                             {"--lang", "fr"},
                                             {"--separator", ";", "--decimal", "comma", "--bom"},
                                             {"--separator", "tab"}}) {
    const auto exported = [&](std::vector<std::string> arguments) {
      arguments.insert(arguments.end(), style.begin(), style.end());
      return arguments;
    };
    const std::string products = File("products.csv", DoneAtHub(exported({"export", "products"})));
    const Ended again = Run({"import", "products", products, "--dry-run"});
    EXPECT_EQ(Output(again),
              "0 products created, 0 changed, 3 left as they were; nothing written, 0 facts would "
              "be\n");
    EXPECT_EQ(again.err, "") << "every column is known";
    const std::string producers = File("producers.csv", Done(exported({"export", "producers"})));
    EXPECT_EQ(Done({"import", "producers", producers, "--dry-run"}),
              "0 producers created, 0 changed, 3 left as they were; nothing written, 0 facts would "
              "be\n");
    const std::string stock = File("stock.csv", Done(exported({"export", "stock"})));
    // Savon is nobody's in the catalogue, and its delivery had no lot.
    const Ended read = Run({"import", "stock", stock, "--dry-run"});
    EXPECT_EQ(read.code, 1);
    EXPECT_THAT(read.err, HasSubstr(stock + ":4: no producer is known for product \"savon\""));
  }
  // With its producer known, what went out comes back in: the shelves, filled twice by now, are
  // twice as full.
  Done({"product", "set", "savon", "--producer", "savonerie"});
  WaitUntilLevel(hub_, *node_);
  const std::string stock = File("stock.csv", Done({"export", "stock", "--lang", "fr"}));
  EXPECT_THAT(Done({"import", "stock", stock}),
              StartsWith("3 lines from 3 producers; 3 deliveries received, as "));
  EXPECT_EQ(Done({"export", "stock", "--lang", "fr"}),
            "produit;nom;quantité;unité;producteur;lot;dlc;ddm;prix d'achat\n"
            "carottes;\"Carottes; en botte\";162,000;kg;ferme;L47;2026-12-05;2026-12-08;\n"
            "pain-gris;Pain gris;96;piece;moulin;;;;\n"
            "savon;Savon;48;piece;savonerie;;;;\n");
  EXPECT_EQ(Run({"export", "products"}).err, "");
  Done({"price", "savon", "3.10"});
  EXPECT_EQ(Run({"export", "products"}).err,
            "note: 1 price is this shop's own: 'import products' would set the whole co-op's\n");
  EXPECT_EQ(RunAtHub({"export", "products"}).err, "");
  WaitUntilLevel(hub_, *node_);
  EXPECT_EQ(RunAtHub({"price", "savon", "3.60"}).err,
            "note: outremeuse keeps its own price, 3.10\n");
  const Ended unit =
      Run({"import", "products", File("unit.csv", "code,unit\nsavon,kg\n"), "--dry-run"});
  EXPECT_THAT(unit.err, HasSubstr("note: outremeuse has 48 of savon in the unit piece"));
}

TEST_F(CommandLine, ASpreadsheetOfAnotherKindIsNotTaken) {
  ImportProducts();
  Done({"sell", "savon=2"});
  for (const char* list : {"sales", "receipts"}) {
    const std::string file = File("liste.csv", Done({"export", list, "--lang", "fr"}));
    const Ended refused = Run({"import", "stock", file, "--dry-run"});
    EXPECT_EQ(refused.code, 2) << list;
    EXPECT_THAT(refused.err, HasSubstr("this is a list of what was sold, and no delivery")) << list;
  }
}

TEST_F(CommandLine, BasketsThatCtrlCEndsGoOnWithTheirSession) {
  ImportProducts();
  const int32_t first_day = Today();
  constexpr size_t kBaskets = 20'000;
  std::string lines;
  for (size_t i = 0; i < kBaskets; ++i) lines += "savon\n";
  const std::string baskets = File("paniers", lines);
  const std::vector<std::string> import = {"import", "baskets", baskets, "--node",
                                           node_->address()};
  Program selling({"comptoir", import, {}});
  ASSERT_TRUE(Eventually([&] { return !ReceiptsAt(*node_, first_day).empty(); }));
  selling.Signal(SIGINT);
  const auto ended = selling.WaitForEnd();
  ASSERT_TRUE(ended.has_value());
  EXPECT_EQ(ended->code, 1);
  EXPECT_THAT(ended->out, HasSubstr(" sold, "));
  EXPECT_THAT(ended->err, StartsWith("interrupted: "));
  const std::string flag = "--session ";
  const size_t session = ended->err.find(flag);
  ASSERT_NE(session, std::string::npos) << ended->err;
  const size_t sold = ReceiptsAt(*node_, first_day).size();
  ASSERT_LT(sold, kBaskets);
  // The same sales, and not one twice.
  File("paniers", lines.substr(0, (sold + 5) * std::string("savon\n").size()));
  std::vector<std::string> again = import;
  again.insert(again.end(), {"--session", ended->err.substr(session + flag.size(), 33)});
  EXPECT_EQ(Run(again).code, 0);
  EXPECT_EQ(ReceiptsAt(*node_, first_day).size(), sold + 5);
  // Another node does not know them again.
  again.insert(again.end(), {"--node", "127.0.0.1:1"});
  const Ended elsewhere = Run(again);
  EXPECT_EQ(elsewhere.code, 2);
  EXPECT_THAT(elsewhere.err, HasSubstr("sold at other nodes, or at these in another order"));
}

TEST_F(CommandLine, BasketsAreSoldByTurnsAndOnce) {
  ImportProducts();
  Node other(hub_, folder_ / "herstal", "herstal", "herstal-1");
  other.Start();
  WaitUntilLevel(hub_, other);
  const int32_t first_day = Today();
  const std::string baskets =
      File("paniers", "carottes=0.750 pain-gris\n# a comment\nsavon=2\nnavets\nsavon\n");
  EXPECT_EQ(Done({"import", "baskets", baskets, "--dry-run"}),
            "4 baskets can be read; nothing sold\n");
  const std::vector<std::string> import = {
      "import", "baskets",        baskets,  "--session",    "000102030405060708090a0b",
      "--node", node_->address(), "--node", other.address()};
  for (int again = 0; again < 2; ++again) {
    const Ended sold = Run(import);
    EXPECT_EQ(sold.code, 1);
    EXPECT_THAT(sold.out, AllOf(HasSubstr(baskets + ":4: refused: line 1: unknown product"),
                                HasSubstr("3 sold, 15.01 in all; 1 refused; 0 broken streams")))
        << sold.err;
    EXPECT_EQ(sold.err,
              "note: of these, what session 000102030405060708090a0b had sold before, at the same "
              "nodes, was not sold again\n")
        << "no progress where nobody looks at a terminal";
  }
  WaitUntilLevel(hub_, *node_);
  WaitUntilLevel(hub_, other);
  EXPECT_EQ(ReceiptsAt(hub_, "outremeuse", first_day).size(), 1U);
  EXPECT_EQ(ReceiptsAt(hub_, "herstal", first_day).size(), 2U);
  const std::string receipts = DoneAtHub({"export", "receipts", "--shop", "herstal"});
  EXPECT_THAT(receipts,
              AllOf(StartsWith("receipt,shop,day,time,till,line,product,name,"),
                    HasSubstr(",savon,Savon,,2,piece,3.45,6.90,21,6.90,cash,0.00,,0.00,0.00\n")));
  Done({"sell", "savon=2", "--pay", "card=2.00", "--pay", "cash"});
  EXPECT_THAT(Done({"export", "receipts", "--lang", "fr"}),
              AllOf(HasSubstr(";4,66;cash;-0,01;;0,00;0,00\n"),
                    HasSubstr(";6,90;card 2,00 + cash 4,90;0,00;;0,00;0,00\n")));
  EXPECT_THAT(DoneAtHub({"export", "sales", "--lang", "fr"}),
              AllOf(StartsWith("jour;magasin;produit;nom;quantité;unité;total\n"),
                    HasSubstr(";outremeuse;carottes;\"Carottes; en botte\";0,750;kg;1,46\n")));
  EXPECT_THAT(Done({"export", "receipts", "--json"}), StartsWith(R"({"number":"outremeuse-)"));
  EXPECT_EQ(RunAtHub({"export", "receipts"}).code, 2);
  EXPECT_EQ(Run({"stock", "--node", node_->address(), "--node", other.address()}).code, 2);
  other.Stop();
}

TEST_F(CommandLine, AMisspeltShopIsNotAnEmptyList) {
  for (const char* list : {"receipts", "sales", "movements", "discrepancies"}) {
    const Ended at_hub = RunAtHub({list, "--shop", "outremuse"});
    EXPECT_EQ(at_hub.code, 1) << list;
    EXPECT_THAT(at_hub.err, HasSubstr("shop \"outremuse\" has no node: check the code"));
    EXPECT_EQ(RunAtHub({list, "--shop", "outremeuse"}).code, 0) << list;
    const Ended at_node = Run({list, "--shop", "herstal"});
    EXPECT_EQ(at_node.code, 1) << list;
    EXPECT_THAT(at_node.err, HasSubstr("a node of shop outremeuse, which keeps nothing of"));
    EXPECT_EQ(Run({list, "--shop", "outremeuse"}).code, 0) << list;
  }
}

TEST_F(CommandLine, FilesThatCannotBeUsed) {
  ImportProducts();
  const auto refused = [&](const std::string& kind, const std::string& content) {
    const Ended ended = Run({"import", kind, File("bad.csv", content)});
    EXPECT_EQ(ended.code, 2) << content.substr(0, 100);
    EXPECT_EQ(ended.out, "");
    return ended.err;
  };
  EXPECT_THAT(refused("stock", "produit;lot\nsavon;1\n"), HasSubstr("bad.csv:1: the first row"));
  EXPECT_THAT(refused("stock", "produit;quantité;qty\nsavon;1;1\n"), HasSubstr("mean the same"));
  EXPECT_THAT(
      refused("stock", "produit;quantité\nsavon;beaucoup\nsavon;-1\nsavon;\n"),
      AllOf(HasSubstr("bad.csv:2: \"beaucoup\" is not a quantity"),
            HasSubstr("bad.csv:3: \"-1\" is not a quantity"),
            HasSubstr("bad.csv:4: the quantity is missing"), HasSubstr("nothing was imported")));
  EXPECT_THAT(refused("stock", "produit;quantité;dlc\nsavon;1;5/12/2026\n"),
              HasSubstr("bad.csv:2: \"5/12/2026\" is not a day"));
  EXPECT_THAT(refused("producers", "code;nom\nferme;Ferm\xe9\n"),
              HasSubstr("bad.csv:2: this is not UTF-8"));
  EXPECT_THAT(refused("products", "code;nom\nsavon;\"Savon\n"),
              HasSubstr("is this the whole file"));
  EXPECT_THAT(refused("products", ""), HasSubstr("the file is empty"));
  EXPECT_THAT(refused("baskets", ""), HasSubstr("no baskets in it"));
  EXPECT_THAT(refused("baskets", "savon=beaucoup\n"), HasSubstr(":1: \"beaucoup\""));
  EXPECT_THAT(Run({"import", "stock", "/dev/zero"}).err,
              HasSubstr("/dev/zero:1: this line is too"));
  std::string large = "code;nom;unité\n";
  for (int i = 0; i < 20'000; ++i) {
    large += "p" + std::to_string(i) + ";" + std::string(200, 'x') + ";kg\n";
  }
  EXPECT_THAT(refused("products", large),
              HasSubstr("services take at most 3145728: split the file"));
  // What only the node knows is told by the line of the file, too.
  const std::string unknown = File("bad.csv", "produit;quantité\n\nsavon;1\nnavets;1\n");
  const Ended at_node = Run({"import", "stock", unknown});
  EXPECT_EQ(at_node.code, 1);
  EXPECT_THAT(at_node.err, HasSubstr("bad.csv:3: no producer is known for product \"savon\""));
  EXPECT_THAT(Done({"stock"}), Not(HasSubstr("savon"))) << "all or nothing";
}

TEST_F(CommandLine, CompletionKnowsTheCodes) {
  ImportProducts();
  EXPECT_EQ(Done({"completion", "codes", "product"}), "carottes\npain-gris\nsavon\n");
  EXPECT_EQ(DoneAtHub({"completion", "codes", "producer"}), "ferme\nmoulin\n");
  EXPECT_THAT(Done({"completion", "bash"}), HasSubstr("complete -F _comptoir comptoir"));
  EXPECT_EQ(Run({"completion", "codes", "clients"}).code, 2);
}

}  // namespace
}  // namespace comptoir::testing
