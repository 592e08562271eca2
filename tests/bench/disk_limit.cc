#include "tests/bench/disk_limit.h"

#include <fcntl.h>
#include <unistd.h>

#include <thread>

#include "common/base/status.h"

namespace comptoir::bench {

Latencies MeasureDiskSync(const std::string& folder, size_t bytes, size_t count,
                          std::chrono::milliseconds pause) {
  const std::string path = folder + "/sync-limit";
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  COMPTOIR_CHECK(file >= 0);
  const std::string block(bytes, '\x5a');
  Latencies latencies;
  for (size_t i = 0; i < count; ++i) {
    if (pause.count() > 0) std::this_thread::sleep_for(pause);
    const auto start = SteadyClock::now();
    COMPTOIR_CHECK(::write(file, block.data(), block.size()) == static_cast<ssize_t>(block.size()));
    COMPTOIR_CHECK(::fdatasync(file) == 0);
    latencies.Add(SecondsSince(start) * 1e6);
  }
  ::close(file);
  ::unlink(path.c_str());
  return latencies;
}

}  // namespace comptoir::bench
