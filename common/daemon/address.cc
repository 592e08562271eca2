#include "common/daemon/address.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace comptoir::daemon {

absl::StatusOr<Address> ParseAddress(std::string_view what, std::string_view text) {
  const size_t colon = text.rfind(':');
  Address address;
  if (colon != std::string_view::npos && colon > 0 &&
      absl::SimpleAtoi(std::string(text.substr(colon + 1)), &address.port) && address.port >= 0 &&
      address.port <= 65'535) {
    address.host = std::string(text.substr(0, colon));
    return address;
  }
  return absl::InvalidArgumentError(absl::StrCat(std::string(what), " \"", std::string(text),
                                                 "\" is not an address: write host:port"));
}

bool IsLoopback(const Address& address) {
  return address.host == "localhost" || address.host == "[::1]" || address.host.starts_with("127.");
}

}  // namespace comptoir::daemon
