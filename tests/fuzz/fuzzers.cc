#include "tests/fuzz/fuzzers.h"

#include <array>

namespace comptoir::fuzz {

std::span<const Fuzzer> AllFuzzers() {
  static const std::array kAll = {
      kSegmentFuzzer,  kEntryFuzzer, kFactsFuzzer, kSessionFuzzer, kCoopStockFuzzer,
      kIdentityFuzzer, kSheetFuzzer, kWordsFuzzer, kJsonFuzzer,    kSettingsFuzzer,
      kCursorFuzzer,   kRowsFuzzer,  kCarryFuzzer,
  };
  return kAll;
}

const Fuzzer* FindFuzzer(std::string_view name) {
  for (const Fuzzer& fuzzer : AllFuzzers()) {
    if (fuzzer.name == name) return &fuzzer;
  }
  return nullptr;
}

}  // namespace comptoir::fuzz
