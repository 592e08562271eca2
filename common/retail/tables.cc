#include "common/retail/tables.h"

namespace comptoir::retail {

std::vector<store::TableSpec> ViewTables() {
  using store::TableKind;
  return {
      {kRegisters, "registers", TableKind::kRows},
      {kConflicts, "conflicts", TableKind::kRows},
      {kSeries, "series", TableKind::kRows},
      {kReceipts, "receipts", TableKind::kRows},
      {kReceiptDays, "receipt_days", TableKind::kCounters},
      {kSales, "sales", TableKind::kCounters},
      {kBalances, "balances", TableKind::kCounters},
      {kLots, "lots", TableKind::kRows},
      {kEdits, "edits", TableKind::kCounters},
      {kNodes, "nodes", TableKind::kRows},
      {kSpentTokens, "spent_tokens", TableKind::kRows},
      {kWaste, "waste", TableKind::kCounters},
      {kAdjustments, "adjustments", TableKind::kRows},
      {kMovements, "movements", TableKind::kRows},
      {kCounts, "counts", TableKind::kLookups},
      {kCountHeads, "count_heads", TableKind::kLookups},
      {kCountHorizons, "count_horizons", TableKind::kLookups},
      {kReturns, "returns", TableKind::kRows},
      {kCorrections, "corrections", TableKind::kLookups},
      {kRevocations, "revocations", TableKind::kRows},
      {kForks, "forks", TableKind::kRows},
      {kMoved, "moved", TableKind::kRows},
      {kMovedNames, "moved_names", TableKind::kRows},
      {kMovedWaiting, "moved_waiting", TableKind::kRows},
      {kTransfers, "transfers", TableKind::kRows},
      {kTransferNotes, "transfer_notes", TableKind::kRows},
      {kTransferLists, "transfer_lists", TableKind::kRows},
      {kRecalls, "recalls", TableKind::kRows},
      {kRecallAnswers, "recall_answers", TableKind::kRows},
      {kTrace, "trace", TableKind::kRows},
      {kDays, "days", TableKind::kRows},
      {kUncounted, "uncounted", TableKind::kRows},
      {kBarcodes, "barcodes", TableKind::kRows},
  };
}

std::vector<store::TableSpec> CopyTables() {
  return {{kCoopStock, "coop_stock", store::TableKind::kRows}};
}

}  // namespace comptoir::retail
