// The decoders of bytes from outside, each with what must hold for every input.
// The same functions run under libFuzzer (preset `fuzz`) and, over the corpora and
// a fixed number of seeded alterations, as tests in every other preset.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/alter.h"

namespace comptoir::fuzz {

struct Fuzzer {
  std::string_view name;  // of its corpus too: tests/fuzz/corpus/NAME
  // Stops the process (COMPTOIR_CHECK, a sanitizer) where what must hold does not.
  void (*run)(std::string_view bytes);
  // Inputs to begin with, from real encodings. Only `fuzz_seeds` calls it.
  std::vector<std::string> (*seeds)();
  // Alters an input within its own grammar, so that what is behind the first check
  // is reached as well; null where bytes are as good.
  void (*alter)(std::string* bytes, Alterer& alterer) = nullptr;
};

// One a source file, in its order.
std::span<const Fuzzer> AllFuzzers();
// Null where there is none.
const Fuzzer* FindFuzzer(std::string_view name);

extern const Fuzzer kSegmentFuzzer;
extern const Fuzzer kEntryFuzzer;
extern const Fuzzer kFactsFuzzer;
extern const Fuzzer kSessionFuzzer;
extern const Fuzzer kCoopStockFuzzer;
extern const Fuzzer kIdentityFuzzer;
extern const Fuzzer kSheetFuzzer;
extern const Fuzzer kWordsFuzzer;
extern const Fuzzer kJsonFuzzer;
extern const Fuzzer kSettingsFuzzer;
extern const Fuzzer kCursorFuzzer;
extern const Fuzzer kRowsFuzzer;
extern const Fuzzer kCarryFuzzer;

}  // namespace comptoir::fuzz
