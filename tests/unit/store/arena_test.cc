#include "common/store/arena.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace comptoir::store {
namespace {

TEST(Arena, PiecesOfAnySizeKeepTheirBytes) {
  Arena arena;
  std::vector<std::pair<std::string, const char*>> pieces;
  size_t total = 0;
  for (size_t i = 0; i < 3000; ++i) {
    const size_t size = i % 500 == 499 ? 100'000 : i % 97;
    const std::string text(size, static_cast<char>('a' + i % 26));
    pieces.emplace_back(text, arena.Copy(text));
    total += size;
  }
  EXPECT_EQ(arena.bytes(), total);
  for (const auto& [text, piece] : pieces) ASSERT_EQ(std::string_view(piece, text.size()), text);
}

TEST(Arena, EmptyPieceIsFine) {
  Arena arena;
  arena.Copy("");
  arena.Allocate(0);
  EXPECT_EQ(arena.bytes(), 0u);
}

}  // namespace
}  // namespace comptoir::store
