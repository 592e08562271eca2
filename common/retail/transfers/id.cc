#include "common/retail/transfers/id.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/base/code.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/journal/chain.h"
#include "common/retail/check.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {
namespace {

// All that a code may have, each with its own value. 37 is prime: see CheckValue.
constexpr std::string_view kCheckedSymbols = "23456789abcdefghjkmnpqrstuvwxyz01ilo-";
constexpr auto kCheckModulus = static_cast<uint32_t>(kCheckedSymbols.size());
static_assert(kCheckModulus == 37);
// Those of them that an id ends in.
constexpr std::string_view kIdSymbols = kCheckedSymbols.substr(0, 31);
constexpr size_t kHashSymbols = 9;
constexpr size_t kTailSymbols = kHashSymbols + 1;
constexpr size_t kHalf = kTailSymbols / 2;
constexpr std::string_view kHashedAs = "comptoir.transfer.v1";

// The sum of all values, each times another power of 2 modulo 37, is zero with it. No power
// of 2 is zero, so one wrong symbol shows wherever it stands; none below the 36th is 1, so two
// that changed places show as well, unless 36 others stand between them or a multiple of it.
uint32_t CheckValue(std::string_view before) {
  uint32_t sum = 0;
  for (const char c : before) {
    sum = (2 * sum + static_cast<uint32_t>(kCheckedSymbols.find(c))) % kCheckModulus;
  }
  return (kCheckModulus - 2 * sum % kCheckModulus) % kCheckModulus;
}

// `shop`: a code; `symbols`: the nine. The check goes over everything that is written, but for
// the hyphen among the symbols. Nullopt where what checks it is no symbol of an id.
std::optional<std::string> WithCheck(std::string_view shop, std::string_view symbols) {
  std::string before = absl::StrCat(View(shop), "-", View(symbols));
  const uint32_t check = CheckValue(before);
  if (check >= kIdSymbols.size()) return std::nullopt;
  before.insert(before.size() - kHashSymbols + kHalf, "-");
  before.push_back(kIdSymbols[check]);
  return before;
}

absl::Status NoTransferId(std::string_view typed) {
  return Refuse(kBadTransfer,
                absl::StrCat(Quoted(typed),
                             " is no transfer: it is written like outremeuse-k7qm2-w4x8c, as the "
                             "delivery paper says; check each symbol (0, 1, i, l and o are none)"));
}

}  // namespace

std::string MakeTransferId(std::string_view shop, std::string_view request_id, uint32_t digest) {
  std::string hashed = absl::StrCat(View(kHashedAs), View(shop));
  hashed.push_back('\0');
  hashed.append(request_id);
  AppendBigEndian32(digest, &hashed);
  // One hash in six has a check that is no symbol of an id; then the hash of that hash is tried.
  while (true) {
    hashed = std::string(journal::Sha256(hashed).view());
    uint64_t number = ReadBigEndian64(hashed);
    std::string symbols;
    for (size_t i = 0; i < kHashSymbols; ++i) {
      symbols.push_back(kIdSymbols[number % kIdSymbols.size()]);
      number /= kIdSymbols.size();
    }
    if (std::optional<std::string> id = WithCheck(shop, symbols); id.has_value()) {
      return *std::move(id);
    }
  }
}

absl::StatusOr<TransferId> ParseTransferId(std::string_view typed) {
  constexpr size_t kTypedBytesMax = 128;
  if (typed.size() > kTypedBytesMax) return NoTransferId(typed);
  std::string text(absl::StripAsciiWhitespace(View(typed)));
  absl::AsciiStrToLower(&text);
  if (text.size() > kHalf && text[text.size() - kHalf - 1] == '-') {
    text.erase(text.size() - kHalf - 1, 1);
  }
  if (text.size() < kTailSymbols + 2) return NoTransferId(typed);
  const std::string_view tail = std::string_view(text).substr(text.size() - kTailSymbols);
  const std::string_view shop = std::string_view(text).substr(0, text.size() - kTailSymbols - 1);
  const bool is_written_so = text[shop.size()] == '-' && IsCode(shop) &&
                             tail.find_first_not_of(kIdSymbols) == std::string_view::npos;
  if (!is_written_so) return NoTransferId(typed);
  std::optional<std::string> id = WithCheck(shop, tail.substr(0, kHashSymbols));
  if (!id.has_value() || id->back() != tail.back()) return NoTransferId(typed);
  return TransferId{*std::move(id), std::string(shop)};
}

absl::Status CheckTransferId(std::string_view transfer) {
  COMPTOIR_ASSIGN_OR_RETURN(const TransferId id, ParseTransferId(transfer));
  return id.text == transfer ? absl::OkStatus() : NoTransferId(transfer);
}

std::string_view SenderOf(std::string_view transfer) {
  constexpr size_t kTailBytes = kTailSymbols + 2;  // with both hyphens
  return transfer.size() > kTailBytes ? transfer.substr(0, transfer.size() - kTailBytes)
                                      : std::string_view();
}

}  // namespace comptoir::retail
