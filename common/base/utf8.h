// Just enough of UTF-8 to refuse what is not, and to align what is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace comptoir {

inline constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Takes one code point from the front of `*text`. False, and nothing taken,
// where the bytes are not UTF-8 (overlong forms and surrogates included).
bool ConsumeCodePoint(std::string_view* text, char32_t* code_point);

bool IsUtf8(std::string_view text);

// The longest beginning of `text` of at most `bytes` that cuts no character in two: texts
// travel and are kept as protobuf's strings, which would not parse again.
std::string_view WholeCharacters(std::string_view text, size_t bytes);

// Columns that a terminal gives `text`: none for combining marks, two for wide
// East Asian characters, one for a byte that is not UTF-8.
size_t DisplayWidth(std::string_view text);

// `text` with control characters (and bytes that are not UTF-8) replaced, so
// that a name from elsewhere cannot steer the terminal or break a table.
std::string Printable(std::string_view text);

// Lower case without accents, for matching headers and units and for codes: 'Unité' is
// 'unite', 'Œuf' is 'oeuf'. Other letters outside Latin-1 are left as they are.
std::string FoldCase(std::string_view text);

}  // namespace comptoir
