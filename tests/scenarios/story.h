// A story as a text file: prose and a drawing, then commands with what they print.
//
//   > sell outremeuse-1 till-1 carottes 2
//   outremeuse-A-0001: 3.90
//
// A command begins with '> ' at the start of a line; what it prints stands beneath, up
// to the next command or an empty line. Everything else is for people.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace comptoir::scenarios {

struct Step {
  size_t line = 0;  // of the file, from 1
  std::vector<std::string> words;
  std::string expected;  // lines, each with its end
};

// In the order of the file.
std::vector<Step> ReadSteps(const std::string& text);

// The text with what `perform` prints beneath each command.
std::string Retell(const std::string& text, const std::function<std::string(const Step&)>& perform);

}  // namespace comptoir::scenarios
