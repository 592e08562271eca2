#include "tests/bench/workload.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/retail/quantity.h"
#include "common/retail/sales/admit.h"

namespace comptoir::bench {
namespace {

using retail::Cents;
using retail::Quantity;

constexpr int64_t kUnitMilli = 1'000;
constexpr double kCheapestCents = 45;
constexpr double kDearestCents = 2'400;
constexpr size_t kSessionBytes = 12;
// One article in this many is sold by weight, and one is taxed at the high rate.
constexpr uint64_t kWeighedEvery = 10;
constexpr uint64_t kHighRateEvery = 10;
constexpr uint32_t kLowRateBasisPoints = 600;
constexpr uint32_t kHighRateBasisPoints = 2'100;

double Fraction(std::mt19937_64& generator) {
  return static_cast<double>(generator() >> 11) / static_cast<double>(uint64_t{1} << 53);
}

// Two to five syllables: as long and as unlike each other as the codes of goods.
std::string MakeCode(std::mt19937_64& generator) {
  static constexpr std::string_view kConsonants = "bcdfglmnprstv";
  static constexpr std::string_view kVowels = "aeiou";
  std::string code;
  for (uint64_t left = 2 + generator() % 4; left > 0; --left) {
    code.push_back(kConsonants[generator() % kConsonants.size()]);
    code.push_back(kVowels[generator() % kVowels.size()]);
  }
  return code;
}

}  // namespace

Workload::Workload(uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::set<std::string> codes;
  double share = 0;
  while (articles_.size() < kArticles) {
    Article article;
    article.code = MakeCode(generator);
    if (!codes.insert(article.code).second) continue;
    article.unit =
        generator() % kWeighedEvery == 0 ? retail::v1::UNIT_KILOGRAM : retail::v1::UNIT_PIECE;
    article.price_cents = std::llround(
        kCheapestCents * std::pow(kDearestCents / kCheapestCents, Fraction(generator)));
    article.vat_basis_points =
        generator() % kHighRateEvery == 0 ? kHighRateBasisPoints : kLowRateBasisPoints;
    articles_.push_back(std::move(article));
    share += 1.0 / static_cast<double>(articles_.size());
    shares_.push_back(share);
  }
}

uint16_t Workload::ArticleAt(double fraction) const {
  const auto found = std::upper_bound(shares_.begin(), shares_.end(), fraction * shares_.back());
  return static_cast<uint16_t>(
      std::min<size_t>(static_cast<size_t>(found - shares_.begin()), kArticles - 1));
}

coop::v1::ImportProductsRequest Workload::Catalogue() const {
  coop::v1::ImportProductsRequest request;
  for (const Article& article : articles_) {
    coop::v1::ProductSpec* product = request.add_products();
    product->set_product(article.code);
    product->set_name(absl::StrCat("Article ", article.code));
    product->set_unit(article.unit);
    product->set_price_cents(article.price_cents);
    product->set_vat_basis_points(article.vat_basis_points);
  }
  return request;
}

shop::v1::RecordSaleRequest Workload::RequestOf(const Sale& sale) const {
  shop::v1::RecordSaleRequest request;
  request.set_request_id(sale.request_id);
  for (const SaleLine& line : sale.lines) {
    shop::v1::SaleLine* message = request.add_lines();
    message->set_product(articles_[line.article].code);
    if (line.quantity_milli != kUnitMilli) message->set_quantity_milli(line.quantity_milli);
  }
  if (sale.by_card) request.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
  return request;
}

retail::v1::Sold Workload::FactOf(const Sale& sale) const {
  retail::v1::Sold sold;
  int64_t total_cents = 0;
  for (const SaleLine& line : sale.lines) {
    const Article& article = articles_[line.article];
    retail::v1::SoldLine* message = sold.add_lines();
    message->set_product(article.code);
    message->set_unit(article.unit);
    if (line.quantity_milli != kUnitMilli) message->set_quantity_milli(line.quantity_milli);
    message->set_unit_price_cents(article.price_cents);
    message->set_vat_basis_points(article.vat_basis_points);
    total_cents += LineCents(line);
  }
  sold.add_payments()->set_method(sale.by_card ? retail::v1::PAYMENT_METHOD_CARD
                                               : retail::v1::PAYMENT_METHOD_CASH);
  if (!sale.by_card) {
    sold.set_cash_rounding_cents(
        static_cast<int32_t>(retail::CashRounding(Cents(total_cents)).value()));
  }
  return sold;
}

int64_t Workload::LineCents(const SaleLine& line) const {
  const auto cents =
      retail::LineTotal(Quantity(line.quantity_milli), Cents(articles_[line.article].price_cents));
  COMPTOIR_CHECK(cents.has_value());
  return cents->value();
}

Till::Till(const Workload& workload, uint64_t seed, uint32_t number)
    : workload_(workload), generator_(seed * 1'000'003 + number) {
  while (session_.size() < kSessionBytes) session_.push_back(static_cast<char>(Below(256)));
}

Sale Till::Next() {
  Sale sale;
  sale.request_id = session_;
  AppendBigEndian32(++counter_, &sale.request_id);
  for (SaleLine& line : sale.lines) line = NextLine();
  sale.by_card = Below(2) == 0;
  return sale;
}

SaleLine Till::NextLine() {
  SaleLine line;
  line.article = workload_.ArticleAt(Fraction(generator_));
  if (workload_.articles()[line.article].unit == retail::v1::UNIT_KILOGRAM) {
    line.quantity_milli = 100 + static_cast<int64_t>(Below(2'401));
  } else {
    line.quantity_milli =
        Below(10) == 0 ? kUnitMilli * static_cast<int64_t>(2 + Below(3)) : kUnitMilli;
  }
  return line;
}

void Sums::Add(const Sale& sale) {
  ++sales_;
  for (const SaleLine& line : sale.lines) {
    articles_[line.article].milli += line.quantity_milli;
    articles_[line.article].cents += workload_.LineCents(line);
  }
}

void Sums::Add(const Sums& other) {
  sales_ += other.sales_;
  for (size_t i = 0; i < articles_.size(); ++i) {
    articles_[i].milli += other.articles_[i].milli;
    articles_[i].cents += other.articles_[i].cents;
  }
}

std::string Sums::Difference(const std::vector<shop::v1::SalesRow>& rows) const {
  std::map<std::string, Sold> said;
  for (const shop::v1::SalesRow& row : rows) {
    said[row.product()].milli += row.quantity_milli();
    said[row.product()].cents += row.total_cents();
  }
  for (size_t i = 0; i < articles_.size(); ++i) {
    const Sold found = said[workload_.articles()[i].code];
    said.erase(workload_.articles()[i].code);
    if (found == articles_[i]) continue;
    return absl::StrCat("of ", workload_.articles()[i].code, " ", articles_[i].milli,
                        " thousandths for ", articles_[i].cents, " cents were sold, the view has ",
                        found.milli, " for ", found.cents);
  }
  if (!said.empty()) return absl::StrCat("nobody sold ", said.begin()->first);
  return "";
}

}  // namespace comptoir::bench
