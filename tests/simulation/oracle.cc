#include "tests/simulation/oracle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/ledger/tables.h"

namespace comptoir::simulation {

namespace {

using Row = absl::StatusOr<std::optional<std::string>>;

Row EntryRow(Disk& disk, const Reference& where) {
  return disk.NewSnapshot()->Get(ledger::kEntries, ledger::EntryKey(where.journal, where.sequence));
}

Row RequestRow(Disk& disk, const Asked& asked) {
  return disk.NewSnapshot()->Get(ledger::kRequests, ledger::RequestKey(asked.shop, asked.id, 0));
}

}  // namespace

bool Holds(Disk& disk, const Reference& where) {
  const Row row = EntryRow(disk, where);
  return row.ok() && row->has_value();
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
  asked.told_by = machine.number();
  asked.told_ms = now_ms;
  asked.timely = machine.clock().steady() && clock_faults_ <= 1 && asked.attempts == 1;
  asked.where = {JournalId(where.journal()), Sequence(where.sequence()), where.hash_prefix()};
  Acknowledged(machine, asked.where.journal, asked.where.sequence);
}

void Oracle::ToldEdit(Asked& asked, Machine& machine) {
  asked.told = true;
  asked.told_by = machine.number();
  // An edit that changes nothing writes nothing.
  if (!HoldsRequest(machine.disk(), asked)) asked.may_vanish = true;
}

void Oracle::Acknowledged(const Machine& machine, JournalId journal, Sequence sequence) {
  Sequence& promised = promised_[machine.number()][journal];
  promised = std::max(promised, sequence);
}

void Oracle::DiskReplaced(Machine& machine, Disk& before,
                          const std::vector<std::unique_ptr<Machine>>& machines) {
  promised_.erase(machine.number());
  // A row that rotted was there. Views folded anew go no further than the entry that
  // rotted: of a request behind it there is no row, though whoever told of it had it.
  const auto held = [&](const Asked& asked) {
    const bool is_edit = asked.kind == Asked::Kind::kEdit;
    if (is_edit && before.rotten() && asked.told_by == machine.number()) return true;
    const auto row = is_edit ? RequestRow(before, asked) : EntryRow(before, asked.where);
    return row.ok() ? row->has_value() : absl::IsDataLoss(row.status());
  };
  for (Asked& asked : asked_) {
    if (!asked.told || asked.may_vanish) continue;
    const auto holds = [&asked](Disk& disk) {
      return asked.kind == Asked::Kind::kEdit ? HoldsRequest(disk, asked)
                                              : Holds(disk, asked.where);
    };
    if (!held(asked)) continue;
    asked.may_vanish = std::none_of(machines.begin(), machines.end(),
                                    [&](const auto& each) { return holds(each->disk()); });
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
    if (held[journal] >= sequence) continue;
    broken.push_back(absl::StrCat("I2: ", machine.name(), " acknowledged entry ", sequence.value(),
                                  " of journal ", absl::Hex(journal.value()), " and holds ",
                                  held[journal].value()));
  }
  return broken;
}

}  // namespace comptoir::simulation
