// One run of one of the product's programs.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/eventually.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::testing {

// Of the project's own build, or in the folder that COMPTOIR_PROGRAMS names.
std::string ProgramPath(const std::string& name);

struct Command {
  std::string program;  // "comptoir-hub"
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;  // COMPTOIR_… of the test's own are not passed on
  std::vector<std::string> under = {};  // a program that runs it, and that one's arguments
};

// How a program ended: its exit code, or 128 + signal.
struct Ended {
  int code = 0;
  std::string out;
  std::string err;
};

// In a process group of its own; dies with the thread that started it.
// One thread.
class Program {
 public:
  explicit Program(const Command& command);
  // Kills it if it still runs; shows its standard error when the test has failed.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Key and value of its `ready` line; gives up when it ends before saying so.
  std::map<std::string, std::string> WaitUntilReady();
  // The same, for one that may end before: nullopt then.
  std::optional<std::map<std::string, std::string>> WaitUntilReadyOrEnded();
  void Signal(int number);
  // Nullopt when it still runs after `patience`.
  std::optional<Ended> WaitForEnd(std::chrono::milliseconds patience = kPatience);
  // SIGKILL, and gone when this returns.
  void Kill();

  std::string out() const;
  std::string err() const;

 private:
  bool HasEnded();

  const std::string name_;
  TemporaryFolder folder_;
  pid_t pid_ = -1;
  std::optional<int> code_;
};

// Runs it to its end.
Ended RunToEnd(const Command& command);

}  // namespace comptoir::testing
