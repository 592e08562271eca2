// What is known of one transfer (tables.h: transfers, transfer_notes, transfer_lists).
//
// Merge argument. A shop's fact about a transfer is one row, by its name and by where it
// stands: an entry of a branch that was not kept, held still, and its copy where it was moved
// to have one name, and of the two at most one counts (R11): that one is the fact. What the
// hub told a shop of such a fact is rows, each by where the hub wrote it: the highest
// (revision, hybrid time, place) stands. So what is known is a function of the set of rows,
// and it does not matter how often the hub told it, in which of its runs, or what came first.
// Where the fact itself is held, as at the hub, it stands, and not what was told of it; so
// nothing counts twice. What was told outlives a fact that went down with every disk that
// held it. The lists say nothing that these rows do not: they are written again with each
// row. One of them is the index of a transfer's rows, by which folds and readers find them:
// no row ever leaves it.
//
// A transfer of which more than kTransferRowsMax rows are known is not reckoned any more: it
// stays open, without facts, and nobody is told. No shop comes there (build.h); a forger may.
//
// Who is told of a fact: each other shop that the transfer concerns: its sender, where it
// was sent to, whoever counted goods in or settled, and whoever was told something of it
// before: what it was told must not stay open there. Most often that is one. A row 'w' of
// the lists says that the hub's facts do not say so yet. Only the hub, which holds the facts
// of all, acts on it; at a shop all its own transfers have one.
//
// Pure. Thread use: any.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/transfers.pb.h"

namespace comptoir::retail {

// Facts and notes of one transfer.
inline constexpr size_t kTransferRowsMax = 1'000;

// A shop's fact about a transfer, as it is known here.
struct TransferFact {
  std::string key;  // of its name's reference, as in the tables
  v1::TransferRow row;
  bool is_held = false;  // else the hub told of it
};

// What the hub last told one shop of one fact.
struct TransferNote {
  uint64_t revision = 0;
  bool counted = false;
};

struct TransferState {
  std::string transfer;
  std::vector<TransferFact> facts;                                    // by rising key
  std::map<std::pair<std::string, std::string>, TransferNote> notes;  // by shop, key of the fact
  Day latest_day{0};                                                  // of all that is known
  bool too_many = false;  // rows: there are neither facts nor notes here
};

// By key alone, so that it waits for no commit under way. DATA_LOSS where a row is damaged.
// Of what is known nothing there are no facts.
absl::StatusOr<TransferState> ReadTransfer(const store::Reader& rows, std::string_view transfer);

// ---- what it comes to ----

// In thousandths. Facts that do not count are left out.
struct TransferSums {
  int64_t sent_milli = 0;
  int64_t received_milli = 0;
  int64_t settled_milli = 0;

  // On its way; below zero: more arrived, or was settled, than was sent.
  int64_t left_milli() const { return sent_milli - received_milli - settled_milli; }
};
struct TransferLotSums : TransferSums {
  // The earliest days that are said of it, and the producer, where one is; 0 or empty: none.
  int32_t use_by_day = 0;
  int32_t best_before_day = 0;
  std::string producer;
};
struct TransferItemSums : TransferSums {
  std::map<std::string, TransferLotSums> lots;
};
using TransferItems = std::map<std::pair<std::string, v1::Unit>, TransferItemSums>;
TransferItems ItemsOf(const TransferState& state);

// Where it was sent to, by what counts. More than one only where two requests were given
// one id.
std::set<std::string> SentTo(const TransferState& state);
bool IsSent(const TransferState& state);
// Something is on its way, or arrived without being known to be sent; or nobody can say.
bool IsOpen(const TransferState& state);
// Sender, receivers, and whoever wrote a fact that counts.
std::set<std::string> ShopsOf(const TransferState& state);

// The day of the fact, in its shop's time zone.
Day DayOf(const v1::TransferRow& row);

// A shop that must be told of a fact, and by which revision. Points into `state`.
struct MissingNote {
  std::string shop;
  const TransferFact* fact = nullptr;
  uint64_t revision = 0;
};
// By shop. Of facts that are held here only.
std::vector<MissingNote> MissingNotes(const TransferState& state);

// ---- keys of the tables ----

// As keys have a fact: 24 bytes.
std::string TransferFactBytes(const journal::v1::Reference& reference);
journal::v1::Reference TransferReference(std::string_view fact_bytes);
// `name` is the reference of the fact's name, `place` where it stands.
std::string TransferFactKey(std::string_view transfer, const journal::v1::Reference& name,
                            const Reference& place);
std::string TransferNoteKey(std::string_view transfer, const journal::v1::Reference& reference,
                            std::string_view shop, const Reference& place);
// First byte of a key of transfer_lists.
enum class TransferList : char { kOpen = 'o', kWaiting = 'w', kByDay = 'd', kIndex = 'i' };
std::string TransferListKey(TransferList list, std::string_view transfer);
// Of kByDay: the later day sorts first.
std::string TransferDayKey(Day day, std::string_view transfer);
std::string TransferListPrefix(TransferList list);

// Writes a row of transfers or transfer_notes, at a key as above, and what the lists say of
// the transfer with it. `day`: of the fact.
absl::Status PutTransferRow(store::TableId table, std::string_view transfer, std::string_view key,
                            std::string_view value, Day day, store::Transaction& transaction);

}  // namespace comptoir::retail
