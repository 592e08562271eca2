#include "common/daemon/address.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace comptoir::daemon {
namespace {

// Digits alone: SimpleAtoi passes over white space and takes a sign.
bool ParsePort(std::string_view text, int* port) {
  return text.find_first_not_of("0123456789") == std::string_view::npos &&
         absl::SimpleAtoi(std::string(text), port) && *port <= 65'535;
}

}  // namespace

absl::StatusOr<Address> ParseAddress(std::string_view what, std::string_view text) {
  const size_t colon = text.rfind(':');
  Address address;
  if (colon != std::string_view::npos && colon > 0 &&
      ParsePort(text.substr(colon + 1), &address.port)) {
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
