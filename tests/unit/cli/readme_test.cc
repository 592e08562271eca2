// That cli/README.md leaves no command out; that its examples print what stands there is
// tested by tests/process/scripts/readme.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "cli/commands.h"

namespace comptoir::cli {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

// Commands that do something, as they are typed.
void AddLeaves(const CLI::App& app, const std::string& path, std::vector<std::string>* leaves) {
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  if (commands.empty()) leaves->push_back(path);
  for (const CLI::App* command : commands) {
    AddLeaves(*command, path + " " + command->get_name(), leaves);
  }
}

TEST(Readme, HasAnExampleOfEveryCommand) {
  std::ifstream file(COMPTOIR_CLI_README);
  std::stringstream text;
  text << file.rdbuf();
  CLI::App app("", "comptoir");
  Action action;
  AddAllCommands(app, &action);
  std::vector<std::string> leaves;
  AddLeaves(app, "comptoir", &leaves);
  ASSERT_GT(leaves.size(), 40u);
  for (const std::string& leaf : leaves) {
    EXPECT_THAT(text.str(), AnyOf(HasSubstr("$ " + leaf), HasSubstr("<(" + leaf)));
  }
}

}  // namespace
}  // namespace comptoir::cli
