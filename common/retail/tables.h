// The view tables and their key layout. Every fold writes only these.
//
// `code` is text ended by one zero byte (codes and lots hold none); numbers are
// big-endian, signed ones with the top bit turned so that they sort.
//
//   registers    subject(1) code [field(1)] …      → RegisterRow (registers.proto)
//     'P' product field | 'R' producer field | 'S' shop field; the field is its
//     number in the fact's message
//     '$' product shop day(4) | 'V' product day(4)
//   barcodes     field(1) digits product            → empty; each number that stands in that
//                                                     field of the product's: a GTIN with 14
//                                                     digits, an item of a scale with 6, as
//                                                     barcodes/index.h spells them
//   conflicts    the register's key                 → empty; while several values stand in it
//   series       shop series                        → journal(8); the lowest that claims it
//   receipts     journal(8) ordinal(8)              → ReceiptRow
//   receipt_days shop day(4) journal(8) block(4)    → [receipts, cents, refunds, deposits];
//                                                     cents without deposits; block = ordinal /
//                                                     1,024, so that a day's receipts are found
//                                                     without reading the whole journal
//   sales        shop hour(4) product unit(1)       → [milli, cents]; hour of local time since 1970
//   waste        shop day(4) reason(1) product unit(1) → [milli]
//   balances     account product unit(1) lot, which ends the key and needs no zero → [milli];
//                                                     what movements alone come to
//   adjustments  as balances, of shop: accounts     → [milli]; what the standing count saw less the
//                                                     movements before it. Stock is both together;
//                                                     none that is zero
//   movements    shop day(4) journal(8) sequence(8) → MovementRow; facts that moved goods or were
//                                                     seen, and print no receipt. Those of doubtful
//                                                     clocks, receipts too, also under kDoubtfulDay
//   counts       shop product unit(1)               → CountsRow; every count of it
//   count_heads  shop journal(8) sequence(8)        → CountHeadsRow; of counts that name any
//   count_horizons shop                             → CountHorizonRow
//   returns      shop sale line(4) journal(8) sequence(8) index(4) → ReturnRow; of empties, line is
//                                                     1,000 and their number; `sale` is 'q'
//                                                     request(16) digest(4) index(4), or 'r'
//                                                     journal(8) sequence(8) hash(8) for want of
//                                                     one
//   corrections  shop fact                          → CorrectionRow; `fact` is written like `sale`
//   lots         shop product lot journal(8) sequence(8) line(4) → LotRow
//   nodes        node journal(8) sequence(8)    → shop; who was enrolled, and where
//   spent_tokens hash(32) journal(8) sequence(8) → node; what it was enrolled with
//   revocations  node journal(8) sequence(8)    → RevocationRow; who is to be taken no more of
//   forks        journal(8) common(8) journal(8) sequence(8) → ForkRow; where it was settled
//   moved        place(8) sequence(8)           → MovedRow; an entry of a branch not kept
//   moved_names  ('n' | 'r') journal(8) number(8) place(8) → sequence(8); the same by the number
//                                                     or the receipt that it had in its journal
//   moved_waiting journal(8) journal(8) sequence(8) → empty; of a branch of the first, a run of
//                                                     Moved that ends at the second
//   transfers    transfer fact journal(8) sequence(8) → TransferRow (transfers.proto); a shop's
//                                                     fact about it, where it stands. `fact` is its
//                                                     name's reference: journal(8) sequence(8)
//                                                     hash(8)
//   transfer_notes transfer fact shop journal(8) sequence(8) → TransferNoteRow; what the hub told
//                                                     that shop of such a fact, there
//   transfer_lists 'o' transfer                 → empty; it is open
//                'w' transfer                   → empty; some shop waits to be told of it
//                'd' day(4) transfer            → empty; something of it happened that day. The
//                                                     later day sorts first
//                'i' transfer                   → TransferIndexRow (transfer_rows.proto); its rows
//                                                     of the two tables above
//   days         shop journal(8) sequence(8)        → DayRow; openings and closings of a day, and
//                                                     cash moved
//   uncounted    shop journal(8) sequence(8)        → empty; of facts that money stands behind,
//                                                     those that do not count (R11)
//   edits        "catalogue"                        → [catalogue facts folded]; tells a cache that
//                                                     it is out of date
//                "lots:" shop                       → [facts that count and may put something of a
//                                                     lot on the shelf, a sum over them]; the same
//                "recalls"                          → [facts of recalls that count, a sum over
//                                                     them]; the same
//   recalls      shop journal(8) sequence(8)        → RecallRow; an empty shop: every shop
//   recall_answers ('l' shop recall | 'c' recall shop) journal(8) sequence(8)
//                                                   → RecallLiftRow | RecallConfirmedRow; `recall`
//                                                     is written like `sale`, the first shop is the
//                                                     lift's own, empty for COOP
//   trace        product lot shop time(8) journal(8) sequence(8) unit(1)
//                                                   → TraceRow; what facts that count moved of a
//                                                     lot, or saw, in the order of their wall
//                                                     instants. Nothing of no lot
//
// And one that no fold writes: coop_stock, a copy of what the hub tells
// (stock/coop_copy.h). It is neither verified nor folded anew.
//
// Accounts are written as in the model: `shop:outremeuse`, `producer:…`,
// `customer:outremeuse`, `waste:…`, `transit:…`, `adjustment:…`.
#pragma once

#include <vector>

#include "common/store/store.h"

namespace comptoir::retail {

// Below 16 are the ledger's own tables.
inline constexpr store::TableId kRegisters = 16;
inline constexpr store::TableId kConflicts = 17;
inline constexpr store::TableId kSeries = 18;
inline constexpr store::TableId kReceipts = 19;
inline constexpr store::TableId kReceiptDays = 20;
inline constexpr store::TableId kSales = 21;
inline constexpr store::TableId kBalances = 22;
inline constexpr store::TableId kLots = 23;
inline constexpr store::TableId kEdits = 24;
inline constexpr store::TableId kNodes = 25;
inline constexpr store::TableId kSpentTokens = 26;
inline constexpr store::TableId kWaste = 27;
inline constexpr store::TableId kAdjustments = 28;
inline constexpr store::TableId kMovements = 29;
inline constexpr store::TableId kCounts = 30;
inline constexpr store::TableId kCountHeads = 31;
inline constexpr store::TableId kCountHorizons = 32;
inline constexpr store::TableId kReturns = 33;
inline constexpr store::TableId kCorrections = 34;
inline constexpr store::TableId kRevocations = 35;
inline constexpr store::TableId kForks = 36;
inline constexpr store::TableId kMoved = 37;
inline constexpr store::TableId kMovedNames = 38;
inline constexpr store::TableId kMovedWaiting = 39;
inline constexpr store::TableId kTransfers = 40;
inline constexpr store::TableId kTransferNotes = 41;
inline constexpr store::TableId kTransferLists = 42;
inline constexpr store::TableId kRecalls = 43;
inline constexpr store::TableId kRecallAnswers = 44;
inline constexpr store::TableId kTrace = 45;
inline constexpr store::TableId kDays = 46;
inline constexpr store::TableId kUncounted = 47;
inline constexpr store::TableId kBarcodes = 48;
// From 64 on: copies.
inline constexpr store::TableId kCoopStock = 64;

std::vector<store::TableSpec> ViewTables();
// Tables of what others say; they may be lost with the power.
std::vector<store::TableSpec> CopyTables();

}  // namespace comptoir::retail
