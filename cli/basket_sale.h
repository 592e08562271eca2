// Selling a file of baskets over nodes' streams: what `till` and `import baskets`
// have in common.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/connection.h"
#include "cli/interrupt.h"
#include "cli/settings.h"
#include "cli/till_feed.h"
#include "cli/till_journal.h"

namespace comptoir::cli {

inline constexpr size_t kWindowMax = 1'000;
inline constexpr std::chrono::seconds kTillPatience{60};

struct BasketFile {
  std::vector<shop::v1::RecordSaleRequest> sales;
  std::vector<size_t> lines;  // of the file, of each sale
  bool is_ended = true;       // its last line has an end
  std::string session;        // 12 bytes that begin all their request ids
};

// `session` of a file that was sold before, as 24 hexadecimal digits: its sales
// get the same ids again. Empty: a new one. INVALID_ARGUMENT names every bad line.
absl::StatusOr<BasketFile> ReadBasketFile(const std::string& path, const BasketOptions& options,
                                          const std::string& session);

// Sells at the nodes by turns, a stream each, until all is answered; shows its
// progress. The first node's failure where one is given up, and CANCELLED where it was
// interrupted before all was answered; what is unanswered then may or may not be sold.
absl::Status SellBaskets(const Settings& settings, const std::vector<Connection>& nodes,
                         std::vector<shop::v1::RecordSaleRequest> sales,
                         const TillFeed::Options& options, TillJournal& journal,
                         Interrupt& interrupt);

// "2 sold, 11.56 in all; 1 refused; 0 broken streams".
std::string TotalsText(const TillJournal::Totals& totals);

}  // namespace comptoir::cli
