#include "common/journal/genesis.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/code.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/status.h"

namespace comptoir::journal {
namespace {

constexpr size_t kSeriesLetters = 6;
// 32 signs, so that five random bits choose one evenly.
constexpr std::string_view kSeriesAlphabet = "23456789abcdefghijkmnpqrstuvwxyz";
static_assert(kSeriesAlphabet.size() == 32);
// 9999-12-31, so that a clock gone wild still gives two digits of a year.
constexpr int32_t kLastDay = 2'932'896;

absl::StatusOr<v1::Genesis> ParseGenesis(std::string_view entry_bytes) {
  if (entry_bytes.size() > kEntryBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat("the first entry has ", entry_bytes.size(),
                                                   " bytes; at most ", kEntryBytesMax,
                                                   " are taken"));
  }
  v1::Entry entry;
  if (!entry.ParseFromArray(entry_bytes.data(), static_cast<int>(entry_bytes.size()))) {
    return absl::InvalidArgumentError("the first entry does not parse");
  }
  if (entry.kind() != kGenesisKind) {
    return absl::InvalidArgumentError(
        absl::StrCat("the first entry is of kind ", entry.kind(), ", not a genesis"));
  }
  v1::Genesis genesis;
  if (!genesis.ParseFromString(entry.fact())) {
    return absl::InvalidArgumentError("the genesis does not parse");
  }
  return genesis;
}

absl::Status CheckScope(const v1::Genesis& genesis) {
  switch (genesis.scope()) {
    case v1::SCOPE_SHOP:
      return CheckCode("the genesis's shop", genesis.shop());
    case v1::SCOPE_COOP:
    case v1::SCOPE_HUB:
      if (genesis.shop().empty()) return absl::OkStatus();
      return absl::InvalidArgumentError("the genesis names a shop in a scope that has none");
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("the genesis has the unknown scope ", genesis.scope()));
  }
}

absl::Status CheckFollows(const v1::Genesis& genesis) {
  if (!genesis.has_follows()) return absl::OkStatus();
  const v1::Head& follows = genesis.follows();
  if (follows.journal() == 0 || follows.journal() == genesis.journal() || follows.sequence() == 0 ||
      follows.hash().size() != sizeof(Hash)) {
    return absl::InvalidArgumentError("the genesis follows what cannot be a journal's head");
  }
  return absl::OkStatus();
}

absl::Status CheckShape(JournalId journal, const v1::Genesis& genesis) {
  if (genesis.journal() == 0 || genesis.journal() != journal.value()) {
    return absl::InvalidArgumentError("the genesis is another journal's");
  }
  COMPTOIR_RETURN_IF_ERROR(CheckCode("the genesis's node", genesis.node()));
  COMPTOIR_RETURN_IF_ERROR(CheckScope(genesis));
  static_assert(kSeriesBytesMax == kCodeBytesMax);
  COMPTOIR_RETURN_IF_ERROR(CheckCode("the genesis's series", genesis.series()));
  if (genesis.certificate().empty() || genesis.certificate().size() > kCertificateBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat("the genesis's certificate has ",
                                                   genesis.certificate().size(), " bytes; 1 to ",
                                                   kCertificateBytesMax, " are taken"));
  }
  return CheckFollows(genesis);
}

absl::Status CheckRights(const v1::Genesis& genesis, const Writer& writer) {
  if (writer.hub || genesis.scope() == v1::SCOPE_COOP) return absl::OkStatus();
  if (COMPTOIR_PLANTED(kSkipScope)) return absl::OkStatus();
  if (genesis.scope() == v1::SCOPE_SHOP && genesis.shop() == writer.shop) return absl::OkStatus();
  const char* const scope =
      genesis.scope() == v1::SCOPE_SHOP ? " may not write journals of shop " : " is not the hub";
  return absl::PermissionDeniedError(
      absl::StrCat("node ", writer.node, " of shop ", writer.shop, scope, genesis.shop()));
}

}  // namespace

std::string MakeSeries(Day day, Random& random) {
  const std::chrono::days since_1970(std::clamp(day.value(), 0, kLastDay));
  const std::chrono::year_month_day date{std::chrono::sys_days(since_1970)};
  const auto two_digits = [](uint32_t value) { return absl::Dec(value, absl::kZeroPad2); };
  std::string series =
      absl::StrCat(two_digits(static_cast<uint32_t>(static_cast<int>(date.year())) % 100),
                   two_digits(static_cast<unsigned>(date.month())),
                   two_digits(static_cast<unsigned>(date.day())), "-");
  std::array<uint8_t, kSeriesLetters> bytes{};
  random.Fill(bytes);
  for (uint8_t byte : bytes) series.push_back(kSeriesAlphabet[byte % kSeriesAlphabet.size()]);
  return series;
}

absl::StatusOr<v1::Genesis> CheckGenesis(JournalId journal, std::string_view entry_bytes,
                                         const Verifier& verifier, Writer* writer) {
  COMPTOIR_ASSIGN_OR_RETURN(v1::Genesis genesis, ParseGenesis(entry_bytes));
  COMPTOIR_RETURN_IF_ERROR(CheckShape(journal, genesis));
  COMPTOIR_ASSIGN_OR_RETURN(Writer holder, verifier.VerifyCertificate(genesis.certificate()));
  if (holder.node != genesis.node()) {
    return absl::UnauthenticatedError(absl::StrCat("the genesis is by node ", genesis.node(),
                                                   ", its certificate is node ", holder.node,
                                                   "'s"));
  }
  COMPTOIR_RETURN_IF_ERROR(CheckRights(genesis, holder));
  *writer = std::move(holder);
  return genesis;
}

bool MayRead(const Writer& reader, v1::Scope scope, std::string_view shop) {
  switch (scope) {
    case v1::SCOPE_COOP:
      return true;
    case v1::SCOPE_SHOP:
      return reader.hub || (!shop.empty() && reader.shop == shop);
    case v1::SCOPE_HUB:
      return reader.hub;
    default:
      return false;
  }
}

}  // namespace comptoir::journal
