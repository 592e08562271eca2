#include "tests/simulation/events.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace comptoir::simulation {

bool Events::Step(int64_t until_ms) {
  if (queue_.empty() || queue_.top().at_ms > until_ms) {
    now_ms_ = until_ms;
    return false;
  }
  // The queue gives its top out as constant, and it goes at once.
  Due due = std::move(const_cast<Due&>(queue_.top()));
  queue_.pop();
  now_ms_ = due.at_ms;
  ++steps_;
  due.what();
  return true;
}

// FNV-1a, 64 bits: the same on every machine and in every process.
void Events::Mix(std::string_view bytes) {
  for (const char byte : bytes) {
    hash_ = (hash_ ^ static_cast<uint8_t>(byte)) * 1'099'511'628'211U;
  }
}

void Events::Note(std::string_view who, std::string_view what, uint64_t a, uint64_t b) {
  const uint64_t numbers[] = {static_cast<uint64_t>(now_ms_), a, b};
  Mix(who);
  Mix(what);
  Mix({reinterpret_cast<const char*>(numbers), sizeof(numbers)});
  if (trace_ == nullptr) return;
  *trace_ << absl::StrFormat("%9d %-14s %s %d %d\n", now_ms_, who, what, a, b);
}

void Events::NoteText(std::string_view who, std::string_view what, std::string_view text) {
  const auto at_ms = static_cast<uint64_t>(now_ms_);
  Mix(who);
  Mix(what);
  Mix({reinterpret_cast<const char*>(&at_ms), sizeof(at_ms)});
  Mix(text);
  if (trace_ == nullptr) return;
  *trace_ << absl::StrFormat("%9d %-14s %s %s\n", now_ms_, who, what, text);
}

}  // namespace comptoir::simulation
