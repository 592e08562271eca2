// Opens and closes the days of this node, and keeps what is said of its drawer. What
// closings cover is common/retail/days', read by common/daemon/days.h.
//
// A repeated request gets its first answer (R11), but for what the drawer should hold by
// now.
//
// Thread use: any; each call waits for the disk.
#pragma once

#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/ledger/ledger.h"
#include "comptoir/shop/v1/days.pb.h"

namespace comptoir::node {

class DayDesk {
 public:
  // `ledger` must outlive it.
  explicit DayDesk(ledger::Ledger& ledger) : ledger_(ledger) {}

  absl::StatusOr<shop::v1::OpenDayResponse> OpenDay(const shop::v1::OpenDayRequest& request);
  absl::StatusOr<shop::v1::MoveCashResponse> MoveCash(const shop::v1::MoveCashRequest& request);
  absl::StatusOr<shop::v1::Closing> CloseDay(const shop::v1::CloseDayRequest& request);

 private:
  ledger::Ledger& ledger_;
  Mutex mutex_;  // one after the other: a closing covers what the one before did not
};

}  // namespace comptoir::node
