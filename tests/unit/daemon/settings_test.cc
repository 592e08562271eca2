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
    settings_.Add("web-listen", &web_listen_, "where to listen",
                  [](std::string_view what, const std::string& value) {
                    return value == "bad"
                               ? absl::InvalidArgumentError(std::string(what) + " is bad")
                               : absl::OkStatus();
                  });
    settings_.AddNumber("cache-mib", &cache_mib_, 16, 1024, "memory");
  }
  absl::Status Resolve(std::vector<std::string> flags) {
    std::reverse(flags.begin(), flags.end());  // as CLI11 takes them
    app_.parse(flags);
    return settings_.Resolve();
  }
  void ExpectMisconfigured(const std::vector<std::string>& flags, const std::string& sentence) {
    const absl::Status status = Resolve(flags);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_NE(std::string(status.message()).find(sentence), std::string::npos)
        << status << "\nis not about: " << sentence;
  }
  std::string File(const std::string& text) {
    std::ofstream(folder_ / "settings.toml") << text;
    return folder_ / "settings.toml";
  }

  testing::TemporaryFolder folder_;
  CLI::App app_{"test"};
  std::string data_;
  std::string web_listen_ = "127.0.0.1:7411";
  uint64_t cache_mib_ = 64;
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

TEST_F(SettingsTest, HashesInTextsAreText) {
  EXPECT_TRUE(Resolve({"--config", File("data = \"a # b\"\n")}).ok());
  EXPECT_EQ(data_, "a # b");
}

TEST_F(SettingsTest, NumbersOfEverySource) {
  EXPECT_TRUE(Resolve({"--config", File("cache-mib = 128\n")}).ok());
  EXPECT_EQ(cache_mib_, 128U);
  const Variable variable("COMPTOIR_CACHE_MIB", "256");
  EXPECT_TRUE(Resolve({"--config", File("cache-mib = 128\n")}).ok());
  EXPECT_EQ(cache_mib_, 256U);
  EXPECT_TRUE(Resolve({"--cache-mib", "512"}).ok());
  EXPECT_EQ(cache_mib_, 512U);
}

TEST_F(SettingsTest, NumbersOutOfRange) {
  for (const char* wrong : {"15", "1025", "-1", "64.5", "64k", "", "99999999999999999999"}) {
    const Variable variable("COMPTOIR_CACHE_MIB", wrong);
    ExpectMisconfigured({}, std::string("COMPTOIR_CACHE_MIB \"") + wrong +
                                "\" must be a whole number from 16 to 1024");
  }
  const std::string file = File("\ncache-mib = 8\n");
  ExpectMisconfigured({"--config", file}, file + ":2: cache-mib \"8\" must be a whole number");
  EXPECT_EQ(cache_mib_, 64U);
}

TEST_F(SettingsTest, UnknownKeysAreErrorsThatNameThem) {
  const std::string file = File("data = \"x\"\n\nweb_listen = \"file:1\"\n");
  ExpectMisconfigured({"--config", file},
                      file + ":3: there is no setting 'web_listen'; --help lists them");
  EXPECT_EQ(web_listen_, "127.0.0.1:7411");
}

TEST_F(SettingsTest, WrongTypesNameFileLineAndKey) {
  for (const char* wrong : {"7411", "true", "[\"x\"]", "{}", "2026-01-01", "1.5"}) {
    const std::string file = File(std::string("\ndata = ") + wrong + "\n");
    ExpectMisconfigured({"--config", file}, file + ":2: data must be a text: write it in quotes");
  }
  for (const char* wrong : {"\"64\"", "64.0", "true"}) {
    const std::string file = File(std::string("cache-mib = ") + wrong + "\n");
    ExpectMisconfigured({"--config", file}, file + ":1: cache-mib must be a whole number");
  }
  ExpectMisconfigured({"--config", File("[node]\ndata = \"x\"\n")}, "no setting 'node'");
}

TEST_F(SettingsTest, ValuesThatMakeNoSenseSayWhereTheyStand) {
  const std::string file = File("web-listen = \"bad\"\n");
  const absl::Status flag = Resolve({"--web-listen", "bad", "--config", file});
  EXPECT_EQ(flag.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(flag.message()), "--web-listen is bad");
  ExpectMisconfigured({"--config", file}, file + ":1: web-listen is bad");
  const Variable variable("COMPTOIR_WEB_LISTEN", "bad");
  ExpectMisconfigured({"--config", file}, "COMPTOIR_WEB_LISTEN is bad");
  // What is overruled is not looked at.
  EXPECT_TRUE(Resolve({"--web-listen", "good", "--config", file}).ok());
}

TEST_F(SettingsTest, FilesThatCannotBeRead) {
  const std::string twice = File("data = \"x\"\ndata = \"y\"\n");
  ExpectMisconfigured({"--config", twice}, twice + ":2");
  for (const char* broken :
       {"data", "data = ", "data = \"x", "= 1", "data = \"\xff\"\n", "data = \"x\" y = 1\n"}) {
    const std::string file = File(broken);
    ExpectMisconfigured({"--config", file}, file + ":1: this is not TOML");
  }
  ExpectMisconfigured({"--config", File(std::string(200, '['))}, "settings.toml:1: ");
  ExpectMisconfigured({"--config", folder_ / "none.toml"}, "none.toml");
  ExpectMisconfigured({"--config", folder_ / ""}, "cannot be read");
}

TEST_F(SettingsTest, FilesOverTheLimit) {
  std::string text(Settings::kFileBytesMax, ' ');
  text.replace(0, 10, "data = \"x\"");
  EXPECT_TRUE(Resolve({"--config", File(text)}).ok());
  ExpectMisconfigured({"--config", File(text + " ")}, "at most 64 KiB");
}

TEST_F(SettingsTest, FlagsThatACommandHasNoUseFor) {
  app_.fallthrough();
  CLI::App* init = app_.add_subcommand("init");
  settings_.Restrict(init, {"data"});
  EXPECT_NE(init->help().find("Takes --data too:"), std::string::npos);
  const absl::Status status = Resolve({"init", "--data", "x", "--web-listen", "y"});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(std::string(status.message()).starts_with("--web-listen says nothing to 'init'"));
  // One file serves several commands.
  EXPECT_TRUE(Resolve({"init", "--config", File("data = \"x\"\nweb-listen = \"y\"\n")}).ok());
  EXPECT_TRUE(Resolve({"--web-listen", "y"}).ok());
}

TEST_F(SettingsTest, ConflictsStandWhereTheStrongestWasSaid) {
  const std::string file = File("\ndata = \"x\"\n");
  EXPECT_TRUE(Resolve({"--config", file}).ok());
  const absl::Status in_file = settings_.Conflict({"data", "web-listen"}, "they quarrel");
  EXPECT_EQ(in_file.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(std::string(in_file.message()), file + ":2: data: they quarrel");
  EXPECT_TRUE(Resolve({"--web-listen", "y", "--config", file}).ok());
  EXPECT_EQ(settings_.Conflict({"data", "web-listen"}, "they quarrel"),
            absl::InvalidArgumentError("they quarrel"));
}

TEST_F(SettingsTest, HelpShowsFlagVariableAndDefault) {
  const std::string help = app_.help();
  EXPECT_NE(help.find("--web-listen"), std::string::npos);
  EXPECT_NE(help.find("COMPTOIR_WEB_LISTEN"), std::string::npos);
  EXPECT_NE(help.find("key web-listen"), std::string::npos);
  EXPECT_NE(help.find("127.0.0.1:7411"), std::string::npos);
  EXPECT_NE(help.find("--config"), std::string::npos);
}

TEST_F(SettingsTest, UnknownFlagsAreErrors) {
  EXPECT_THROW(app_.parse(std::vector<std::string>{"--quickly"}), CLI::ParseError);
}

}  // namespace
}  // namespace comptoir::daemon
