#include "common/platform/random.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace comptoir::platform {
namespace {

TEST(SystemRandom, FillsAllOfASpanLongerThanOneCallGives) {
  // The kernel may give less than asked from 256 bytes up. A byte that is never
  // written stays zero in all rounds; by chance that has odds of 2^-64 a byte.
  constexpr size_t kBytes = 100'000;
  std::vector<uint8_t> seen(kBytes, 0);
  SystemRandom random;
  for (int round = 0; round < 8; ++round) {
    std::vector<uint8_t> bytes(kBytes, 0);
    random.Fill(bytes);
    for (size_t i = 0; i < kBytes; ++i) seen[i] |= bytes[i];
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 0), 0);
}

TEST(SystemRandom, LeavesWhatIsBesideTheSpanAlone) {
  std::array<uint8_t, 34> bytes{};
  SystemRandom().Fill(std::span(bytes).subspan(1, 32));
  EXPECT_EQ(bytes.front(), 0);
  EXPECT_EQ(bytes.back(), 0);
  SystemRandom().Fill({});
}

TEST(SystemRandom, DoesNotRepeatAndIsBalanced) {
  SystemRandom random;
  std::set<uint64_t> drawn;
  size_t ones = 0;
  constexpr size_t kDraws = 10'000;
  for (size_t i = 0; i < kDraws; ++i) {
    const uint64_t value = random.Next64();
    drawn.insert(value);
    ones += std::bitset<64>(value).count();
  }
  EXPECT_EQ(drawn.size(), kDraws);
  // Half of 640,000 bits, and 400 for a standard deviation: twelve of them.
  EXPECT_NEAR(static_cast<double>(ones), 320'000.0, 4'800.0);
}

}  // namespace
}  // namespace comptoir::platform
