// Turns requests of tills into facts of this shop: builds them over the views,
// appends them, and makes the answers. The rules are common/retail's, the order
// and durability common/ledger's.
//
// Thread use: any. Callbacks run on the ledger's threads and must not block.
#pragma once

#include <functional>
#include <utility>

#include "absl/status/statusor.h"
#include "common/ledger/ledger.h"
#include "common/retail/barcodes/rules.h"
#include "common/retail/sales/till_memory.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::node {

class SaleRecorder {
 public:
  // `rules`: how labels are read that the shop prints itself.
  explicit SaleRecorder(ledger::Ledger& ledger, retail::BarcodeRules rules = {})
      : ledger_(ledger), rules_(std::move(rules)) {}

  const retail::BarcodeRules& rules() const { return rules_; }

  // Calls `done` once the sale is on disk, or refused; a repeated request gets
  // its first answer (R11). `memory` is the caller's own memory between sales. The
  // caller calls Flush soon after, without `done`'s locks held.
  using SaleDone = std::function<void(absl::StatusOr<shop::v1::SaleRecorded>)>;
  void RecordSale(const shop::v1::RecordSaleRequest& request, retail::TillMemory& memory,
                  SaleDone done);
  // May wait for the disk, and call what waits for it.
  void Flush() { ledger_.FlushAppended(); }

 private:
  // Appends one fact; where it could not be built, still answers a request that
  // is known: its sale happened, whatever the catalogue says by now.
  void AppendBuilt(const std::string& request_id, uint32_t digest, retail::v1::FactKind kind,
                   absl::StatusOr<std::string> fact, ledger::Ledger::AppendDone done);

  ledger::Ledger& ledger_;
  const retail::BarcodeRules rules_;
};

}  // namespace comptoir::node
