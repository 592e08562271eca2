// What every benchmark sells: 2,000 articles and as many sales of five lines as
// it takes, from a seed. The rules are in this folder's README.
//
// Thread use: a Workload is immutable; a Till belongs to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "comptoir/coop/v1/coop.pb.h"
#include "comptoir/retail/v1/retail.pb.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::bench {

inline constexpr uint64_t kSeed = 20'261'123;
inline constexpr size_t kArticles = 2'000;
inline constexpr size_t kLinesPerSale = 5;
inline constexpr size_t kSalesFull = 100'000;

struct Article {
  std::string code;
  retail::v1::Unit unit = retail::v1::UNIT_UNSPECIFIED;
  int64_t price_cents = 0;  // of one whole unit, VAT included
  uint32_t vat_basis_points = 0;
};

struct SaleLine {
  uint16_t article = 0;  // its place in Workload::articles()
  int64_t quantity_milli = 0;
};
struct Sale {
  std::string request_id;
  std::array<SaleLine, kLinesPerSale> lines;
  bool by_card = false;  // else in cash
};

class Workload {
 public:
  explicit Workload(uint64_t seed = kSeed);

  const std::vector<Article>& articles() const { return articles_; }
  // The place of the article that a till draws with `fraction`, of [0, 1): by
  // Zipf's law, the first sold most.
  uint16_t ArticleAt(double fraction) const;

  // The list with which a buyer makes the articles known.
  coop::v1::ImportProductsRequest Catalogue() const;
  // What a till asks of its node.
  shop::v1::RecordSaleRequest RequestOf(const Sale& sale) const;
  // The fact that the node makes of it.
  retail::v1::Sold FactOf(const Sale& sale) const;
  // Of one line, rounded as receipts are.
  int64_t LineCents(const SaleLine& line) const;

 private:
  std::vector<Article> articles_;
  std::vector<double> shares_;  // cumulated, of the articles up to each
};

// One till: the sales that it rings up, one after the other. Tills of one seed
// and number give the same sales.
class Till {
 public:
  // `workload` must outlive it.
  Till(const Workload& workload, uint64_t seed, uint32_t number);
  Sale Next();

 private:
  SaleLine NextLine();
  uint64_t Below(uint64_t limit) { return generator_() % limit; }

  const Workload& workload_;
  std::mt19937_64 generator_;
  std::string session_;  // the 12 bytes that its request ids begin with
  uint32_t counter_ = 0;
};

// The sums that must come out, kept by whoever sells.
class Sums {
 public:
  explicit Sums(const Workload& workload) : workload_(workload), articles_(kArticles) {}

  void Add(const Sale& sale);
  void Add(const Sums& other);
  // The first difference between these and `rows` (of ListSales by product, over
  // any days), as a sentence; empty where there is none.
  std::string Difference(const std::vector<shop::v1::SalesRow>& rows) const;
  uint64_t sales() const { return sales_; }

 private:
  struct Sold {
    int64_t milli = 0;
    int64_t cents = 0;
    bool operator==(const Sold&) const = default;
  };

  const Workload& workload_;
  std::vector<Sold> articles_;
  uint64_t sales_ = 0;
};

}  // namespace comptoir::bench
