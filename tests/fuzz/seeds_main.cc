// fuzz_seeds FOLDER: writes each fuzzer's first inputs to FOLDER/NAME/seed-NN,
// over those that are there. Keys and certificates in them are new each time.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/fuzzers.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: fuzz_seeds FOLDER\n", stderr);
    return 2;
  }
  for (const comptoir::fuzz::Fuzzer& fuzzer : comptoir::fuzz::AllFuzzers()) {
    const std::filesystem::path folder = std::filesystem::path(argv[1]) / fuzzer.name;
    std::filesystem::create_directories(folder);
    size_t number = 0;
    for (const std::string& seed : fuzzer.seeds()) {
      char name[32];
      std::snprintf(name, sizeof(name), "seed-%02zu", number++);
      std::ofstream file(folder / name, std::ios::binary);
      if (!(file << seed) || !file.flush()) {
        std::fprintf(stderr, "fuzz_seeds: cannot write %s\n", (folder / name).c_str());
        return 1;
      }
    }
    std::printf("%-12s %zu seeds\n", std::string(fuzzer.name).c_str(), number);
  }
  return 0;
}
