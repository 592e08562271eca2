#include "tests/simulation/oracle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/ledger/tables.h"
#include "common/retail/forks/moved.h"
#include "comptoir/journal/v1/journal.pb.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::simulation {

namespace {

using Row = absl::StatusOr<std::optional<std::string>>;

Row EntryRow(Disk& disk, const Reference& where) {
  return disk.Entry(where.journal, where.sequence);
}

Row RequestRow(Disk& disk, const Asked& asked) {
  return disk.NewSnapshot()->Get(ledger::kRequests, ledger::RequestKey(asked.shop, asked.id, 0));
}

// Is `row`, of the table of entries, the one that is meant?
bool IsAt(std::string_view row, const Reference& where) {
  Hash hash;
  return Hash::FromView(row.substr(0, 32), &hash) && hash.prefix() == where.hash_prefix;
}

// Does it move that one?
bool Moves(std::string_view row, const Reference& where) {
  journal::v1::Entry entry;
  retail::v1::Moved moved;
  if (!entry.ParseFromString(std::string(row.substr(32))) ||
      entry.kind() != retail::v1::FACT_KIND_MOVED || !moved.ParseFromString(entry.fact())) {
    return false;
  }
  return Reference{JournalId(moved.original().journal()), Sequence(moved.original().sequence()),
                   moved.original().hash_prefix()} == where;
}

}  // namespace

// Held where it stood, or, of a branch that was not kept, inside what moved it, whether or
// not that counts yet. DATA_LOSS where the row of it has rotted.
Row Oracle::NamedRow(Disk& disk, const Reference& where) const {
  Row row = EntryRow(disk, where);
  if (!forked_.contains(where.journal)) return row;
  if (row.ok() && row->has_value() && IsAt(**row, where)) return row;
  const auto& rotten = disk.rotten_entries();
  const auto in_place = rotten.find(ledger::EntryKey(where.journal, where.sequence));
  if (!row.ok() && in_place != rotten.end() && IsAt(in_place->second, where)) return row;
  const auto snapshot = disk.NewSnapshot();
  std::string from;
  while (true) {
    auto rows = snapshot->Scan(ledger::kEntries, from, "");
    for (; rows->Valid(); rows->Next()) {
      const std::string key(rows->key());
      from = key + '\0';
      const auto sound = rotten.find(key);
      const bool flipped = sound != rotten.end() && sound->second != rows->value();
      if (!Moves(flipped ? sound->second : rows->value(), where)) continue;
      if (flipped) return absl::DataLossError("a bit of what moved it has flipped");
      return std::string(rows->value());
    }
    if (rows->status().ok()) return std::nullopt;
    // Past the row that rotted, which the product cannot.
    const auto broken = rotten.lower_bound(from);
    COMPTOIR_CHECK(broken != rotten.end());
    if (Moves(broken->second, where)) return rows->status();
    from = broken->first + '\0';
  }
}

bool HoldsRequest(Disk& disk, const Asked& asked) {
  const Row row = RequestRow(disk, asked);
  return row.ok() && row->has_value();
}

Asked& Oracle::Ask(Asked::Kind kind, const std::string& shop) {
  Asked& asked = asked_.emplace_back();
  asked.kind = kind;
  asked.shop = shop;
  asked.id = "till-session";
  AppendBigEndian32(static_cast<uint32_t>(asked_.size()), &asked.id);
  return asked;
}

void Oracle::Told(Asked& asked, Machine& machine, const journal::v1::Reference& where,
                  int64_t now_ms) {
  asked.told = true;
  asked.told_ms = now_ms;
  asked.timely = machine.clock().steady() && clock_faults_ <= 1 && asked.attempts == 1;
  asked.where = {JournalId(where.journal()), Sequence(where.sequence()), where.hash_prefix()};
  Acknowledged(machine, asked.where.journal, asked.where.sequence);
}

void Oracle::ToldEdit(Asked& asked, Machine& machine) {
  asked.told = true;
  const Row taker = RequestRow(machine.disk(), asked);
  // An edit that changes nothing writes nothing.
  asked.may_vanish = !taker.ok() || !taker->has_value();
  if (asked.may_vanish) return;
  const std::string_view place = **taker;
  asked.where = {JournalId(ReadBigEndian64(place)), Sequence(ReadBigEndian64(place.substr(8))), 0};
  const auto moved =
      retail::ReadMoved(*machine.disk().NewSnapshot(), asked.where.journal, asked.where.sequence);
  if (moved.ok() && moved->has_value()) {
    const journal::v1::Reference& original = (*moved)->original();
    asked.where = {JournalId(original.journal()), Sequence(original.sequence()),
                   original.hash_prefix()};
    return;
  }
  const Row entry = EntryRow(machine.disk(), asked.where);
  Hash hash;
  if (entry.ok() && entry->has_value() &&
      Hash::FromView(std::string_view(**entry).substr(0, 32), &hash)) {
    asked.where.hash_prefix = hash.prefix();
    Acknowledged(machine, asked.where.journal, asked.where.sequence);
  }
}

std::string Oracle::StandingRecall(Machine& machine, const std::string& product,
                                   const std::string& lot) const {
  if (!machine.knows(retail::v1::FACT_KIND_RECALLED)) return "";
  Heads held;
  for (const ledger::JournalView& journal : machine.ledger().Journals()) {
    held[journal.head.journal] = journal.head.sequence;
  }
  for (const Asked& asked : asked_) {
    const bool stands = asked.kind == Asked::Kind::kRecall && asked.told && !asked.lift_asked;
    const bool is_of_it = asked.product == product && (asked.lot.empty() || asked.lot == lot);
    const bool is_here = asked.shop.empty() || asked.shop == machine.writer().shop;
    if (!stands || !is_of_it || !is_here) continue;
    // Of two branches, a number says nothing, and views that were folded anew end at what rotted.
    const bool by_views = forked_.contains(asked.where.journal) || machine.disk().rotten() ||
                          machine.ledger().damage().views_are_stale;
    const bool is_known = by_views ? HoldsRequest(machine.disk(), asked)
                                   : held[asked.where.journal] >= asked.where.sequence;
    if (is_known) return asked.code;
  }
  return "";
}

void Oracle::Acknowledged(const Machine& machine, JournalId journal, Sequence sequence) {
  Sequence& promised = promised_[machine.number()][journal];
  promised = std::max(promised, sequence);
}

void Oracle::DiskReplaced(Machine& machine, Disk& before,
                          const std::vector<std::unique_ptr<Machine>>& machines) {
  promised_.erase(machine.number());
  // A row that rotted was there. Of a request no row is looked for: views folded anew go
  // no further than an entry that rotted.
  const auto held = [&](const Asked& asked) {
    const Row row = NamedRow(before, asked.where);
    return !row.ok() || row->has_value();
  };
  const auto holds = [&](const Asked& asked) {
    return std::ranges::any_of(machines, [&](const auto& each) {
      const Row row = NamedRow(each->disk(), asked.where);
      return row.ok() && row->has_value();
    });
  };
  for (Asked& asked : asked_) {
    if (asked.told && !asked.may_vanish && held(asked)) asked.may_vanish = !holds(asked);
  }
}

void Oracle::Cloned(const Machine& original, const Machine& clone) {
  promised_[clone.number()] = promised_[original.number()];
}

std::vector<std::string> Oracle::Broken(const Machine& machine, ledger::Ledger& ledger) const {
  std::vector<std::string> broken;
  const auto promised = promised_.find(machine.number());
  if (promised == promised_.end()) return broken;
  Heads held;
  for (const ledger::JournalView& journal : ledger.Journals()) {
    held[journal.head.journal] = journal.head.sequence;
  }
  for (const auto& [journal, sequence] : promised->second) {
    if (held[journal] >= sequence || forked_.contains(journal)) continue;
    broken.push_back(absl::StrCat("I2: ", machine.name(), " acknowledged entry ", sequence.value(),
                                  " of journal ", absl::Hex(journal.value()), " and holds ",
                                  held[journal].value()));
  }
  return broken;
}

}  // namespace comptoir::simulation
