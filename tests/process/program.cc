#include "tests/process/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string_view>

#include "tests/process/harness.h"

namespace comptoir::testing {
namespace {

constexpr std::string_view kOwnVariables = "COMPTOIR_";

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> EnvironmentOf(const Command& command) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with(kOwnVariables)) variables.emplace_back(*variable);
  }
  for (const auto& [name, value] : command.environment) {
    variables.push_back(name);
    variables.back() += "=" + value;
  }
  return variables;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

int CodeOf(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

// What posix_spawn takes: no input, output to files, a group and signals of its own.
class SpawnPlan {
 public:
  SpawnPlan(const std::string& out, const std::string& err) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, out.c_str(), kWrite, kMode);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, err.c_str(), kWrite, kMode);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnPlan() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  int Spawn(std::vector<std::string> arguments, std::vector<std::string> environment, pid_t* pid) {
    return posix_spawnp(pid, arguments.front().c_str(), &actions_, &attributes_,
                        Pointers(arguments).data(), Pointers(environment).data());
  }

 private:
  static constexpr int kWrite = O_WRONLY | O_CREAT | O_APPEND;
  static constexpr mode_t kMode = 0600;
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

}  // namespace

std::string ProgramPath(const std::string& name) {
  const char* const installed = std::getenv("COMPTOIR_PROGRAMS");
  return std::string(installed == nullptr ? COMPTOIR_BUILT_PROGRAMS : installed) + "/" + name;
}

Program::Program(const Command& command) : name_(command.program) {
  // A test that is itself killed must not leave daemons behind.
  std::vector<std::string> arguments = {"setpriv", "--pdeathsig", "KILL", "--"};
  arguments.insert(arguments.end(), command.under.begin(), command.under.end());
  arguments.push_back(ProgramPath(command.program));
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  SpawnPlan plan(folder_ / "out", folder_ / "err");
  const int error = plan.Spawn(std::move(arguments), EnvironmentOf(command), &pid_);
  Require(error == 0, "cannot start " + name_ + ": " + std::to_string(error));
}

Program::~Program() {
  Kill();
  if (::testing::Test::HasFailure() || std::uncaught_exceptions() > 0) {
    std::cout << "---- standard error of " << name_ << ", which ended with " << *code_ << "\n"
              << err() << "----" << std::endl;
  }
}

bool Program::HasEnded() {
  if (code_.has_value()) return true;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
  code_ = CodeOf(status);
  return true;
}

std::map<std::string, std::string> Program::WaitUntilReady() {
  const auto values = WaitUntilReadyOrEnded();
  Require(values.has_value(), name_ + " ended with " + std::to_string(code_.value_or(-1)) +
                                  " before it was ready: " + err());
  return *values;
}

std::optional<std::map<std::string, std::string>> Program::WaitUntilReadyOrEnded() {
  const auto ready = [this] {
    const std::string text = out();
    return text.starts_with("ready ") && text.ends_with('\n');
  };
  Require(Eventually([&] { return ready() || HasEnded(); }), name_ + " did not get ready");
  if (!ready()) return std::nullopt;
  std::map<std::string, std::string> values;
  std::istringstream words(out().substr(std::string_view("ready ").size()));
  for (std::string word; words >> word;) {
    const size_t equals = word.find('=');
    Require(equals != std::string::npos, "a ready line without values: " + word);
    values[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return values;
}

void Program::Signal(int number) {
  if (!HasEnded()) kill(pid_, number);
}

std::optional<Ended> Program::WaitForEnd(std::chrono::milliseconds patience) {
  if (!Eventually([this] { return HasEnded(); }, patience)) return std::nullopt;
  return Ended{*code_, out(), err()};
}

void Program::Kill() {
  if (code_.has_value()) return;
  kill(pid_, SIGKILL);
  int status = 0;
  waitpid(pid_, &status, 0);
  code_ = CodeOf(status);
}

std::string Program::out() const { return ReadAll(folder_ / "out"); }
std::string Program::err() const { return ReadAll(folder_ / "err"); }

Ended RunToEnd(const Command& command) {
  Program program(command);
  std::optional<Ended> ended = program.WaitForEnd();
  Require(ended.has_value(), command.program + " did not end");
  return *std::move(ended);
}

}  // namespace comptoir::testing
