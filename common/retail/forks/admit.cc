#include "common/retail/forks/admit.h"

#include <string>

#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/retail/check.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {
namespace {

bool IsHash(const std::string& bytes) { return bytes.size() == sizeof(Hash); }
bool IsSignature(const std::string& bytes) {
  return !bytes.empty() && bytes.size() <= kSignatureBytesMax;
}

// Of the same journal, and past `common`.
bool IsBeyond(const journal::v1::Head& head, const journal::v1::Head& common) {
  return head.journal() == common.journal() && head.sequence() > common.sequence() &&
         IsHash(head.hash());
}

}  // namespace

absl::Status AdmitForkSettled(const Fact& fact, const v1::ForkSettled& settled) {
  if (!fact.journal->writer.hub) return Refuse(kNotAllowed, "only the hub settles forks");
  const journal::v1::Head& common = settled.common();
  if (common.journal() == 0 || common.sequence() == 0 || !IsHash(common.hash())) {
    return Refuse(kBadReference, "it names no entry that two branches share");
  }
  if (!IsBeyond(settled.kept(), common) || !IsBeyond(settled.other(), common) ||
      !IsHash(settled.kept_next()) || !IsHash(settled.other_next()) ||
      settled.kept_next() == settled.other_next()) {
    return Refuse(kBadReference, "it names no two branches");
  }
  if (!IsSignature(settled.kept_signature()) || !IsSignature(settled.other_signature())) {
    return Refuse(kBadCertificate, "a branch is not signed");
  }
  if (settled.genesis().empty() || settled.genesis().size() > kGenesisBytesMax) {
    return Refuse(kBadCertificate, "the first entry of the journal is missing");
  }
  return absl::OkStatus();
}

absl::Status AdmitMoved(const Fact& /*fact*/, const v1::Moved& moved) {
  const journal::v1::Reference& original = moved.original();
  if (original.journal() == 0 || original.sequence() < 2) {
    return Refuse(kBadReference, "it names no entry that can be moved");
  }
  if (moved.entry().empty() || moved.entry().size() > kEntryBytesMax) {
    return Refuse(kBadReference, "the entry is missing, or over its limit");
  }
  Hash previous;
  if (!Hash::FromView(moved.previous_hash(), &previous) ||
      journal::ChainNext(previous, moved.entry()).prefix() != original.hash_prefix()) {
    return Refuse(kBadReference, "the entry is not the one that it names");
  }
  if (moved.signature().size() > kSignatureBytesMax) {
    return Refuse(kBadCertificate, "the signature is over its limit");
  }
  return absl::OkStatus();
}

}  // namespace comptoir::retail
