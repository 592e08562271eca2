#include "common/retail/transfers/id.h"

#include <cstdint>

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

// 31 is prime: see CheckSymbol.
constexpr std::string_view kIdSymbols = "23456789abcdefghjkmnpqrstuvwxyz";
static_assert(kIdSymbols.size() == 31);
constexpr size_t kHashSymbols = 9;
constexpr size_t kTailSymbols = kHashSymbols + 1;
constexpr size_t kHalf = kTailSymbols / 2;
constexpr std::string_view kHashedAs = "comptoir.transfer.v1";

// Of a symbol, or of what codes are made of besides.
uint32_t ValueOf(char c) {
  const size_t symbol = kIdSymbols.find(c);
  if (symbol != std::string_view::npos) return static_cast<uint32_t>(symbol);
  return static_cast<unsigned char>(c) % static_cast<uint32_t>(kIdSymbols.size());
}

// The sum of all values, each times another power of 3, is zero with it. 3 has no power
// below the 30th that is 1, so one wrong symbol shows, and two neighbours that changed
// places as well.
char CheckSymbol(std::string_view before) {
  constexpr auto kCount = static_cast<uint32_t>(kIdSymbols.size());
  uint32_t sum = 0;
  for (const char c : before) sum = (3 * sum + ValueOf(c)) % kCount;
  return kIdSymbols[(kCount - 3 * sum % kCount) % kCount];
}

// `symbols`: the nine. The check goes over everything that is written, but for hyphens
// among the symbols.
std::string WithCheck(std::string_view shop, std::string_view symbols) {
  std::string before = absl::StrCat(View(shop), "-", View(symbols));
  const char check = CheckSymbol(before);
  before.insert(before.size() - kHashSymbols + kHalf, "-");
  before.push_back(check);
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
  uint64_t number = ReadBigEndian64(journal::Sha256(hashed).view());
  std::string symbols;
  for (size_t i = 0; i < kHashSymbols; ++i) {
    symbols.push_back(kIdSymbols[number % kIdSymbols.size()]);
    number /= kIdSymbols.size();
  }
  return WithCheck(shop, symbols);
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
  std::string id = WithCheck(shop, tail.substr(0, kHashSymbols));
  if (id.back() != tail.back()) return NoTransferId(typed);
  return TransferId{std::move(id), std::string(shop)};
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
