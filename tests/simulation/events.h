// Virtual time: what happens when, one thing after the other, and the trace of it.
#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace comptoir::simulation {

class Events {
 public:
  // `trace`: where each step is written as text, or null.
  explicit Events(std::ostream* trace) : trace_(trace) {}
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;

  int64_t now_ms() const { return now_ms_; }
  const int64_t* clock() const { return &now_ms_; }

  // Runs `what` in `delay_ms`; what is due at one instant runs in the order of asking.
  void In(int64_t delay_ms, std::function<void()> what) {
    queue_.push({now_ms_ + (delay_ms < 0 ? 0 : delay_ms), ++asked_, std::move(what)});
  }
  // Runs the next thing, if it is due by `until_ms`; else time is `until_ms`.
  bool Step(int64_t until_ms);

  // One line of the trace: counted into the hash, written where someone reads it.
  void Note(std::string_view who, std::string_view what, uint64_t a = 0, uint64_t b = 0);
  void NoteText(std::string_view who, std::string_view what, std::string_view text);
  // Of every line so far.
  uint64_t hash() const { return hash_; }
  uint64_t steps() const { return steps_; }

 private:
  struct Due {
    int64_t at_ms;
    uint64_t number;
    std::function<void()> what;
    bool operator<(const Due& other) const {
      return std::pair(at_ms, number) > std::pair(other.at_ms, other.number);
    }
  };
  void Mix(std::string_view bytes);

  std::ostream* const trace_;
  int64_t now_ms_ = 0;
  uint64_t asked_ = 0;
  uint64_t steps_ = 0;
  uint64_t hash_ = 14'695'981'039'346'656'037U;
  std::priority_queue<Due> queue_;
};

}  // namespace comptoir::simulation
