#include "tests/unit/sync/two_sides.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace comptoir::sync {

std::string Brief(const v1::Frame& frame) {
  switch (frame.body_case()) {
    case v1::Frame::kHello:
      return absl::StrCat("Hello ", frame.hello().heads_size(), " heads ",
                          frame.hello().months_size(), " months");
    case v1::Frame::kList:
      return absl::StrCat("List ", frame.list().months_size());
    case v1::Frame::kHeads:
      return absl::StrCat("Heads ", frame.heads().heads_size());
    case v1::Frame::kSegment: {
      const auto& segment = frame.segment();
      return absl::StrCat("Segment ", segment.journal(), " ", segment.first_sequence(), "..",
                          segment.first_sequence() + segment.entry_count() - 1);
    }
    case v1::Frame::kAck:
      return absl::StrCat("Ack ", frame.ack().journal(), " ", frame.ack().sequence());
    case v1::Frame::kRefused:
      return absl::StrCat("Refused ", frame.refused().journal(), " ", frame.refused().sequence(),
                          " ", v1::RefusedReason_Name(frame.refused().reason()));
    case v1::Frame::kWant:
      return absl::StrCat("Want ", frame.want().journal(), " ", frame.want().first_sequence(), "..",
                          frame.want().last_sequence());
    case v1::Frame::kHashAt:
      return absl::StrCat("HashAt ", frame.hash_at().journal(), " ", frame.hash_at().sequence());
    case v1::Frame::kHashIs:
      return absl::StrCat("HashIs ", frame.hash_is().head().journal(), " ",
                          frame.hash_is().head().sequence());
    case v1::Frame::kHeartbeat:
      return "Heartbeat";
    case v1::Frame::kGoodbye:
      return absl::StrCat("Goodbye ", frame.goodbye().reason());
    case v1::Frame::BODY_NOT_SET:
      break;
  }
  return "nothing";
}

TwoSides::TwoSides(const journal::Writer& first, const journal::Writer& second, LinkOptions link)
    : link_(link) {
  side(0).writer = first;
  side(1).writer = second;
  for (Side& each : sides_) {
    each.options.node = each.writer.node;
    each.options.software = "test 1.0";
  }
}

int64_t TwoSides::WallOf(int which) const {
  // Some day in 2026; the second side's clock is 40 ms ahead.
  return 1'795'000'000'000 + now_ms_ + which * 40;
}

void TwoSides::Connect() {
  Cut();
  for (const int which : {0, 1}) {
    Options options = side(which).options;
    options.run = epoch_ * 2 + static_cast<uint64_t>(which) + 1;
    side(which).session = std::make_unique<Session>(options);
    side(which).link_free_ms = side(which).arrival_ms = now_ms_;
    // Each works on by itself: what it says now arrives later.
    Perform(which,
            side(which).session->OnConnected(side(1 - which).writer, side(which).ledger.Summaries(),
                                             now_ms_, WallOf(which)));
  }
  After(1'000, [this] { Tick(); });
}

void TwoSides::Cut() {
  ++epoch_;
  for (Side& each : sides_) {
    each.session.reset();
    each.ingesting_bytes = 0;
  }
}

void TwoSides::Break() {
  Cut();
  if (reconnects_) After(1'000, [this] { Connect(); });
}

void TwoSides::Tick() {
  for (const int which : {0, 1}) {
    if (side(which).session == nullptr) return;
    Perform(which, side(which).session->OnTick(now_ms_, WallOf(which)));
  }
  After(1'000, [this] { Tick(); });
}

void TwoSides::After(int64_t delay_ms, Task task) {
  tasks_[{now_ms_ + delay_ms, next_task_++}] = [this, epoch = epoch_, task = std::move(task)] {
    if (epoch == epoch_) task();
  };
}

bool TwoSides::RunNext(int64_t until_ms) {
  if (tasks_.empty() || tasks_.begin()->first.first > until_ms) return false;
  const auto next = tasks_.begin();
  now_ms_ = next->first.first;
  const Task task = std::move(next->second);
  tasks_.erase(next);
  task();
  return true;
}

void TwoSides::RunFor(int64_t duration_ms) {
  const int64_t until_ms = now_ms_ + duration_ms;
  while (RunNext(until_ms)) {
  }
  now_ms_ = until_ms;
}

bool TwoSides::RunUntilLevel(int64_t limit_ms) {
  const int64_t until_ms = now_ms_ + limit_ms;
  while (!Level()) {
    if (!RunNext(until_ms)) return false;
  }
  return true;
}

bool TwoSides::Level() const {
  return std::all_of(sides_.begin(), sides_.end(), [](const Side& each) {
    return each.session != nullptr && each.session->view().level;
  });
}

bool TwoSides::SameHeads() const {
  return sides_[0].ledger.HeadsFor(sides_[1].writer) == sides_[1].ledger.HeadsFor(sides_[0].writer);
}

size_t TwoSides::CountInTrace(const std::string& text, size_t start) const {
  return static_cast<size_t>(
      std::count_if(trace_.begin() + static_cast<std::ptrdiff_t>(start), trace_.end(),
                    [&](const std::string& line) { return line.find(text) != line.npos; }));
}

void TwoSides::Append(int which, JournalId journal, const std::string& entry) {
  side(which).ledger.Append(journal, entry);
  Tell(which, journal);
}

void TwoSides::Tell(int which, JournalId journal) {
  if (side(which).session == nullptr) return;
  Perform(which, side(which).session->OnAdvanced(side(which).ledger.Summary(journal)));
}

void TwoSides::Perform(int which, Effects effects) {
  const uint64_t epoch = epoch_;
  for (Effect& effect : effects) {
    if (epoch != epoch_) return;
    std::visit([&](auto& each) { PerformOne(which, each); }, effect);
  }
  if (epoch == epoch_ && side(which).session != nullptr) Watch(which);
}

// The window holds at all times, on both ends.
void TwoSides::Watch(int which) {
  Side& it = side(which);
  const size_t unacknowledged = it.session->view().bytes_unacknowledged;
  it.unacknowledged_bytes_most = std::max(it.unacknowledged_bytes_most, unacknowledged);
  it.ingesting_bytes_most = std::max(it.ingesting_bytes_most, it.ingesting_bytes);
}

void TwoSides::PerformOne(int which, SendFrame& effect) {
  trace_.push_back(absl::StrCat(now_ms_, " ", side(which).writer.node, " ", Brief(effect.frame)));
  const Fault fault = faults_ ? faults_(which, frames_, effect.frame) : Fault::kNone;
  if (effect.frame.has_ack()) {
    const JournalId journal(effect.frame.ack().journal());
    const MemoryLedger& ledger = side(which).ledger;
    if (!ledger.Holds(journal) ||
        ledger.HeadOf(journal).sequence.value() < effect.frame.ack().sequence()) {
      ++early_acks_;
    }
  }
  ++frames_;
  frame_bytes_ += effect.frame.ByteSizeLong();
  Carry(which, effect.frame, fault);
}

void TwoSides::Carry(int from, const v1::Frame& frame, Fault fault) {
  Side& sender = side(from);
  std::string bytes = frame.SerializeAsString();
  const auto size = static_cast<int64_t>(bytes.size());
  if (fault == Fault::kDrop) return;
  if (fault == Fault::kTruncate) bytes.resize(bytes.size() / 2);
  if (fault == Fault::kFlip) bytes[bytes.size() / 2] ^= 0x10;
  sender.link_free_ms = std::max(sender.link_free_ms, now_ms_);
  if (link_.bytes_per_ms > 0) sender.link_free_ms += size / link_.bytes_per_ms;
  int64_t arrival_ms = std::max(sender.link_free_ms + link_.latency_ms, sender.arrival_ms);
  // Late enough for what is sent next to overtake it.
  if (fault == Fault::kSwap) {
    arrival_ms += 4 * link_.latency_ms;
  } else {
    sender.arrival_ms = arrival_ms;
  }
  const int to = 1 - from;
  if (fault == Fault::kCut) {
    After(arrival_ms - now_ms_, [this] { Break(); });
    return;
  }
  for (int i = 0; i < (fault == Fault::kRepeat ? 2 : 1); ++i) {
    After(arrival_ms - now_ms_, [this, to, bytes] { Arrive(to, bytes); });
  }
}

void TwoSides::Arrive(int to, const std::string& bytes) {
  if (side(to).session == nullptr) return;
  v1::Frame frame;
  // A transport ends the stream over a message that does not parse.
  if (!frame.ParseFromString(bytes)) return Break();
  Perform(to, side(to).session->OnFrame(frame, now_ms_, WallOf(to)));
}

void TwoSides::PerformOne(int which, const ReadSegment& effect) {
  After(link_.read_ms, [this, which, effect] {
    if (side(which).session == nullptr) return;
    Perform(which, side(which).session->OnSegmentRead(side(which).ledger.Read(effect)));
  });
}

void TwoSides::PerformOne(int which, const ReadHash& effect) {
  After(link_.read_ms, [this, which, effect] {
    if (side(which).session == nullptr) return;
    const Head head = side(which).ledger.ReadHashAt(effect.journal, effect.sequence);
    Perform(which, side(which).session->OnHashRead(head));
  });
}

void TwoSides::PerformOne(int which, const Ingest& effect) {
  Side& it = side(which);
  it.ingesting_bytes += effect.segment.ByteSizeLong();
  it.ingest_free_ms = std::max(it.ingest_free_ms, now_ms_) + link_.ingest_ms;
  // Not by After: the ledger goes on when the link is gone.
  tasks_[{it.ingest_free_ms, next_task_++}] = [this, which, segment = effect.segment,
                                               epoch = epoch_] {
    TakeSegment(which, segment, epoch);
  };
}

void TwoSides::TakeSegment(int which, const journal::v1::Segment& segment, uint64_t epoch) {
  Side& it = side(which);
  const Ingested result = it.ledger.Take(segment, side(1 - which).writer);
  const bool grew = result.refused == v1::REFUSED_REASON_UNSPECIFIED;
  if (grew && link_.advanced_first) Tell(which, result.journal);
  if (epoch == epoch_ && it.session != nullptr) {
    it.ingesting_bytes -= segment.ByteSizeLong();
    Perform(which, it.session->OnIngested(result));
  }
  if (grew && !link_.advanced_first) Tell(which, result.journal);
}

void TwoSides::PerformOne(int which, const Close& effect) {
  side(which).closed = effect.reason;
  // The stream ends for the other side once what was sent has arrived.
  side(which).session.reset();
  After(std::max(side(which).arrival_ms, now_ms_) - now_ms_ + 1, [this] { Break(); });
}

}  // namespace comptoir::sync
