// The hub's session with a node of shop herstal, whose frames the test makes.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/sync/agreement.h"
#include "common/sync/session.h"
#include "gtest/gtest.h"
#include "tests/unit/sync/memory_ledger.h"
#include "tests/unit/sync/two_sides.h"

namespace comptoir::sync {

inline constexpr JournalId kOwn{1};      // COOP, written by the hub
inline constexpr JournalId kForeign{2};  // of shop guillemins
inline constexpr JournalId kUnknown{9};

// The hub's side of a session with a node of shop herstal.
class PlayedByHand : public testing::Test {
 protected:
  PlayedByHand() {
    ledger_.Open(kOwn, HubWriter(), journal::v1::SCOPE_COOP);
    ledger_.AppendMany(kOwn, 4, 100);
    ledger_.Open(kForeign, ShopWriter("guillemins"), journal::v1::SCOPE_SHOP);
    options_.node = "hub-1";
  }

  void Start() {
    session_ = std::make_unique<Session>(options_);
    session_->OnConnected(peer_, ledger_.Summaries(), 0, 0);
  }
  // A Hello that knows the first two entries of kOwn.
  v1::Frame Hello() {
    v1::Frame frame;
    frame.mutable_hello()->set_protocol_min(1);
    frame.mutable_hello()->set_protocol_max(1);
    frame.mutable_hello()->set_node(peer_.node);
    WriteHead(ledger_.ReadHashAt(kOwn, Sequence(2)), frame.mutable_hello()->add_heads());
    return frame;
  }
  void StartAndGreet() {
    Start();
    Receive(Hello());
  }
  Effects Receive(const v1::Frame& frame) { return session_->OnFrame(frame, 0, 0); }
  // Answers reads and ingests until nothing is asked; returns the frames sent.
  std::vector<v1::Frame> Work(Effects effects) {
    std::vector<v1::Frame> frames;
    while (!effects.empty()) {
      Effects more;
      for (Effect& effect : effects) {
        Effects answer;
        if (auto* send = std::get_if<SendFrame>(&effect)) frames.push_back(send->frame);
        if (auto* read = std::get_if<ReadSegment>(&effect)) {
          answer = session_->OnSegmentRead(ledger_.Read(*read));
        }
        if (auto* ingest = std::get_if<Ingest>(&effect)) {
          answer = session_->OnIngested(ledger_.Take(ingest->segment, peer_));
        }
        if (auto* read = std::get_if<ReadHash>(&effect)) {
          answer = session_->OnHashRead(ledger_.ReadHashAt(read->journal, read->sequence));
        }
        for (Effect& each : answer) more.push_back(std::move(each));
      }
      effects = std::move(more);
    }
    return frames;
  }

  const journal::Writer peer_ = ShopWriter("herstal");
  MemoryLedger ledger_;
  Options options_;
  std::unique_ptr<Session> session_;
};

// The session said Goodbye with the reason, closed with it, and says no more.
inline void ExpectEnds(const Effects& effects, absl::StatusCode code, const std::string& words) {
  ASSERT_GE(effects.size(), 2u);
  const auto* close = std::get_if<Close>(&effects.back());
  ASSERT_NE(close, nullptr);
  EXPECT_EQ(close->reason.code(), code) << close->reason;
  EXPECT_NE(std::string(close->reason.message()).find(words), std::string::npos) << close->reason;
  const auto* send = std::get_if<SendFrame>(&effects[effects.size() - 2]);
  ASSERT_NE(send, nullptr);
  EXPECT_EQ(send->frame.goodbye().reason(), close->reason.message());
}

inline v1::Frame AckFrame(JournalId journal, uint64_t sequence) {
  v1::Frame frame;
  frame.mutable_ack()->set_journal(journal.value());
  frame.mutable_ack()->set_sequence(sequence);
  return frame;
}

inline v1::Frame RefusedFrame(JournalId journal, uint64_t sequence, v1::RefusedReason reason) {
  v1::Frame frame;
  frame.mutable_refused()->set_journal(journal.value());
  frame.mutable_refused()->set_sequence(sequence);
  frame.mutable_refused()->set_reason(reason);
  return frame;
}

inline v1::Frame WantFrame(JournalId journal, uint64_t first, uint64_t last) {
  v1::Frame frame;
  frame.mutable_want()->set_journal(journal.value());
  frame.mutable_want()->set_first_sequence(first);
  frame.mutable_want()->set_last_sequence(last);
  return frame;
}

inline v1::Frame HashAtFrame(JournalId journal, uint64_t sequence) {
  v1::Frame frame;
  frame.mutable_hash_at()->set_journal(journal.value());
  frame.mutable_hash_at()->set_sequence(sequence);
  return frame;
}

inline v1::Frame SegmentFrame(const MemoryLedger& from, JournalId journal, Sequence first,
                              size_t raw_bytes_max = kSegmentRawBytesMax) {
  v1::Frame frame;
  *frame.mutable_segment() = *from.Read({journal, first, raw_bytes_max}).segment;
  return frame;
}

}  // namespace comptoir::sync
