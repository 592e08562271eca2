// Who took a request (R11): rows of the requests table.
//
//   shop 0 request(16) index(4)             → the lowest taker of all
//   shop 0 request(16) index(4) digest(4)   → the lowest of those with that content,
//                                             where it differs from the one above
//
// Lowest by (hybrid time, journal, sequence): what counts. The rows hang on the
// set of takers alone, not on the order of their arrival, and taking one more
// reads and writes a few of them however many there are.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "absl/status/statusor.h"
#include "common/base/hybrid_time.h"
#include "common/base/ids.h"
#include "common/store/store.h"

namespace comptoir::ledger {

// An entry that carries a request.
struct RequestTaker {
  JournalId journal;
  Sequence sequence;
  uint32_t receipt_ordinal = 0;  // 0 where it prints none
  HybridTime hybrid_time;
  uint32_t digest = 0;  // of the request's content

  auto operator<=>(const RequestTaker& other) const {
    return std::tie(hybrid_time, journal, sequence) <=>
           std::tie(other.hybrid_time, other.journal, other.sequence);
  }
  bool operator==(const RequestTaker& other) const { return (*this <=> other) == 0; }
};

// What is known of one request and content.
struct RequestState {
  std::optional<RequestTaker> counted;  // the one with this content that counts
  bool other_content = false;           // someone took the request with another content
};
// `key` from RequestKey. DATA_LOSS where a row is damaged.
absl::StatusOr<RequestState> FindRequest(const store::Reader& rows, const std::string& key,
                                         uint32_t digest);

// Notes one more taker; gives the one with the same content that counted before
// it, if any. `taker` counts unless that one is lower.
absl::StatusOr<std::optional<RequestTaker>> TakeRequest(const std::string& key,
                                                        const RequestTaker& taker,
                                                        store::Transaction& transaction);

}  // namespace comptoir::ledger
