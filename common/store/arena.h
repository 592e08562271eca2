// Bytes that are given out one piece after another and freed all at once.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace comptoir::store {

// Thread use: one thread.
class Arena {
 public:
  // `size` bytes, not aligned, that live as long as the arena.
  char* Allocate(size_t size) {
    if (size > free_) return AllocateSlowly(size);
    char* const piece = next_;
    next_ += size;
    free_ -= size;
    bytes_ += size;
    return piece;
  }
  char* Copy(std::string_view text);

  // Given out so far.
  size_t bytes() const { return bytes_; }

 private:
  // A batch of one sale fits the first block; one of thousands soon works with
  // the largest.
  static constexpr size_t kBlockBytesMin = 2 << 10;
  static constexpr size_t kBlockBytesMax = 256 << 10;

  char* AllocateSlowly(size_t size);

  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t block_bytes_ = kBlockBytesMin;  // of the next block
  char* next_ = nullptr;
  size_t free_ = 0;
  size_t bytes_ = 0;
};

}  // namespace comptoir::store
