#include "tests/simulation/network.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace comptoir::simulation {
namespace {

constexpr size_t kNode = 0;
constexpr size_t kTarget = 1;

// A frame as `from` sends it. Of a newer release: it offers a version that the others do
// not know, and says things in fields that they do not know; of one too new, it has dropped
// the version that they speak.
std::string BytesOf(sync::v1::Frame frame, const Machine& from, int64_t now_ms) {
  constexpr std::string_view kUnknownField = "\xc0\x3e\x07";  // number 1000, a varint: 7
  if (frame.has_hello() && from.too_new(now_ms)) {
    sync::v1::Hello& hello = *frame.mutable_hello();
    hello.set_protocol_max(hello.protocol_max() + 1);
    hello.set_protocol_min(hello.protocol_max());
  }
  if (!from.newer()) return frame.SerializeAsString();
  if (frame.has_hello()) {
    sync::v1::Hello& hello = *frame.mutable_hello();
    hello.set_protocol_max(hello.protocol_max() + 1);
    hello.set_fold_version(hello.fold_version() + 1);
    hello.MergeFromString(std::string(kUnknownField));
  }
  return frame.SerializeAsString().append(kUnknownField);
}

// Bytes as they went over the wire.
uint64_t Fingerprint(const std::string& bytes) {
  uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char byte : bytes) hash = (hash ^ static_cast<uint8_t>(byte)) * 1'099'511'628'211U;
  return hash;
}

}  // namespace

// One stream between a node and what it dialled: two ends, and what is on its way.
class Network::Stream : public std::enable_shared_from_this<Stream> {
 public:
  struct End {
    Machine* machine = nullptr;
    uint64_t life = 0;
    std::shared_ptr<replica::Peer> peer;
    bool open = true;
    int64_t heard_ms = 0;    // when something last came in here
    int64_t arrives_ms = 0;  // of the last thing sent from here
    int64_t free_ms = 0;     // when the throttled line is free again
  };

  Stream(Network& network, Link& link) : network_(network), link_(link) {
    ends_[kNode] = {link.node, link.node->life(), nullptr};
    ends_[kTarget] = {link.target, link.target->life(), nullptr};
    for (End& end : ends_) end.heard_ms = network.events_.now_ms();
  }

  bool Alive(size_t side) const {
    const End& end = ends_[side];
    return end.open && end.machine->alive() && end.machine->life() == end.life;
  }

  void Send(size_t from, const sync::v1::Frame& frame) {
    if (!Alive(from)) return;
    Events& events = network_.events_;
    network_.on_frame_(*ends_[from].machine, frame);
    ++network_.frames_;
    const std::string bytes = BytesOf(frame, *ends_[from].machine, events.now_ms());
    events.Note(ends_[from].machine->name(), "sends", static_cast<uint64_t>(frame.body_case()),
                Fingerprint(bytes));
    LinkFaults& faults = link_.faults;
    Dice& dice = network_.dice_;
    const bool faulty = faults.until_ms > events.now_ms();
    if (faulty && dice.Percent(static_cast<uint64_t>(faults.lose_percent))) return;
    if (faulty && dice.Percent(static_cast<uint64_t>(faults.truncate_percent))) {
      // The stream breaks in the midst of it.
      Break(from);
      return;
    }
    const bool reorders = faulty && dice.Percent(static_cast<uint64_t>(faults.reorder_percent));
    const int copies = faulty && dice.Percent(static_cast<uint64_t>(faults.repeat_percent)) ? 2 : 1;
    for (int copy = 0; copy < copies; ++copy) {
      const int64_t arrives = ArrivesMs(from, bytes.size(), reorders);
      events.In(arrives - events.now_ms(),
                [self = shared_from_this(), to = 1 - from, bytes] { self->Deliver(to, bytes); });
    }
  }

  // The process at this end ended the stream; the other end hears of it behind what
  // was sent.
  void Close(size_t from) {
    if (!ends_[from].open) return;
    const bool heard = Alive(from) && !HalfOpen();
    Ended(from);
    if (!heard) return;
    const int64_t arrives = ArrivesMs(from, 1, false);
    network_.events_.In(arrives - network_.events_.now_ms(),
                        [self = shared_from_this(), to = 1 - from] { self->Stop(to); });
  }

  // The transport finds the stream gone at one end.
  void Stop(size_t side) {
    if (!ends_[side].open) return;
    const bool alive = Alive(side);
    if (alive) ends_[side].peer->Stop();
    Ended(side);
    if (alive) ends_[side].machine->Settle();
  }

  // The machine goes: this end at once, the other when it hears of it.
  void MachineGone(size_t side, bool heard, int64_t in_ms) {
    if (!ends_[side].open) return;
    if (ends_[side].peer != nullptr) ends_[side].peer->Stop();
    Ended(side);
    if (!heard) return;
    network_.events_.In(in_ms, [self = shared_from_this(), to = 1 - side] { self->Stop(to); });
  }

  // Both ends find it gone.
  void Break(size_t first) {
    for (const size_t side : {first, 1 - first}) {
      if (HalfOpen() && side != first) return;
      network_.events_.In(network_.dice_.Between(1, 200),
                          [self = shared_from_this(), side] { self->Stop(side); });
    }
  }

  End& end(size_t side) { return ends_[side]; }
  bool over() const { return !ends_[kNode].open && !ends_[kTarget].open; }

 private:
  bool HalfOpen() const {
    const LinkFaults& faults = link_.faults;
    return faults.half_open && faults.until_ms > network_.events_.now_ms();
  }

  int64_t ArrivesMs(size_t from, size_t bytes, bool reorders) {
    const LinkFaults& faults = link_.faults;
    const int64_t now = network_.events_.now_ms();
    const bool faulty = faults.until_ms > now;
    End& end = ends_[from];
    int64_t leaves = std::max(now, faults.cut_until_ms[from]);
    if (faulty && faults.bytes_per_second > 0) {
      leaves = std::max(leaves, end.free_ms);
      leaves += static_cast<int64_t>(bytes) * 1'000 / faults.bytes_per_second;
      end.free_ms = leaves;
    }
    int64_t arrives = leaves + network_.dice_.Between(2, 30) + (faulty ? faults.latency_ms : 0);
    if (reorders) return arrives + network_.dice_.Between(0, 400);
    arrives = std::max(arrives, end.arrives_ms);
    end.arrives_ms = arrives;
    return arrives;
  }

  void Deliver(size_t to, const std::string& bytes) {
    if (!Alive(to) || ends_[to].peer == nullptr) return;
    sync::v1::Frame frame;
    if (!frame.ParseFromString(bytes)) {
      Break(to);
      return;
    }
    ends_[to].heard_ms = network_.events_.now_ms();
    ends_[to].peer->Receive(std::move(frame));
    ends_[to].machine->Settle();
  }

  void Ended(size_t side) {
    ends_[side].open = false;
    ends_[side].peer = nullptr;  // which holds the sink, which holds this
    if (side != kNode || link_.stream.get() != this) return;
    link_.stream = nullptr;
    if (ends_[kNode].machine->alive()) network_.DialLater(link_);
  }

  Network& network_;
  Link& link_;
  std::array<End, 2> ends_;
};

class Network::Sink : public replica::FrameSink {
 public:
  Sink(std::shared_ptr<Stream> stream, size_t side) : stream_(std::move(stream)), side_(side) {}
  void Send(sync::v1::Frame frame) override { stream_->Send(side_, frame); }
  void Handled() override {}
  void Close(const absl::Status&) override { stream_->Close(side_); }

 private:
  const std::shared_ptr<Stream> stream_;
  const size_t side_;
};

Network::Network(Events& events, Dice dice, OnFrame on_frame)
    : events_(events), dice_(dice), on_frame_(std::move(on_frame)) {}
Network::~Network() {
  for (const std::shared_ptr<Stream>& stream : all_) {
    for (const size_t side : {kNode, kTarget}) stream->end(side).peer = nullptr;
  }
}

void Network::AddLink(Machine& node, Machine& target) {
  Link& link = links_.emplace_back();
  link.node = &node;
  link.target = &target;
}

void Network::MachineStarted(Machine& machine) {
  for (Link& link : links_) {
    if (link.node != &machine) continue;
    link.backoff.Reset();
    DialLater(link);
  }
}

void Network::DialLater(Link& link) {
  events_.In(link.backoff.NextDelayMs(dice_.Next()),
             [this, &link, life = link.node->life()] { Dial(link, life); });
}

void Network::Dial(Link& link, uint64_t life) {
  if (!link.node->alive() || link.node->life() != life || link.stream != nullptr) return;
  const int64_t now = events_.now_ms();
  const bool reaches = link.faults.cut_until_ms[kNode] <= now &&
                       link.faults.cut_until_ms[kTarget] <= now && link.target->alive();
  if (reaches) {
    Open(link);
  } else {
    DialLater(link);
  }
}

void Network::Open(Link& link) {
  Machine& node = *link.node;
  Machine& target = *link.target;
  events_.NoteText(node.name(), "dials", target.name());
  const auto stream = std::make_shared<Stream>(*this, link);
  link.stream = stream;
  std::erase_if(all_, [](const auto& each) { return each->over(); });
  all_.push_back(stream);
  stream->end(kNode).peer = node.sessions().Connect(target.writer(), target.name(),
                                                    std::make_shared<Sink>(stream, kNode));
  stream->end(kTarget).peer = target.sessions().Connect(node.writer(), node.name(),
                                                        std::make_shared<Sink>(stream, kTarget));
  target.Settle();
  node.Settle();
}

void Network::MachineStopping(Machine& machine) {
  const bool heard = !dice_.OneIn(3);
  const int64_t in_ms = dice_.Between(1, 2'000);
  // A copy: ends may lead to new streams being asked for.
  for (const std::shared_ptr<Stream>& stream : std::vector(all_)) {
    for (const size_t side : {kNode, kTarget}) {
      if (stream->end(side).machine == &machine) stream->MachineGone(side, heard, in_ms);
    }
  }
}

void Network::Reset(size_t link) {
  const std::shared_ptr<Stream> stream = links_[link].stream;
  if (stream != nullptr) stream->Break(dice_.Below(2));
}

std::vector<std::string> Network::HeldOnTo() const {
  // A session looks each second.
  constexpr int64_t kSilenceMsMax = 35'000;
  std::vector<std::string> found;
  for (const std::shared_ptr<Stream>& stream : all_) {
    for (const size_t side : {kNode, kTarget}) {
      const int64_t silent_ms = events_.now_ms() - stream->end(side).heard_ms;
      if (!stream->Alive(side) || silent_ms <= kSilenceMsMax) continue;
      found.push_back(absl::StrCat("liveness: ", stream->end(side).machine->name(),
                                   " has heard nothing of ", stream->end(1 - side).machine->name(),
                                   " for ", silent_ms, " ms and holds on to the stream"));
    }
  }
  return found;
}

void Network::Heal() {
  for (Link& link : links_) link.faults = LinkFaults();
}

}  // namespace comptoir::simulation
