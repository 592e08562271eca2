#include "common/ledger/requests.h"

#include <algorithm>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/planted.h"
#include "common/base/status.h"
#include "common/ledger/tables.h"

namespace comptoir::ledger {
namespace {

constexpr size_t kRowBytes = 32;

std::string FormatRow(const RequestTaker& taker) {
  std::string row;
  row.reserve(kRowBytes);
  AppendBigEndian64(taker.journal.value(), &row);
  AppendBigEndian64(taker.sequence.value(), &row);
  AppendBigEndian64(taker.hybrid_time.value(), &row);
  AppendBigEndian32(taker.digest, &row);
  AppendBigEndian32(taker.receipt_ordinal, &row);
  return row;
}

absl::StatusOr<std::optional<RequestTaker>> ReadTaker(const store::Reader& rows,
                                                      const std::string& key) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> row, rows.Get(kRequests, key));
  if (!row.has_value()) return std::nullopt;
  if (row->size() != kRowBytes) return absl::DataLossError("a request row is damaged");
  const std::string_view bytes = *row;
  RequestTaker taker;
  taker.journal = JournalId(ReadBigEndian64(bytes));
  taker.sequence = Sequence(ReadBigEndian64(bytes.substr(8)));
  taker.hybrid_time = HybridTime(ReadBigEndian64(bytes.substr(16)));
  taker.digest = ReadBigEndian32(bytes.substr(24));
  taker.receipt_ordinal = ReadBigEndian32(bytes.substr(28));
  return taker;
}

std::string ContentKey(const std::string& key, uint32_t digest) {
  std::string content_key = key;
  AppendBigEndian32(digest, &content_key);
  return content_key;
}

}  // namespace

absl::StatusOr<RequestState> FindRequest(const store::Reader& rows, const std::string& key,
                                         uint32_t digest) {
  COMPTOIR_ASSIGN_OR_RETURN(std::optional<RequestTaker> lowest, ReadTaker(rows, key));
  if (!lowest.has_value() || lowest->digest == digest) return RequestState{lowest, false};
  COMPTOIR_ASSIGN_OR_RETURN(std::optional<RequestTaker> same,
                            ReadTaker(rows, ContentKey(key, digest)));
  return RequestState{same, true};
}

absl::StatusOr<std::optional<RequestTaker>> TakeRequest(const std::string& key,
                                                        const RequestTaker& taker,
                                                        store::Transaction& transaction) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<RequestTaker> lowest, ReadTaker(transaction, key));
  if (!lowest.has_value() || lowest->digest == taker.digest) {
    if (!lowest.has_value() || taker < *lowest || COMPTOIR_PLANTED(kCountLatestTaker))
      transaction.Put(kRequests, key, FormatRow(taker));
    return lowest;
  }
  const std::string content_key = ContentKey(key, taker.digest);
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<RequestTaker> same,
                            ReadTaker(transaction, content_key));
  if (taker < *lowest) {
    transaction.Put(kRequests, key, FormatRow(taker));
    transaction.Put(kRequests, ContentKey(key, lowest->digest), FormatRow(*lowest));
    if (same.has_value()) transaction.Erase(kRequests, content_key);
  } else if (!same.has_value() || taker < *same) {
    transaction.Put(kRequests, content_key, FormatRow(taker));
  }
  return same;
}

}  // namespace comptoir::ledger
