#include "tests/bench/daemon.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "tests/bench/must.h"

namespace comptoir::bench {
namespace {

constexpr int kExecFailed = 127;

// In the child, between fork and exec: system calls only.
[[noreturn]] void Become(char* const* arguments, int out, const char* log) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int log_file = ::open(log, O_CREAT | O_APPEND | O_WRONLY, 0600);
  ::dup2(log_file, STDERR_FILENO);
  ::dup2(out < 0 ? log_file : out, STDOUT_FILENO);
  ::execv(arguments[0], arguments);
  ::_exit(kExecFailed);
}

pid_t Spawn(const std::string& program, const std::vector<std::string>& arguments, int out,
            const std::string& log) {
  std::vector<std::string> texts = {program};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  const pid_t pid = ::fork();
  COMPTOIR_CHECK(pid >= 0);
  if (pid == 0) Become(pointers.data(), out, log.c_str());
  return pid;
}

int WaitFor(pid_t pid) {
  int status = 0;
  COMPTOIR_CHECK(::waitpid(pid, &status, 0) == pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Daemon::Daemon(const std::string& program, const std::vector<std::string>& arguments,
               const std::string& log)
    : program_(program) {
  int ends[2];
  COMPTOIR_CHECK(::pipe2(ends, O_CLOEXEC) == 0);
  pid_ = Spawn(program, arguments, ends[1], log);
  ::close(ends[1]);
  ReadReadyLine(ends[0]);
  ::close(ends[0]);
  if (addresses_.empty()) Stop(absl::StrCat(program, " did not get ready: see ", log));
}

Daemon::~Daemon() { Kill(); }

void Daemon::ReadReadyLine(int pipe) {
  std::string text;
  char byte = 0;
  while (::read(pipe, &byte, 1) == 1 && byte != '\n') text.push_back(byte);
  for (const auto word : absl::StrSplit(text, ' ')) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(word, absl::MaxSplits('=', 1));
    if (!parts.second.empty()) addresses_.insert(parts);
  }
}

const std::string& Daemon::address(const std::string& name) const {
  const auto found = addresses_.find(name);
  if (found == addresses_.end())
    Stop(absl::StrCat(program_, " did not say where its ", name, " is"));
  return found->second;
}

double Daemon::PeakMemoryBytes() const {
  std::ifstream file(absl::StrCat("/proc/", pid_, "/status"));
  for (std::string name; file >> name;) {
    double kibibytes = 0;
    if (name == "VmHWM:" && file >> kibibytes) return kibibytes * 1024;
  }
  Stop(absl::StrCat(program_, " is gone"));
}

double Daemon::CpuSeconds() const {
  std::ifstream file(absl::StrCat("/proc/", pid_, "/stat"));
  std::string text;
  std::getline(file, text);
  // After the name in brackets; user's and system's are the 12th and 13th from there.
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

void Daemon::Drain() { End(SIGTERM); }
void Daemon::Kill() { End(SIGKILL); }

void Daemon::End(int signal) {
  if (pid_ < 0) return;
  ::kill(pid_, signal);
  WaitFor(pid_);
  pid_ = -1;
}

Daemon StartHub(const std::string& programs, const std::string& folder) {
  return Daemon(programs + "/comptoir-hub",
                {"--data", folder, "--listen", "127.0.0.1:0", "--web-listen", "127.0.0.1:0"},
                folder + "/log");
}

Daemon StartNode(const std::string& programs, const std::string& folder, const std::string& hub) {
  return Daemon(
      programs + "/comptoir-node",
      {"--data", folder, "--listen", "127.0.0.1:0", "--web-listen", "127.0.0.1:0", "--hub", hub},
      folder + "/log");
}

int RunToEnd(const std::string& program, const std::vector<std::string>& arguments,
             const std::string& log) {
  return WaitFor(Spawn(program, arguments, -1, log));
}

}  // namespace comptoir::bench
