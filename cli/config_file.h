// What a file says where neither flags nor the environment do.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "cli/environment.h"

namespace comptoir::cli {

// Fills in what `*environment` leaves empty from `path`: texts in TOML, under the keys
// node, hub and identity. NOT_FOUND or INVALID_ARGUMENT, with file and line, where it
// cannot be read, or says anything else.
absl::Status ReadConfigFile(const std::string& path, Environment* environment);

}  // namespace comptoir::cli
