// host:port as people write it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace comptoir::daemon {

struct Address {
  std::string host;
  int port = 0;

  std::string text() const { return host + ":" + std::to_string(port); }
};

// INVALID_ARGUMENT with a sentence naming `what` unless "host:port" with a port
// of 0 to 65,535; an IPv6 host stands in brackets.
absl::StatusOr<Address> ParseAddress(std::string_view what, std::string_view text);

// Whether only this machine reaches it, as far as its name says.
bool IsLoopback(const Address& address);

// Whether two listeners would be one: port 0 never is.
inline bool IsSame(const Address& one, const Address& other) {
  return one.port != 0 && one.port == other.port && one.host == other.host;
}

}  // namespace comptoir::daemon
