// What people call a recall: a few letters and digits that can be said over a telephone.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace comptoir::retail {

// Six letters stand for 2^30 codes: of a thousand recalls, two share one once in two thousand
// times. Whoever writes a recall takes more where it knows of another of that code.
inline constexpr size_t kRecallCodeLetters = 6;
inline constexpr size_t kRecallCodeLettersMax = 12;

// Of a request, the same whoever takes it: `letters` of 0-9 and a-z without i, l, o and u.
std::string MakeRecallCode(std::string_view request_id, size_t letters);
// Could it have been made so?
bool IsRecallCode(std::string_view text);
// As it was meant: in capitals, with O for 0 and I or L for 1, with blanks around it. Empty
// where it is no code.
std::string ReadRecallCode(std::string_view typed);

}  // namespace comptoir::retail
