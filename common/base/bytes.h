// Big-endian integers in keys and signed bytes: they sort as they count.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace comptoir {

inline void AppendBigEndian64(uint64_t value, std::string* out) {
  char bytes[8];
  for (int i = 7; i >= 0; --i, value >>= 8) bytes[i] = static_cast<char>(value);
  out->append(bytes, 8);
}
inline void AppendBigEndian32(uint32_t value, std::string* out) {
  char bytes[4];
  for (int i = 3; i >= 0; --i, value >>= 8) bytes[i] = static_cast<char>(value);
  out->append(bytes, 4);
}
// `text` must hold at least 8 (4) bytes; the first ones are read.
inline uint64_t ReadBigEndian64(std::string_view text) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | static_cast<uint8_t>(text[i]);
  return value;
}
inline uint32_t ReadBigEndian32(std::string_view text) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(text[i]);
  return value;
}

// Base-128 integer, low groups first, as Protocol Buffers write it.
inline void AppendVarint(uint64_t value, std::string* out) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}
// Takes one from the front of `*text`. False when it is cut short or over 64 bits.
inline bool ConsumeVarint(std::string_view* text, uint64_t* value) {
  uint64_t result = 0;
  for (size_t i = 0; i < text->size() && i < 10; ++i) {
    const uint8_t byte = static_cast<uint8_t>((*text)[i]);
    if (i == 9 && byte > 1) return false;
    result |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      *value = result;
      text->remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

}  // namespace comptoir
