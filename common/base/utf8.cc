#include "common/base/utf8.h"

#include <cstdint>

namespace comptoir {
namespace {

constexpr char kReplacement[] = "\xef\xbf\xbd";  // U+FFFD

// Length of the sequence that `lead` opens, and the bits it gives; 0 where none does.
int SequenceLength(uint8_t lead, char32_t* bits) {
  if (lead < 0x80) return *bits = lead, 1;
  if (lead >= 0xc2 && lead <= 0xdf) return *bits = lead & 0x1f, 2;
  if (lead >= 0xe0 && lead <= 0xef) return *bits = lead & 0x0f, 3;
  if (lead >= 0xf0 && lead <= 0xf4) return *bits = lead & 0x07, 4;
  return 0;
}

bool IsControl(char32_t c) {
  if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return true;
  // Line and paragraph separators, and what turns the direction of writing.
  return c == 0x2028 || c == 0x2029 || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

bool IsCombining(char32_t c) {
  return (c >= 0x300 && c <= 0x36f) || (c >= 0x1ab0 && c <= 0x1aff) ||
         (c >= 0x20d0 && c <= 0x20ff) || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0xfe00 && c <= 0xfe0f);
}

bool IsWide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
         (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
         (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
         (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
}

// U+00E0 to U+00FF without their accents; 0 keeps the letter.
constexpr char kPlain[] = "aaaaaa\0ceeeeiiii\0nooooo\0ouuuuy\0y";

}  // namespace

bool ConsumeCodePoint(std::string_view* text, char32_t* code_point) {
  if (text->empty()) return false;
  char32_t value = 0;
  const int length = SequenceLength(static_cast<uint8_t>(text->front()), &value);
  if (length == 0 || text->size() < static_cast<size_t>(length)) return false;
  for (int i = 1; i < length; ++i) {
    const uint8_t byte = static_cast<uint8_t>((*text)[i]);
    if ((byte & 0xc0) != 0x80) return false;
    value = value << 6 | (byte & 0x3f);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  if (overlong || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return false;
  *code_point = value;
  text->remove_prefix(length);
  return true;
}

std::string_view WholeCharacters(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

bool IsUtf8(std::string_view text) {
  char32_t ignored;
  while (!text.empty()) {
    if (!ConsumeCodePoint(&text, &ignored)) return false;
  }
  return true;
}

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    char32_t c;
    if (!ConsumeCodePoint(&text, &c)) {
      text.remove_prefix(1);
      ++width;
    } else if (!IsCombining(c)) {
      width += IsWide(c) ? 2 : 1;
    }
  }
  return width;
}

std::string Printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::string_view before = text;
    char32_t c;
    if (!ConsumeCodePoint(&text, &c)) {
      text.remove_prefix(1);
      result += kReplacement;
    } else if (IsControl(c)) {
      result += kReplacement;
    } else {
      result += before.substr(0, before.size() - text.size());
    }
  }
  return result;
}

std::string FoldCase(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::string_view before = text;
    char32_t c;
    if (!ConsumeCodePoint(&text, &c)) {
      text.remove_prefix(1);
      result += before.front();
      continue;
    }
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
    if (c >= 0xc0 && c <= 0xde && c != 0xd7) c += 0x20;
    if (c < 0x80) {
      result += static_cast<char>(c);
    } else if (c >= 0xe0 && c <= 0xff && kPlain[c - 0xe0] != 0) {
      result += kPlain[c - 0xe0];
    } else if (c == 0x152 || c == 0x153) {
      result += "oe";
    } else {
      result += before.substr(0, before.size() - text.size());
    }
  }
  return result;
}

}  // namespace comptoir
