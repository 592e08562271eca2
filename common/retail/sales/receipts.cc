#include "common/retail/sales/receipts.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/code.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/check.h"
#include "common/retail/cursor.h"
#include "common/retail/forks/moved.h"
#include "common/retail/keys.h"
#include "common/retail/payments.h"
#include "common/retail/quantity.h"
#include "common/retail/reasons.h"
#include "common/retail/returns/admit.h"
#include "common/retail/sales/amounts.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

constexpr size_t kReceiptNumberBytesMax = 128;

absl::Status BadNumber(std::string_view number) {
  return Refuse(kBadReceiptNumber, absl::StrCat(Quoted(number),
                                                " is no receipt number: it is written like "
                                                "outremeuse-261123-k7qm2w-0412"));
}

absl::Status UnknownReceipt(std::string_view number) {
  return WithReason(absl::NotFoundError(absl::StrCat(
                        "no receipt ", Quoted(number),
                        " is held here: check the number, or ask the shop that printed it")),
                    kUnknownReceipt);
}

// Takes what follows the last '-' off the end of `*text`; false where there is none.
bool ConsumeLastPart(std::string_view* text, std::string_view* part) {
  const size_t dash = text->rfind('-');
  if (dash == std::string_view::npos) return false;
  *part = text->substr(dash + 1);
  *text = text->substr(0, dash);
  return true;
}

absl::StatusOr<v1::ReceiptRow> DecodeReceipt(std::string_view bytes) {
  v1::ReceiptRow row;
  if (row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return row;
  return absl::DataLossError("a row of receipts is damaged");
}

absl::StatusOr<std::optional<ReceiptPlace>> ReadPlace(const store::Snapshot& snapshot,
                                                      JournalId journal, uint64_t ordinal) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                            snapshot.Get(kReceipts, ReceiptKey(journal, ordinal)));
  if (!bytes.has_value()) return std::optional<ReceiptPlace>();
  COMPTOIR_ASSIGN_OR_RETURN(const v1::ReceiptRow row, DecodeReceipt(*bytes));
  return std::optional<ReceiptPlace>(
      ReceiptPlace{journal, Sequence(row.sequence()), ordinal, row.duplicate()});
}

// A receipt's place in the list of its day.
struct Listed {
  uint32_t second = 0;
  ReceiptPlace place;

  auto order() const { return std::tuple(second, place.journal, place.ordinal); }
  bool operator<(const Listed& other) const { return order() < other.order(); }
};

std::string CursorTo(const Listed& listed) {
  std::string place;
  AppendBigEndian32(listed.second, &place);
  AppendBigEndian64(listed.place.journal.value(), &place);
  AppendBigEndian64(listed.place.ordinal, &place);
  return SealCursor(List::kReceiptsList, place);
}

// The first place that the page may show.
absl::StatusOr<Listed> OpenReceipt(std::string_view cursor) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string sealed, OpenCursor(List::kReceiptsList, cursor));
  Listed listed;
  if (sealed.empty()) return listed;
  std::string_view place = sealed;
  uint64_t journal = 0;
  if (!ConsumeBigEndian32(&place, &listed.second) || !ConsumeBigEndian64(&place, &journal) ||
      !ConsumeBigEndian64(&place, &listed.place.ordinal) || !place.empty()) {
    return BadCursor();
  }
  listed.place.journal = JournalId(journal);
  return listed;
}

// Adds the receipts of `day` in one block of a journal, from `first` on.
absl::Status ReadBlock(const store::Snapshot& snapshot, JournalId journal, uint32_t block, Day day,
                       const Listed& first, std::vector<Listed>* found) {
  const uint64_t ordinal = block * kReceiptsPerBlock;
  auto rows = snapshot.Scan(kReceipts, ReceiptKey(journal, ordinal),
                            ReceiptKey(journal, ordinal + kReceiptsPerBlock));
  for (; rows->Valid(); rows->Next()) {
    COMPTOIR_ASSIGN_OR_RETURN(const v1::ReceiptRow row, DecodeReceipt(rows->value()));
    std::string_view key = rows->key();
    uint64_t at = 0;
    uint64_t number = 0;
    if (!ConsumeBigEndian64(&key, &at) || !ConsumeBigEndian64(&key, &number)) {
      return absl::DataLossError("a key of receipts is damaged");
    }
    if (row.day() != day.value()) continue;
    const Listed listed{row.second(), {journal, Sequence(row.sequence()), number, row.duplicate()}};
    if (!(listed < first)) found->push_back(listed);
  }
  return rows->status();
}

// What lines of a sale and of a refund say alike.
template <typename Line>
void FillLine(const Line& line, Quantity quantity, Cents total, shop::v1::Receipt* receipt) {
  shop::v1::ReceiptLine* printed = receipt->add_lines();
  printed->set_product(line.product());
  printed->set_unit(line.unit());
  printed->set_quantity_milli(quantity.value());
  printed->set_unit_price_cents(line.unit_price_cents());
  printed->set_total_cents(total.value());
  printed->set_vat_basis_points(line.vat_basis_points());
  printed->set_lot(line.lot());
}

// `sign` is 1 where they were brought back, and -1 where that is undone.
void FillEmpties(const v1::Empties& empties, int64_t sign, shop::v1::Receipt* receipt) {
  shop::v1::ReceiptEmpties* printed = receipt->add_empties();
  printed->set_product(empties.product());
  printed->set_pieces(sign * empties.pieces());
  printed->set_deposit_cents(empties.deposit_cents());
  printed->set_total_cents(-sign * DepositOf(empties).value());
}

void FillVat(shop::v1::Receipt* receipt) {
  VatBreakdown vat;
  for (const shop::v1::ReceiptLine& line : receipt->lines()) {
    vat.Add(line.vat_basis_points(), Cents(line.total_cents()));
  }
  for (const VatPart& part : vat.parts()) {
    shop::v1::VatShare* share = receipt->add_vat();
    share->set_basis_points(part.basis_points);
    share->set_total_cents(part.total.value());
    share->set_vat_cents(part.vat.value());
  }
}

void Fill(const v1::Sold& sold, shop::v1::Receipt* receipt) {
  receipt->set_kind(shop::v1::RECEIPT_KIND_SALE);
  receipt->set_till(sold.till());
  const SaleAmounts amounts(sold);
  for (int i = 0; i < sold.lines_size(); ++i) {
    FillLine(sold.lines(i), QuantityOf(sold.lines(i)), amounts.PaidFor(i), receipt);
    shop::v1::ReceiptLine* printed = receipt->mutable_lines(i);
    printed->set_discount_cents(sold.lines(i).discount_cents());
    printed->set_receipt_discount_cents(amounts.ReceiptDiscountOf(i).value());
    printed->set_deposit_cents(DepositOf(sold.lines(i)).value());
    printed->set_by_label(sold.lines(i).has_label_cents());
    printed->set_label_differs(GrossOf(sold.lines(i)) != ReckonedOf(sold.lines(i)));
  }
  for (const v1::Empties& empties : sold.empties()) FillEmpties(empties, 1, receipt);
  FillVat(receipt);
  const Cents total = amounts.total();
  receipt->set_total_cents(total.value());
  receipt->set_discount_cents(sold.discount_cents());
  receipt->set_deposit_cents(total.value() - amounts.goods().value());
  receipt->set_cash_rounding_cents(sold.cash_rounding_cents());
  *receipt->mutable_payments() = sold.payments();
  FillLastAmount(total, sold.cash_rounding_cents(), receipt->mutable_payments());
}

// The same with every sign turned.
void Fill(const v1::Returned& returned, v1::FactKind kind, shop::v1::Receipt* receipt) {
  receipt->set_kind(kind == v1::FACT_KIND_VOIDED ? shop::v1::RECEIPT_KIND_VOID
                                                 : shop::v1::RECEIPT_KIND_RETURN);
  receipt->set_refers_to(returned.sale_number());
  receipt->set_till(returned.till());
  for (const v1::ReturnedLine& line : returned.lines()) {
    FillLine(line, Quantity(-line.quantity_milli()), Cents(-line.refund_cents()), receipt);
    receipt->mutable_lines()->rbegin()->set_wasted(line.wasted());
    receipt->mutable_lines()->rbegin()->set_deposit_cents(-line.deposit_refund_cents());
  }
  for (const v1::UndoneEmpties& undone : returned.empties()) {
    FillEmpties(undone.empties(), -1, receipt);
  }
  FillVat(receipt);
  const RefundAmounts amounts(returned);
  const Cents refund = amounts.total();
  receipt->set_deposit_cents(amounts.goods.value() - refund.value());
  receipt->set_total_cents(-refund.value());
  receipt->set_cash_rounding_cents(-returned.cash_rounding_cents());
  *receipt->mutable_payments() = returned.payments();
  FillLastAmount(refund, returned.cash_rounding_cents(), receipt->mutable_payments());
  for (v1::Payment& payment : *receipt->mutable_payments()) {
    payment.set_amount_cents(-payment.amount_cents());
  }
}

}  // namespace

std::string FormatReceiptNumber(std::string_view shop, std::string_view series, uint64_t ordinal) {
  return absl::StrCat(View(shop), "-", View(series), "-", absl::Dec(ordinal, absl::kZeroPad4));
}

std::string NumberOf(const Fact& fact) {
  std::string number =
      FormatReceiptNumber(fact.journal->shop, fact.journal->series, fact.receipt_ordinal);
  if (fact.moved.has_value()) number.append(MovedEnding(MovedPlace(fact.moved->original)));
  return number;
}

absl::StatusOr<ReceiptNumber> ParseReceiptNumber(std::string_view number) {
  std::string_view shop = number;
  NameEnding ending = ConsumeEnding(&shop);
  std::string_view ordinal;
  std::string_view letters;
  std::string_view day;
  ReceiptNumber parsed;
  if (number.size() > kReceiptNumberBytesMax || !ConsumeLastPart(&shop, &ordinal) ||
      !ConsumeLastPart(&shop, &letters) || !ConsumeLastPart(&shop, &day) || !IsCode(shop)) {
    return BadNumber(number);
  }
  parsed.shop = shop;
  parsed.ending = std::move(ending);
  parsed.series = absl::StrCat(View(day), "-", View(letters));
  if (!IsCode(parsed.series) || ordinal.empty()) return BadNumber(number);
  const char* const end = ordinal.data() + ordinal.size();
  const auto [stop, error] = std::from_chars(ordinal.data(), end, parsed.ordinal);
  if (error != std::errc() || stop != end || parsed.ordinal == 0) return BadNumber(number);
  return parsed;
}

absl::StatusOr<ReceiptPlace> FindReceipt(const store::Snapshot& snapshot, std::string_view number) {
  COMPTOIR_ASSIGN_OR_RETURN(const ReceiptNumber parsed, ParseReceiptNumber(number));
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> series,
                            snapshot.Get(kSeries, SeriesKey(parsed.shop, parsed.series)));
  if (!series.has_value()) return UnknownReceipt(number);
  if (series->size() != 8) return absl::DataLossError("a row of series is damaged");
  const JournalId journal(ReadBigEndian64(*series));
  COMPTOIR_ASSIGN_OR_RETURN(std::optional<ReceiptPlace> found,
                            ReadPlace(snapshot, journal, parsed.ordinal));
  if (!parsed.ending.kept) {
    COMPTOIR_ASSIGN_OR_RETURN(
        const std::vector<FactPlace> moved,
        FindMoved(snapshot, MovedNamePrefix(MovedBy::kReceipt, journal, parsed.ordinal),
                  parsed.ending.moved.value_or("")));
    const bool may_be_kept = found.has_value() && !parsed.ending.moved.has_value();
    if (moved.size() + (may_be_kept ? 1 : 0) > 1) return Ambiguous(moved, may_be_kept);
    if (!may_be_kept) {
      found = std::nullopt;
      if (!moved.empty()) {
        COMPTOIR_ASSIGN_OR_RETURN(found,
                                  ReadPlace(snapshot, moved.front().journal, parsed.ordinal));
      }
    }
  }
  if (!found.has_value()) return UnknownReceipt(number);
  return *found;
}

absl::StatusOr<ReceiptPage> ListReceiptPlaces(const store::Snapshot& snapshot,
                                              std::string_view shop, Day day,
                                              std::string_view cursor, uint32_t page_size) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("shop", shop));
  COMPTOIR_RETURN_IF_ERROR(CheckDay("day", day.value()));
  COMPTOIR_ASSIGN_OR_RETURN(const size_t count,
                            PageSize(page_size, kReceiptsPageUsual, kReceiptsPageMax));
  COMPTOIR_ASSIGN_OR_RETURN(const Listed first, OpenReceipt(cursor));
  const std::string prefix = ReceiptDayPrefix(shop, day);
  std::vector<Listed> found;
  auto blocks = snapshot.Scan(kReceiptDays, prefix, PrefixLimit(prefix));
  for (; blocks->Valid(); blocks->Next()) {
    std::string_view key = blocks->key().substr(prefix.size());
    uint64_t journal = 0;
    uint32_t block = 0;
    if (!ConsumeBigEndian64(&key, &journal) || !ConsumeBigEndian32(&key, &block)) {
      return absl::DataLossError("a key of receipt_days is damaged");
    }
    COMPTOIR_RETURN_IF_ERROR(ReadBlock(snapshot, JournalId(journal), block, day, first, &found));
  }
  COMPTOIR_RETURN_IF_ERROR(blocks->status());

  // One more than the page: where the next begins.
  const size_t shown = std::min(found.size(), count + 1);
  std::partial_sort(found.begin(), found.begin() + static_cast<ptrdiff_t>(shown), found.end());
  ReceiptPage page;
  for (size_t i = 0; i < std::min(shown, count); ++i) page.receipts.push_back(found[i].place);
  if (shown > count) page.next_cursor = CursorTo(found[count]);
  return page;
}

absl::StatusOr<shop::v1::Receipt> MakeReceipt(const store::Snapshot& snapshot, const Fact& fact,
                                              bool duplicate) {
  COMPTOIR_CHECK(PrintsReceipt(fact.kind) && fact.fact != nullptr);
  const JournalContext& journal = *fact.journal;
  shop::v1::Receipt receipt;
  receipt.set_number(NumberOf(fact));
  receipt.set_shop(journal.shop);
  receipt.set_wall_ms(fact.wall_ms);
  receipt.set_utc_offset_minutes(fact.utc_offset_minutes);
  receipt.set_day(fact.business_day().value());
  receipt.set_duplicate(duplicate);
  receipt.set_doubtful(fact.doubtful);
  receipt.mutable_reference()->set_journal(fact.reference.journal.value());
  receipt.mutable_reference()->set_sequence(fact.reference.sequence.value());
  receipt.mutable_reference()->set_hash_prefix(fact.reference.hash_prefix);
  if (fact.kind == v1::FACT_KIND_SOLD) {
    Fill(static_cast<const v1::Sold&>(*fact.fact), &receipt);
  } else {
    Fill(static_cast<const v1::Returned&>(*fact.fact), fact.kind, &receipt);
  }
  for (shop::v1::ReceiptLine& line : *receipt.mutable_lines()) {
    COMPTOIR_ASSIGN_OR_RETURN(*line.mutable_name(), ProductName(snapshot, line.product()));
  }
  for (shop::v1::ReceiptEmpties& empties : *receipt.mutable_empties()) {
    COMPTOIR_ASSIGN_OR_RETURN(*empties.mutable_name(), ProductName(snapshot, empties.product()));
  }
  return receipt;
}

}  // namespace comptoir::retail
