#include "common/store/arena.h"

#include <algorithm>
#include <cstring>

namespace comptoir::store {

char* Arena::Copy(std::string_view text) {
  char* const piece = Allocate(text.size());
  if (!text.empty()) std::memcpy(piece, text.data(), text.size());
  return piece;
}

char* Arena::AllocateSlowly(size_t size) {
  bytes_ += size;
  // A large piece gets a block of its own, and the open one stays open.
  if (size > block_bytes_ / 4) {
    blocks_.emplace_back(new char[size]);
    return blocks_.back().get();
  }
  blocks_.emplace_back(new char[block_bytes_]);
  next_ = blocks_.back().get() + size;
  free_ = block_bytes_ - size;
  block_bytes_ = std::min(block_bytes_ * 2, kBlockBytesMax);
  return blocks_.back().get();
}

}  // namespace comptoir::store
