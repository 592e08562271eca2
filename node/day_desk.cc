#include "node/day_desk.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/daemon/days.h"
#include "common/daemon/record.h"
#include "common/daemon/requests.h"
#include "common/platform/logging.h"
#include "common/retail/days/admit.h"
#include "common/retail/quantity.h"
#include "common/retail/reasons.h"

namespace comptoir::node {
namespace {

// Of this node.
absl::StatusOr<daemon::ShopDays::Open> OpenHere(const ledger::Ledger& ledger) {
  COMPTOIR_ASSIGN_OR_RETURN(const auto days, daemon::ShopDays::Read(ledger, ledger.self().shop));
  return days.OpenOf(ledger.self().node);
}

// A node closes its own day; one that was revoked has others close it.
absl::StatusOr<daemon::ShopDays::Open> OpenOfNode(const ledger::Ledger& ledger,
                                                  const std::string& node) {
  if (node.empty() || node == ledger.self().node) return OpenHere(ledger);
  COMPTOIR_ASSIGN_OR_RETURN(const auto days, daemon::ShopDays::Read(ledger, ledger.self().shop));
  const std::vector<std::string> nodes = days.nodes();
  if (std::ranges::find(nodes, node) == nodes.end()) {
    return retail::WithReason(
        absl::NotFoundError(absl::StrCat("no node ", node, " wrote in this shop")),
        retail::kUnknownNode);
  }
  if (!ledger.IsRevoked(node)) {
    return retail::WithReason(
        absl::FailedPreconditionError(absl::StrCat(
            node, " closes its day itself: others do only once it is revoked or retired")),
        retail::kNodeNotRevoked);
  }
  return days.OpenOf(node);
}

// What is recorded is answered so, whatever else is damaged.
template <typename Response>
void FillDrawer(const ledger::Ledger& ledger, Response* response) {
  const auto open = OpenHere(ledger);
  if (open.ok()) {
    response->set_drawer_cents(open->closed.drawer_cents());
  } else {
    platform::Log(platform::LogLevel::kError, "what is in the drawer cannot be read",
                  {{"status", open.status()}});
  }
}

absl::StatusOr<retail::v1::DayOpened> BuildDayOpened(const ledger::Ledger& ledger,
                                                     const shop::v1::OpenDayRequest& request) {
  retail::v1::DayOpened opened;
  opened.set_float_cents(request.float_cents());
  opened.set_staff(request.staff());
  COMPTOIR_RETURN_IF_ERROR(retail::CheckDayOpened(opened));
  COMPTOIR_ASSIGN_OR_RETURN(const daemon::ShopDays::Open open, OpenHere(ledger));
  if (!open.opened) return opened;
  return retail::WithReason(
      absl::FailedPreconditionError(absl::StrCat(
          "the day was opened with ",
          retail::FormatCents(retail::Cents(open.closed.sums().float_cents())),
          ": close it first, or say what came into the drawer since as cash that was moved")),
      retail::kDayIsOpen);
}

absl::StatusOr<retail::v1::CashMoved> BuildCashMoved(const shop::v1::MoveCashRequest& request) {
  retail::v1::CashMoved moved;
  moved.set_amount_cents(request.amount_cents());
  moved.set_reason(request.reason());
  moved.set_staff(request.staff());
  COMPTOIR_RETURN_IF_ERROR(retail::CheckCashMoved(moved));
  return moved;
}

absl::StatusOr<retail::v1::DayClosed> BuildDayClosed(const ledger::Ledger& ledger,
                                                     const shop::v1::CloseDayRequest& request) {
  COMPTOIR_ASSIGN_OR_RETURN(daemon::ShopDays::Open open, OpenOfNode(ledger, request.node()));
  retail::v1::DayClosed& closed = open.closed;
  if (request.has_counted_cents()) closed.set_counted_cents(request.counted_cents());
  closed.set_staff(request.staff());
  COMPTOIR_RETURN_IF_ERROR(retail::CheckDayClosed(closed));
  return std::move(closed);
}

}  // namespace

absl::StatusOr<shop::v1::OpenDayResponse> DayDesk::OpenDay(
    const shop::v1::OpenDayRequest& request) {
  MutexLock lock(&mutex_);
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(const daemon::Recorded recorded,
                            daemon::RecordFact(ledger_, request, retail::v1::FACT_KIND_DAY_OPENED,
                                               BuildDayOpened(ledger_, request), &arena));
  shop::v1::OpenDayResponse response;
  daemon::SetReference(recorded.appended.reference, response.mutable_reference());
  FillDrawer(ledger_, &response);
  return response;
}

absl::StatusOr<shop::v1::MoveCashResponse> DayDesk::MoveCash(
    const shop::v1::MoveCashRequest& request) {
  MutexLock lock(&mutex_);
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(const daemon::Recorded recorded,
                            daemon::RecordFact(ledger_, request, retail::v1::FACT_KIND_CASH_MOVED,
                                               BuildCashMoved(request), &arena));
  shop::v1::MoveCashResponse response;
  daemon::SetReference(recorded.appended.reference, response.mutable_reference());
  FillDrawer(ledger_, &response);
  return response;
}

absl::StatusOr<shop::v1::Closing> DayDesk::CloseDay(const shop::v1::CloseDayRequest& request) {
  MutexLock lock(&mutex_);
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(const daemon::Recorded recorded,
                            daemon::RecordFact(ledger_, request, retail::v1::FACT_KIND_DAY_CLOSED,
                                               BuildDayClosed(ledger_, request), &arena));
  return daemon::ClosingOf(recorded.fact, /*duplicate=*/false);
}

}  // namespace comptoir::node
