#include "common/platform/random.h"

#include <sys/random.h>

#include <cerrno>

#include "common/base/status.h"

namespace comptoir::platform {

void SystemRandom::Fill(std::span<uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t filled = getrandom(bytes.data(), bytes.size(), 0);
    if (filled < 0) {
      COMPTOIR_CHECK(errno == EINTR);
      continue;
    }
    bytes = bytes.subspan(static_cast<size_t>(filled));
  }
}

}  // namespace comptoir::platform
