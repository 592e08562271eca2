// What a till was told, written down as it hears it: the record that a ledger is
// later held against. One line an event, fields apart by tabs:
//   connected
//   sent     ID                      about to be written to the stream
//   sold     ID  NUMBER  CENTS
//   refused  ID  REASON  SENTENCE
//   broken   SENTENCE
// Each line reaches the operating system before the next event, so that killing
// the till loses none.
//
// Thread use: any.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/mutex.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::cli {

class TillJournal {
 public:
  struct Totals {
    uint64_t sold = 0;
    uint64_t refused = 0;
    uint64_t broken = 0;
    int64_t cents = 0;  // of what was sold
  };

  // Every event goes to `events`, answers alone to `answers`, as text or as JSON.
  // Either may be null; both must outlive it.
  TillJournal(std::ostream* events, std::ostream* answers, bool answers_as_json)
      : events_(events), answers_(answers), answers_as_json_(answers_as_json) {}

  // Called with each answer, and with how many there are; null for nobody. By the
  // thread that takes the answer, one call at a time; not to call back here.
  void OnAnswer(std::function<void(const shop::v1::TillAnswer&)> listener);
  void OnProgress(std::function<void(uint64_t answered)> listener);

  void Connected();
  void Sent(std::string_view request_id);
  void Answered(const shop::v1::TillAnswer& answer);
  void Broken(std::string_view why);

  Totals totals() const;
  // Lots that were sold past their use-by day, by product and lot, each once; of very many the
  // first.
  std::vector<shop::v1::LotDay> past_use_by() const;
  // Could everything be written?
  bool is_sound() const;

 private:
  void Write(const std::string& line) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::ostream* const events_;
  std::ostream* const answers_;
  const bool answers_as_json_;
  mutable Mutex mutex_;
  Totals totals_ ABSL_GUARDED_BY(mutex_);
  // By product and lot.
  std::map<std::pair<std::string, std::string>, shop::v1::LotDay> past_use_by_
      ABSL_GUARDED_BY(mutex_);
  std::function<void(const shop::v1::TillAnswer&)> on_answer_ ABSL_GUARDED_BY(mutex_);
  std::function<void(uint64_t answered)> on_progress_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comptoir::cli
