// A store with the same rows as another: a copy of its disk.
#pragma once

#include <memory>

#include "common/ledger/tables.h"
#include "common/store/memory_store.h"
#include "tests/support/coop.h"

namespace comptoir::testing {

inline std::unique_ptr<store::MemoryStore> CopyOf(store::MemoryStore& source) {
  auto copy = std::make_unique<store::MemoryStore>(ledger::AllTables());
  const auto snapshot = source.NewSnapshot();
  auto batch = copy->Begin();
  for (const store::TableSpec& table : ledger::AllTables()) {
    auto rows = snapshot->Scan(table.id, "", "");
    for (; rows->Valid(); rows->Next()) {
      if (table.kind == store::TableKind::kCounters) {
        batch->Add(table.id, rows->key(), Must(store::DecodeCounters(rows->value())));
      } else {
        batch->Put(table.id, rows->key(), rows->value());
      }
    }
    MustOk(rows->status());
  }
  MustOk(copy->Commit(std::move(batch), store::Durability::kSynced));
  return copy;
}

}  // namespace comptoir::testing
