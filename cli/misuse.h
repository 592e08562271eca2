// What was typed and cannot be understood, in sentences that name the command and what to
// type instead.
#pragma once

#include <string>
#include <vector>

#include <CLI/App.hpp>

namespace comptoir::cli {

// Of an error that `app` threw while it parsed `arguments`, but not its help or version. Ends
// with a line's end.
std::string MisuseText(const CLI::App& app, const CLI::ParseError& error,
                       const std::vector<std::string>& arguments);

}  // namespace comptoir::cli
