// The links between machines, and what they do to frames.
//
// A link delivers in order unless a fault says otherwise. While a direction is cut,
// what is sent that way waits, as TCP would have it, and no new stream can be opened.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/replica/peer.h"
#include "common/sync/backoff.h"
#include "tests/simulation/machine.h"

namespace comptoir::simulation {

// What goes wrong on a link. Percentages are of frames.
struct LinkFaults {
  std::array<int64_t, 2> cut_until_ms = {0, 0};  // from the node; to it
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

  // `node` dials `target`, the hub or a sibling, whenever it runs, and again after
  // each end.
  void AddLink(Machine& node, Machine& target);
  size_t links() const { return links_.size(); }
  // In the order of adding.
  LinkFaults& faults(size_t link) { return links_[link].faults; }
  // Ends the link's stream, as a router that restarts would.
  void Reset(size_t link);
  void Heal();

  void MachineStarted(Machine& machine);
  // Its process is gone. Others hear of it, or don't.
  void MachineStopping(Machine& machine);

  uint64_t frames() const { return frames_; }
  // Machines that hold on to a stream on which they have heard nothing for longer than a
  // session may: a sentence each.
  std::vector<std::string> HeldOnTo() const;

 private:
  class Stream;
  class Sink;
  struct Link {
    Machine* node = nullptr;
    Machine* target = nullptr;
    LinkFaults faults;
    sync::Backoff backoff;
    std::shared_ptr<Stream> stream;
  };

  void DialLater(Link& link);
  void Dial(Link& link, uint64_t life);
  void Open(Link& link);

  Events& events_;
  Dice dice_;
  const OnFrame on_frame_;
  std::deque<Link> links_;                    // streams point into it
  std::vector<std::shared_ptr<Stream>> all_;  // with an end that is open
  uint64_t frames_ = 0;
};

}  // namespace comptoir::simulation
