#include "cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/run.h"

namespace comptoir::cli {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class CompletionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    base_ = ::testing::TempDir() + "/comptoir_completion_test." + std::to_string(getpid());
    std::ostringstream out;
    std::ostringstream err;
    ASSERT_EQ(RunComptoir({"completion", "bash"}, {}, out, err), ExitCode::kDone) << err.str();
    std::ofstream(base_) << out.str();
  }
  void TearDown() override {
    unlink(base_.c_str());
    unlink((base_ + ".sh").c_str());
  }

  // Runs `script` in a bash of its own, the completion loaded; its output by lines.
  std::vector<std::string> Bash(const std::string& script) {
    std::ofstream(base_ + ".sh") << "source " << base_ << "\n" << script << "\n";
    const std::string command = "bash --norc " + base_ + ".sh 2>&1";
    FILE* pipe = popen(command.c_str(), "r");
    EXPECT_NE(pipe, nullptr);
    std::string text;
    std::array<char, 4096> buffer{};
    for (size_t count; (count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
      text.append(buffer.data(), count);
    }
    EXPECT_EQ(pclose(pipe), 0) << text;
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }
  // What is offered for the last of `words`, which stand as bash parts them.
  static std::string Asking(const std::vector<std::string>& words) {
    std::string script = "COMP_WORDS=(";
    for (const std::string& word : words) script += "'" + word + "' ";
    return script + ")\nCOMP_CWORD=" + std::to_string(words.size() - 1) +
           "\n_comptoir\n((${#COMPREPLY[@]})) && printf '%s\\n' \"${COMPREPLY[@]}\"\n";
  }
  std::vector<std::string> Offered(const std::vector<std::string>& words) {
    return Bash(service_ + Asking(words) + "true");
  }

  // Stands in for the program that asks a service.
  static constexpr char kStub[] =
      "comptoir() { [[ \"$1 $2\" == 'completion codes' ]] || return 2; shift 2; "
      "case $1 in product) echo carottes; echo pain-gris ;; *) echo \"$*\" ;; esac; }\n";
  const std::string service_ = kStub;
  std::string base_;
};

TEST_F(CompletionTest, OffersCommandsAndOptions) {
  EXPECT_THAT(Offered({"comptoir", "sel"}), ElementsAre("sell"));
  EXPECT_THAT(Offered({"comptoir", "import", ""}),
              AllOf(Contains("products"), Contains("producers"), Contains("stock"),
                    Contains("baskets"), Contains("--json")));
  EXPECT_THAT(Offered({"comptoir", "import", "products", "--dry"}), ElementsAre("--dry-run"));
  EXPECT_THAT(Offered({"comptoir", "--js"}), ElementsAre("--json"));
  EXPECT_THAT(Offered({"comptoir", "stock", "--js"}), ElementsAre("--json"));
}

TEST_F(CompletionTest, AnOptionsValueIsNoCommand) {
  EXPECT_THAT(Offered({"comptoir", "--node", "sell", "produ"}),
              ElementsAre("products", "product", "producer"));
  EXPECT_THAT(Offered({"comptoir", "sell", "--till", ""}), IsEmpty());
}

TEST_F(CompletionTest, OffersFiles) {
  EXPECT_THAT(Offered({"comptoir", "import", "products", base_ + ".s"}),
              ElementsAre(base_ + ".sh"));
  EXPECT_THAT(Offered({"comptoir", "--identity", base_ + ".s"}), ElementsAre(base_ + ".sh"));
  EXPECT_THAT(Offered({"comptoir", "--identity", "=", base_ + ".s"}), ElementsAre(base_ + ".sh"));
}

TEST_F(CompletionTest, OffersChoices) {
  EXPECT_THAT(Offered({"comptoir", "export", "stock", "--lang", ""}), ElementsAre("en", "fr"));
  EXPECT_THAT(Offered({"comptoir", "watch", "--kind", "so"}), ElementsAre("sold"));
  EXPECT_THAT(Offered({"comptoir", "completion", "codes", "p"}),
              ElementsAre("product", "producer"));
}

TEST_F(CompletionTest, OffersWaysToPayAndReasons) {
  EXPECT_THAT(Offered({"comptoir", "sell", "carottes", "--pay", ""}),
              ElementsAre("cash", "card", "voucher"));
  EXPECT_THAT(Offered({"comptoir", "till", "--pay", "v"}), ElementsAre("voucher"));
  EXPECT_THAT(Offered({"comptoir", "waste", "--reason", "d"}), ElementsAre("damaged", "donated"));
  EXPECT_THAT(Offered({"comptoir", "count", "savon=0", "--unit", ""}),
              ElementsAre("piece", "kg", "litre"));
  EXPECT_THAT(Offered({"comptoir", "node", "retire", "n"}), ElementsAre("node"));
  EXPECT_THAT(Offered({"comptoir", "return", "--wasted", "=", "t"}),
              ElementsAre("tasting", "theft"));
}

TEST_F(CompletionTest, KnowsWhichArgumentComes) {
  EXPECT_THAT(Offered({"comptoir", "price", "car"}), ElementsAre("carottes"));
  EXPECT_THAT(Offered({"comptoir", "price", "carottes", ""}), Not(Contains("carottes")));
  EXPECT_THAT(Offered({"comptoir", "return", ""}), Not(Contains("carottes")));
  const std::vector<std::string> back = {"comptoir", "return", "--pay",
                                         "=",        "card",   "outremeuse-261123-u2by5t-0001"};
  std::vector<std::string> first = back;
  first.emplace_back("car");
  EXPECT_THAT(Offered(first), ElementsAre("carottes"));
  std::vector<std::string> second = back;
  second.insert(second.end(), {"carottes", "=", "1", "pain"});
  EXPECT_THAT(Offered(second), ElementsAre("pain-gris"));
}

TEST_F(CompletionTest, OffersCodesThatTheServiceKnows) {
  EXPECT_THAT(Offered({"comptoir", "sell", "car"}), ElementsAre("carottes"));
  EXPECT_THAT(Offered({"comptoir", "sell", "carottes", "=", "1"}), IsEmpty());
  EXPECT_THAT(Offered({"comptoir", "sell", "carottes", "p"}), ElementsAre("pain-gris"));
  // It asks where the command will ask, and not for long.
  EXPECT_THAT(Offered({"comptoir", "--node", "box", ":", "7410", "receipts", "--shop", ""}),
              ElementsAre("shop", "--node", "box:7410", "--timeout", "1s"));
}

TEST_F(CompletionTest, WithoutAServiceNothingIsOffered) {
  EXPECT_THAT(Bash("comptoir() { return 3; }\n" + Asking({"comptoir", "sell", ""}) + "true"),
              IsEmpty());
}

// Everything that the program understands is offered, whatever is added later.
void AskForAll(const CLI::App& app, const std::vector<std::string>& path,
               std::vector<std::vector<std::string>>* asked) {
  const auto ask = [&](const std::string& word) {
    std::vector<std::string> words = path;
    words.push_back(word);
    asked->push_back(words);
  };
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) ask("--" + name);
    for (const std::string& name : option->get_snames()) ask("-" + name);
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    ask(command->get_name());
    std::vector<std::string> below = path;
    below.push_back(command->get_name());
    AskForAll(*command, below, asked);
  }
}

TEST_F(CompletionTest, KnowsEveryCommandAndOption) {
  CLI::App app("", "comptoir");
  Action action;
  AddAllCommands(app, &action);
  std::vector<std::vector<std::string>> asked;
  AskForAll(app, {"comptoir"}, &asked);
  ASSERT_GT(asked.size(), 100u);
  std::string script = service_;
  for (const auto& words : asked) {
    script += Asking(words) + "[[ \" ${COMPREPLY[*]} \" == *' " + words.back() +
              " '* ]] || echo 'MISSING " + words[words.size() - 2] + " " + words.back() + "'\n";
  }
  EXPECT_THAT(Bash(script), Not(Contains(::testing::StartsWith("MISSING"))));
}

}  // namespace
}  // namespace comptoir::cli
