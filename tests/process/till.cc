#include "tests/process/till.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace comptoir::testing {
namespace {

constexpr int kLinesMax = 4;
constexpr int64_t kGramsMax = 3'000;
constexpr int64_t kPiecesMax = 5;
// One stream lasts as long as the test wants it.
constexpr std::chrono::minutes kStreamPatience(8);

// Quantity × price, half away from zero: reckoned here and not by the product.
int64_t LineTotal(int64_t quantity_milli, int64_t price_cents) {
  return (quantity_milli * price_cents + 500) / 1000;
}

}  // namespace

Till::Till(const std::string& session, uint64_t seed, std::vector<Article> articles)
    : session_(session), articles_(std::move(articles)), random_(seed) {}

void Till::Sell(const std::string& address) {
  const auto stub = shop::v1::ShopService::NewStub(PlainChannel(address));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kStreamPatience);
  const auto stream = stub->Till(&context);
  // Places in sales_: the next to send, and the next to be answered.
  size_t sending = answered_ - std::min(answered_, kDoubted);
  size_t waiting = sending;
  bool broken = false;
  while (!broken && (!pausing_ || waiting < sales_.size())) {
    while (sending < waiting + kWindow && (sending < sales_.size() || !pausing_)) {
      if (!stream->Write(sending < sales_.size() ? sales_[sending].request : Next().request)) break;
      ++sending;
    }
    shop::v1::TillAnswer answer;
    broken = !stream->Read(&answer);
    if (!broken) Take(answer, sales_[waiting++]);
    answered_ = std::max(answered_, waiting);
  }
  unanswered_ = sales_.size() - answered_;
  if (!broken) stream->WritesDone();
  const grpc::Status status = stream->Finish();
  if (!broken) {
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
}

Sale& Till::Next() {
  Sale& sale = sales_.emplace_back();
  sale.request.set_request_id(RequestId(session_, static_cast<uint32_t>(sales_.size())));
  sale.request.set_till("till-1");
  const int lines = std::uniform_int_distribution<int>(1, kLinesMax)(random_);
  for (int i = 0; i < lines; ++i) {
    const size_t which = std::uniform_int_distribution<size_t>(0, articles_.size() - 1)(random_);
    const Article& article = articles_[which];
    const bool weighed = article.unit == retail::v1::UNIT_KILOGRAM;
    const int64_t quantity_milli =
        weighed ? std::uniform_int_distribution<int64_t>(1, kGramsMax)(random_)
                : 1000 * std::uniform_int_distribution<int64_t>(1, kPiecesMax)(random_);
    *sale.request.add_lines() = Line(article.product, quantity_milli);
    sale.total_cents += LineTotal(quantity_milli, article.price_cents);
  }
  sale.request.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
  return sale;
}

void Till::Take(const shop::v1::TillAnswer& answer, Sale& sale) {
  EXPECT_EQ(answer.request_id(), sale.request.request_id()) << "an answer out of order";
  if (!answer.has_recorded()) {
    ADD_FAILURE() << "refused: " << answer.refusal().ShortDebugString();
    return;
  }
  if (sale.told) {
    EXPECT_EQ(answer.recorded().SerializeAsString(), sale.answer.SerializeAsString())
        << "a repeated request got another answer";
    return;
  }
  EXPECT_EQ(answer.recorded().total_cents(), sale.total_cents);
  sale.answer = answer.recorded();
  sale.told = true;
  ++told_;
}

}  // namespace comptoir::testing
