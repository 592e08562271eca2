#include "common/ledger/tables.h"

#include "common/retail/tables.h"

namespace comptoir::ledger {
namespace {

using store::TableKind;
using store::TableSpec;

}  // namespace

std::vector<TableSpec> FoldedTables() {
  std::vector<TableSpec> tables = retail::ViewTables();
  tables.push_back({kVerdicts, "verdicts", TableKind::kRows});
  tables.push_back({kRequests, "requests", TableKind::kLookups});
  return tables;
}

std::vector<TableSpec> AllTables() {
  std::vector<TableSpec> tables = {
      {kMeta, "meta", TableKind::kRows},
      {kJournals, "journals", TableKind::kRows},
      {kHeads, "heads", TableKind::kRows},
      {kEntries, "entries", TableKind::kRows},
      {kSignatures, "signatures", TableKind::kRows},
      {kLocal, "local", TableKind::kRows},
  };
  for (TableSpec& table : retail::CopyTables()) tables.push_back(std::move(table));
  for (TableSpec& table : FoldedTables()) tables.push_back(std::move(table));
  return tables;
}

std::string RequestKey(std::string_view shop, std::string_view request_id, uint32_t index) {
  std::string key;
  key.reserve(shop.size() + 1 + request_id.size() + 4);
  key.append(shop).push_back('\0');
  key.append(request_id);
  AppendBigEndian32(index, &key);
  return key;
}

}  // namespace comptoir::ledger
