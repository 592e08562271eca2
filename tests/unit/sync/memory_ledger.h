// A ledger in memory for the tests of sessions: journals with real chains and
// segments, a signature that anyone can make, no views.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/ids.h"
#include "common/journal/segment.h"
#include "common/journal/writer.h"
#include "common/sync/session.h"

namespace comptoir::sync {

inline constexpr uint32_t kNovember = 2026 * 12 + 10;

// Writers as certificates would name them.
journal::Writer HubWriter();
journal::Writer ShopWriter(const std::string& shop);

class MemoryLedger {
 public:
  // The genesis is written with it: the journal is one entry long.
  JournalId Open(JournalId journal, const journal::Writer& writer, journal::v1::Scope scope,
                 uint32_t month = kNovember);
  Head Append(JournalId journal, std::string entry);
  // Appends `count` entries of `bytes` bytes that do not compress.
  Head AppendMany(JournalId journal, size_t count, size_t bytes);
  void FinishJournal(JournalId journal);

  // Reads from here on fail, as after bit rot, until entries are brought again.
  void Damage(JournalId journal, Sequence first, Sequence last);
  bool IsDamaged(JournalId journal) const;
  // As if somebody else had brought it.
  void Heal(JournalId journal) { journals_.at(journal).damaged.reset(); }
  // The next segments of `journal` are refused for `reason`.
  void RefuseFromNowOn(JournalId journal, v1::RefusedReason reason);
  // As a disk restored from an old backup: entries past `last` are gone.
  void ForgetAfter(JournalId journal, Sequence last);

  SegmentRead Read(const ReadSegment& read) const;
  Head ReadHashAt(JournalId journal, Sequence sequence) const;
  // Through the transport gate: rights, gap, fork, signature.
  Ingested Take(const journal::v1::Segment& segment, const journal::Writer& bringer);

  JournalSummary Summary(JournalId journal) const;
  std::vector<JournalSummary> Summaries() const;
  bool Holds(JournalId journal) const { return journals_.contains(journal); }
  Head HeadOf(JournalId journal) const;
  // Heads of what `reader` may read, by rising journal.
  std::vector<Head> HeadsFor(const journal::Writer& reader) const;

 private:
  struct Journal {
    JournalSummary summary;
    std::vector<std::string> entries;
    std::vector<Hash> hashes;  // in step
    std::optional<std::pair<Sequence, Sequence>> damaged;
  };

  Hash HashBefore(JournalId journal, Sequence first) const;
  Ingested Refuse(JournalId journal, v1::RefusedReason reason, std::string detail) const;
  v1::RefusedReason Judge(const journal::DecodedSegment& segment,
                          const journal::Writer& bringer) const;
  void Push(Journal& journal, std::string entry);

  std::map<JournalId, Journal> journals_;
  std::map<JournalId, v1::RefusedReason> refusing_;
  uint64_t noise_ = 1;
};

}  // namespace comptoir::sync
