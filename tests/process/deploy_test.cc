// Daemons started with the very examples of deploy/, on folders and ports of the
// test's own.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <fstream>

#include "tests/process/daemons.h"

namespace comptoir::testing {
namespace {

const std::string kDeploy = COMPTOIR_DEPLOY;

class Deploy : public ::testing::Test {
 protected:
  // A copy of the example whose defaults, behind a '#' there, are said aloud.
  std::string WithDefaultsSaid(const std::string& name) {
    std::ifstream example(kDeploy + "/" + name);
    std::ofstream said(folder_ / name);
    std::vector<std::string> keys;
    for (std::string line; std::getline(example, line);) {
      const size_t equals = line.find(" = ");
      if (line.starts_with("# ") && equals != std::string::npos) {
        const std::string key = line.substr(2, equals - 2);
        // Where the example chose another value, that one stands.
        if (std::find(keys.begin(), keys.end(), key) == keys.end() &&
            key.find(' ') == std::string::npos) {
          line = line.substr(2);
        }
      }
      if (!line.starts_with('#') && line.find(" = ") != std::string::npos) {
        keys.push_back(line.substr(0, line.find(" = ")));
      }
      said << line << "\n";
    }
    EXPECT_GE(keys.size(), 6U) << "the example has no settings";
    return folder_ / name;
  }

  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
};

TEST_F(Deploy, BothStartWithTheExamplesAndFlags) {
  hub_.Start({"--config", kDeploy + "/hub.toml"});
  Node node(hub_, folder_ / "node", "outremeuse", "outremeuse-1");
  node.Start({"--config", kDeploy + "/node.toml"});
  hub_.Import({Product("miel", retail::v1::UNIT_PIECE, 800)});
  WaitUntilLevel(hub_, node);
  node.Stop();
  hub_.Stop();
}

TEST_F(Deploy, BothStartWithTheExamplesAndTheEnvironment) {
  hub_.Start();
  Node node(hub_, folder_ / "node", "outremeuse", "outremeuse-1");
  hub_.Stop();
  const std::map<std::string, std::string> ports = {{"COMPTOIR_LISTEN", "127.0.0.1:0"},
                                                    {"COMPTOIR_WEB_LISTEN", "127.0.0.1:0"}};
  for (Daemon* daemon : {static_cast<Daemon*>(&hub_), static_cast<Daemon*>(&node)}) {
    const std::string kind = daemon == &hub_ ? "hub" : "node";
    auto environment = ports;
    environment["COMPTOIR_DATA"] = daemon->data();
    environment["COMPTOIR_CONFIG"] = kDeploy + "/" + kind + ".toml";
    Program program({"comptoir-" + kind, {}, environment});
    EXPECT_FALSE(program.WaitUntilReady().at("web").empty());
    program.Signal(SIGTERM);
    const auto ended = program.WaitForEnd(kDrainPatience);
    ASSERT_TRUE(ended.has_value());
    EXPECT_EQ(ended->code, 0) << ended->err;
  }
}

TEST_F(Deploy, EveryLineThatIsCommentedOutIsASettingToo) {
  hub_.Start({"--config", WithDefaultsSaid("hub.toml")});
  Node node(hub_, folder_ / "node", "outremeuse", "outremeuse-1");
  node.Start({"--config", WithDefaultsSaid("node.toml"), "--hub", hub_.sync()});
  node.Stop();
  hub_.Stop();
}

}  // namespace
}  // namespace comptoir::testing
