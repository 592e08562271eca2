// The functions that libFuzzer calls. Which fuzzer, the environment says: its own
// child processes must run the same.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/fuzz/fuzzers.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t size_max);

namespace comptoir::fuzz {
namespace {

const Fuzzer& Chosen() {
  static const Fuzzer* const chosen = [] {
    const char* name = std::getenv("COMPTOIR_FUZZER");
    const Fuzzer* found = name == nullptr ? nullptr : FindFuzzer(name);
    if (found != nullptr) return found;
    std::fputs("set COMPTOIR_FUZZER to one of:", stderr);
    for (const Fuzzer& each : AllFuzzers()) {
      std::fprintf(stderr, " %s", std::string(each.name).c_str());
    }
    std::fputc('\n', stderr);
    std::exit(2);
  }();
  return *chosen;
}

std::string_view View(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// libFuzzer's own way with bytes, which knows what the code compared them with.
void AlterAsLibFuzzer(std::string* bytes, Alterer& alterer) {
  const size_t size = bytes->size();
  bytes->resize(size + 1 + alterer.Below(64));
  bytes->resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(bytes->data()), size, bytes->size()));
}

}  // namespace
}  // namespace comptoir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  comptoir::fuzz::Chosen().run(comptoir::fuzz::View(data, size));
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t size_max,
                                          unsigned int seed) {
  using namespace comptoir::fuzz;
  Alterer alterer(seed, AlterAsLibFuzzer);
  if (Chosen().alter == nullptr || alterer.OneIn(8)) return LLVMFuzzerMutate(data, size, size_max);
  std::string bytes(View(data, size));
  Chosen().alter(&bytes, alterer);
  if (bytes.empty() || bytes.size() > size_max) return LLVMFuzzerMutate(data, size, size_max);
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}
