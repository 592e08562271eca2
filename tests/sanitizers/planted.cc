// Defects on purpose, one an argument: each sanitizer is proved alive by
// finding its own. Never part of the product.
#include <atomic>
#include <climits>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace {

int TouchFreedMemory() {
  auto number = std::make_unique<int>(1);
  const volatile int* freed = number.get();
  number.reset();
  return *freed;
}

int LoseMemory() {
  volatile bool lose = true;
  int* number = new int(1);
  const int value = *number;
  if (lose) number = nullptr;
  delete number;
  return value;
}

int OverflowAnInteger() {
  volatile int most = INT_MAX;
  return most + 1;
}

// Both threads are at it at once, and nothing orders them: a relaxed counter
// makes no happens-before.
int RaceForAnInteger() {
  int unguarded = 0;
  std::atomic<int> arrived = 0;
  const auto race = [&] {
    arrived.fetch_add(1, std::memory_order_relaxed);
    while (arrived.load(std::memory_order_relaxed) < 2) {
    }
    ++unguarded;
  };
  std::thread first(race);
  std::thread second(race);
  first.join();
  second.join();
  return unguarded;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view defect = argc == 2 ? argv[1] : "";
  int value = -1;
  if (defect == "freed-memory") value = TouchFreedMemory();
  if (defect == "lost-memory") value = LoseMemory();
  if (defect == "integer-overflow") value = OverflowAnInteger();
  if (defect == "race") value = RaceForAnInteger();
  std::printf("ended with %d\n", value);
  return 0;
}
