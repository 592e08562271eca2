#include "common/daemon/movements.h"

#include "common/base/status.h"
#include "common/retail/stock/movement_list.h"
#include "google/protobuf/arena.h"

namespace comptoir::daemon {

absl::StatusOr<shop::v1::ListMovementsResponse> ListMovements(
    const ledger::Ledger& ledger, const shop::v1::ListMovementsRequest& request) {
  const auto snapshot = ledger.NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(
      const retail::MovementPage page,
      retail::ListMovementPlaces(*snapshot, request.shop(), Day(request.day()), request.cursor(),
                                 request.page_size()));
  shop::v1::ListMovementsResponse response;
  for (const retail::MovementPlace& movement : page.movements) {
    google::protobuf::Arena arena;
    COMPTOIR_ASSIGN_OR_RETURN(
        const retail::Fact fact,
        ledger.ReadFact(*snapshot, movement.place.journal, movement.place.sequence, &arena));
    COMPTOIR_ASSIGN_OR_RETURN(*response.add_movements(),
                              retail::MakeMovement(*snapshot, fact, movement.undone));
  }
  response.set_next_cursor(page.next_cursor);
  return response;
}

}  // namespace comptoir::daemon
