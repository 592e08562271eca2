// CSV out: what the export commands share, and each of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/connection.h"
#include "cli/csv_writer.h"
#include "cli/parse.h"
#include "cli/settings.h"
#include "cli/sheet.h"
#include "cli/trace.h"
#include "common/base/status.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {

// Receipts or movements in one answer: the most that a service gives.
inline constexpr uint32_t kDayPage = 1'000;

struct ExportOptions {
  std::string language = "en";
  std::string separator;  // empty: as the language has it
  std::string decimal;    // empty: as the language has it
  bool byte_order_mark = false;
  std::string shop;
  std::string first_day;
  std::string last_day;
  TraceOptions trace;
};

// Rows as they come: CSV, or with --json each row's message on a line.
//
// Thread use: one at a time.
class ExportSheet {
 public:
  // Writes the titles. `settings` must outlive it.
  ExportSheet(const Settings& settings, const ExportOptions& options,
              const std::vector<SheetColumn>& columns);

  // `cells` makes the row of `message`.
  void Add(const google::protobuf::Message& message,
           const std::function<std::vector<std::string>(const CsvWriter&)>& cells);

  // How this sheet's numbers are written.
  const CsvWriter& csv() const { return csv_; }

 private:
  const Settings& settings_;
  CsvWriter csv_;
};

// Asks the hub or the node, whichever the connection is to, page by page.
template <typename Request, typename Response, typename Take>
absl::Status EachPage(const Settings& settings, const Connection& daemon,
                      grpc::Status (coop::v1::CoopService::Stub::*at_hub)(grpc::ClientContext*,
                                                                          const Request&,
                                                                          Response*),
                      grpc::Status (shop::v1::ShopService::Stub::*at_node)(grpc::ClientContext*,
                                                                           const Request&,
                                                                           Response*),
                      Request request, Take take) {
  while (true) {
    COMPTOIR_ASSIGN_OR_RETURN(const Response page, daemon.daemon == Daemon::kHub
                                                       ? Ask(settings, daemon, at_hub, request)
                                                       : Ask(settings, daemon, at_node, request));
    take(page);
    if (page.next_cursor().empty()) return absl::OkStatus();
    if (page.next_cursor() == request.cursor()) {
      return CallFailure(grpc::Status(grpc::StatusCode::INTERNAL, "the list does not end"), "",
                         daemon.address);
    }
    request.set_cursor(page.next_cursor());
  }
}

// What one shop has of each day that the options say, in `Request`s of a day; `what` it is
// called.
template <typename Request, typename Response, typename Take>
absl::Status EachPageOfDays(
    const Settings& settings, const ExportOptions& options, const char* what,
    grpc::Status (coop::v1::CoopService::Stub::*at_hub)(grpc::ClientContext*, const Request&,
                                                        Response*),
    grpc::Status (shop::v1::ShopService::Stub::*at_node)(grpc::ClientContext*, const Request&,
                                                         Response*),
    Take take) {
  COMPTOIR_ASSIGN_OR_RETURN(const DaySpan days, ParseDaySpan(options.first_day, options.last_day));
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectForShop(settings, options.shop, what));
  Request request;
  request.set_shop(options.shop);
  request.set_page_size(kDayPage);
  for (int32_t day = days.first; day <= days.last; ++day) {
    request.set_day(day);
    COMPTOIR_RETURN_IF_ERROR(EachPage(settings, daemon, at_hub, at_node, request, take));
  }
  return absl::OkStatus();
}

// A row of ProductColumns. A deposit that stands of what is not sold by the piece is charged
// nobody, and no import would take it: left out.
std::vector<std::string> ProductCells(const shop::v1::Product& product,
                                      const std::string& producer_name, const CsvWriter& csv);

// The commands.
absl::StatusOr<ExitCode> ExportProducts(const Settings& settings, const ExportOptions& options);
absl::StatusOr<ExitCode> ExportProducers(const Settings& settings, const ExportOptions& options);
absl::StatusOr<ExitCode> ExportStock(const Settings& settings, const ExportOptions& options);
absl::StatusOr<ExitCode> ExportReceipts(const Settings& settings, const ExportOptions& options);
absl::StatusOr<ExitCode> ExportMovements(const Settings& settings, const ExportOptions& options);
absl::StatusOr<ExitCode> ExportSales(const Settings& settings, const ExportOptions& options);
absl::StatusOr<ExitCode> ExportTrace(const Settings& settings, const ExportOptions& options);

}  // namespace comptoir::cli
