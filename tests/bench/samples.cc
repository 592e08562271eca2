#include "tests/bench/samples.h"

#include <time.h>

#include <algorithm>
#include <cmath>

namespace comptoir::bench {

double CpuSeconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

void Latencies::Add(const Latencies& other) {
  values_.insert(values_.end(), other.values_.begin(), other.values_.end());
}

double Latencies::Quantile(double fraction) {
  if (values_.empty()) return 0;
  std::sort(values_.begin(), values_.end());
  const double place = std::ceil(fraction * static_cast<double>(values_.size()));
  return values_[static_cast<size_t>(std::max(place, 1.0)) - 1];
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace comptoir::bench
