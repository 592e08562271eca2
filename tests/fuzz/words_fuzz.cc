// What people and peers write in a field: quantities, prices, days, codes, barcodes,
// receipt numbers, transfers, addresses, request ids, cursors. Every reader gets the whole text;
// what one takes, its writer gives back.
#include "absl/strings/escaping.h"
#include "cli/cursor_file.h"
#include "cli/parse.h"
#include "cli/pem.h"
#include "cli/request_id.h"
#include "common/base/bytes.h"
#include "common/base/code.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/utf8.h"
#include "common/daemon/address.h"
#include "common/retail/barcode.h"
#include "common/retail/barcodes/rules.h"
#include "common/retail/calendar.h"
#include "common/retail/quantity.h"
#include "common/retail/sales/receipts.h"
#include "common/retail/transfers/id.h"
#include "tests/fuzz/fuzzers.h"

namespace comptoir::fuzz {
namespace words_fuzz {
namespace {

// A value, or INVALID_ARGUMENT with a sentence. Sentences travel as UTF-8: what was
// that goes in, and so it comes out.
template <typename Value>
bool IsRead(std::string_view text, const absl::StatusOr<Value>& value) {
  if (value.ok()) return true;
  COMPTOIR_CHECK(absl::IsInvalidArgument(value.status()));
  COMPTOIR_CHECK(!value.status().message().empty());
  const std::string sentence(value.status().message());
  COMPTOIR_CHECK(!IsUtf8(text) || IsUtf8(sentence));
  return false;
}

void CheckAmounts(std::string_view text) {
  if (const auto quantity = retail::ParseQuantity(text); IsRead(text, quantity)) {
    COMPTOIR_CHECK(std::abs(quantity->value()) <= kQuantityMilliMax);
    COMPTOIR_CHECK(retail::ParseQuantity(retail::FormatQuantity(*quantity)).value() == *quantity);
  }
  if (const auto cents = retail::ParseCents(text); IsRead(text, cents)) {
    COMPTOIR_CHECK(std::abs(cents->value()) <= kMoneyCentsMax);
    COMPTOIR_CHECK(retail::ParseCents(retail::FormatCents(*cents)).value() == *cents);
  }
  if (const auto milli = cli::ParseQuantityMilli(text); IsRead(text, milli)) {
    COMPTOIR_CHECK(*milli > 0 && *milli <= kQuantityMilliMax);
    const std::string written = retail::FormatQuantity(retail::Quantity(*milli));
    COMPTOIR_CHECK(cli::ParseQuantityMilli(written).value() == *milli);
  }
  if (const auto cents = cli::ParsePriceCents(text); IsRead(text, cents)) {
    COMPTOIR_CHECK(*cents >= 0 && *cents <= kMoneyCentsMax);
    COMPTOIR_CHECK(cli::ParsePriceCents(retail::FormatCents(retail::Cents(*cents))).value() ==
                   *cents);
  }
  if (const auto discount = cli::ParseDiscount(text); IsRead(text, discount)) {
    COMPTOIR_CHECK(discount->basis_points <= 10'000);
    COMPTOIR_CHECK(discount->cents >= 0 && discount->cents <= kMoneyCentsMax);
    COMPTOIR_CHECK((discount->basis_points == 0) != (discount->cents == 0));
  }
  if (const auto rate = cli::ParseVatBasisPoints(text); IsRead(text, rate)) {
    COMPTOIR_CHECK(*rate <= 10'000);
  }
}

void CheckBarcodes(std::string_view text) {
  const auto rules = retail::ParseBarcodeRules(text);
  if (IsRead(text, rules)) {
    COMPTOIR_CHECK(rules->size() <= retail::kBarcodeRulesMax);
    for (const retail::BarcodeRule& rule : *rules) {
      const auto label = retail::ReadLabel({rule}, "2912345678901");
      COMPTOIR_CHECK(!label.has_value() || label->grams.has_value() != label->cents.has_value());
    }
  }
  static const auto* const usual =
      new retail::BarcodeRules(retail::ParseBarcodeRules(retail::kUsualBarcodeRules).value());
  if (!retail::IsGtin(text)) return;
  const auto label = retail::ReadLabel(*usual, text);
  COMPTOIR_CHECK(!label.has_value() || retail::IsItem(label->item));
}

void CheckDays(std::string_view text) {
  const auto day = retail::ParseDay(text);
  if (day.has_value()) COMPTOIR_CHECK(retail::FormatDay(*day) == text);
  // What the command line takes and the gate would, both read alike.
  const auto typed = cli::ParseDay(text);
  if (IsRead(text, typed) && *typed >= 0 && day.has_value()) COMPTOIR_CHECK(*typed == day->value());
  if (day.has_value()) COMPTOIR_CHECK(typed.ok());
  if (const auto seconds = cli::ParseSeconds(text); IsRead(text, seconds)) {
    COMPTOIR_CHECK(seconds->count() > 0);
  }
}

void CheckItems(std::string_view text) {
  if (const auto item = cli::ParseItem(text); IsRead(text, item)) {
    COMPTOIR_CHECK(IsCode(item->product));
  }
  if (const auto item = cli::ParseCountedItem(text); IsRead(text, item)) {
    COMPTOIR_CHECK(item->quantity_milli.has_value() && *item->quantity_milli >= 0);
    COMPTOIR_CHECK(IsCode(item->product));
  }
  IsRead(text, cli::ParsePayment(text));
  IsRead(text, cli::ParseUnit(text));
  IsRead(text, cli::ParseWasteReason(text));
}

void CheckTransfer(std::string_view text) {
  const auto id = retail::ParseTransferId(text);
  COMPTOIR_CHECK(retail::CheckTransferId(text).ok() == (id.ok() && id->text == text));
  if (!IsRead(text, id)) return;
  COMPTOIR_CHECK(IsCode(id->shop) && retail::SenderOf(id->text) == id->shop);
  COMPTOIR_CHECK(retail::CheckTransferId(id->text).ok());
  COMPTOIR_CHECK(retail::ParseTransferId(id->text)->text == id->text);
  // Another last symbol, the one that checks all others, is another id than was written.
  std::string slip = id->text;
  slip.back() = slip.back() == 'k' ? 'm' : 'k';
  COMPTOIR_CHECK(!retail::ParseTransferId(slip).ok());
}

void CheckNames(std::string_view text) {
  COMPTOIR_CHECK(IsCode(text) == CheckCode("product", text).ok());
  if (retail::IsGtin(text)) COMPTOIR_CHECK(text.size() >= 8 && text.size() <= 14);
  if (const auto number = retail::ParseReceiptNumber(text); IsRead(text, number)) {
    const std::string written =
        retail::FormatReceiptNumber(number->shop, number->series, number->ordinal) +
        number->ending.text();
    COMPTOIR_CHECK(retail::ParseReceiptNumber(written).value() == *number);
  }
  if (const auto id = cli::ParseRequestId(text); IsRead(text, id)) {
    COMPTOIR_CHECK(id->size() == kRequestIdBytes);
    COMPTOIR_CHECK(cli::ParseRequestId(cli::RequestIdText(*id)).value() == *id);
  }
  if (const auto address = daemon::ParseAddress("peer", text); address.ok()) {
    COMPTOIR_CHECK(address->port >= 0 && address->port <= 65'535);
    const auto again = daemon::ParseAddress("peer", address->text());
    COMPTOIR_CHECK(again.ok() && daemon::IsSame(*again, *again) == (again->port != 0));
    COMPTOIR_CHECK(again->text() == address->text());
    // As it was said, but for noughts before the port.
    COMPTOIR_CHECK(text.substr(address->host.size() + 1).find_first_not_of("0123456789") ==
                   std::string_view::npos);
  }
  if (const auto cursor = cli::ParseCursor(text); IsRead(text, cursor)) {
    COMPTOIR_CHECK(!cursor->empty());
    const absl::string_view bytes(cursor->data(), cursor->size());
    COMPTOIR_CHECK(cli::ParseCursor(absl::Base64Escape(bytes)).value() == *cursor);
  }
  const auto pem = cli::SplitPem(text);
  if (IsRead(text, pem)) COMPTOIR_CHECK(!pem->key.empty() && !pem->certificate.empty());
}

void CheckUtf8(std::string_view text) {
  const std::string printable = Printable(text);
  COMPTOIR_CHECK(IsUtf8(printable));
  COMPTOIR_CHECK(Printable(printable) == printable);
  COMPTOIR_CHECK(DisplayWidth(text) <= 2 * text.size());
  if (IsUtf8(text)) COMPTOIR_CHECK(IsUtf8(FoldCase(text)));
  std::string_view rest = text;
  char32_t code_point = 0;
  while (ConsumeCodePoint(&rest, &code_point)) COMPTOIR_CHECK(code_point <= 0x10ffff);
  COMPTOIR_CHECK(IsUtf8(text) == rest.empty());
}

// Two numbers: what sums of money make of them.
void CheckSums(std::string_view bytes) {
  if (bytes.size() < 16) return;
  const auto first = static_cast<int64_t>(ReadBigEndian64(bytes));
  const auto second = static_cast<int64_t>(ReadBigEndian64(bytes.substr(8)));
  const auto total = retail::LineTotal(retail::Quantity(first), retail::Cents(second));
  if (total.has_value()) {
    COMPTOIR_CHECK(std::abs(total->value()) <= kMoneyCentsMax);
    const auto rate = static_cast<uint32_t>(ReadBigEndian32(bytes) % 10'001);
    const int64_t vat = retail::VatIn(*total, rate).value();
    COMPTOIR_CHECK(std::abs(vat) <= std::abs(total->value()));
    const int64_t rounding = retail::CashRounding(*total).value();
    COMPTOIR_CHECK(std::abs(rounding) <= 2 && (total->value() + rounding) % 5 == 0);
  }
  COMPTOIR_CHECK(!retail::FormatCents(retail::Cents(first)).empty());
  COMPTOIR_CHECK(!retail::FormatQuantity(retail::Quantity(first)).empty());
  COMPTOIR_CHECK(!retail::FormatDay(Day(static_cast<int32_t>(second))).empty());
}

void Run(std::string_view text) {
  CheckAmounts(text);
  CheckBarcodes(text);
  CheckDays(text);
  CheckItems(text);
  CheckNames(text);
  CheckTransfer(text);
  CheckUtf8(text);
  CheckSums(text);
}

std::vector<std::string> Seeds() {
  return {"3",
          "1.250",
          "1,25",
          "-0.5",
          "1000000000.001",
          "2,40 €",
          "€2.40",
          "9999999999.99",
          "6 %",
          "5,5",
          "2026-11-23",
          "2026-02-30",
          "9999-12-31",
          "0000-01-01",
          "90s",
          "366d",
          "carottes=1,250@2.40",
          "carottes=0",
          "carottes@2",
          "card",
          "cash=10.00",
          "Pièce",
          "kg",
          "périmé",
          "4006381333931",
          "20000011",
          "2100042012509",
          "21IIIIIWWWWWC 23IIIIIPPPPPC",
          "02III-PPPPPPC",
          "outremeuse-261123-k7qm2w-0412",
          "outremeuse-261123-k7qm2w-18446744073709551615",
          "127.0.0.1:7400",
          "[::1]:0",
          "hub:65536",
          "hub:+7400",
          "Not A Code=0",
          "0123456789abcdef0123456789abcdef",
          "01234567-89ab-cdef-0123-456789abcdef",
          "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n",
          std::string("\x7f\xff\xff\xff\xff\xff\xff\xff\x80\x00\x00\x00\x00\x00\x00\x00", 16),
          "a\xcc\x81\xe3\x81\x82\xf0\x9f\xa5\x95\x1b[31m",
          "\xed\xa0\x80",
          retail::MakeTransferId("outremeuse", std::string(16, 'r'), 7),
          " " + retail::MakeTransferId("a", std::string(16, 's'), 8) + "\n",
          retail::MakeTransferId("shop-of-32-symbols-which-is-all-", "", 0),
          "OUTREMEUSE-K7QM2W4X8C",
          "-k7qm2-w4x8c",
          "AXdhdGNo=",
          " QQ==\n"};
}

}  // namespace
}  // namespace words_fuzz

constinit const Fuzzer kWordsFuzzer{"words", words_fuzz::Run, words_fuzz::Seeds};

}  // namespace comptoir::fuzz
