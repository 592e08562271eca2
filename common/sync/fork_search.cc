#include "common/sync/fork_search.h"

#include <algorithm>

#include "common/journal/chain.h"
#include "common/sync/effects.h"

namespace comptoir::sync {

void ForkSearch::Begin(const Fork& fork) {
  journal_ = fork.ours.journal;
  low_ = {*journal_, Sequence(0), journal::ChainStart(*journal_)};
  // One past the shorter: beyond it there is nothing to compare.
  high_ = Next(std::min(fork.ours.sequence, fork.theirs.sequence));
}

void ForkSearch::Advance(Effects* effects) {
  while (!asked_.has_value()) {
    if (!journal_.has_value()) {
      const std::optional<Fork> fork = table_->TakeUnsearched();
      if (!fork.has_value()) return;
      Begin(*fork);
    }
    if (Next(low_.sequence) >= high_) {
      if (low_.sequence.value() > 0) table_->FoundCommon(low_);
      journal_.reset();
      continue;
    }
    asked_ = Sequence(low_.sequence.value() + (high_.value() - low_.sequence.value()) / 2);
    v1::HashAt* question = AddFrame(effects).mutable_hash_at();
    question->set_journal(journal_->value());
    question->set_sequence(asked_->value());
    effects->push_back(ReadHash{*journal_, *asked_});
  }
}

absl::Status ForkSearch::OnHashIs(const Head& head) {
  const bool fits = waits_for_peer() && head.journal == *journal_ &&
                    (head.sequence == *asked_ || head.sequence.value() == 0);
  if (!fits) return absl::InvalidArgumentError("answered a HashAt that was not asked");
  theirs_ = head;
  Compare();
  return absl::OkStatus();
}

bool ForkSearch::OnOwnHash(const Head& head) {
  const bool fits = asked_.has_value() && !ours_.has_value() && head.journal == *journal_ &&
                    (head.sequence == *asked_ || head.sequence.value() == 0);
  if (!fits) return false;
  ours_ = head;
  Compare();
  return true;
}

void ForkSearch::Compare() {
  if (!ours_.has_value() || !theirs_.has_value()) return;
  const bool readable = ours_->sequence == *asked_ && theirs_->sequence == *asked_;
  if (!readable) {
    journal_.reset();  // damaged on one side: the next session looks again
  } else if (ours_->hash == theirs_->hash) {
    low_ = *ours_;
  } else {
    high_ = *asked_;
  }
  asked_.reset();
  ours_.reset();
  theirs_.reset();
}

}  // namespace comptoir::sync
