#include <cstdlib>
#include <iostream>

#include "cli/run.h"

int main(int argc, char** argv) {
  // What gRPC would say of a failed connection on standard error, we say in a sentence.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return static_cast<int>(comptoir::cli::RunComptoir(arguments, comptoir::cli::ReadEnvironment(),
                                                     std::cout, std::cerr));
}
