// A live session of the hub with a shop's node that says whatever it likes, while
// the ledger answers late or early: nothing crashes, what goes out keeps to the
// limits of common/sync/README.md, what is refused closes the session with a
// status, and after that there is silence.
#include <deque>
#include <map>
#include <set>
#include <variant>

#include "common/base/status.h"
#include "common/sync/agreement.h"
#include "common/sync/frame_limits.h"
#include "common/sync/session.h"
#include "common/sync/session_state.h"
#include "tests/fuzz/fuzzers.h"
#include "tests/unit/sync/memory_ledger.h"

namespace comptoir::fuzz {
namespace session_fuzz {
namespace {

using sync::Effect;
using sync::Effects;
using sync::v1::Frame;

constexpr size_t kPartsMax = 200;
// A segment of the most entries fits in it, so that none may pass it.
constexpr size_t kWindowBytes = 4'096;
constexpr size_t kSegmentRawBytes = 2'048;
static_assert(sync::EncodedSegmentBytesMax(kSegmentRawBytes) <= kWindowBytes);
constexpr JournalId kOwn{1};        // COOP, of the hub
constexpr JournalId kForeign{2};    // of another shop
constexpr JournalId kPeers{3};      // of the peer's shop; half of it is here
constexpr JournalId kFinished{4};   // COOP, a month before
constexpr size_t kHeldOfPeers = 3;  // entries

// What a part of an input is: its first byte, modulo their number.
enum Event : uint8_t { kFrame, kAnswerRead, kAnswerIngest, kAnswerHash, kTick, kAppend, kDamage };
constexpr uint8_t kEvents = 7;

sync::MemoryLedger HubLedger() {
  sync::MemoryLedger ledger;
  ledger.Open(kOwn, sync::HubWriter(), journal::v1::SCOPE_COOP);
  ledger.AppendMany(kOwn, 8, 100);
  ledger.Open(kForeign, sync::ShopWriter("guillemins"), journal::v1::SCOPE_SHOP);
  ledger.Open(kPeers, sync::ShopWriter("herstal"), journal::v1::SCOPE_SHOP);
  ledger.AppendMany(kPeers, kHeldOfPeers - 1, 100);
  ledger.Open(kFinished, sync::HubWriter(), journal::v1::SCOPE_COOP, sync::kNovember - 1);
  ledger.AppendMany(kFinished, 2, 100);
  ledger.FinishJournal(kFinished);
  return ledger;
}

// What the peer would hold of its own journal: the hub's part and more.
sync::MemoryLedger PeerLedger() {
  sync::MemoryLedger ledger = HubLedger();
  ledger.AppendMany(kPeers, 5, 100);
  return ledger;
}

class Play {
 public:
  Play() {
    sync::Options options;
    options.node = "hub-1";
    options.window_bytes = kWindowBytes;
    options.segment_raw_bytes = kSegmentRawBytes;
    session_ = std::make_unique<sync::Session>(options);
    Take(session_->OnConnected(peer_, ledger_.Summaries(), now_ms_, 0));
  }

  void Do(std::string_view part) {
    if (part.empty()) return;
    const std::string_view rest = part.substr(1);
    const uint8_t number = rest.empty() ? 0 : static_cast<uint8_t>(rest.front());
    switch (static_cast<uint8_t>(part.front()) % kEvents) {
      case kFrame:
        return DoFrame(rest);
      case kAnswerRead:
        return AnswerRead(number);
      case kAnswerIngest:
        return AnswerIngest(number);
      case kAnswerHash:
        return AnswerHash();
      case kTick:
        now_ms_ += int64_t{number} * 100;
        return Take(session_->OnTick(now_ms_, now_ms_));
      case kAppend:
        ledger_.AppendMany(kOwn, 1, size_t{number} + 1);
        return Take(session_->OnAdvanced(ledger_.Summary(kOwn)));
      default:
        return DoDamage(number);
    }
  }
  // The ledger answers all that it was asked, so that what waited goes on.
  void Finish() {
    for (int i = 0; i < 1'000 && !(reads_.empty() && ingests_.empty() && hashes_.empty()); ++i) {
      AnswerRead(0);
      AnswerIngest(0);
      AnswerHash();
    }
    Take(session_->OnTick(now_ms_, 0));
    Take(session_->OnEnding(absl::UnavailableError("the end")));
    COMPTOIR_CHECK(closed_);
  }

 private:
  void DoFrame(std::string_view bytes) {
    Frame frame;
    if (!frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
    const bool was_closed = closed_;
    const absl::Status limits = sync::CheckFrame(frame);
    Effects effects = session_->OnFrame(frame, now_ms_, now_ms_);
    if (!was_closed && !limits.ok()) {
      COMPTOIR_CHECK(!effects.empty());
      const auto* close = std::get_if<sync::Close>(&effects.back());
      COMPTOIR_CHECK(close != nullptr && close->reason.code() == limits.code());
    }
    Take(std::move(effects));
  }

  void AnswerRead(uint8_t number) {
    if (reads_.empty()) return;
    const sync::ReadSegment read = reads_.front();
    reads_.pop_front();
    sync::SegmentRead answer = ledger_.Read(read);
    if (number % 16 == 15) answer.segment.reset();
    Take(session_->OnSegmentRead(std::move(answer)));
  }

  void AnswerIngest(uint8_t number) {
    if (ingests_.empty()) return;
    const journal::v1::Segment segment = ingests_.front();
    ingests_.pop_front();
    ingesting_bytes_ -= segment.ByteSizeLong();
    if (number % 16 == 15) {
      ledger_.RefuseFromNowOn(JournalId(segment.journal()), sync::v1::REFUSED_REASON_SIGNATURE);
    }
    Take(session_->OnIngested(ledger_.Take(segment, peer_)));
  }

  void AnswerHash() {
    if (hashes_.empty()) return;
    const sync::ReadHash read = hashes_.front();
    hashes_.pop_front();
    Take(session_->OnHashRead(ledger_.ReadHashAt(read.journal, read.sequence)));
  }

  void DoDamage(uint8_t number) {
    const Sequence first(1 + number % 4);
    const Sequence last(first.value() + number / 64);
    Take(session_->OnDamaged(number % 2 == 0 ? kPeers : kOwn, first, last));
  }

  void Take(Effects effects) {
    COMPTOIR_CHECK(!closed_ || effects.empty());
    for (Effect& effect : effects) {
      COMPTOIR_CHECK(!closed_);
      std::visit([this](auto& each) { Note(each); }, effect);
    }
    const sync::SessionView view = session_->view();
    COMPTOIR_CHECK(view.bytes_unacknowledged <= kWindowBytes);
    COMPTOIR_CHECK(view.forks.size() <= sync::kNotesMax && view.parked.size() <= sync::kNotesMax);
    COMPTOIR_CHECK(view.lost.size() <= sync::kNotesMax);
  }

  void Note(sync::SendFrame& send) {
    COMPTOIR_CHECK(sync::CheckFrame(send.frame).ok());
    COMPTOIR_CHECK(send.frame.ByteSizeLong() <= kFrameBytesMax);
    if (send.frame.has_segment()) {
      COMPTOIR_CHECK(sync::CheckSegment(send.frame.segment()).ok());
      COMPTOIR_CHECK(JournalId(send.frame.segment().journal()) != kForeign);
    }
    for (const auto& head : send.frame.hello().heads()) COMPTOIR_CHECK(head.journal() != 2);
    for (const auto& head : send.frame.heads().heads()) COMPTOIR_CHECK(head.journal() != 2);
    if (!send.frame.has_ack()) return;
    // R5: nothing is acknowledged that the ledger has not said it holds.
    const JournalId acknowledged(send.frame.ack().journal());
    COMPTOIR_CHECK(ledger_.Holds(acknowledged));
    COMPTOIR_CHECK(send.frame.ack().sequence() <= ledger_.HeadOf(acknowledged).sequence.value());
  }
  void Note(const sync::ReadSegment& read) {
    COMPTOIR_CHECK(read.journal != kForeign && ledger_.Holds(read.journal));
    COMPTOIR_CHECK(read.first <= ledger_.HeadOf(read.journal).sequence);
    for (const auto& under_way : reads_) COMPTOIR_CHECK(under_way.journal != read.journal);
    reads_.push_back(read);
    COMPTOIR_CHECK(reads_.size() <= sync::kReadsOutstandingMax);
  }
  void Note(const sync::ReadHash& read) {
    COMPTOIR_CHECK(read.journal != kForeign);
    hashes_.push_back(read);
    COMPTOIR_CHECK(hashes_.size() <= sync::kHashReadsOutstandingMax);
  }
  void Note(const sync::Ingest& ingest) {
    const size_t bytes = ingest.segment.ByteSizeLong();
    COMPTOIR_CHECK(sync::CheckSegment(ingest.segment).ok());
    COMPTOIR_CHECK(ingests_.empty() || ingesting_bytes_ + bytes <= kWindowBytes);
    ingesting_bytes_ += bytes;
    ingests_.push_back(ingest.segment);
  }
  void Note(const sync::Close& close) {
    COMPTOIR_CHECK(!close.reason.ok() && !close.reason.message().empty());
    closed_ = true;
  }

  const journal::Writer peer_ = sync::ShopWriter("herstal");
  sync::MemoryLedger ledger_ = HubLedger();
  std::unique_ptr<sync::Session> session_;
  std::deque<sync::ReadSegment> reads_;
  std::deque<sync::ReadHash> hashes_;
  std::deque<journal::v1::Segment> ingests_;
  size_t ingesting_bytes_ = 0;
  int64_t now_ms_ = 0;
  bool closed_ = false;
};

void Run(std::string_view bytes) {
  std::vector<std::string> parts = SplitParts(bytes);
  if (parts.size() > kPartsMax) parts.resize(kPartsMax);
  Play play;
  for (const std::string& part : parts) play.Do(part);
  play.Finish();
}

void AlterPart(std::string* part, Alterer& alterer) {
  if (part->empty()) part->push_back('\0');
  const bool is_frame = static_cast<uint8_t>(part->front()) % kEvents == kFrame;
  if (alterer.OneIn(10)) {
    *part = {static_cast<char>(alterer.Below(kEvents)), static_cast<char>(alterer.Below(256))};
  } else if (is_frame) {
    std::string frame = part->substr(1);
    alterer.AlterEncoded<Frame>(&frame);
    part->replace(1, std::string::npos, frame);
  } else {
    part->resize(2);
    (*part)[1] = static_cast<char>(alterer.Below(256));
  }
}

void Alter(std::string* bytes, Alterer& alterer) {
  std::vector<std::string> parts = SplitParts(*bytes);
  alterer.AlterParts(&parts, AlterPart);
  *bytes = JoinParts(parts);
}

// ---- seeds ----

std::string Said(const Frame& frame) { return '\0' + frame.SerializeAsString(); }
std::string Told(Event event, char number = 0) { return {static_cast<char>(event), number}; }

// The peer's, which holds two entries of the hub's journal and all of its own.
Frame Hello(const sync::MemoryLedger& peer, bool knows_month) {
  Frame frame;
  auto* hello = frame.mutable_hello();
  hello->set_protocol_min(1);
  hello->set_protocol_max(1);
  hello->set_node("herstal-1");
  hello->set_run(7);
  hello->set_software("0.1.0");
  hello->set_wall_ms(1'000);
  sync::WriteHead(peer.ReadHashAt(kOwn, Sequence(2)), hello->add_heads());
  sync::WriteHead(peer.HeadOf(kPeers), hello->add_heads());
  auto* month = hello->add_months();
  month->set_month(sync::kNovember - 1);
  const std::string digest = sync::DigestOf({peer.HeadOf(kFinished)});
  month->set_digest(knows_month ? digest : std::string(digest.rbegin(), digest.rend()));
  return frame;
}
Frame SegmentOf(const sync::MemoryLedger& peer, uint64_t first, size_t raw_bytes_max) {
  Frame frame;
  *frame.mutable_segment() = *peer.Read({kPeers, Sequence(first), raw_bytes_max}).segment;
  return frame;
}
Frame AckOf(JournalId journal, uint64_t sequence) {
  Frame frame;
  frame.mutable_ack()->set_journal(journal.value());
  frame.mutable_ack()->set_sequence(sequence);
  return frame;
}
Frame RefusedOf(JournalId journal, uint64_t sequence, sync::v1::RefusedReason reason) {
  Frame frame;
  frame.mutable_refused()->set_journal(journal.value());
  frame.mutable_refused()->set_sequence(sequence);
  frame.mutable_refused()->set_reason(reason);
  return frame;
}
Frame WantOf(uint64_t first, uint64_t last) {
  Frame frame;
  frame.mutable_want()->set_journal(kOwn.value());
  frame.mutable_want()->set_first_sequence(first);
  frame.mutable_want()->set_last_sequence(last);
  return frame;
}
Frame HashAt(uint64_t sequence) {
  Frame frame;
  frame.mutable_hash_at()->set_journal(kOwn.value());
  frame.mutable_hash_at()->set_sequence(sequence);
  return frame;
}
Frame ListOf(uint32_t month) {
  Frame frame;
  frame.mutable_list()->add_months(month);
  return frame;
}
Frame HeadsOf(const sync::MemoryLedger& peer) {
  Frame frame;
  frame.mutable_heads()->add_months(sync::kNovember - 1);
  sync::WriteHead(peer.HeadOf(kFinished), frame.mutable_heads()->add_heads());
  return frame;
}
Frame Heartbeat() {
  Frame frame;
  frame.mutable_heartbeat()->set_wall_ms(2'000);
  return frame;
}
Frame Goodbye() {
  Frame frame;
  frame.mutable_goodbye()->set_reason("stopping");
  return frame;
}

std::vector<std::string> Seeds() {
  const sync::MemoryLedger peer = PeerLedger();
  const std::string hello = Said(Hello(peer, true));
  const std::string all_of_it = Said(SegmentOf(peer, kHeldOfPeers + 1, 1 << 20));
  const std::string one_of_it = Said(SegmentOf(peer, kHeldOfPeers + 1, 1));
  const std::string a_gap = Said(SegmentOf(peer, kHeldOfPeers + 3, 1));
  const std::vector<std::vector<std::string>> plays = {
      {hello, Told(kAnswerRead), Said(AckOf(kOwn, 9)), all_of_it, Told(kAnswerIngest)},
      {Said(Hello(peer, false)), Said(HeadsOf(peer)), Told(kAnswerRead), Said(Heartbeat())},
      {hello, one_of_it, Told(kAnswerIngest), a_gap, a_gap, all_of_it, Told(kAnswerIngest)},
      {hello, one_of_it, all_of_it, Told(kAnswerIngest, 15), Told(kAnswerIngest)},
      {hello, Told(kAnswerRead), Said(RefusedOf(kOwn, 2, sync::v1::REFUSED_REASON_GAP)),
       Told(kAnswerRead), Said(AckOf(kOwn, 9)), Told(kAppend, 50), Told(kAnswerRead)},
      {hello, Told(kAnswerRead), Said(RefusedOf(kOwn, 2, sync::v1::REFUSED_REASON_SIGNATURE))},
      {hello, Told(kAnswerRead), Said(AckOf(kOwn, 9)), Said(WantOf(2, 4)), Told(kAnswerRead),
       Said(AckOf(kOwn, 4))},
      {hello, Said(HashAt(2)), Said(HashAt(99)), Told(kAnswerHash)},
      {hello, Said(ListOf(sync::kNovember - 1)), Said(ListOf(sync::kNovember))},
      {hello, all_of_it, Told(kAnswerIngest), Told(kDamage, 0), all_of_it, Told(kAnswerIngest)},
      {hello, Told(kAnswerRead, 15), Told(kTick, 120), Told(kTick, 120), Told(kTick, 120)},
      {hello, Said(Goodbye())},
      {one_of_it, hello},
      {hello, hello},
  };
  std::vector<std::string> seeds;
  for (const auto& parts : plays) seeds.push_back(JoinParts(parts));
  return seeds;
}

}  // namespace
}  // namespace session_fuzz

constinit const Fuzzer kSessionFuzzer{"session", session_fuzz::Run, session_fuzz::Seeds,
                                      session_fuzz::Alter};

}  // namespace comptoir::fuzz
