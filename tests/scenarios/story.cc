#include "tests/scenarios/story.h"

#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace comptoir::scenarios {
namespace {

constexpr std::string_view kPrompt = "> ";

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

bool IsCommand(const std::string& line) { return line.starts_with(kPrompt); }

// Where what the command at `command` prints ends.
size_t EndOfOutput(const std::vector<std::string>& lines, size_t command) {
  size_t end = command + 1;
  while (end < lines.size() && !lines[end].empty() && !IsCommand(lines[end])) ++end;
  return end;
}

Step StepAt(const std::vector<std::string>& lines, size_t command) {
  Step step;
  step.line = command + 1;
  step.words = absl::StrSplit(lines[command].substr(kPrompt.size()), ' ', absl::SkipEmpty());
  for (size_t at = command + 1; at < EndOfOutput(lines, command); ++at) {
    absl::StrAppend(&step.expected, lines[at], "\n");
  }
  return step;
}

}  // namespace

std::vector<Step> ReadSteps(const std::string& text) {
  const std::vector<std::string> lines = LinesOf(text);
  std::vector<Step> steps;
  for (size_t at = 0; at < lines.size(); ++at) {
    if (IsCommand(lines[at])) steps.push_back(StepAt(lines, at));
  }
  return steps;
}

std::string Retell(const std::string& text,
                   const std::function<std::string(const Step&)>& perform) {
  const std::vector<std::string> lines = LinesOf(text);
  std::string retold;
  for (size_t at = 0; at < lines.size();) {
    absl::StrAppend(&retold, lines[at], "\n");
    if (!IsCommand(lines[at])) {
      ++at;
      continue;
    }
    retold += perform(StepAt(lines, at));
    at = EndOfOutput(lines, at);
  }
  return retold;
}

}  // namespace comptoir::scenarios
