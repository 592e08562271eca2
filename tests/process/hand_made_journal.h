// A journal made entry by entry with a real key, right or as wrong as a test
// wants it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/identity/data_folder.h"
#include "common/journal/segment.h"
#include "comptoir/journal/v1/journal.pb.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::testing {

// The identity of an enrolled node that the test itself plays.
identity::Identity IdentityOf(const std::string& data_folder);

class HandMadeJournal {
 public:
  struct Genesis {
    journal::v1::Scope scope = journal::v1::SCOPE_SHOP;
    std::string shop;         // of a SCOPE_SHOP journal
    std::string certificate;  // empty: the signer's own
    std::string node;         // empty: the signer's own
  };
  // `signer` is borrowed. Entry 1 is made of `genesis`.
  HandMadeJournal(const journal::Signer& signer, const Genesis& genesis);
  // One of the signer's shop.
  explicit HandMadeJournal(const journal::Signer& signer);

  void Add(uint32_t kind, const std::string& fact);
  // One piece of `product` at 2.50.
  void AddSale(const std::string& product = "pain-gris", int64_t quantity_milli = 1000);

  // Entries `first` to `last`, signed at the last.
  journal::v1::Segment Cut(uint64_t first, uint64_t last) const;
  journal::v1::Segment Whole() const { return Cut(1, entries_.size()); }

  JournalId id() const { return id_; }
  uint64_t size() const { return entries_.size(); }

 private:
  void AddEntry(uint32_t kind, const std::string& fact);

  const journal::Signer& signer_;
  JournalId id_;
  std::vector<std::string> entries_;
  std::vector<Hash> hashes_;  // before the first entry, then after each
};

}  // namespace comptoir::testing
