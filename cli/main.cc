#include <grpc/grpc.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "cli/run.h"

namespace {

constexpr std::chrono::seconds kEndOfGrpcMax{5};
constexpr std::chrono::milliseconds kEndOfGrpcStep{1};

// The last of a connection may be let go on a thread of gRPC's after the command has
// returned; exit() would take libcrypto's memory away under its hands.
void AwaitEndOfGrpc() {
  const auto latest = std::chrono::steady_clock::now() + kEndOfGrpcMax;
  while (grpc_is_initialized() != 0 && std::chrono::steady_clock::now() < latest) {
    std::this_thread::sleep_for(kEndOfGrpcStep);
  }
}

}  // namespace

int main(int argc, char** argv) {
  // What gRPC would say of a failed connection on standard error, we say in a sentence.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto code =
      comptoir::cli::RunComptoir(arguments, comptoir::cli::ReadEnvironment(), std::cout, std::cerr);
  AwaitEndOfGrpc();
  return static_cast<int>(code);
}
