// A till over ShopService.Till. It keeps its own journal of what it asked and
// what it was told, apart from the product: what the oracle judges by.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/process/services.h"

namespace comptoir::testing {

// An article as the till knows it.
struct Article {
  std::string product;
  retail::v1::Unit unit;
  int64_t price_cents;
};

// One sale: asked, and told 'sold' or not yet.
struct Sale {
  shop::v1::RecordSaleRequest request;
  int64_t total_cents = 0;  // as the till reckons it
  bool told = false;
  shop::v1::SaleRecorded answer;
};

// Its own seed, its own request ids. Sell on one thread; the rest on any.
class Till {
 public:
  Till(const std::string& session, uint64_t seed, std::vector<Article> articles);

  // Sells over one stream to the node at `address`, first again what has no
  // answer and the last that has one (an answer may be lost on the way to the
  // printer), until Pause, or until the stream breaks. Fails the test when an
  // answer is a refusal, comes out of order, or is another than the first one.
  void Sell(const std::string& address);
  // Sell asks nothing new, waits for its answers and returns.
  void Pause() { pausing_ = true; }
  void Resume() { pausing_ = false; }

  // Sales told 'sold' so far; those sent and not answered when the last stream ended.
  uint64_t told() const { return told_; }
  uint64_t unanswered() const { return unanswered_; }

  // All of its sales, in the order of asking; only while nobody sells.
  const std::deque<Sale>& sales() const { return sales_; }

 private:
  // Sales on their way at once.
  static constexpr size_t kWindow = 8;
  // Repeated though answered, after each break.
  static constexpr size_t kDoubted = 2;

  Sale& Next();
  void Take(const shop::v1::TillAnswer& answer, Sale& sale);

  const std::string session_;
  const std::vector<Article> articles_;
  std::mt19937_64 random_;
  std::deque<Sale> sales_;
  size_t answered_ = 0;  // of sales_, from the front
  std::atomic<bool> pausing_ = false;
  std::atomic<uint64_t> told_ = 0;
  std::atomic<uint64_t> unanswered_ = 0;
};

// A till that sells on a thread of its own.
class Selling {
 public:
  Selling(Till& till, const std::string& address)
      : till_(till), thread_([&till, address] { till.Sell(address); }) {}
  // Pauses the till, should it still sell.
  ~Selling() { EndByPause(); }
  Selling(const Selling&) = delete;
  Selling& operator=(const Selling&) = delete;

  // Until the node is gone.
  void EndByBreak() { thread_.join(); }
  void EndByPause() {
    if (!thread_.joinable()) return;
    till_.Pause();
    thread_.join();
  }

 private:
  Till& till_;
  std::thread thread_;
};

}  // namespace comptoir::testing
