#include "cli/render_watch.h"

#include <cstddef>

#include "absl/numeric/int128.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "cli/format.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

using admin::v1::WatchedFact;

constexpr absl::string_view kKindPrefix = "FACT_KIND_";
constexpr int kLinesShown = 4;
constexpr int kShopWidth = 14;
constexpr int kKindWidth = 15;
constexpr int kWholeMilli = 1'000;

// "1.250 kg carottes", "2 pain-gris".
std::string Amount(int64_t milli, retail::v1::Unit unit, const std::string& product) {
  const bool by_piece = unit == retail::v1::UNIT_PIECE;
  return absl::StrCat(FormatQuantity(milli, unit), by_piece ? "" : " ",
                      by_piece ? "" : FormatUnit(unit), " ", product);
}

int64_t QuantityOf(const retail::v1::SoldLine& line) {
  return line.has_quantity_milli() ? line.quantity_milli() : kWholeMilli;
}

int64_t QuantityTimes(const retail::v1::SoldLine& line, int64_t cents) {
  const absl::int128 mills = absl::int128(QuantityOf(line)) * cents;
  return static_cast<int64_t>((mills + kWholeMilli / 2) / kWholeMilli);
}

// A line's total is quantity × price, half away from zero, or what a label says, less its discount
// (SoldLine).
int64_t TotalOf(const retail::v1::SoldLine& line) {
  const int64_t gross_cents =
      line.has_label_cents() ? line.label_cents() : QuantityTimes(line, line.unit_price_cents());
  return gross_cents - line.discount_cents();
}

// The first few lines of a fact, by `say`.
template <typename Lines, typename Say>
std::string ListOf(const Lines& lines, Say say) {
  std::vector<std::string> parts;
  for (int i = 0; i < lines.size() && i < kLinesShown; ++i) parts.push_back(say(lines.Get(i)));
  if (lines.size() > kLinesShown) {
    parts.push_back(absl::StrCat(lines.size() - kLinesShown, " more"));
  }
  return absl::StrJoin(parts, ", ");
}

std::string PaymentsOf(const google::protobuf::RepeatedPtrField<retail::v1::Payment>& payments) {
  return ListOf(payments,
                [](const auto& payment) { return FormatPaymentMethod(payment.method()); });
}

std::string LotText(const std::string& lot) { return lot.empty() ? "" : " of lot " + lot; }

// "12 empties of biere".
std::string EmptiesText(const retail::v1::Empties& empties) {
  return absl::StrCat(empties.pieces(), " empties of ", empties.product());
}

std::string Say(const retail::v1::Sold& sold) {
  int64_t cents = sold.cash_rounding_cents() - sold.discount_cents();
  for (const auto& line : sold.lines()) {
    cents += TotalOf(line) + QuantityTimes(line, line.deposit_cents());
  }
  for (const auto& empties : sold.empties()) cents -= empties.pieces() * empties.deposit_cents();
  std::vector<std::string> what;
  if (!sold.lines().empty()) {
    what.push_back(ListOf(sold.lines(), [](const auto& line) {
      return Amount(QuantityOf(line), line.unit(), line.product()) + LotText(line.lot());
    }));
  }
  if (!sold.empties().empty()) what.push_back(ListOf(sold.empties(), EmptiesText));
  return absl::StrCat(absl::StrJoin(what, "; "), ": ", FormatMoney(cents), " by ",
                      PaymentsOf(sold.payments()));
}

std::string Say(const retail::v1::Returned& returned) {
  int64_t cents = returned.cash_rounding_cents();
  for (const auto& line : returned.lines()) {
    cents += line.refund_cents() + line.deposit_refund_cents();
  }
  for (const auto& undone : returned.empties()) {
    cents -= undone.empties().pieces() * undone.empties().deposit_cents();
  }
  std::vector<std::string> what;
  if (!returned.lines().empty()) {
    what.push_back(ListOf(returned.lines(), [](const auto& line) {
      return Amount(line.quantity_milli(), line.unit(), line.product()) + LotText(line.lot());
    }));
  }
  if (!returned.empties().empty()) {
    what.push_back(ListOf(returned.empties(),
                          [](const auto& undone) { return EmptiesText(undone.empties()); }));
  }
  // What was given for empties may come to more than the goods.
  what.push_back(absl::StrCat(FormatMoney(cents < 0 ? -cents : cents),
                              cents < 0 ? " paid again by " : " given back by ",
                              PaymentsOf(returned.payments())));
  return absl::StrCat("of ", returned.sale_number(), ": ", absl::StrJoin(what, "; "));
}

std::string Say(const retail::v1::GoodsReceived& received) {
  return absl::StrCat(
      "from ", received.producer(), ": ", ListOf(received.lines(), [](const auto& line) {
        return Amount(line.quantity_milli(), line.unit(), line.product()) + LotText(line.lot());
      }));
}

std::string Say(const retail::v1::Wasted& wasted) {
  return absl::StrCat(
      FormatWasteReason(wasted.reason()), ": ", ListOf(wasted.lines(), [](const auto& line) {
        return Amount(line.quantity_milli(), line.unit(), line.product()) + LotText(line.lot());
      }));
}

std::string GoodsOf(const google::protobuf::RepeatedPtrField<retail::v1::TransferLine>& lines) {
  return ListOf(lines, [](const auto& line) {
    return Amount(line.quantity_milli(), line.unit(), line.product()) + LotText(line.lot());
  });
}

std::string Say(const retail::v1::TransferSent& sent) {
  return absl::StrCat(sent.transfer(), " to ", sent.to(), ": ", GoodsOf(sent.lines()));
}

std::string Say(const retail::v1::TransferReceived& received) {
  return absl::StrCat(received.transfer(), ": ", GoodsOf(received.lines()));
}

std::string Say(const retail::v1::TransferSettled& settled) {
  return absl::StrCat(settled.transfer(), ", ", FormatWasteReason(settled.reason()), ": ",
                      GoodsOf(settled.lines()));
}

// What the hub tells: of whose fact, and whether it still counts.
std::string Say(const retail::v1::TransferAnnounced& announced) {
  return absl::StrCat(announced.transfer(),
                      announced.has_sent() ? " was sent by " : " is undone by ",
                      announced.told().shop());
}

std::string Say(const retail::v1::TransferAnswered& answered) {
  const char* const what = answered.has_received()  ? " was received by "
                           : answered.has_settled() ? " was settled by "
                                                    : ": something is undone by ";
  return absl::StrCat(answered.transfer(), what, answered.told().shop());
}

std::string Say(const retail::v1::Counted& counted) {
  return ListOf(counted.lines(), [](const auto& line) {
    int64_t milli = 0;
    for (const auto& lot : line.lots()) milli += lot.quantity_milli();
    std::string text = Amount(milli, line.unit(), line.product());
    if (line.whole()) return text;
    for (const auto& lot : line.lots()) text += LotText(lot.lot());
    return text;
  });
}

std::string Say(const retail::v1::Corrected& corrected) {
  return absl::StrCat("undoes a ", FormatKind(corrected.kind()), ": ", corrected.reason());
}

std::string Say(const retail::v1::Recalled& recalled) {
  const std::string where = recalled.shop().empty() ? "all shops" : recalled.shop();
  const std::string what =
      recalled.product().empty()
          ? absl::StrCat("what ", recalled.producer(), " delivered from ",
                         FormatDay(recalled.first_day()), " to ", FormatDay(recalled.last_day()))
          : recalled.product() + LotText(recalled.lot());
  return absl::StrCat(recalled.code(), ": ", what, ", ", where, ": ", recalled.reason());
}

std::string Say(const retail::v1::RecallLifted& lifted) {
  return absl::StrCat(
      FormatCount(static_cast<uint64_t>(lifted.recalls_size()), "recall", "recalls"), ": ",
      lifted.reason());
}

std::string Say(const retail::v1::RecallConfirmed& confirmed) {
  std::string text = absl::StrCat("shelves clear, says ", confirmed.staff());
  if (confirmed.found().empty()) return text;
  return absl::StrCat(text, ": ", ListOf(confirmed.found(), [](const auto& found) {
                        return Amount(found.quantity_milli(), found.unit(), found.product()) +
                               LotText(found.lot());
                      }));
}

std::string Say(const retail::v1::CashMoved& moved) {
  const int64_t cents = moved.amount_cents();
  return absl::StrCat(FormatMoney(cents < 0 ? -cents : cents), cents < 0 ? " out of" : " into",
                      " the drawer: ", moved.reason());
}

std::string Say(const retail::v1::DayClosed& closed) {
  std::string text =
      absl::StrCat("Z ", closed.number(), " of ", closed.node(), ": ",
                   FormatCount(static_cast<uint64_t>(closed.sums().sales()), "sale", "sales"), ", ",
                   FormatMoney(closed.sums().sold_cents()), " sold");
  if (closed.sums().refunded_cents() != 0) {
    absl::StrAppend(&text, ", ", FormatMoney(closed.sums().refunded_cents()), " given back");
  }
  if (!closed.has_counted_cents()) return text;
  return absl::StrCat(text, ", drawer ", FormatMoney(closed.counted_cents()), " of ",
                      FormatMoney(closed.drawer_cents()));
}

std::string Say(const retail::v1::ForkSettled& settled) {
  return absl::StrCat("two branches after entry ", settled.common().sequence(), ": to ",
                      settled.kept().sequence(), " kept, to ", settled.other().sequence(),
                      " moved");
}

std::string Say(const retail::v1::Moved& moved) {
  return absl::StrCat("entry ", moved.original().sequence(), " of a branch that was not kept");
}

std::string Say(const retail::v1::PriceSet& price) {
  return absl::StrCat(price.product(), " ", FormatMoney(price.price_cents().value()), " from ",
                      FormatDay(price.first_day()),
                      price.shop().empty() ? std::string(", all shops") : ", " + price.shop());
}

std::string Say(const retail::v1::VatSet& vat) {
  return absl::StrCat(vat.product(), " ",
                      FormatVat(static_cast<uint32_t>(vat.basis_points().value())), " from ",
                      FormatDay(vat.first_day()));
}

std::string Say(const retail::v1::ProductEdited& edited) {
  std::vector<std::string> parts;
  if (edited.has_name()) parts.push_back("name " + edited.name().value());
  if (edited.has_unit()) parts.push_back("unit " + FormatUnit(edited.unit().value()));
  if (edited.has_producer()) parts.push_back("producer " + edited.producer().value());
  if (edited.has_gtin()) parts.push_back("barcode " + edited.gtin().value());
  if (edited.has_item()) parts.push_back("item " + edited.item().value());
  if (edited.has_deposit_cents()) {
    parts.push_back("deposit " + FormatMoney(edited.deposit_cents().value()));
  }
  if (edited.has_need()) parts.push_back("need " + edited.need().value());
  return absl::StrCat(edited.product(), ": ", absl::StrJoin(parts, ", "));
}

// Of a producer, and of a shop.
template <typename Edited>
std::string SayNamed(const std::string& code, const Edited& edited) {
  std::vector<std::string> parts;
  if (edited.has_name()) parts.push_back("name " + edited.name().value());
  if (edited.has_place()) parts.push_back("place " + edited.place().value());
  return absl::StrCat(code, ": ", absl::StrJoin(parts, ", "));
}

std::string Summary(const WatchedFact& fact) {
  switch (fact.fact_case()) {
    case WatchedFact::kGenesis:
      return absl::StrCat(fact.node(), " opens journal ", fact.series());
    case WatchedFact::kProductEdited:
      return Say(fact.product_edited());
    case WatchedFact::kProducerEdited:
      return SayNamed(fact.producer_edited().producer(), fact.producer_edited());
    case WatchedFact::kShopEdited:
      return SayNamed(fact.shop_edited().shop(), fact.shop_edited());
    case WatchedFact::kPriceSet:
      return Say(fact.price_set());
    case WatchedFact::kVatSet:
      return Say(fact.vat_set());
    case WatchedFact::kGoodsReceived:
      return Say(fact.goods_received());
    case WatchedFact::kSold:
      return Say(fact.sold());
    case WatchedFact::kNodeEnrolled:
      return absl::StrCat(fact.node_enrolled().node(), " of ", fact.node_enrolled().shop());
    case WatchedFact::kNodeRevoked:
      return absl::StrCat(
          fact.node_revoked().node(), ": ", fact.node_revoked().reason(),
          fact.node_revoked().retired() ? ", nothing of it missing at the hub" : "");
    case WatchedFact::kWasted:
      return Say(fact.wasted());
    case WatchedFact::kReturned:
      return Say(fact.returned());
    case WatchedFact::kCounted:
      return Say(fact.counted());
    case WatchedFact::kForkSettled:
      return Say(fact.fork_settled());
    case WatchedFact::kMoved:
      return Say(fact.moved());
    case WatchedFact::kDayOpened:
      return absl::StrCat("float ", FormatMoney(fact.day_opened().float_cents()));
    case WatchedFact::kCashMoved:
      return Say(fact.cash_moved());
    case WatchedFact::kDayClosed:
      return Say(fact.day_closed());
    case WatchedFact::kCorrected:
      return Say(fact.corrected());
    case WatchedFact::kTransferSent:
      return Say(fact.transfer_sent());
    case WatchedFact::kTransferAnnounced:
      return Say(fact.transfer_announced());
    case WatchedFact::kTransferAnswered:
      return Say(fact.transfer_answered());
    case WatchedFact::kTransferReceived:
      return Say(fact.transfer_received());
    case WatchedFact::kTransferSettled:
      return Say(fact.transfer_settled());
    case WatchedFact::kRecalled:
      return Say(fact.recalled());
    case WatchedFact::kRecallLifted:
      return Say(fact.recall_lifted());
    case WatchedFact::kRecallConfirmed:
      return Say(fact.recall_confirmed());
    default:
      return "";
  }
}

std::string Padded(const std::string& text, size_t width) {
  const size_t shown = DisplayWidth(text);
  return shown < width ? text + std::string(width - shown, ' ') : text;
}

std::string What(const WatchedFact& fact) {
  if (fact.verdict() == admin::v1::FACT_VERDICT_ADMITTED) return Summary(fact);
  return absl::StrCat(fact.verdict() == admin::v1::FACT_VERDICT_UNKNOWN ? "NOT KNOWN HERE" : "BAD",
                      ", counts for nothing: ", fact.verdict_detail(), " (entry ",
                      fact.reference().sequence(), " of ", fact.node(), " ", fact.series(), ")");
}

}  // namespace

std::string FormatKind(retail::v1::FactKind kind) {
  absl::string_view name = retail::v1::FactKind_Name(kind);
  if (name.empty()) return absl::StrCat("kind ", static_cast<int>(kind));
  name.remove_prefix(kKindPrefix.size());
  return absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"_", "-"}});
}

std::vector<std::string> KindNames() {
  std::vector<std::string> names;
  const auto* kinds = retail::v1::FactKind_descriptor();
  for (int i = 0; i < kinds->value_count(); ++i) {
    const auto kind = static_cast<retail::v1::FactKind>(kinds->value(i)->number());
    if (kind != retail::v1::FACT_KIND_UNSPECIFIED) names.push_back(FormatKind(kind));
  }
  return names;
}

absl::StatusOr<retail::v1::FactKind> ParseKind(const std::string& name) {
  const std::string full =
      absl::StrCat(kKindPrefix, absl::AsciiStrToUpper(absl::StrReplaceAll(name, {{"-", "_"}})));
  retail::v1::FactKind kind;
  if (retail::v1::FactKind_Parse(full, &kind) && kind != retail::v1::FACT_KIND_UNSPECIFIED) {
    return kind;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", Printable(name), "\" is no kind of fact: ", absl::StrJoin(KindNames(), ", ")));
}

std::string FactLine(const WatchedFact& fact) {
  const std::string shop = fact.shop().empty() ? "(hub)" : fact.shop();
  return Printable(absl::StrCat(FormatInstant(fact.wall_ms(), fact.utc_offset_minutes()),
                                fact.doubtful() ? "?" : " ", " ", Padded(shop, kShopWidth), " ",
                                Padded(FormatKind(fact.kind()), kKindWidth), " ", What(fact)));
}

}  // namespace comptoir::cli
