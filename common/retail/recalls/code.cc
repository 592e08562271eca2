#include "common/retail/recalls/code.h"

#include <algorithm>

#include "common/base/ids.h"
#include "common/journal/chain.h"

namespace comptoir::retail {
namespace {

// Crockford's 32.
constexpr std::string_view kRecallAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
static_assert(kRecallAlphabet.size() == 32);

}  // namespace

std::string MakeRecallCode(std::string_view request_id, size_t letters) {
  const Hash hash = journal::Sha256(request_id);
  std::string code;
  for (size_t i = 0; i < letters && i < hash.bytes.size(); ++i) {
    code.push_back(kRecallAlphabet[hash.bytes[i] % kRecallAlphabet.size()]);
  }
  return code;
}

bool IsRecallCode(std::string_view text) {
  return text.size() >= kRecallCodeLetters && text.size() <= kRecallCodeLettersMax &&
         std::ranges::all_of(
             text, [](char c) { return kRecallAlphabet.find(c) != kRecallAlphabet.npos; });
}

std::string ReadRecallCode(std::string_view typed) {
  while (!typed.empty() && typed.front() == ' ') typed.remove_prefix(1);
  while (!typed.empty() && typed.back() == ' ') typed.remove_suffix(1);
  std::string code;
  for (char c : typed.substr(0, kRecallCodeLettersMax + 1)) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower == 'o') {
      code.push_back('0');
    } else if (lower == 'i' || lower == 'l') {
      code.push_back('1');
    } else {
      code.push_back(lower);
    }
  }
  return IsRecallCode(code) ? code : std::string();
}

}  // namespace comptoir::retail
