// What facts of a day come to.
#pragma once

#include <cstdint>
#include <map>

#include "common/retail/fact.h"
#include "comptoir/retail/v1/days.pb.h"

namespace comptoir::retail {

inline constexpr int64_t kTimesClosedMax = 1'000;

class DayCounter {
 public:
  // An admitted fact, `times` over: at most kTimesClosedMax. False, and nothing is added, where
  // a sum could come over what a closing may say.
  bool Add(const Fact& fact, int64_t times = 1);
  // `sign` is 1 or -1.
  void Add(const v1::DaySums& sums, int64_t sign);
  v1::DaySums sums() const;
  // Does money stand behind anything that was added?
  bool empty() const { return facts_ == 0; }

 private:
  struct Vat {
    int64_t total_cents = 0;
    int64_t vat_cents = 0;
  };
  // Of a refund, `times` is below zero.
  template <typename Receipt>
  void AddPayments(const Receipt& receipt, int64_t total_cents, int64_t times);
  void AddSold(const v1::Sold& sold, int64_t times);
  void AddReturned(const v1::Returned& returned, v1::FactKind kind, int64_t times);

  int64_t facts_ = 0;
  int64_t gross_cents_ = 0;  // no sum is larger
  int64_t sales_ = 0;
  int64_t returns_ = 0;
  int64_t voids_ = 0;
  int64_t sold_cents_ = 0;
  int64_t refunded_cents_ = 0;
  int64_t rounding_cents_ = 0;
  int64_t discounts_cents_ = 0;
  int64_t charged_cents_ = 0;  // of deposits
  int64_t deposits_returned_cents_ = 0;
  int64_t float_cents_ = 0;
  int64_t in_cents_ = 0;
  int64_t out_cents_ = 0;
  std::map<v1::PaymentMethod, int64_t> payments_;
  std::map<uint32_t, Vat> vat_;  // by rate
};

// What came in for sales less what was given back, of goods and deposits; what payments come to,
// but for the rounding of cash.
inline int64_t TakenOf(const v1::DaySums& sums) {
  return sums.sold_cents() - sums.refunded_cents() + sums.deposits_charged_cents() -
         sums.deposits_returned_cents();
}

// What the drawer should hold by it: float, cash paid and given back, cash moved.
int64_t DrawerOf(const v1::DaySums& sums);

}  // namespace comptoir::retail
