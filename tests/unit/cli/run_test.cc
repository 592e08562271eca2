#include "cli/run.h"

#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/failure.h"
#include "comptoir/admin/v1/admin.grpc.pb.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// Remembers what it was asked, and gives what it is told to.
class ShopStub : public shop::v1::ShopService::Service {
 public:
  grpc::Status RecordSale(grpc::ServerContext* context, const shop::v1::RecordSaleRequest* request,
                          shop::v1::Receipt* receipt) override {
    sale_ = *request;
    if (!refusal_.ok()) {
      context->AddTrailingMetadata("comptoir-reason", "UNKNOWN_PRODUCT");
      return refusal_;
    }
    receipt->set_number("herstal-1");
    return grpc::Status::OK;
  }
  grpc::Status RecordDelivery(grpc::ServerContext*, const shop::v1::RecordDeliveryRequest* request,
                              shop::v1::RecordDeliveryResponse* response) override {
    delivery_ = *request;
    response->add_stock()->set_product("carottes");
    return grpc::Status::OK;
  }
  // Two pages; the second names no third, unless it is to go round in circles.
  grpc::Status ListStock(grpc::ServerContext*, const shop::v1::ListStockRequest* request,
                         shop::v1::ListStockResponse* response) override {
    response->add_rows()->set_product(request->cursor().empty() ? "first" : "second");
    if (request->cursor().empty() || circles_) response->set_next_cursor("next");
    return grpc::Status::OK;
  }
  // What was counted in of a transfer, and what was given up of it.
  grpc::Status ListMovements(grpc::ServerContext*, const shop::v1::ListMovementsRequest*,
                             shop::v1::ListMovementsResponse* response) override {
    for (const auto kind :
         {retail::v1::FACT_KIND_TRANSFER_RECEIVED, retail::v1::FACT_KIND_TRANSFER_SETTLED}) {
      shop::v1::Movement* movement = response->add_movements();
      movement->set_name(retail::v1::FactKind_Name(kind));
      movement->set_kind(kind);
      shop::v1::MovementLine* line = movement->add_lines();
      line->set_lot("L47");
      line->set_quantity_milli(8'500);
      line->set_unit(retail::v1::UNIT_KILOGRAM);
    }
    return grpc::Status::OK;
  }
  // Two pages too; the shops come with the first.
  grpc::Status ListCoopStock(grpc::ServerContext*, const shop::v1::ListCoopStockRequest* request,
                             shop::v1::ListCoopStockResponse* response) override {
    if (request->cursor().empty()) {
      response->add_shops()->set_shop("outremeuse");
      response->add_shops()->set_shop("herstal");
      response->set_next_cursor("next");
    }
    response->add_rows()->set_product(request->product().empty() ? "first" : request->product());
    response->mutable_rows(0)->add_shops()->set_shop("herstal");
    return grpc::Status::OK;
  }
  grpc::Status ListSales(grpc::ServerContext*, const shop::v1::ListSalesRequest* request,
                         shop::v1::ListSalesResponse* response) override {
    if (request->cursor().empty()) sales_ = *request;
    for (const int64_t cents : sold_cents_) {
      if (request->cursor() != std::to_string(cents)) continue;
      response->add_rows()->set_total_cents(cents);
      response->set_next_cursor(cents == sold_cents_.back() ? ""
                                                            : std::to_string(sold_cents_.back()));
      return grpc::Status::OK;
    }
    if (!sold_cents_.empty()) response->set_next_cursor(std::to_string(sold_cents_.front()));
    return grpc::Status::OK;
  }

  shop::v1::RecordSaleRequest sale_;
  shop::v1::RecordDeliveryRequest delivery_;
  shop::v1::ListSalesRequest sales_;
  std::vector<int64_t> sold_cents_;  // a page each, of two, after an empty one
  grpc::Status refusal_;
  bool circles_ = false;
};

class AdminStub : public admin::v1::AdminService::Service {
 public:
  grpc::Status Verify(grpc::ServerContext*, const admin::v1::VerifyRequest*,
                      grpc::ServerWriter<admin::v1::VerifyProgress>* writer) override {
    admin::v1::VerifyProgress progress;
    progress.set_total_entries(9);
    writer->Write(progress);
    if (!has_report_) return grpc::Status::OK;
    progress.mutable_report()->set_entries(9);
    if (!finding_.empty()) progress.mutable_report()->add_findings()->set_what(finding_);
    writer->Write(progress);
    return grpc::Status::OK;
  }

  std::string finding_;
  bool has_report_ = true;
};

class RunTest : public ::testing::Test {
 protected:
  void SetUp() override {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&shop_);
    builder.RegisterService(&admin_);
    server_ = builder.BuildAndStart();
    environment_.node = "127.0.0.1:" + std::to_string(port);
  }
  void TearDown() override { server_->Shutdown(); }

  ExitCode Run(const std::vector<std::string>& arguments) {
    out_.str("");
    err_.str("");
    return RunComptoir(arguments, environment_, out_, err_);
  }
  // A file that goes away with the test.
  std::string File(const std::string& content) {
    const std::string path =
        ::testing::TempDir() + "/comptoir_run_test." + std::to_string(getpid());
    std::ofstream(path) << content;
    files_.push_back(path);
    return path;
  }
  ~RunTest() override {
    for (const std::string& path : files_) unlink(path.c_str());
  }

  ShopStub shop_;
  AdminStub admin_;
  std::unique_ptr<grpc::Server> server_;
  Environment environment_;
  std::ostringstream out_;
  std::ostringstream err_;
  std::vector<std::string> files_;
};

TEST_F(RunTest, HelpAndVersionAreDone) {
  EXPECT_EQ(Run({"--help"}), ExitCode::kDone);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("--identity"), HasSubstr("Exit codes")));
  EXPECT_EQ(Run({"--version"}), ExitCode::kDone);
  EXPECT_THAT(out_.str(), StartsWith("comptoir "));
  EXPECT_EQ(Run({"token", "create", "--help"}), ExitCode::kDone);
}

TEST_F(RunTest, UsageErrors) {
  EXPECT_EQ(Run({}), ExitCode::kUsage);
  EXPECT_EQ(Run({"frobnicate"}), ExitCode::kUsage);
  EXPECT_EQ(Run({"stock", "--what"}), ExitCode::kUsage);
  EXPECT_EQ(Run({"sell"}), ExitCode::kUsage);
  EXPECT_EQ(Run({"import"}), ExitCode::kUsage);
  EXPECT_EQ(Run({"sell", "carottes=-1"}), ExitCode::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("must be above zero"));
  EXPECT_EQ(Run({"stock", "--timeout", "soon"}), ExitCode::kUsage);
  EXPECT_EQ(Run({"sales", "--from", "23/11/2026"}), ExitCode::kUsage);
  EXPECT_EQ(Run({"shops"}), ExitCode::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("--identity"));
}

TEST_F(RunTest, WhatIsMissingOrTooMuchIsNamed) {
  const auto why = [&](const std::vector<std::string>& arguments) {
    EXPECT_EQ(Run(arguments), ExitCode::kUsage);
    return err_.str();
  };
  EXPECT_EQ(why({}), "comptoir needs a command; 'comptoir --help' tells more\n");
  EXPECT_EQ(why({"product"}),
            "comptoir product needs a command: list, show or set; 'comptoir product --help' tells "
            "more\n");
  EXPECT_EQ(why({"product", "sho", "savon"}),
            "'sho' is no command of comptoir product; 'comptoir product --help' tells more\n");
  EXPECT_EQ(why({"receipt"}),
            "comptoir receipt needs NUMBER: as printed on it; 'comptoir receipt --help' tells "
            "more\n");
  EXPECT_THAT(why({"waste"}), StartsWith("comptoir waste needs PRODUCT: what and how much"));
  EXPECT_THAT(why({"waste", "savon=1"}), StartsWith("comptoir waste needs --reason: why"));
  EXPECT_EQ(why({"stock", "savon", "pain", "sel"}),
            "'pain' is one word too many for comptoir stock; 'comptoir stock --help' tells more\n");
  EXPECT_THAT(why({"price", "savon", "2", "--first-day", "2026-01-01"}),
              StartsWith("'--first-day' is no option of comptoir price"));
  // The word that is wrong is told, whatever became of the others.
  EXPECT_THAT(why({"exprt", "stock"}), StartsWith("'exprt' is no command of comptoir;"));
  EXPECT_THAT(why({"imprt", "stock", "livraison.csv"}),
              StartsWith("'imprt' is no command of comptoir;"));
  EXPECT_THAT(why({"stock", "--lot", "L47"}), StartsWith("'--lot' is no option of comptoir stock"));
  EXPECT_THAT(why({"token", "crate", "--shop", "herstal"}),
              StartsWith("'crate' is no command of comptoir token"));
  EXPECT_EQ(why({"--lots", "stock"}),
            "'--lots' stands behind the command: comptoir stock --lots\n");
  EXPECT_THAT(why({"shop", "set", "herstal", "--name", "Herst\xe9l"}), HasSubstr("is not UTF-8"));
  EXPECT_THAT(why({"sell", "savon", "--till", "Caisse 1"}),
              HasSubstr("--till \"Caisse 1\" is not a code"));
  EXPECT_EQ(why({"export", "sales", "--day", "2026-11-22", "--from", "2026-11-23"}),
            "give --from or --day once, not 2 times; 'comptoir export sales --help' tells more\n");
  EXPECT_THAT(why({"sales", "--hub", "a:1", "--hub", "b:1"}), StartsWith("give --hub once,"));
  EXPECT_THAT(why({"sell", "carottes", "1.5"}),
              AllOf(HasSubstr("\"1.5\" is not a code"),
                    HasSubstr("; for 1.5 of carottes, write carottes=1.5")));
  EXPECT_THAT(why({"sell", "savon", "--staff", "Anne Dupont"}),
              StartsWith("--staff \"Anne Dupont\" is not a code"));
  EXPECT_THAT(why({"stock", "--node", "18410"}),
              HasSubstr("\"18410\" is a port without a host: write 127.0.0.1:18410"));
  EXPECT_THAT(why({"receipt", "--"}), StartsWith("comptoir receipt needs NUMBER"));
  EXPECT_THAT(why({"completion", "codes"}), StartsWith("comptoir completion codes needs KIND"));
  EXPECT_THAT(why({"completion", "bash", "--json"}), HasSubstr("prints no JSON"));
  EXPECT_THAT(why({"--json", "receipt"}), HasSubstr(R"("message":"comptoir receipt needs NUMBER)"));
}

TEST_F(RunTest, ASlipInACodeIsOneOfWhoeverTypes) {
  for (const std::vector<std::string>& slip :
       {std::vector<std::string>{"sell", "Savon"},
        {"product", "set", "Savon", "--unit", "kg"},
        {"product", "set", "savon", "--producer", "La Ferme"},
        {"product", "show", ""},
        {"producer", "show", "La Ferme"},
        {"price", "Savon", "2.40"},
        {"stock", "Savon"},
        {"receive", "--producer", "La Ferme", "savon=1"},
        {"sell", "savon", "--till", "Caisse 1"},
        {"sales", "--shop", "Outremeuse"},
        {"token", "create", "--shop", "Outremeuse"},
        {"node", "revoke", "Outremeuse 1", "--reason", "lost"}}) {
    EXPECT_EQ(Run(slip), ExitCode::kUsage) << slip.front();
    EXPECT_THAT(err_.str(), HasSubstr("is not a code: use")) << slip.front();
  }
  EXPECT_EQ(Run({"stock", ""}), ExitCode::kDone) << "all of it";
}

TEST_F(RunTest, ASpanOfDaysThatCannotBe) {
  for (const char* command : {"sales", "export"}) {
    std::vector<std::string> arguments = {command};
    if (arguments.front() == "export") arguments.emplace_back("sales");
    arguments.insert(arguments.end(), {"--to", "2026-11-22"});
    EXPECT_EQ(Run(arguments), ExitCode::kUsage) << command;
    EXPECT_THAT(err_.str(), HasSubstr("say the first day too"));
    arguments.insert(arguments.end(), {"--from", "2026-11-23"});
    EXPECT_EQ(Run(arguments), ExitCode::kUsage) << command;
    EXPECT_THAT(err_.str(), HasSubstr("is before the first"));
  }
}

TEST_F(RunTest, MisuseIsJsonTooWhereJsonIsAsked) {
  for (const std::vector<std::string>& misuse :
       {std::vector<std::string>{"stock", "--what", "--json"}, {"--json", "frobnicate"}}) {
    EXPECT_EQ(Run(misuse), ExitCode::kUsage);
    EXPECT_THAT(err_.str(), StartsWith(R"({"code":"invalid_argument","message":")"));
    EXPECT_EQ(err_.str().find('\n'), err_.str().size() - 1);
    EXPECT_EQ(out_.str(), "");
  }
}

TEST_F(RunTest, AFlagForTheOtherDaemonIsAMistake) {
  EXPECT_EQ(Run({"sell", "carottes", "--hub", "127.0.0.1:1"}), ExitCode::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("give --node, not --hub"));
  EXPECT_EQ(Run({"shops", "--node", "127.0.0.1:1"}), ExitCode::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("give --hub, not --node"));
}

TEST_F(RunTest, NobodyAnswers) {
  server_->Shutdown();
  server_->Wait();
  EXPECT_EQ(Run({"stock"}), ExitCode::kUnanswered);
  EXPECT_THAT(err_.str(), HasSubstr("does the daemon run there?"));
  EXPECT_EQ(Run({"sell", "carottes"}), ExitCode::kUnanswered);
  EXPECT_THAT(err_.str(), HasSubstr("add --request-id "));
}

TEST_F(RunTest, AddressesAndCommandsThatCannotBe) {
  for (const char* address : {"127.0.0.1:99999", "127.0.0.1:0", "127.0.0.1:x", ":7410"}) {
    EXPECT_EQ(Run({"stock", "--node", address}), ExitCode::kUsage) << address;
    EXPECT_THAT(err_.str(), HasSubstr("is not an address")) << address;
  }
  EXPECT_EQ(Run({"sel", "carottes"}), ExitCode::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("'sel' is no command of comptoir"));
  EXPECT_EQ(Run({"import", "clients", "x.csv"}), ExitCode::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("'clients' is no command of comptoir import"));
  EXPECT_EQ(Run({}), ExitCode::kUsage);
}

TEST_F(RunTest, SellsWhatWasTyped) {
  EXPECT_EQ(Run({"sell", "carottes=1,250@2.40", "--pay", "cash=1", "--pay", "card", "pain-gris",
                 "savon:-10%", "--discount", "0.50", "--empties", "biere=12", "--till", "c1",
                 "--request-id", "000102030405060708090a0b0c0d0e0f"}),
            ExitCode::kDone);
  EXPECT_THAT(out_.str(), HasSubstr("herstal-1"));
  ASSERT_EQ(shop_.sale_.lines_size(), 3);
  EXPECT_EQ(shop_.sale_.lines(2).discount_basis_points(), 1'000u);
  EXPECT_EQ(shop_.sale_.discount_cents(), 50);
  EXPECT_EQ(shop_.sale_.empties(0).pieces(), 12);
  EXPECT_EQ(shop_.sale_.lines(0).quantity_milli(), 1250);
  EXPECT_EQ(shop_.sale_.lines(0).unit_price_cents(), 240);
  EXPECT_EQ(shop_.sale_.lines(1).product(), "pain-gris");
  ASSERT_EQ(shop_.sale_.payments_size(), 2);
  EXPECT_EQ(shop_.sale_.payments(0).amount_cents(), 100);
  EXPECT_EQ(shop_.sale_.till(), "c1");
  EXPECT_EQ(shop_.sale_.request_id().size(), 16u);
  EXPECT_EQ(shop_.sale_.request_id()[15], 0x0f);
}

TEST_F(RunTest, DiscountsThatCannotBeAreNotAsked) {
  for (const char* text : {"0", "-1", "110%", "x"}) {
    EXPECT_EQ(Run({"sell", "pain", "--discount", text}), ExitCode::kUsage) << text;
  }
  EXPECT_EQ(Run({"sell", "pain:-110%"}), ExitCode::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("is not a discount"));
  EXPECT_TRUE(shop_.sale_.request_id().empty());
}

TEST_F(RunTest, EmptiesMayBeBroughtBackAlone) {
  EXPECT_EQ(Run({"sell", "--empties", "biere=12"}), ExitCode::kDone);
  EXPECT_TRUE(shop_.sale_.lines().empty());
  EXPECT_EQ(shop_.sale_.empties(0).product(), "biere");
  EXPECT_EQ(Run({"sell", "--empties", "biere=0.5"}), ExitCode::kUsage);
  EXPECT_EQ(Run({"sell"}), ExitCode::kUsage);
}

TEST_F(RunTest, RefusalsHaveTheirReason) {
  shop_.refusal_ = grpc::Status(grpc::StatusCode::NOT_FOUND, "no product \"x\"");
  EXPECT_EQ(Run({"sell", "x"}), ExitCode::kRefused);
  EXPECT_EQ(err_.str(), "refused: no product \"x\" (UNKNOWN_PRODUCT)\n");
  EXPECT_EQ(Run({"--json", "sell", "x"}), ExitCode::kRefused);
  EXPECT_THAT(err_.str(), AllOf(StartsWith(R"({"code":"not_found")"),
                                HasSubstr(R"("reason":"UNKNOWN_PRODUCT")")));
  EXPECT_THAT(out_.str(), IsEmpty());
}

TEST_F(RunTest, WhatTheDaemonDoesNotOfferIsRefused) {
  EXPECT_EQ(Run({"products"}), ExitCode::kRefused);
  EXPECT_EQ(Run({"status"}), ExitCode::kRefused);
}

TEST_F(RunTest, ReceivesADelivery) {
  EXPECT_EQ(Run({"receive", "--producer", "ferme", "carottes=40@1.10", "--lot", "L47", "--use-by",
                 "2026-12-05"}),
            ExitCode::kDone);
  ASSERT_EQ(shop_.delivery_.lines_size(), 1);
  EXPECT_EQ(shop_.delivery_.producer(), "ferme");
  EXPECT_EQ(shop_.delivery_.lines(0).quantity_milli(), 40'000);
  EXPECT_EQ(shop_.delivery_.lines(0).unit_cost_cents(), 110);
  EXPECT_EQ(shop_.delivery_.lines(0).lot(), "L47");
  EXPECT_EQ(shop_.delivery_.lines(0).use_by_day(), 20792);
  EXPECT_EQ(Run({"receive", "--producer", "ferme", "carottes"}), ExitCode::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("carottes=40"));
}

TEST_F(RunTest, ListsAllPagesAsOne) {
  EXPECT_EQ(Run({"stock", "--json"}), ExitCode::kDone);
  EXPECT_THAT(out_.str(),
              AllOf(HasSubstr(R"("product":"first")"), HasSubstr(R"("product":"second")"),
                    HasSubstr(R"("nextCursor":"")")));
  shop_.circles_ = true;
  EXPECT_EQ(Run({"stock"}), ExitCode::kRefused);
  EXPECT_THAT(err_.str(), HasSubstr("the list does not end"));
}

TEST_F(RunTest, AnAnswerThatCannotBeWrittenIsNoSlip) {
  out_.setstate(std::ios::badbit);
  EXPECT_EQ(Run({"sell", "carottes"}), ExitCode::kRefused);
  EXPECT_THAT(err_.str(), HasSubstr("what was asked is done"));
}

TEST_F(RunTest, AFileOfSettingsSpeaksLast) {
  const std::string file = ::testing::TempDir() + "/comptoir_run_test." + std::to_string(getpid());
  const auto write = [&file](const std::string& text) { std::ofstream(file) << text; };
  const std::string node = std::exchange(environment_.node, "");
  write("# whom to ask\nnode = \"" + node + "\"\nhub = \"127.0.0.1:1\"\n");
  EXPECT_EQ(Run({"stock", "--config", file}), ExitCode::kDone) << err_.str();
  environment_.config = file;
  EXPECT_EQ(Run({"stock"}), ExitCode::kDone) << err_.str();
  environment_.node = node;
  write("node = \"127.0.0.1:1\"\n");
  EXPECT_EQ(Run({"stock"}), ExitCode::kDone) << "the environment goes before it";
  const std::map<std::string, std::string> wrong = {
      {"nodes = \"x\"\n", ":1: there is no setting 'nodes'"},
      {"\nnode = 7410\n", ":2: node must be a text"},
      {"node: herstal\n", ":1: "},
      {"hub = \"herstal:1\nnode = \"a\"\n", ":1: not understood: write each setting on a line"},
      {std::string(70'000, '#'), "more than"}};
  for (const auto& [text, sentence] : wrong) {
    write(text);
    EXPECT_EQ(Run({"stock"}), ExitCode::kUsage) << text.substr(0, 20);
    EXPECT_THAT(err_.str(), AllOf(HasSubstr(file), HasSubstr(sentence)));
  }
  std::remove(file.c_str());
  EXPECT_NE(Run({"stock"}), ExitCode::kDone);
  EXPECT_THAT(err_.str(), HasSubstr(file));
}

TEST_F(RunTest, FlagsThatDoNotGoTogether) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"status", "--heads", "--wait"},
        {"price", "choux", "1.20", "--coop", "--shop", "herstal"},
        {"watch", "--from-now", "--from-cursor", "x"},
        {"watch", "--cursor-file", "x", "--from-cursor", "x"}}) {
    EXPECT_EQ(Run(arguments), ExitCode::kUsage) << arguments.front();
    EXPECT_THAT(err_.str(), HasSubstr("excludes"));
  }
}

// What is said of lots is said of the products that are named, and of nothing else.
TEST_F(RunTest, WhatIsSaidOfNoProductOfATransferIsRefused) {
  const std::string id = "outremeuse-xvyvw-tbxxp";
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"transfer", "receive", id, "--lot", "L47"},
           {"transfer", "receive", id, "--use-by", "2036-12-05"},
           {"transfer", "receive", id, "--best-before", "2036-12-05"},
           {"transfer", "receive", id, "--producer", "moulin"},
           {"transfer", "settle", id, "--lot", "L47", "--reason", "damaged"}}) {
    EXPECT_EQ(Run(arguments), ExitCode::kUsage) << arguments.back();
    EXPECT_THAT(err_.str(), HasSubstr("name them"));
  }
}

// What is given up was on no shelf here.
TEST_F(RunTest, ExportsNoMovementOfStockForWhatWasGivenUp) {
  EXPECT_EQ(Run({"export", "movements"}), ExitCode::kDone);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("L47,8.500,,kg"), HasSubstr("L47,,,kg")));
}

TEST_F(RunTest, ShowsTheStockOfTheCoop) {
  EXPECT_EQ(Run({"stock", "--coop", "riz"}), ExitCode::kDone);
  EXPECT_THAT(out_.str(), AllOf(StartsWith("product  name  unit  herstal  outremeuse\nriz"),
                                HasSubstr("herstal: as of a time that is not known\n")));
  EXPECT_EQ(Run({"stock", "--coop", "--json"}), ExitCode::kDone);
  EXPECT_THAT(out_.str(), HasSubstr(R"("offlineSinceMs":"0")"));
  EXPECT_EQ(Run({"stock", "--coop", "--lots"}), ExitCode::kUsage);
}

TEST_F(RunTest, AsksForTheDaysThatWereTyped) {
  EXPECT_EQ(Run({"sales", "--from", "2026-11-23", "--to", "2026-11-24", "--by-product"}),
            ExitCode::kDone);
  EXPECT_EQ(shop_.sales_.first_day(), 20780);
  EXPECT_EQ(shop_.sales_.last_day(), 20781);
  EXPECT_TRUE(shop_.sales_.by_product());
  EXPECT_EQ(out_.str(), "no sales in that time\n");
}

TEST_F(RunTest, SalesOfAllPagesMakeTheTotal) {
  shop_.sold_cents_ = {1'250, 3'100};
  EXPECT_EQ(Run({"sales", "--from", "2026-11-23", "--to", "2026-11-24"}), ExitCode::kDone);
  EXPECT_THAT(out_.str(), HasSubstr("43.50"));
}

TEST_F(RunTest, VerifyTellsFindingsByItsExitCode) {
  EXPECT_EQ(Run({"verify"}), ExitCode::kDone);
  EXPECT_THAT(out_.str(), HasSubstr("all is well"));
  admin_.finding_ = "stock of riz differs";
  EXPECT_EQ(Run({"verify"}), ExitCode::kDifferent);
  EXPECT_THAT(out_.str(), HasSubstr("stock of riz differs"));
  EXPECT_EQ(Run({"verify", "--json"}), ExitCode::kDifferent);
  EXPECT_THAT(out_.str(), Not(HasSubstr("rule")));
  admin_.has_report_ = false;
  EXPECT_EQ(Run({"verify"}), ExitCode::kRefused);
  EXPECT_THAT(err_.str(), HasSubstr("without a report"));
}

TEST_F(RunTest, ImportTellsBadLinesBeforeItConnects) {
  const std::string file = File("code;prix\npain;x\nLait;1\n");
  EXPECT_EQ(Run({"import", "products", file}), ExitCode::kUsage);
  EXPECT_THAT(err_.str(),
              AllOf(HasSubstr(file + ":2: \"x\" is not a price"),
                    HasSubstr(file + ":3: product \"Lait\""), HasSubstr("nothing was imported")));
  EXPECT_EQ(Run({"import", "products", file + ".missing"}), ExitCode::kUsage);
}

TEST_F(RunTest, ReadsTheEnvironment) {
  ASSERT_EQ(setenv("COMPTOIR_HUB", "hub.example:1", 1), 0);
  ASSERT_EQ(unsetenv("COMPTOIR_NODE"), 0);
  EXPECT_EQ(ReadEnvironment().hub, "hub.example:1");
  EXPECT_EQ(ReadEnvironment().node, "");
}

}  // namespace
}  // namespace comptoir::cli
