// Durations and rates, summed up the way the tables quote them.
#pragma once

#include <chrono>
#include <vector>

namespace comptoir::bench {

using SteadyClock = std::chrono::steady_clock;

inline double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// Of all threads of this process so far.
double CpuSeconds();

// Measured one by one, in microseconds. One thread.
class Latencies {
 public:
  void Add(double microseconds) { values_.push_back(microseconds); }
  void Add(const Latencies& other);
  size_t count() const { return values_.size(); }
  // 0.5 is the median, 1 the largest; of none, 0. Sorts.
  double Quantile(double fraction);

 private:
  std::vector<double> values_;
};

// Of none, 0.
double Median(std::vector<double> values);

}  // namespace comptoir::bench
