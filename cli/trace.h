// What `trace` and `export trace` are asked alike.
#pragma once

#include <string>

#include <CLI/App.hpp>

#include "absl/status/statusor.h"
#include "comptoir/shop/v1/recalls.pb.h"

namespace comptoir::cli {

struct TraceOptions {
  std::string product;
  std::string lot;
  std::string recall;
  std::string receipt;
  std::string shop;
};
// `options` must outlive the command.
void AddTraceOptions(CLI::App& command, TraceOptions& options);
// INVALID_ARGUMENT where nothing, or several things, are to be traced.
absl::StatusOr<shop::v1::TraceRequest> MakeTraceRequest(const TraceOptions& options);

}  // namespace comptoir::cli
