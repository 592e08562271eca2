// Builders and readers of the keys that tables.h lays out. Builders append, so
// that a hot path can keep one string and rewrite its end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/bytes.h"
#include "common/base/ids.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// First byte of a key of the registers table.
enum class Subject : char {
  kProduct = 'P',
  kProducer = 'R',
  kShop = 'S',
  kPrice = '$',
  kVat = 'V',
};

// In the edits table: facts of the catalogue.
inline constexpr std::string_view kCatalogueEditsKey = "catalogue";

// Of the same table: facts of recalls.
inline constexpr std::string_view kRecallEditsKey = "recalls";
// Of the same table: facts that may put something of a lot on a shop's shelves.
inline std::string LotChangesKey(std::string_view shop) {
  return std::string("lots:").append(shop);
}

// Stands for no day: where movements of doubtful clocks are found again.
inline constexpr Day kDoubtfulDay{INT32_MIN};

// Receipts of one journal and day that share a row of receipt_days.
inline constexpr uint64_t kReceiptsPerBlock = 1024;

inline void AppendCode(std::string_view code, std::string* key) {
  key->append(code).push_back('\0');
}
inline void AppendSigned32(int32_t value, std::string* key) {
  AppendBigEndian32(static_cast<uint32_t>(value) ^ 0x8000'0000u, key);
}
inline void AppendDay(Day day, std::string* key) { AppendSigned32(day.value(), key); }
inline void AppendUnit(v1::Unit unit, std::string* key) { key->push_back(static_cast<char>(unit)); }

// Each takes its part off the front of `*key`; false when it is not there.
inline bool ConsumeCode(std::string_view* key, std::string_view* code) {
  const size_t end = key->find('\0');
  if (end == std::string_view::npos) return false;
  *code = key->substr(0, end);
  key->remove_prefix(end + 1);
  return true;
}
inline bool ConsumeSigned32(std::string_view* key, int32_t* value) {
  if (key->size() < 4) return false;
  *value = static_cast<int32_t>(ReadBigEndian32(*key) ^ 0x8000'0000u);
  key->remove_prefix(4);
  return true;
}
inline bool ConsumeBigEndian64(std::string_view* key, uint64_t* value) {
  if (key->size() < 8) return false;
  *value = ReadBigEndian64(*key);
  key->remove_prefix(8);
  return true;
}
inline bool ConsumeBigEndian32(std::string_view* key, uint32_t* value) {
  if (key->size() < 4) return false;
  *value = ReadBigEndian32(*key);
  key->remove_prefix(4);
  return true;
}
inline bool ConsumeUnit(std::string_view* key, v1::Unit* unit) {
  if (key->empty()) return false;
  *unit = static_cast<v1::Unit>(static_cast<uint8_t>(key->front()));
  key->remove_prefix(1);
  return true;
}

// The first key after all that begin with `prefix`; empty, the table's end,
// where there is none.
inline std::string PrefixLimit(std::string_view prefix) {
  std::string limit(prefix);
  while (!limit.empty() && static_cast<uint8_t>(limit.back()) == 0xff) limit.pop_back();
  if (!limit.empty()) limit.back() = static_cast<char>(limit.back() + 1);
  return limit;
}

// Keys of the registers about one product, producer or shop begin with this.
inline std::string SubjectPrefix(Subject subject, std::string_view code) {
  std::string key(1, static_cast<char>(subject));
  AppendCode(code, &key);
  return key;
}
// `field`: its number in ProductEdited, ProducerEdited or ShopEdited.
inline std::string FieldKey(Subject subject, std::string_view code, int field) {
  std::string key = SubjectPrefix(subject, code);
  key.push_back(static_cast<char>(field));
  return key;
}
// Rows of barcodes about one number begin with this; the product ends the key. `field`: its number
// in ProductEdited; `digits`: as BarcodesOf spells them.
inline std::string BarcodePrefix(int field, std::string_view digits) {
  std::string key(1, static_cast<char>(field));
  return key.append(digits);
}
// Prices of a product at one shop, or co-op-wide for an empty one, begin with this.
inline std::string PricePrefix(std::string_view product, std::string_view shop) {
  std::string key = SubjectPrefix(Subject::kPrice, product);
  AppendCode(shop, &key);
  return key;
}

inline std::string SeriesKey(std::string_view shop, std::string_view series) {
  std::string key;
  AppendCode(shop, &key);
  AppendCode(series, &key);
  return key;
}
// Rows of movements of one shop's day begin with this.
inline std::string MovementDayPrefix(std::string_view shop, Day day) {
  std::string key;
  AppendCode(shop, &key);
  AppendDay(day, &key);
  return key;
}
inline std::string CountsKey(std::string_view shop, std::string_view product, v1::Unit unit) {
  std::string key;
  AppendCode(shop, &key);
  AppendCode(product, &key);
  AppendUnit(unit, &key);
  return key;
}
// An entry of one of a shop's journals; those of the shop begin with its code.
inline std::string ShopEntryKey(std::string_view shop, JournalId journal, Sequence sequence) {
  std::string key;
  AppendCode(shop, &key);
  AppendBigEndian64(journal.value(), &key);
  AppendBigEndian64(sequence.value(), &key);
  return key;
}
// What a NamedFact names, the same for every name of a request taken twice.
inline std::string NamedKey(std::string_view shop, const v1::NamedFact& named) {
  std::string key;
  AppendCode(shop, &key);
  if (named.request_id().empty()) {
    key.push_back('r');
    AppendBigEndian64(named.reference().journal(), &key);
    AppendBigEndian64(named.reference().sequence(), &key);
    // Of two branches of a journal it means one (Forks).
    AppendBigEndian64(named.reference().hash_prefix(), &key);
    return key;
  }
  key.push_back('q');
  key.append(named.request_id());
  AppendBigEndian32(named.request_digest(), &key);
  AppendBigEndian32(named.request_index(), &key);
  return key;
}
// Rows of forks that part after `common` of `journal` begin with this.
inline std::string ForkPrefix(JournalId journal, Sequence common) {
  std::string key;
  AppendBigEndian64(journal.value(), &key);
  AppendBigEndian64(common.value(), &key);
  return key;
}
inline std::string MovedKey(JournalId place, Sequence sequence) {
  std::string key;
  AppendBigEndian64(place.value(), &key);
  AppendBigEndian64(sequence.value(), &key);
  return key;
}
// Entries of branches of `journal` by their number, or by that of their receipt.
enum class MovedBy : char { kSequence = 'n', kReceipt = 'r' };
inline std::string MovedNamePrefix(MovedBy by, JournalId journal, uint64_t number) {
  std::string key(1, static_cast<char>(by));
  AppendBigEndian64(journal.value(), &key);
  AppendBigEndian64(number, &key);
  return key;
}
inline std::string WasteDayPrefix(std::string_view shop, Day day) {
  std::string key;
  AppendCode(shop, &key);
  AppendDay(day, &key);
  return key;
}
inline std::string NodePrefix(std::string_view node) {
  std::string key;
  AppendCode(node, &key);
  return key;
}
inline std::string NodeKey(std::string_view node, JournalId journal, Sequence sequence) {
  std::string key = NodePrefix(node);
  AppendBigEndian64(journal.value(), &key);
  AppendBigEndian64(sequence.value(), &key);
  return key;
}
inline std::string SpentTokenKey(std::string_view token_sha256, JournalId journal,
                                 Sequence sequence) {
  std::string key(token_sha256);
  AppendBigEndian64(journal.value(), &key);
  AppendBigEndian64(sequence.value(), &key);
  return key;
}
inline std::string ReceiptKey(JournalId journal, uint64_t ordinal) {
  std::string key;
  AppendBigEndian64(journal.value(), &key);
  AppendBigEndian64(ordinal, &key);
  return key;
}
inline uint32_t ReceiptBlock(uint64_t ordinal) {
  return static_cast<uint32_t>(ordinal / kReceiptsPerBlock);
}
// Rows of receipt_days of one shop's day begin with this.
inline std::string ReceiptDayPrefix(std::string_view shop, Day day) {
  std::string key;
  AppendCode(shop, &key);
  AppendDay(day, &key);
  return key;
}
// Rows of balances of one account begin with this.
inline std::string BalancePrefix(std::string_view account) {
  std::string key;
  AppendCode(account, &key);
  return key;
}

// A key of balances after its account.
struct BalanceKey {
  std::string_view product;
  v1::Unit unit = v1::UNIT_UNSPECIFIED;
  std::string_view lot;
};
inline void AppendBalance(const BalanceKey& balance, std::string* key) {
  AppendCode(balance.product, key);
  AppendUnit(balance.unit, key);
  key->append(balance.lot);
}
// Points into `key`.
inline std::optional<BalanceKey> ParseBalance(std::string_view key) {
  BalanceKey balance;
  if (!ConsumeCode(&key, &balance.product) || !ConsumeUnit(&key, &balance.unit))
    return std::nullopt;
  balance.lot = key;
  return balance;
}

}  // namespace comptoir::retail
