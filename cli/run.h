// The program, apart from its process.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "cli/failure.h"

namespace comptoir::cli {

// Settings that come from the environment: COMPTOIR_NODE, COMPTOIR_HUB,
// COMPTOIR_IDENTITY, and COMPTOIR_CONFIG, a file that says the others. Empty where unset.
struct Environment {
  std::string node;
  std::string hub;
  std::string identity;
  std::string config = {};
};
Environment ReadEnvironment();

// Does what `arguments` (without the program's name) ask for.
ExitCode RunComptoir(const std::vector<std::string>& arguments, Environment environment,
                     std::ostream& out, std::ostream& err);

}  // namespace comptoir::cli
