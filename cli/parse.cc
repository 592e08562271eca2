#include "cli/parse.h"

#include <array>
#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/time/civil_time.h"
#include "common/base/code.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

using retail::v1::Unit;

absl::Status Misread(std::string_view what, std::string_view text, std::string_view advice) {
  std::string sentence = "\"" + Printable(text.substr(0, 64)) + "\" is not ";
  sentence.append(what).append(": ").append(advice);
  return absl::InvalidArgumentError(sentence);
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool ConsumePrefix(std::string_view* text, std::string_view prefix) {
  if (!text->starts_with(prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

bool ConsumeSuffix(std::string_view* text, std::string_view suffix) {
  if (!text->ends_with(suffix)) return false;
  text->remove_suffix(suffix.size());
  return true;
}

// `text` times 10^decimals, exactly. Nothing where it is not a plain decimal
// number, has more decimals than that, or does not fit.
std::optional<int64_t> ParseScaled(std::string_view text, int decimals) {
  const bool negative = ConsumePrefix(&text, "-");
  int64_t value = 0;
  int digits = 0;
  int decimals_seen = -1;  // -1: the point has not come yet
  for (char c : text) {
    if ((c == '.' || c == ',') && decimals_seen < 0 && digits > 0) {
      decimals_seen = 0;
      continue;
    }
    if (!IsDigit(c) || value > std::numeric_limits<int64_t>::max() / 100) return std::nullopt;
    if (decimals_seen >= 0 && ++decimals_seen > decimals) return std::nullopt;
    value = value * 10 + (c - '0');
    ++digits;
  }
  if (digits == 0 || decimals_seen == 0) return std::nullopt;
  for (int i = decimals_seen < 0 ? 0 : decimals_seen; i < decimals; ++i) {
    if (value > std::numeric_limits<int64_t>::max() / 10) return std::nullopt;
    value *= 10;
  }
  return negative ? -value : value;
}

std::optional<Unit> UnitOf(const std::string& word) {
  for (const char* name : {"piece", "pieces", "pce", "pc", "pcs", "unite", "stuk"}) {
    if (word == name) return Unit::UNIT_PIECE;
  }
  for (const char* name : {"kg", "kilo", "kilogram", "kilogramme"}) {
    if (word == name) return Unit::UNIT_KILOGRAM;
  }
  for (const char* name : {"l", "litre", "litres", "liter"}) {
    if (word == name) return Unit::UNIT_LITRE;
  }
  return std::nullopt;
}

std::optional<retail::v1::PaymentMethod> MethodOf(std::string_view word) {
  if (word == "cash") return retail::v1::PAYMENT_METHOD_CASH;
  if (word == "card") return retail::v1::PAYMENT_METHOD_CARD;
  if (word == "voucher") return retail::v1::PAYMENT_METHOD_VOUCHER;
  return std::nullopt;
}

}  // namespace

absl::StatusOr<int64_t> ParseQuantityMilli(std::string_view text) {
  const std::optional<int64_t> milli = ParseScaled(Trim(text), 3);
  if (!milli) {
    return Misread("a quantity", text,
                   "write it like 3, 1.250 or 1,25, with at most three decimals");
  }
  if (*milli <= 0) return Misread("a quantity", text, "it must be above zero");
  if (*milli > kQuantityMilliMax) return Misread("a quantity", text, "it is over 1000000000 units");
  return *milli;
}

absl::Status CheckUsualQuantity(int64_t milli) {
  if (milli <= kUsualQuantityMilliMax) return absl::OkStatus();
  return absl::InvalidArgumentError(std::to_string(milli / 1000) +
                                    " units on one line are over 100000: if that is meant, say "
                                    "--force");
}

absl::StatusOr<int64_t> ParsePriceCents(std::string_view text) {
  std::string_view number = Trim(text);
  if (!ConsumeSuffix(&number, "€")) ConsumePrefix(&number, "€");
  const std::optional<int64_t> cents = ParseScaled(Trim(number), 2);
  if (!cents) {
    return Misread("a price", text, "write it like 2.40, 2,40 or 2, with at most two decimals");
  }
  if (*cents < 0) return Misread("a price", text, "it is below zero");
  if (*cents > kMoneyCentsMax) return Misread("a price", text, "it is over 10000000000 euros");
  return *cents;
}

absl::StatusOr<uint32_t> ParseWhole(std::string_view text, uint32_t most) {
  const std::optional<int64_t> number = ParseScaled(Trim(text), 0);
  if (number && *number >= 0 && *number <= int64_t{most}) return static_cast<uint32_t>(*number);
  return Misread("a number", text, "write a whole one from 0 to " + std::to_string(most));
}

absl::StatusOr<uint32_t> ParseVatBasisPoints(std::string_view text) {
  std::string_view number = Trim(text);
  ConsumeSuffix(&number, "%");
  const std::optional<int64_t> basis_points = ParseScaled(Trim(number), 2);
  if (!basis_points || *basis_points < 0 || *basis_points > 10'000) {
    return Misread("a VAT rate", text, "write per cent like 6, 21 or 5.5, from 0 to 100");
  }
  // A spreadsheet's 0.06 for 6 %: no rate of any country is that small.
  if (*basis_points > 0 && *basis_points < 100) {
    return Misread("a VAT rate", text, "it is under 1 %: write per cent, 6 for 6 %");
  }
  return static_cast<uint32_t>(*basis_points);
}

absl::StatusOr<int32_t> ParseDay(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-dd";
  const auto advice = [&] { return Misread("a day", text, "write it like 2026-11-23"); };
  const std::string_view date = Trim(text);
  if (date.size() != kShape.size()) return advice();
  for (size_t i = 0; i < date.size(); ++i) {
    if (kShape[i] == 'd' ? !IsDigit(date[i]) : date[i] != '-') return advice();
  }
  const int year = std::stoi(std::string(date.substr(0, 4)));
  const int month = std::stoi(std::string(date.substr(5, 2)));
  const int day_of_month = std::stoi(std::string(date.substr(8, 2)));
  const absl::CivilDay day(year, month, day_of_month);
  // CivilDay carries the 31st of November into December: such a day does not exist.
  if (day.month() != month || day.day() != day_of_month) {
    return Misread("a day", text, "there is no such day");
  }
  return static_cast<int32_t>(day - absl::CivilDay(1970, 1, 1));
}

absl::StatusOr<DaySpan> ParseDaySpan(const std::string& first_day, const std::string& last_day) {
  constexpr int32_t kDaysMax = 3'660;
  DaySpan days;
  if (!first_day.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(days.first, ParseDay(first_day));
  }
  days.last = days.first;
  if (last_day.empty()) return days;
  if (first_day.empty()) {
    return absl::InvalidArgumentError("say the first day too, when there is a last one");
  }
  COMPTOIR_ASSIGN_OR_RETURN(days.last, ParseDay(last_day));
  if (days.last < days.first) {
    return absl::InvalidArgumentError("the last day, " + last_day + ", is before the first, " +
                                      first_day + ": are they the wrong way round?");
  }
  if (days.last - days.first > kDaysMax) {
    return absl::InvalidArgumentError("from " + first_day + " to " + last_day +
                                      " is more than ten years: ask for less at a time");
  }
  return days;
}

absl::StatusOr<Unit> ParseUnit(std::string_view text) {
  const std::optional<Unit> unit = UnitOf(FoldCase(Trim(text)));
  if (!unit) return Misread("a unit", text, "use piece, kg or litre");
  return *unit;
}

absl::StatusOr<Item> ParseCountedItem(std::string_view text) {
  const size_t equals = text.find('=');
  const auto milli = equals == std::string_view::npos
                         ? std::nullopt
                         : ParseScaled(Trim(text.substr(equals + 1)), 3);
  if (milli && *milli < 0) {
    return Misread("a count", text, "what was seen is zero or more; what is owed shows in stock");
  }
  if (milli == 0) {
    Item item;
    item.product = Trim(text.substr(0, equals));
    item.quantity_milli = 0;
    COMPTOIR_RETURN_IF_ERROR(CheckCode("product", item.product));
    return item;
  }
  COMPTOIR_ASSIGN_OR_RETURN(Item item, ParseItem(text));
  if (item.quantity_milli && !item.unit_price_cents) return item;
  return Misread("a count", text,
                 "say how much there was: " + item.product + "=1.5, or " + item.product + "=0");
}

absl::StatusOr<retail::v1::WasteReason> ParseWasteReason(std::string_view text) {
  using Named = std::pair<std::string_view, retail::v1::WasteReason>;
  constexpr std::array kReasons = {
      Named{"expired", retail::v1::WASTE_REASON_EXPIRED},
      Named{"perime", retail::v1::WASTE_REASON_EXPIRED},
      Named{"damaged", retail::v1::WASTE_REASON_DAMAGED},
      Named{"casse", retail::v1::WASTE_REASON_DAMAGED},
      Named{"donated", retail::v1::WASTE_REASON_DONATED},
      Named{"don", retail::v1::WASTE_REASON_DONATED},
      Named{"tasting", retail::v1::WASTE_REASON_TASTING},
      Named{"degustation", retail::v1::WASTE_REASON_TASTING},
      Named{"staff", retail::v1::WASTE_REASON_STAFF},
      Named{"personnel", retail::v1::WASTE_REASON_STAFF},
      Named{"theft", retail::v1::WASTE_REASON_THEFT},
      Named{"vol", retail::v1::WASTE_REASON_THEFT},
      Named{"recalled", retail::v1::WASTE_REASON_RECALLED},
      Named{"rappel", retail::v1::WASTE_REASON_RECALLED},
  };
  const std::string word = FoldCase(Trim(text));
  for (const auto& [name, reason] : kReasons) {
    if (word == name) return reason;
  }
  return Misread("a reason", text,
                 "say expired, damaged, donated, tasting, staff, theft or recalled");
}

absl::StatusOr<std::chrono::seconds> ParseSeconds(std::string_view text) {
  constexpr int64_t kSecondsMax = 366LL * 24 * 3600;
  std::string_view number = Trim(text);
  int64_t factor = 1;
  if (ConsumeSuffix(&number, "d")) {
    factor = 24LL * 3600;
  } else if (ConsumeSuffix(&number, "h")) {
    factor = 3600;
  } else if (ConsumeSuffix(&number, "m")) {
    factor = 60;
  } else {
    ConsumeSuffix(&number, "s");
  }
  const std::optional<int64_t> count = ParseScaled(number, 0);
  if (!count || *count <= 0 || *count > kSecondsMax / factor) {
    return Misread("a length of time", text, "write it like 90s, 30m, 1h or 7d, at most a year");
  }
  return std::chrono::seconds(*count * factor);
}

absl::StatusOr<Item> ParseItem(std::string_view text) {
  std::string_view rest = Trim(text);
  Item item;
  if (const size_t at = rest.find('@'); at != std::string_view::npos) {
    COMPTOIR_ASSIGN_OR_RETURN(item.unit_price_cents, ParsePriceCents(rest.substr(at + 1)));
    rest = rest.substr(0, at);
  }
  if (const size_t equals = rest.find('='); equals != std::string_view::npos) {
    COMPTOIR_ASSIGN_OR_RETURN(item.quantity_milli, ParseQuantityMilli(rest.substr(equals + 1)));
    rest = rest.substr(0, equals);
  }
  COMPTOIR_RETURN_IF_ERROR(CheckCode("product", rest));
  item.product = rest;
  return item;
}

absl::StatusOr<Discount> ParseDiscount(std::string_view text) {
  Discount discount;
  std::string_view number = Trim(text);
  if (ConsumeSuffix(&number, "%")) {
    const std::optional<int64_t> basis_points = ParseScaled(Trim(number), 2);
    if (!basis_points || *basis_points <= 0 || *basis_points > 10'000) {
      return Misread("a discount", text, "write it like 10%, above zero and at most 100%");
    }
    discount.basis_points = static_cast<uint32_t>(*basis_points);
    return discount;
  }
  const absl::StatusOr<int64_t> cents = ParsePriceCents(number);
  if (!cents.ok() || *cents == 0) {
    return Misread("a discount", text, "write it like 10% or 0.50, above zero");
  }
  discount.cents = *cents;
  return discount;
}

absl::StatusOr<retail::v1::Payment> ParsePayment(std::string_view text) {
  std::string_view word = Trim(text);
  retail::v1::Payment payment;
  if (const size_t equals = word.find('='); equals != std::string_view::npos) {
    COMPTOIR_ASSIGN_OR_RETURN(const int64_t cents, ParsePriceCents(word.substr(equals + 1)));
    payment.set_amount_cents(cents);
    word = word.substr(0, equals);
  }
  const std::optional<retail::v1::PaymentMethod> method = MethodOf(word);
  if (!method) {
    return Misread("a payment", text, "use cash, card or voucher, with =AMOUNT for a part");
  }
  payment.set_method(*method);
  return payment;
}

}  // namespace comptoir::cli
