// Strong types for the numbers and hashes that would otherwise be swapped.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace comptoir {

// An integer that only meets its own kind. Tag is an empty struct.
template <typename Tag, typename Integer>
class StrongInt {
 public:
  constexpr StrongInt() = default;
  constexpr explicit StrongInt(Integer value) : value_(value) {}
  constexpr Integer value() const { return value_; }
  constexpr auto operator<=>(const StrongInt&) const = default;

  template <typename H>
  friend H AbslHashValue(H state, StrongInt id) {
    return H::combine(std::move(state), id.value_);
  }

 private:
  Integer value_ = 0;
};

// Random and never zero; zero stands for 'none'.
using JournalId = StrongInt<struct JournalIdTag, uint64_t>;
// Number of an entry in its journal, from 1; 0 is 'before the first'.
using Sequence = StrongInt<struct SequenceTag, uint64_t>;
// Days since 1970-01-01 in a shop's time zone.
using Day = StrongInt<struct DayTag, int32_t>;

constexpr Sequence Next(Sequence sequence) { return Sequence(sequence.value() + 1); }

// A SHA-256 value.
struct Hash {
  std::array<uint8_t, 32> bytes{};

  auto operator<=>(const Hash&) const = default;
  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  // First 8 bytes, big-endian: what a reference carries.
  uint64_t prefix() const {
    uint64_t prefix = 0;
    for (int i = 0; i < 8; ++i) prefix = prefix << 8 | bytes[i];
    return prefix;
  }
  // False when `text` is not 32 bytes; then `*hash` is left alone.
  static bool FromView(std::string_view text, Hash* hash) {
    if (text.size() != hash->bytes.size()) return false;
    std::memcpy(hash->bytes.data(), text.data(), text.size());
    return true;
  }
};

// All that a replica holds of one journal.
struct Head {
  JournalId journal;
  Sequence sequence;
  Hash hash;

  auto operator<=>(const Head&) const = default;
};

// How a fact names another (Words, in the replication contract).
struct Reference {
  JournalId journal;
  Sequence sequence;
  uint64_t hash_prefix = 0;

  auto operator<=>(const Reference&) const = default;

  template <typename H>
  friend H AbslHashValue(H state, const Reference& reference) {
    return H::combine(std::move(state), reference.journal, reference.sequence,
                      reference.hash_prefix);
  }
};

}  // namespace comptoir
