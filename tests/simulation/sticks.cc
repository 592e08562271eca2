#include "tests/simulation/sticks.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "common/journal/carry_file.h"
#include "common/replica/carry_out.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::simulation {
namespace {

constexpr char kAuthority[] = "0123456789abcdef0123456789abcdef";

// Where the journals in it end.
std::map<JournalId, Sequence> HeadsOf(const std::vector<std::string>& pieces) {
  std::map<JournalId, Sequence> heads;
  journal::CarryFileReader reader;
  for (const std::string& bytes : pieces) {
    reader.Take(bytes);
    while (true) {
      const auto piece = reader.Next();
      if (!piece.ok() || std::holds_alternative<journal::CarryNeedsMore>(*piece)) break;
      const auto* segment = std::get_if<journal::v1::Segment>(&*piece);
      if (segment == nullptr) continue;
      Sequence& head = heads[JournalId(segment->journal())];
      head = std::max(head, Sequence(segment->first_sequence() + segment->entry_count() - 1));
    }
  }
  return heads;
}

}  // namespace

absl::Status NoteEnrolled(Machine& hub, const Machine& node) {
  retail::v1::NodeEnrolled enrolled;
  enrolled.set_node(node.writer().node);
  enrolled.set_shop(node.writer().shop);
  enrolled.set_certificate(node.writer().node);
  enrolled.set_token_sha256(std::string(32, '#'));
  const auto written = hub.ledger().AppendAndWait(
      {"",
       0,
       journal::v1::SCOPE_COOP,
       {{retail::v1::FACT_KIND_NODE_ENROLLED, enrolled.SerializeAsString()}}});
  hub.Settle();
  return written.status();
}

absl::StatusOr<Stick> WriteStick(Machine& from, const std::string& shop, bool whole) {
  journal::v1::CarryHeader header;
  header.add_authorities(kAuthority);
  replica::CarryOutRequest request;
  request.for_shop = shop;
  request.whole = whole;
  auto out = replica::CarryOut::Begin(from.ledger(), from.sessions().at_hub(), request, header);
  if (!out.ok()) return out.status();
  Stick stick;
  while (true) {
    auto bytes = (*out)->Next();
    if (!bytes.ok()) return bytes.status();
    if (!bytes->has_value()) break;
    stick.pieces.push_back(**std::move(bytes));
  }
  stick.heads = HeadsOf(stick.pieces);
  return stick;
}

absl::StatusOr<replica::CarryInReport> ReadStick(const Stick& stick, Machine& to) {
  absl::StatusOr<replica::CarryInReport> report = absl::UnavailableError("nothing was read");
  {
    replica::CarryIn in(to.ledger(), {kAuthority});
    absl::Status taken;
    for (const std::string& bytes : stick.pieces) {
      taken = in.Take(bytes);
      // Nobody else flushes here.
      while (to.ledger().Pump()) {
      }
      if (!taken.ok()) break;
    }
    report = taken.ok() ? in.Finish() : taken;
  }
  const bool died = !to.alive();
  to.Settle();
  if (died) return absl::UnavailableError("the machine died");
  return report;
}

}  // namespace comptoir::simulation
