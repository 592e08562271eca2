// The links between machines, and what they do to frames.
//
// A link delivers in order unless a fault says otherwise. While a direction is cut,
// what is sent that way waits, as TCP would have it, and no new stream can be opened.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/replica/peer.h"
#include "common/sync/backoff.h"
#include "tests/simulation/machine.h"

namespace comptoir::simulation {

// What goes wrong on a node's link to the hub. Percentages are of frames.
struct LinkFaults {
  std::array<int64_t, 2> cut_until_ms = {0, 0};  // from the node; from the hub
  int64_t until_ms = 0;                          // of all that follows
  int lose_percent = 0;
  int repeat_percent = 0;
  int reorder_percent = 0;
  int truncate_percent = 0;
  int64_t latency_ms = 0;        // more than usual
  int64_t bytes_per_second = 0;  // 0: unlimited
  bool half_open = false;        // the other side never hears that a stream ended
};

class Network {
 public:
  // `on_frame`: every frame that a living machine sends, before anything happens to it.
  using OnFrame = std::function<void(Machine& from, const sync::v1::Frame& frame)>;
  Network(Events& events, Dice dice, OnFrame on_frame);
  ~Network();

  void SetHub(Machine* hub) { hub_ = hub; }
  LinkFaults& link(const Machine& node) { return links_[node.number()].faults; }
  // The node dials the hub, and again after each end.
  void MachineStarted(Machine& machine);
  // Its process is gone. Others hear of it, or don't.
  void MachineStopping(Machine& machine);
  // Ends the node's streams, as a router that restarts would.
  void Reset(const Machine& node);
  void Heal();

  uint64_t frames() const { return frames_; }
  uint64_t streams() const { return streams_; }

 private:
  class Stream;
  class Sink;
  struct Link {
    LinkFaults faults;
    sync::Backoff backoff;
    std::shared_ptr<Stream> stream;
  };

  void DialLater(Machine& node);
  void Dial(Machine& node, uint64_t life);
  void Open(Machine& node);
  void StreamEnded(Machine& node, Stream* stream);

  Events& events_;
  Dice dice_;
  const OnFrame on_frame_;
  Machine* hub_ = nullptr;
  std::map<size_t, Link> links_;              // by the node's number
  std::vector<std::shared_ptr<Stream>> all_;  // with an end that is open
  uint64_t frames_ = 0;
  uint64_t streams_ = 0;
};

}  // namespace comptoir::simulation
