#include "tests/simulation/child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"

namespace comptoir::simulation {
namespace {

// As text, so that a child that died in the midst of it is noticed.
std::string ToText(const RunReport& report) {
  std::string text = absl::StrCat(report.trace_hash, " ", report.steps, " ", report.sales_told, " ",
                                  report.entries, " ", report.frames, " ", report.level_after_ms);
  for (const uint64_t count : report.faults) absl::StrAppend(&text, " ", count);
  for (const size_t number : report.fault_numbers) absl::StrAppend(&text, " ", number);
  absl::StrAppend(&text, "\n");
  for (const std::string& failure : report.failures) absl::StrAppend(&text, failure, "\n");
  return absl::StrCat(text, "end\n");
}

bool FromText(const std::string& text, RunReport* report) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (lines.size() < 3 || lines[lines.size() - 2] != "end") return false;
  const std::vector<std::string> numbers = absl::StrSplit(lines.front(), ' ');
  constexpr size_t kFixed = 6;
  if (numbers.size() < kFixed + kFaultKinds) return false;
  size_t next = 0;
  const auto take = [&] { return std::strtoull(numbers[next++].c_str(), nullptr, 10); };
  report->trace_hash = take();
  report->steps = take();
  report->sales_told = take();
  report->entries = take();
  report->frames = take();
  report->level_after_ms = static_cast<int64_t>(take());
  for (uint64_t& count : report->faults) count = take();
  while (next < numbers.size()) report->fault_numbers.push_back(take());
  report->failures.assign(lines.begin() + 1, lines.end() - 2);
  return true;
}

std::string ReadAll(int file) {
  std::string text;
  std::array<char, 4096> bytes{};
  for (ssize_t got = 0; (got = read(file, bytes.data(), bytes.size())) > 0;) {
    text.append(bytes.data(), static_cast<size_t>(got));
  }
  return text;
}

void WriteAll(int file, const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const ssize_t wrote = write(file, text.data() + at, text.size() - at);
    if (wrote <= 0) _exit(1);
    at += static_cast<size_t>(wrote);
  }
}

}  // namespace

RunReport RunInChild(RunOptions options) {
  options.trace = nullptr;
  std::array<int, 2> ends{};
  COMPTOIR_CHECK(pipe(ends.data()) == 0);
  const pid_t child = fork();
  COMPTOIR_CHECK(child >= 0);
  if (child == 0) {
    close(ends[0]);
    WriteAll(ends[1], ToText(RunSeed(options)));
    _exit(0);
  }
  close(ends[1]);
  const std::string text = ReadAll(ends[0]);
  close(ends[0]);
  int status = 0;
  COMPTOIR_CHECK(waitpid(child, &status, 0) == child);
  RunReport report;
  report.seed = options.seed;
  if (FromText(text, &report)) return report;
  report.failures = {WIFSIGNALED(status)
                         ? absl::StrCat("the process died of signal ", WTERMSIG(status))
                         : "the process ended before its run"};
  // Which faults came to be is not known: all that may have.
  for (size_t i = 0; i < kFaultsMax; ++i) {
    if (options.keep.empty() || options.keep.contains(i)) report.fault_numbers.push_back(i);
  }
  return report;
}

}  // namespace comptoir::simulation
