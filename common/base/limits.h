// Every limit of the product that more than one layer keeps.
#pragma once

#include <cstddef>
#include <cstdint>

namespace comptoir {

inline constexpr size_t kSegmentRawBytesMax = 1 << 20;
inline constexpr uint32_t kSegmentEntriesMax = 65'536;
inline constexpr size_t kFactBytesMax = 256 << 10;
inline constexpr size_t kEntryBytesMax = kFactBytesMax + 1024;
// A Moved fact holds an entry whole.
inline constexpr size_t kMovedFactBytesMax = kEntryBytesMax + 1024;
inline constexpr size_t kFrameBytesMax = 3 << 20;
inline constexpr size_t kWindowBytesMax = 4 << 20;
inline constexpr size_t kCertificateBytesMax = 4 << 10;
// ECDSA P-256 in DER takes 72 at most.
inline constexpr size_t kSignatureBytesMax = 256;
inline constexpr size_t kCodeBytesMax = 32;
inline constexpr size_t kSeriesBytesMax = 32;
inline constexpr size_t kRequestIdBytes = 16;
inline constexpr size_t kReplacedWritesMax = 64;
inline constexpr size_t kLinesMax = 1'000;
inline constexpr size_t kPaymentsMax = 16;
inline constexpr size_t kFactsPerRequestMax = 100'000;
inline constexpr int64_t kQuantityMilliMax = 1'000'000'000'000;
inline constexpr int64_t kMoneyCentsMax = 1'000'000'000'000;

}  // namespace comptoir
