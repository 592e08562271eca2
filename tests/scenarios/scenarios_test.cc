// Each file of this folder that ends in .txt, played and compared line by line. With
// COMPTOIR_REWRITE=1 in the environment the file is written as it was played.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/scenarios/story.h"
#include "tests/scenarios/village.h"

namespace comptoir::scenarios {
namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Lines of the drawing, which stands before the first command and two columns in.
int DrawnLines(const std::string& text) {
  int drawn = 0;
  std::stringstream lines(text);
  for (std::string line; std::getline(lines, line) && !line.starts_with("> ");) {
    if (line.starts_with("  ")) ++drawn;
  }
  return drawn;
}

class Scenario : public ::testing::Test {
 public:
  explicit Scenario(std::filesystem::path path) : path_(std::move(path)) {}
  void TestBody() override {
    const std::string text = ReadFile(path_);
    EXPECT_GE(DrawnLines(text), 2) << path_.filename().string() << " has no drawing";
    Village village;
    std::vector<std::string> last;
    const std::string retold = Retell(text, [&](const Step& step) {
      const std::string printed = village.Perform(step.words);
      EXPECT_EQ(printed, step.expected) << path_.filename().string() << ":" << step.line << ": "
                                        << absl::StrJoin(step.words, " ");
      last = step.words;
      return printed;
    });
    EXPECT_EQ(last, std::vector<std::string>{"verify"}) << "a story ends with the reckoning";
    if (std::getenv("COMPTOIR_REWRITE") != nullptr) std::ofstream(path_) << retold;
  }

 private:
  const std::filesystem::path path_;
};

// At start, before main reads its filter.
const bool kRegistered = [] {
  for (const auto& entry : std::filesystem::directory_iterator(COMPTOIR_SCENARIOS)) {
    const std::filesystem::path path = entry.path();
    if (path.extension() != ".txt" || path.filename() == "CMakeLists.txt") continue;
    ::testing::RegisterTest("Scenario", path.stem().c_str(), nullptr, nullptr, __FILE__, __LINE__,
                            [path]() -> ::testing::Test* { return new Scenario(path); });
  }
  return true;
}();

TEST(ScenariosTest, StoriesAreReadAsTheyAreWritten) {
  const std::string text =
      "Title\n\n> do this\nit did\nthat too\n\nprose\n> then that\n> and this\n";
  const std::vector<Step> steps = ReadSteps(text);
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0].words, (std::vector<std::string>{"do", "this"}));
  EXPECT_EQ(steps[0].expected, "it did\nthat too\n");
  EXPECT_EQ(steps[0].line, 3U);
  EXPECT_EQ(steps[1].expected, "");
  EXPECT_EQ(Retell(text, [](const Step& step) { return step.expected; }), text);
  EXPECT_EQ(Retell("> a\nb\n", [](const Step&) { return "c\n"; }), "> a\nc\n");
}

TEST(ScenariosTest, WhatIsNoCommandSaysSo) {
  Village village;
  EXPECT_EQ(village.Perform({"coop", "outremeuse-1"}), "");
  EXPECT_EQ(village.Perform({"sel", "outremeuse-1"}), "no such command: sel\n");
  EXPECT_EQ(village.Perform({"sell", "outremeuse-9", "a", "carottes"}),
            "no such machine: outremeuse-9\n");
  EXPECT_EQ(village.Perform({"sell", "outremeuse-1"}),
            "sell MACHINE REQUEST PRODUCT [QUANTITY] [LOT]\n");
}

}  // namespace
}  // namespace comptoir::scenarios
