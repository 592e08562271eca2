#include "common/sync/agreement.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/planted.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/sync/frame_limits.h"

namespace comptoir::sync {
namespace {

using Months = std::map<uint32_t, std::vector<Head>>;

// All journals held here, in the two ways of telling of them.
struct Description {
  std::vector<Head> heads;  // one by one
  Months months;            // as digests
};

// What is over the limit of one way is told in the other, if that has room.
Description Describe(const JournalTable& table) {
  Description description;
  for (const auto& [journal, record] : table.records()) {
    if (record.held.sequence.value() == 0) continue;
    const bool single = !record.finished && description.heads.size() < kHeadsPerFrameMax;
    if (single || record.month == 0) {
      description.heads.push_back(record.held);
    } else {
      description.months[record.month].push_back(record.held);
    }
  }
  while (description.months.size() > kMonthsPerFrameMax) {
    const auto last = std::prev(description.months.end());
    for (const Head& head : last->second) description.heads.push_back(head);
    description.months.erase(last);
  }
  std::sort(description.heads.begin(), description.heads.end());
  if (description.heads.size() > kHeadsPerFrameMax) description.heads.resize(kHeadsPerFrameMax);
  return description;
}

// Our journals of one month that the peer did not name in its Hello.
struct Unnamed {
  std::vector<Head> finished;
  std::vector<Head> all;
};

// Which of them the peer holds as we do, if its digest proves it for some set.
const std::vector<Head>* Proven(const Unnamed& unnamed, const std::string& digest) {
  if (COMPTOIR_PLANTED(kKeepFinishedJournals)) return &unnamed.all;
  if (DigestOf(unnamed.finished) == digest) return &unnamed.finished;
  // The peer may know of a successor, and so that a journal is finished, before us.
  if (DigestOf(unnamed.all) == digest) return &unnamed.all;
  return nullptr;
}

void SetCompared(JournalId journal, JournalTable* table) {
  table->Update(journal, [](JournalRecord& record) { record.compared = true; });
}

}  // namespace

std::string DigestOf(const std::vector<Head>& heads) {
  std::string bytes;
  bytes.reserve(heads.size() * (2 * sizeof(uint64_t) + sizeof(Hash)));
  for (const Head& head : heads) {
    AppendBigEndian64(head.journal.value(), &bytes);
    AppendBigEndian64(head.sequence.value(), &bytes);
    bytes.append(head.hash.view());
  }
  return std::string(journal::Sha256(bytes).view().substr(0, kMonthDigestBytes));
}

void WriteHead(const Head& head, journal::v1::Head* message) {
  message->set_journal(head.journal.value());
  message->set_sequence(head.sequence.value());
  message->set_hash(std::string(head.hash.view()));
}

Head ReadHead(const journal::v1::Head& message) {
  Head head{JournalId(message.journal()), Sequence(message.sequence()), Hash{}};
  COMPTOIR_CHECK(Hash::FromView(message.hash(), &head.hash));
  return head;
}

void DescribeJournals(const JournalTable& table, v1::Hello* hello) {
  const Description description = Describe(table);
  for (const Head& head : description.heads) WriteHead(head, hello->add_heads());
  for (const auto& [month, heads] : description.months) {
    v1::MonthDigest* digest = hello->add_months();
    digest->set_month(month);
    digest->set_digest(DigestOf(heads));
  }
}

absl::StatusOr<std::vector<uint32_t>> CompareHello(const v1::Hello& hello, JournalTable* table) {
  for (const journal::v1::Head& head : hello.heads()) {
    COMPTOIR_RETURN_IF_ERROR(table->PeerHolds(ReadHead(head)));
  }
  std::map<uint32_t, Unnamed> by_month;
  for (const auto& [journal, record] : table->records()) {
    if (record.compared) continue;
    Unnamed& unnamed = by_month[record.month];
    unnamed.all.push_back(record.held);
    if (record.finished) unnamed.finished.push_back(record.held);
  }
  std::vector<uint32_t> months_to_list;
  for (const v1::MonthDigest& digest : hello.months()) {
    const auto found = by_month.find(digest.month());
    const Unnamed unnamed = found == by_month.end() ? Unnamed{} : std::move(found->second);
    if (found != by_month.end()) by_month.erase(found);
    const std::vector<Head>* proven = Proven(unnamed, digest.digest());
    if (proven == nullptr) {
      months_to_list.push_back(digest.month());
      continue;
    }
    for (const Head& head : *proven) COMPTOIR_RETURN_IF_ERROR(table->PeerHolds(head));
    for (const Head& head : unnamed.all) SetCompared(head.journal, table);
  }
  // Neither named nor in a month that the peer told of: it has none of these.
  for (const auto& [month, unnamed] : by_month) {
    for (const Head& head : unnamed.all) SetCompared(head.journal, table);
  }
  return months_to_list;
}

std::vector<v1::Frame> AnswerList(const JournalTable& table, const v1::List& list) {
  std::vector<v1::Frame> frames(1);
  for (const auto& [journal, record] : table.records()) {
    if (record.held.sequence.value() == 0) continue;
    if (!std::binary_search(list.months().begin(), list.months().end(), record.month)) continue;
    if (frames.back().heads().heads_size() == kHeadsPerFrameMax) frames.emplace_back();
    WriteHead(record.held, frames.back().mutable_heads()->add_heads());
  }
  *frames.back().mutable_heads()->mutable_months() = list.months();
  return frames;
}

void ResolveMonths(const std::vector<uint32_t>& months, JournalTable* table) {
  std::vector<JournalId> resolved;
  for (const auto& [journal, record] : table->records()) {
    if (!record.compared && std::binary_search(months.begin(), months.end(), record.month)) {
      resolved.push_back(journal);
    }
  }
  for (const JournalId journal : resolved) SetCompared(journal, table);
}

}  // namespace comptoir::sync
