#include "common/store/counters.h"

#include "common/base/bytes.h"
#include "common/store/store.h"

namespace comptoir::store {
namespace {

constexpr uint64_t ZigZag(int64_t value) {
  return static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>(value >> 1 ^ (0 - (value & 1)));
}

// Takes one sum. False when it is cut short or written longer than need be: one
// list of sums has one encoding, so that equal views are equal bytes (I1).
bool ConsumeSum(std::string_view* value, int64_t* sum) {
  const std::string_view before = *value;
  uint64_t raw = 0;
  if (!ConsumeVarint(value, &raw)) return false;
  const size_t size = before.size() - value->size();
  if (size > 1 && before[size - 1] == 0) return false;
  *sum = UnZigZag(raw);
  return true;
}

}  // namespace

bool AddEncodedCounters(std::string_view value, CounterSums* sums) {
  for (size_t i = 0; !value.empty(); ++i) {
    int64_t sum = 0;
    if (!ConsumeSum(&value, &sum)) return false;
    if (i == sums->size()) sums->push_back(0);
    (*sums)[i] = AddWrapping((*sums)[i], sum);
  }
  return true;
}

void AppendCounters(std::span<const int64_t> sums, std::string* out) {
  for (int64_t sum : sums) AppendVarint(ZigZag(sum), out);
}

std::string EncodeCounters(std::span<const int64_t> sums) {
  std::string value;
  AppendCounters(sums, &value);
  return value;
}

absl::StatusOr<std::vector<int64_t>> DecodeCounters(std::string_view value) {
  CounterSums sums;
  if (!AddEncodedCounters(value, &sums)) {
    return absl::DataLossError("a counter's value is damaged: verify the store");
  }
  return std::vector<int64_t>(sums.begin(), sums.end());
}

}  // namespace comptoir::store
