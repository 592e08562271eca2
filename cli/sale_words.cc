#include "cli/sale_words.h"

#include "common/base/limits.h"
#include "common/base/status.h"

namespace comptoir::cli {

absl::Status AddArticle(std::string_view word, bool takes_large,
                        shop::v1::RecordSaleRequest* sale) {
  Discount discount;
  if (const size_t colon = word.find(":-"); colon != std::string_view::npos) {
    COMPTOIR_ASSIGN_OR_RETURN(discount, ParseDiscount(word.substr(colon + 2)));
    word = word.substr(0, colon);
  }
  constexpr std::string_view kBarcodeMark = "ean:";
  const bool is_scanned = word.starts_with(kBarcodeMark);
  if (is_scanned) word.remove_prefix(kBarcodeMark.size());
  // Digits are a code, too, as far as its letters go.
  COMPTOIR_ASSIGN_OR_RETURN(const Item item, ParseItem(word));
  if (!takes_large) {
    COMPTOIR_RETURN_IF_ERROR(CheckUsualQuantity(item.quantity_milli.value_or(0)));
  }
  if (static_cast<size_t>(sale->lines().size()) == kLinesMax) {
    return absl::InvalidArgumentError("more than 1000 articles in one sale");
  }
  shop::v1::SaleLine& line = *sale->add_lines();
  if (is_scanned) {
    line.set_barcode(item.product);
  } else {
    line.set_product(item.product);
  }
  if (item.quantity_milli) line.set_quantity_milli(*item.quantity_milli);
  if (item.unit_price_cents) line.set_unit_price_cents(*item.unit_price_cents);
  SetDiscount(discount, &line);
  return absl::OkStatus();
}

absl::Status AddEmpties(std::string_view word, bool takes_large,
                        shop::v1::RecordSaleRequest* sale) {
  constexpr int64_t kPieceMilli = 1'000;
  COMPTOIR_ASSIGN_OR_RETURN(const Item item, ParseItem(word));
  const int64_t milli = item.quantity_milli.value_or(kPieceMilli);
  if (milli % kPieceMilli != 0) {
    return absl::InvalidArgumentError("empties of " + item.product +
                                      " come in whole pieces, like " + item.product + "=12");
  }
  if (!takes_large) COMPTOIR_RETURN_IF_ERROR(CheckUsualQuantity(milli));
  if (static_cast<size_t>(sale->empties().size()) == kLinesMax) {
    return absl::InvalidArgumentError("more than 1000 kinds of empties in one sale");
  }
  shop::v1::EmptiesLine& empties = *sale->add_empties();
  empties.set_product(item.product);
  empties.set_pieces(milli / kPieceMilli);
  if (item.unit_price_cents) empties.set_deposit_cents(*item.unit_price_cents);
  return absl::OkStatus();
}

}  // namespace comptoir::cli
