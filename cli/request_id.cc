#include "cli/request_id.h"

#include <sys/random.h>

#include <array>
#include <cerrno>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "common/base/bytes.h"
#include "common/base/limits.h"
#include "common/base/status.h"

namespace comptoir::cli {

std::string RequestIds::Next() {
  if (counter_ == 0) {
    std::array<uint8_t, kTillSessionBytes> session{};
    random_.Fill(session);
    session_.assign(session.begin(), session.end());
  }
  std::string id = session_;
  AppendBigEndian32(counter_++, &id);
  return id;
}

std::string RequestIdText(std::string_view request_id) {
  return absl::BytesToHexString(absl::string_view(request_id.data(), request_id.size()));
}

absl::StatusOr<std::string> ParseRequestId(std::string_view text) {
  std::string digits;
  bool is_sound = true;
  for (char c : text) {
    if (c == '-') continue;
    is_sound &= absl::ascii_isxdigit(static_cast<unsigned char>(c));
    digits += c;
  }
  if (!is_sound || digits.size() != 2 * kRequestIdBytes) {
    return absl::InvalidArgumentError(
        "a request id is 32 hexadecimal digits, as printed with the sale or as a UUID");
  }
  return absl::HexStringToBytes(digits);
}

absl::StatusOr<std::string> RequestIdOrNew(std::string_view text) {
  if (!text.empty()) return ParseRequestId(text);
  SystemRandom random;
  return RequestIds(random).Next();
}

void SystemRandom::Fill(std::span<uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = getrandom(bytes.data(), bytes.size(), 0);
    // Blocks until the kernel has entropy; the only failure left is a signal.
    COMPTOIR_CHECK(count > 0 || errno == EINTR);
    if (count > 0) bytes = bytes.subspan(static_cast<size_t>(count));
  }
}

}  // namespace comptoir::cli
