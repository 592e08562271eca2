// The command line beside a hub and one shop's node that it can ask.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/process/daemons.h"
#include "tests/process/oracle.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::testing {

class CommandLine : public ::testing::Test {
 protected:
  CommandLine() {
    hub_.Start();
    node_.emplace(hub_, folder_ / "outremeuse", "outremeuse", "outremeuse-1");
    node_->Start();
  }
  ~CommandLine() override {
    node_->Stop();
    hub_.Stop();
  }

  Ended Run(std::vector<std::string> arguments, const std::string& node = "") {
    return RunToEnd({"comptoir",
                     std::move(arguments),
                     {{"COMPTOIR_IDENTITY", hub_.data() + "/operator.pem"},
                      {"COMPTOIR_HUB", hub_.sync()},
                      {"COMPTOIR_NODE", node.empty() ? node_->address() : node}}});
  }
  // At the hub, where a command asks either.
  Ended RunAtHub(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--hub", hub_.sync()});
    return Run(std::move(arguments));
  }
  std::string Done(std::vector<std::string> arguments) { return Output(Run(std::move(arguments))); }
  std::string DoneAtHub(std::vector<std::string> arguments) {
    return Output(RunAtHub(std::move(arguments)));
  }
  static std::string Output(const Ended& ended) {
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended.out;
  }
  // What is noted of a command that is carried out.
  std::string Noted(std::vector<std::string> arguments) {
    const Ended ended = Run(std::move(arguments));
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended.err;
  }
  std::string File(const std::string& name, const std::string& content) {
    const std::string path = folder_ / name;
    std::ofstream(path) << content;
    return path;
  }
  // Three products of two producers, as a buyer's spreadsheet has them.
  void ImportProducts() {
    EXPECT_EQ(Done({"import", "products",
                    File("produits.csv",
                         "\xef\xbb\xbf"
                         "Code;Nom;Unité;Producteur;Nom du producteur;Prix TVAC;TVA\r\n"
                         "carottes;\"Carottes; en botte\";kg;ferme;La Ferme;1,95;6\r\n"
                         "pain-gris;Pain gris;pièce;moulin;Le Moulin;3,20;6\r\n"
                         "savon;Savon;pièce;;;3,45;21\r\n")}),
              "3 products created, 0 changed, 0 left as they were; 11 facts written\n");
    WaitUntilLevel(hub_, *node_);
  }

  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
  std::optional<Node> node_;
};

}  // namespace comptoir::testing
