#include "common/daemon/settings.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <map>

#include <CLI/CLI.hpp>

#include "tests/support/temporary_folder.h"

namespace comptoir::daemon {
namespace {

// Sets a variable for as long as it lives.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    setenv(name_.c_str(), value.c_str(), 1);
  }
  ~Variable() { unsetenv(name_.c_str()); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const std::string name_;
};

class SettingsTest : public ::testing::Test {
 protected:
  SettingsTest() : settings_(app_) {
    settings_.Add("data", &data_, "data folder");
    settings_.Add("web-listen", &web_listen_, "where to listen");
  }
  absl::Status Resolve(std::vector<std::string> flags) {
    std::reverse(flags.begin(), flags.end());  // as CLI11 takes them
    app_.parse(flags);
    return settings_.Resolve();
  }
  std::string File(const std::string& text) {
    std::ofstream(folder_ / "settings.toml") << text;
    return folder_ / "settings.toml";
  }

  testing::TemporaryFolder folder_;
  CLI::App app_{"test"};
  std::string data_;
  std::string web_listen_ = "127.0.0.1:7411";
  Settings settings_;
};

TEST_F(SettingsTest, DefaultsStandWhereNothingIsSaid) {
  EXPECT_TRUE(Resolve({}).ok());
  EXPECT_EQ(data_, "");
  EXPECT_EQ(web_listen_, "127.0.0.1:7411");
}

TEST_F(SettingsTest, AFileOverDefaults) {
  EXPECT_TRUE(Resolve({"--config", File("web-listen = \"file:1\"\n")}).ok());
  EXPECT_EQ(web_listen_, "file:1");
}

TEST_F(SettingsTest, TheEnvironmentOverTheFile) {
  const Variable variable("COMPTOIR_WEB_LISTEN", "environment:1");
  const std::string file = File("web-listen = \"file:1\"\ndata = \"from file\"\n");
  EXPECT_TRUE(Resolve({"--config", file}).ok());
  EXPECT_EQ(web_listen_, "environment:1");
  EXPECT_EQ(data_, "from file");
}

TEST_F(SettingsTest, AFlagOverEverything) {
  const Variable variable("COMPTOIR_WEB_LISTEN", "environment:1");
  const std::string file = File("web-listen = \"file:1\"\n");
  EXPECT_TRUE(Resolve({"--web-listen", "flag:1", "--config", file}).ok());
  EXPECT_EQ(web_listen_, "flag:1");
}

TEST_F(SettingsTest, AnEmptyFlagIsSaidToo) {
  const Variable variable("COMPTOIR_DATA", "environment");
  EXPECT_TRUE(Resolve({"--data", ""}).ok());
  EXPECT_EQ(data_, "");
}

TEST_F(SettingsTest, TheFileMayBeNamedByTheEnvironment) {
  const Variable variable("COMPTOIR_CONFIG", File("data = \"from file\"\n"));
  EXPECT_TRUE(Resolve({}).ok());
  EXPECT_EQ(data_, "from file");
}

TEST_F(SettingsTest, NumbersBooleansAndHashesInTexts) {
  EXPECT_TRUE(Resolve({"--config", File("data = \"a # b\"\nweb-listen = 7411\n")}).ok());
  EXPECT_EQ(data_, "a # b");
  EXPECT_EQ(web_listen_, "7411");
  EXPECT_TRUE(Resolve({"--config", File("data = true\n")}).ok());
  EXPECT_EQ(data_, "true");
}

TEST_F(SettingsTest, UnknownKeysAreErrorsThatNameThem) {
  const std::string file = File("data = \"x\"\n\nweb_listen = \"file:1\"\n");
  const absl::Status status = Resolve({"--config", file});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(status.message()),
            file + ":3: there is no setting 'web_listen'; --help lists them");
  EXPECT_EQ(web_listen_, "127.0.0.1:7411");
}

TEST_F(SettingsTest, TablesAndListsAreNoSettings) {
  EXPECT_EQ(Resolve({"--config", File("[node]\ndata = \"x\"\n")}).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Resolve({"--config", File("data = [\"x\"]\n")}).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(SettingsTest, FilesThatCannotBeRead) {
  const std::string broken = File("data = \"x\"\ndata = \"y\"\n");
  const absl::Status twice = Resolve({"--config", broken});
  EXPECT_EQ(twice.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(std::string(twice.message()).starts_with(broken + ":2")) << twice;
  const absl::Status missing = Resolve({"--config", folder_ / "none.toml"});
  EXPECT_EQ(missing.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(std::string(missing.message()).find("none.toml"), std::string::npos) << missing;
}

TEST_F(SettingsTest, HelpShowsFlagVariableAndDefault) {
  const std::string help = app_.help();
  EXPECT_NE(help.find("--web-listen"), std::string::npos);
  EXPECT_NE(help.find("COMPTOIR_WEB_LISTEN"), std::string::npos);
  EXPECT_NE(help.find("127.0.0.1:7411"), std::string::npos);
  EXPECT_NE(help.find("--config"), std::string::npos);
}

TEST_F(SettingsTest, UnknownFlagsAreErrors) {
  EXPECT_THROW(app_.parse(std::vector<std::string>{"--quickly"}), CLI::ParseError);
}

}  // namespace
}  // namespace comptoir::daemon
