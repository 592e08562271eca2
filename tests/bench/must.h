// A benchmark that cannot go on stops with what is wrong.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comptoir::bench {

[[noreturn]] inline void Stop(std::string_view why) {
  std::fprintf(stderr, "comptoir-bench: %s\n", std::string(why).c_str());
  std::exit(EXIT_FAILURE);
}
inline void Must(const absl::Status& status) {
  if (!status.ok()) Stop(status.ToString());
}
template <typename Value>
Value Must(absl::StatusOr<Value> value) {
  if (!value.ok()) Stop(value.status().ToString());
  return *std::move(value);
}
// `difference`: a sentence, or empty where all is as it must be.
inline void MustAgree(const std::string& difference) {
  if (!difference.empty()) Stop("the result is wrong: " + difference);
}

}  // namespace comptoir::bench
