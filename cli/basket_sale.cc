#include "cli/basket_sale.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "cli/files.h"
#include "cli/format.h"
#include "cli/progress.h"
#include "cli/request_id.h"
#include "cli/till_driver.h"
#include "common/base/status.h"

namespace comptoir::cli {
namespace {

constexpr size_t kBasketsBytesMax = 256 << 20;
// 1,000 articles with quantities and prices.
constexpr size_t kBasketLineBytesMax = 128 << 10;

// Gives the same bytes to whoever asks.
class GivenBytes : public Random {
 public:
  explicit GivenBytes(std::string bytes) : bytes_(std::move(bytes)) {}
  void Fill(std::span<uint8_t> bytes) override {
    COMPTOIR_CHECK(bytes.size() == bytes_.size());
    std::copy(bytes_.begin(), bytes_.end(), bytes.begin());
  }

 private:
  const std::string bytes_;
};

absl::StatusOr<std::string> SessionBytes(const std::string& text) {
  if (text.empty()) {
    std::string session(kTillSessionBytes, '\0');
    SystemRandom().Fill({reinterpret_cast<uint8_t*>(session.data()), session.size()});
    return session;
  }
  const auto is_digit = [](char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); };
  if (text.size() == 2 * kTillSessionBytes && std::all_of(text.begin(), text.end(), is_digit)) {
    return absl::HexStringToBytes(text);
  }
  return absl::InvalidArgumentError(
      "a session is 24 hexadecimal digits, as printed when the file was sold");
}

}  // namespace

absl::StatusOr<BasketFile> ReadBasketFile(const std::string& path, const BasketOptions& options,
                                          const std::string& session) {
  BasketFile file;
  COMPTOIR_ASSIGN_OR_RETURN(file.session, SessionBytes(session));
  COMPTOIR_ASSIGN_OR_RETURN(const std::string text,
                            ReadLines(path, kBasketsBytesMax, kBasketLineBytesMax));
  file.is_ended = EndsItsLastLine(text);
  GivenBytes bytes(file.session);
  BasketOptions of_file = options;
  of_file.file = path;
  COMPTOIR_ASSIGN_OR_RETURN(file.sales, ReadBaskets(text, of_file, bytes, &file.lines));
  return file;
}

absl::Status SellBaskets(const Settings& settings, const std::vector<Connection>& nodes,
                         std::vector<shop::v1::RecordSaleRequest> sales,
                         const TillFeed::Options& options, TillJournal& journal,
                         Interrupt& interrupt) {
  std::vector<std::vector<shop::v1::RecordSaleRequest>> turns(nodes.size());
  const size_t total = sales.size();
  for (size_t i = 0; i < total; ++i) turns[i % nodes.size()].push_back(std::move(sales[i]));
  std::deque<TillFeed> feeds;
  for (auto& turn : turns) feeds.emplace_back(std::move(turn), options);
  ProgressLine progress(settings, "baskets");
  journal.OnProgress([&](uint64_t answered) { progress.Show(answered, total); });
  interrupt.OnCome([&feeds] {
    for (TillFeed& feed : feeds) feed.Stop();
  });
  std::vector<absl::Status> outcomes(nodes.size());
  std::vector<std::thread> tills;
  for (size_t i = 0; i < nodes.size(); ++i) {
    tills.emplace_back(
        [&, i] { outcomes[i] = DriveTill(nodes[i], options.patience, feeds[i], journal); });
  }
  for (std::thread& till : tills) till.join();
  interrupt.OnCome(nullptr);
  journal.OnProgress(nullptr);
  for (const absl::Status& outcome : outcomes) COMPTOIR_RETURN_IF_ERROR(outcome);
  size_t answered = 0;
  for (const TillFeed& feed : feeds) answered += feed.answered();
  if (answered == total) return absl::OkStatus();
  return absl::CancelledError(
      "interrupted: " + FormatCount(total - answered, "sale is", "sales are") +
      " left without an answer");
}

std::string TotalsText(const TillJournal::Totals& totals) {
  return absl::StrFormat("%d sold, %s in all; %d refused; %d broken streams", totals.sold,
                         FormatMoney(totals.cents), totals.refused, totals.broken);
}

}  // namespace comptoir::cli
