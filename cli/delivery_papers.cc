#include "cli/delivery_papers.h"

#include <algorithm>
#include <vector>

#include "cli/format.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using shop::v1::Movement;
using shop::v1::MovementLine;

constexpr int32_t kDaysLookedAt = 7;

// One paper may be entered in parts: by lot, or by who unpacks it.
bool IsOfOnePaper(const Movement& one, const Movement& other) {
  const bool is_same = one.document() == other.document() && one.producer() == other.producer();
  return is_same && std::ranges::any_of(one.lines(), [&other](const MovementLine& line) {
           return std::ranges::any_of(other.lines(), [&line](const MovementLine& each) {
             return each.product() == line.product() && each.lot() == line.lot();
           });
         });
}

}  // namespace

Notes NotesOfPaper(const shop::v1::ListMovementsResponse& movements, const DeliveryNames& own) {
  std::vector<const Movement*> entered;
  std::vector<const Movement*> before;
  for (const Movement& movement : movements.movements()) {
    const bool counts = movement.kind() == retail::v1::FACT_KIND_GOODS_RECEIVED &&
                        !movement.document().empty() && !movement.undone();
    if (!counts) continue;
    const bool is_own = std::ranges::find(own, movement.name()) != own.end();
    (is_own ? entered : before).push_back(&movement);
  }
  Notes notes;
  for (const Movement* other : before) {
    const bool is_twice = std::ranges::any_of(
        entered, [other](const Movement* one) { return IsOfOnePaper(*one, *other); });
    if (!is_twice) continue;
    notes.push_back("the same of document " + other->document() + " of " + other->producer() +
                    " was received as " + other->name() +
                    ": if this is that delivery again, 'comptoir correct' undoes one of them");
  }
  return notes;
}

void NotePaper(const Settings& settings, const Connection& node, const DeliveryNames& own) {
  // The shop's day may be another than this machine's.
  const int32_t last = LocalToday() + 1;
  shop::v1::ListMovementsResponse movements;
  for (int32_t day = last - kDaysLookedAt; day <= last; ++day) {
    shop::v1::ListMovementsRequest request;
    request.set_day(day);
    const auto of_day =
        AskPages(settings, node, &shop::v1::ShopService::Stub::ListMovements, request);
    if (!of_day.ok()) return;
    movements.MergeFrom(*of_day);
  }
  PrintNotes(NotesOfPaper(movements, own), *settings.err);
}

}  // namespace comptoir::cli
