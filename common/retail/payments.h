// What was paid, or given back: checked and completed alike for sales and refunds.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/retail/quantity.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// Rounding a total to 5 cents adds or takes away at most this.
inline constexpr int32_t kCashRoundingCentsMax = 2;

using PaymentList = google::protobuf::RepeatedPtrField<v1::Payment>;

// How many payments, their methods and amounts, each for itself.
absl::Status CheckPaymentList(const PaymentList& payments);
// That, and: do they come to `total` and the cash rounding? Where deposits that are given back
// bring the total below zero, there is one payment, of all of it, without an amount.
absl::Status CheckPayments(const PaymentList& payments, int32_t cash_rounding_cents, Cents total);

// Completes what a request says of payments for the fact and gives its cash
// rounding: none said is all in cash; cash that pays the rest is rounded to 5
// cents; the last amount, which follows from the others, is left out.
absl::StatusOr<int32_t> CompletePayments(Cents total, PaymentList* payments);

// Says the last amount, of payments that were admitted.
void FillLastAmount(Cents total, int32_t cash_rounding_cents, PaymentList* payments);

}  // namespace comptoir::retail
