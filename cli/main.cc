#include <iostream>

#include "cli/run.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return static_cast<int>(comptoir::cli::RunComptoir(arguments, comptoir::cli::ReadEnvironment(),
                                                     std::cout, std::cerr));
}
