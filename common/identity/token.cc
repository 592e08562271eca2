#include "common/identity/token.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/journal/chain.h"

namespace comptoir::identity {
namespace {

constexpr std::string_view kPrefix = "CPT1.";
constexpr size_t kPayloadBytes = kTokenSecretBytes + sizeof(Hash);
static_assert(kPayloadBytes % 3 == 0, "so that base64 needs no padding");
constexpr size_t kPayloadLetters = kPayloadBytes / 3 * 4;

constexpr std::string_view kWhiteSpace = " \t\r\n";

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

bool IsBase64Url(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

std::string_view SecretOf(const Token& token) {
  return {reinterpret_cast<const char*>(token.secret.data()), token.secret.size()};
}

}  // namespace

Token MakeToken(const Hash& authority_fingerprint, Random& random) {
  Token token;
  random.Fill(token.secret);
  token.authority = authority_fingerprint;
  return token;
}

std::string TokenText(const Token& token) {
  std::string payload(SecretOf(token));
  payload.append(token.authority.view());
  return std::string(kPrefix) + absl::WebSafeBase64Escape(payload);
}

absl::StatusOr<Token> ParseToken(std::string_view text) {
  text = Trim(text);
  if (!text.starts_with(kPrefix)) {
    return absl::InvalidArgumentError(
        "this is not an enrolment token: one starts with CPT1. and is made by "
        "'comptoir token create' at the hub");
  }
  text.remove_prefix(kPrefix.size());
  if (text.size() != kPayloadLetters) {
    return absl::InvalidArgumentError(absl::StrCat("the token has ", text.size(),
                                                   " letters after CPT1., not ", kPayloadLetters,
                                                   ": copy it again, whole"));
  }
  std::string payload;
  // Checked first, since the library would also take padding and white space.
  if (!std::all_of(text.begin(), text.end(), IsBase64Url) ||
      !absl::WebSafeBase64Unescape(absl::string_view(text.data(), text.size()), &payload) ||
      payload.size() != kPayloadBytes) {
    return absl::InvalidArgumentError(
        "the token holds a letter that no token has: copy it again, letter by letter");
  }
  Token token;
  std::memcpy(token.secret.data(), payload.data(), token.secret.size());
  std::memcpy(token.authority.bytes.data(), payload.data() + token.secret.size(),
              token.authority.bytes.size());
  return token;
}

Hash TokenHash(const Token& token) { return journal::Sha256(SecretOf(token)); }

}  // namespace comptoir::identity
