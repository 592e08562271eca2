// The store as those see it who keep something beside the ledger (a hub's tokens, a
// node's copy of the others' stock): a commit is refused while the disk's reserve is
// touched (R9), before the engine is asked. Nothing of it is written then; unlike
// other failures of a commit, this one may be answered and tried again.
//
// The ledger asks the reserve itself, before it numbers an entry, and writes to the
// store beneath.
//
// Thread use: as the store beneath.
#pragma once

#include <memory>
#include <utility>

#include "common/daemon/disk_reserve.h"
#include "common/store/store.h"

namespace comptoir::daemon {

class ReservedStore final : public store::Store {
 public:
  // Both outlive this.
  ReservedStore(store::Store& inner, DiskReserve& reserve) : inner_(inner), reserve_(reserve) {}

  using Store::Begin;
  std::shared_ptr<store::Transaction> Begin(std::shared_ptr<store::Transaction> after) override {
    return inner_.Begin(std::move(after));
  }
  absl::Status Commit(std::shared_ptr<store::Transaction> transaction,
                      store::Durability durability) override {
    if (absl::Status room = reserve_.Check(transaction->bytes()); !room.ok()) return room;
    return inner_.Commit(std::move(transaction), durability);
  }
  std::unique_ptr<store::Snapshot> NewSnapshot() override { return inner_.NewSnapshot(); }
  absl::Status Clear(store::TableId table) override { return inner_.Clear(table); }
  absl::Status Close() override { return inner_.Close(); }

 private:
  store::Store& inner_;
  DiskReserve& reserve_;
};

}  // namespace comptoir::daemon
