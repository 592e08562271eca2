#include "common/daemon/fact_positions.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/journal/chain.h"

namespace comptoir::daemon {

using admin::v1::FactCursor;
using admin::v1::JournalPosition;

uint32_t LineOf(const ledger::JournalView& journal) {
  std::string name = journal.node;
  name.push_back('\0');
  name.append(journal.writer_shop).push_back('\0');
  name.append(journal.shop).push_back('\0');
  name.push_back(static_cast<char>(journal.scope));
  return static_cast<uint32_t>(journal::Sha256(name).prefix());
}

FactPositions::FactPositions(const FactCursor& cursor) : audience_(cursor.audience()) {
  Resolve(cursor);
}

void FactPositions::Learn(const std::vector<ledger::JournalView>& held) {
  const FactCursor cursor = ToCursor();
  bool grown = false;
  for (const ledger::JournalView& journal : held) {
    const auto [place, is_new] = held_.try_emplace(journal.head.journal);
    if (!is_new) continue;
    grown = true;
    place->second = {journal.opened, LineOf(journal), journal.follows, journal.follows_sequence};
  }
  if (grown) Resolve(cursor);
}

Sequence FactPositions::At(JournalId journal) const {
  const auto found = at_.find(journal);
  return found == at_.end() ? Sequence() : found->second;
}

void FactPositions::Advance(JournalId journal, Sequence sequence) {
  COMPTOIR_CHECK(held_.contains(journal) && !IsUnsure(journal) && sequence > At(journal));
  const bool first = At(journal).value() == 0;
  at_[journal] = sequence;
  Name(journal);
  if (!first) return;
  const Origin& origin = held_.at(journal);
  SpeakFor(journal);
  if (origin.follows.value() == 0 || held_.contains(origin.follows)) return;
  // It comes later, unless it was seen before and lost.
  if (missing_.contains(origin.follows) || unheld_.contains(origin.follows)) return;
  JournalPosition unseen;
  unseen.set_journal(origin.follows.value());
  unseen.set_line(origin.line);
  unheld_[origin.follows] = unseen;
}

void FactPositions::SpeakFor(JournalId journal) {
  const Origin& origin = held_.at(journal);
  const auto followed = held_.find(origin.follows);
  if (followed == held_.end()) return;
  const bool older =
      Place(followed->second.opened, followed->first) < Place(origin.opened, journal);
  if (!older || followed->second.line != origin.line) return;
  Sequence& implied = implied_[followed->first];
  implied = std::max(implied, origin.follows_sequence);
  Name(followed->first);
}

// An unsure one stays unnamed: what speaks for it is missing, and goes on to.
void FactPositions::Name(JournalId journal) {
  const auto implied = implied_.find(journal);
  const Sequence said = implied == implied_.end() ? Sequence() : implied->second;
  if (IsUnsure(journal) || At(journal) == said) {
    named_.erase(journal);
  } else {
    named_.insert(journal);
  }
}

void FactPositions::ResolveUnheld(const FactCursor& cursor) {
  for (const JournalPosition& position : cursor.positions()) {
    const JournalId journal(position.journal());
    if (held_.contains(journal)) continue;
    unheld_[journal] = position;
    if (position.sequence() == 0) continue;
    missing_.insert(journal);
    Place& until = spoken_until_[position.line()];
    until = std::max(until, Place(HybridTime(position.opened()), journal));
  }
}

void FactPositions::Resolve(const FactCursor& cursor) {
  at_.clear();
  implied_.clear();
  named_.clear();
  unheld_.clear();
  missing_.clear();
  spoken_until_.clear();
  unsure_.clear();
  ResolveUnheld(cursor);
  std::map<JournalId, Sequence> said;
  for (const JournalPosition& position : cursor.positions()) {
    said[JournalId(position.journal())] = Sequence(position.sequence());
  }
  std::vector<Place> places;
  for (const auto& [journal, origin] : held_) places.emplace_back(origin.opened, journal);
  // Youngest first: whoever speaks for a journal is known before it.
  std::sort(places.rbegin(), places.rend());
  for (const Place& place : places) {
    const JournalId journal = place.second;
    const Origin& origin = held_.at(journal);
    const auto named = said.find(journal);
    const auto until = spoken_until_.find(origin.line);
    if (named != said.end()) {
      if (named->second.value() > 0) at_[journal] = named->second;
    } else if (until != spoken_until_.end() && place < until->second) {
      unsure_.insert(journal);
    } else if (const auto implied = implied_.find(journal); implied != implied_.end()) {
      at_[journal] = implied->second;
    }
    Name(journal);
    if (At(journal).value() == 0) continue;
    SpeakFor(journal);
    const JournalId follows = origin.follows;
    if (follows.value() == 0 || held_.contains(follows) || unheld_.contains(follows)) continue;
    missing_.insert(follows);
    Place& bound = spoken_until_[origin.line];
    bound = std::max(bound, place);
  }
}

FactCursor FactPositions::ToCursor() const {
  std::map<JournalId, JournalPosition> positions = unheld_;
  for (const JournalId journal : named_) {
    const Origin& origin = held_.at(journal);
    JournalPosition& position = positions[journal];
    position.set_journal(journal.value());
    position.set_sequence(At(journal).value());
    position.set_opened(origin.opened.value());
    position.set_line(origin.line);
  }
  FactCursor cursor;
  cursor.set_audience(audience_);
  for (auto& [journal, position] : positions) *cursor.add_positions() = std::move(position);
  return cursor;
}

}  // namespace comptoir::daemon
