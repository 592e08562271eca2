// The program, apart from its process.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "cli/environment.h"
#include "cli/failure.h"

namespace comptoir::cli {

// Does what `arguments` (without the program's name) ask for.
ExitCode RunComptoir(const std::vector<std::string>& arguments, Environment environment,
                     std::ostream& out, std::ostream& err);

}  // namespace comptoir::cli
