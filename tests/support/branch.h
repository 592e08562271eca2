// A second branch of a journal, for tests of forks.
#pragma once

#include <string>
#include <vector>

#include "common/journal/chain.h"
#include "common/journal/segment.h"
#include "tests/support/coop.h"

namespace comptoir::testing {

// A branch of a journal, made by hand with the key of its writer.
class Branch {
 public:
  Branch(Replica& writer, Head from) : writer_(writer), head_(from), start_(from) {}

  void Add(retail::v1::FactKind kind, const google::protobuf::Message& fact,
           const std::string& request_id = "", uint32_t digest = 1) {
    AddBytes(kind, fact.SerializeAsString(), request_id, digest);
  }
  void AddBytes(retail::v1::FactKind kind, const std::string& fact, const std::string& request_id,
                uint32_t digest) {
    journal::v1::Entry entry;
    const auto minutes = static_cast<int64_t>(entries_.size()) + 1;
    entry.set_hybrid_time(HybridTime::FromMillis(kMonday + 60'000 * minutes).value());
    entry.set_fold_version(1);
    entry.set_request_id(request_id);
    if (!request_id.empty()) entry.set_request_digest(digest);
    entry.set_kind(kind);
    entry.set_takes_receipt_number(retail::PrintsReceipt(kind));
    entry.set_fact(fact);
    entries_.push_back(entry.SerializeAsString());
    head_.sequence = Next(head_.sequence);
    head_.hash = journal::ChainNext(head_.hash, entries_.back());
  }
  void AddSale(uint32_t number) {
    Add(retail::v1::FACT_KIND_SOLD, OneSale("carottes", 2000, 240), RequestId(number));
  }
  // From its first entry on, signed at its end.
  journal::v1::Segment Cut() const {
    journal::SegmentBuilder builder(start_.journal, Next(start_.sequence), start_.hash);
    for (const std::string& entry : entries_) EXPECT_TRUE(builder.Add(entry, 1 << 20));
    return std::move(builder).Finish(Must(writer_.signer->Sign(journal::HeadToSign(head_))));
  }
  const Head& head() const { return head_; }

 private:
  Replica& writer_;
  Head head_;
  const Head start_;
  std::vector<std::string> entries_;
};

}  // namespace comptoir::testing
