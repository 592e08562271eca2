// What is said where a list of one product's stock is empty.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "cli/connection.h"
#include "cli/json.h"
#include "cli/settings.h"

namespace comptoir::cli {

// Asks `daemon`: its refusal where it knows no such product. OK where it does, and where it
// does not answer: the list was an answer all the same.
absl::Status CheckProductIsKnown(const Settings& settings, const Connection& daemon,
                                 const std::string& product);

// "nothing of chou-rouge has moved here yet", where `place` is "here yet"; the empty list
// as JSON. A refusal where there is no such product.
template <typename Response>
absl::StatusOr<ExitCode> ShowNoneOfIt(const Settings& settings, const Connection& daemon,
                                      const std::string& product, const Response& empty_list,
                                      const char* place) {
  if (const absl::Status known = CheckProductIsKnown(settings, daemon, product); !known.ok()) {
    return known;
  }
  if (settings.json) {
    *settings.out << MessageJson(empty_list) << "\n";
  } else {
    *settings.out << "nothing of " << product << " has moved " << place << "\n";
  }
  return ExitCode::kDone;
}

}  // namespace comptoir::cli
