// Settings that come from the environment.
#pragma once

#include <string>

namespace comptoir::cli {

// COMPTOIR_NODE, COMPTOIR_HUB, COMPTOIR_IDENTITY, and COMPTOIR_CONFIG, a file that says the
// others. Empty where unset.
struct Environment {
  std::string node;
  std::string hub;
  std::string identity;
  std::string config = {};
};
Environment ReadEnvironment();

}  // namespace comptoir::cli
