#include "common/ledger/verify_requests.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"
#include "google/protobuf/arena.h"

namespace comptoir::ledger {
namespace {

// Calls `take` with the request of each counted receipt, and with where the receipt stands.
absl::Status ForEachRequest(
    const Ledger& ledger, const store::Snapshot& snapshot,
    const std::function<void(const std::string& request, const retail::Fact& fact)>& take) {
  auto rows = snapshot.Scan(retail::kReceipts, "", "");
  for (; rows->Valid(); rows->Next()) {
    retail::v1::ReceiptRow row;
    std::string_view key = rows->key();
    uint64_t journal = 0;
    if (!retail::ConsumeBigEndian64(&key, &journal) ||
        !row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return absl::DataLossError("a row of receipts is damaged");
    }
    if (row.duplicate()) continue;
    google::protobuf::Arena arena;
    COMPTOIR_ASSIGN_OR_RETURN(
        const retail::Fact fact,
        ledger.ReadFact(snapshot, JournalId(journal), Sequence(row.sequence()), &arena));
    if (fact.request_id.empty()) continue;
    std::string request = fact.journal->shop;
    request.push_back('\0');
    request.append(fact.request_id);
    AppendBigEndian32(fact.request_digest, &request);
    AppendBigEndian32(fact.request_index, &request);
    take(request, fact);
  }
  return rows->status();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FindRequestsTwice(const Ledger& ledger,
                                                           const store::Snapshot& snapshot) {
  // Eight bytes a receipt; which requests they were is looked at again only where two of
  // them meet.
  std::vector<size_t> prints;
  COMPTOIR_RETURN_IF_ERROR(
      ForEachRequest(ledger, snapshot, [&](const std::string& request, const retail::Fact&) {
        prints.push_back(absl::HashOf(request));
      }));
  std::ranges::sort(prints);
  std::vector<size_t> twice;
  for (size_t i = 1; i < prints.size(); ++i) {
    if (prints[i] == prints[i - 1]) twice.push_back(prints[i]);
  }
  std::vector<std::string> findings;
  if (twice.empty()) return findings;
  std::map<std::string, std::string> seen;  // request → where it counts
  COMPTOIR_RETURN_IF_ERROR(
      ForEachRequest(ledger, snapshot, [&](const std::string& request, const retail::Fact& fact) {
        if (!std::ranges::binary_search(twice, absl::HashOf(request))) return;
        const std::string where =
            absl::StrCat("entry ", fact.reference.sequence.value(), " of journal ",
                         fact.journal->series, " of ", fact.journal->writer.node);
        const auto [first, is_new] = seen.emplace(request, where);
        if (is_new) return;
        findings.push_back(
            absl::StrCat("one request counts twice: ", first->second, " and ", where));
      }));
  return findings;
}

}  // namespace comptoir::ledger
