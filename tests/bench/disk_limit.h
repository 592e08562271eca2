// The limit of one sale: one fdatasync of the same bytes on the same disk.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "tests/bench/samples.h"

namespace comptoir::bench {

// Appends `bytes` and syncs them, `count` times, to a file in `folder`; `pause`
// before each, for what is measured against work that comes at such a pace.
Latencies MeasureDiskSync(const std::string& folder, size_t bytes, size_t count,
                          std::chrono::milliseconds pause = {});

}  // namespace comptoir::bench
