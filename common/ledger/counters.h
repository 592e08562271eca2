// What a ledger has done in this run, for whoever shows figures of it.
//
// Thread use: any. Relaxed: each counts for itself, and counting costs the path of a
// sale no more than an addition.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace comptoir::ledger {

// Why a segment did not pass the transport gate (R6).
enum class Refusal {
  kNone,
  kGap,
  kFork,
  kSignature,
  kCertificate,
  kScope,
  kMalformed,
  kLimit,
  kRevoked,  // past what the hub held of a revoked node (R13)
};
inline constexpr size_t kRefusals = 9;

class Counter {
 public:
  void Add(uint64_t count) { value_.fetch_add(count, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_ = 0;
};

struct Counters {
  Counter appended_entries;  // durable, written here
  Counter ingested_entries;  // durable, brought by peers
  Counter bad_facts;         // ingested entries whose verdict says no (R6)
  Counter lost_entries;      // found to be lost here (R8); some may have come back
  Counter damaged_entries;   // found damaged here
  Counter mended_entries;    // of those, brought again by a peer and on the disk
  Counter forks;             // that were settled and became known
  // Segments refused, by Refusal.
  std::array<Counter, kRefusals> refused_segments;
};

}  // namespace comptoir::ledger
