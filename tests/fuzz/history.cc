#include "tests/fuzz/history.h"

#include "tests/fuzz/new_fact.h"

namespace comptoir::fuzz {
namespace {

using testing::SampleJournals;
using testing::Written;

void AlterPart(std::string* part, Alterer& alterer) {
  if (part->empty()) part->push_back('\0');
  if (alterer.OneIn(10)) {
    part->front() = static_cast<char>(alterer.Below(SampleJournals().size()));
    return;
  }
  std::string entry = part->substr(1);
  AlterEntry(&entry, alterer);
  part->replace(1, std::string::npos, entry);
}

}  // namespace

std::vector<Written> ReadHistory(std::string_view bytes) {
  std::vector<Written> history;
  for (const std::string& part : SplitParts(bytes)) {
    if (part.empty()) continue;
    const size_t journal = static_cast<uint8_t>(part.front()) % SampleJournals().size();
    history.push_back({journal, part.substr(1)});
  }
  return history;
}

std::string WriteHistory(const std::vector<Written>& history) {
  std::vector<std::string> parts;
  for (const Written& written : history) {
    parts.push_back(static_cast<char>(written.journal) + written.entry);
  }
  return JoinParts(parts);
}

void AlterEntry(std::string* bytes, Alterer& alterer) {
  journal::v1::Entry entry;
  if (!entry.ParseFromString(*bytes) || alterer.OneIn(4)) {
    return alterer.AlterEncoded<journal::v1::Entry>(bytes);
  }
  const auto fact = NewFact(entry.kind());
  if (fact == nullptr || !fact->ParseFromString(entry.fact())) {
    return alterer.AlterEncoded<journal::v1::Entry>(bytes);
  }
  alterer.AlterMessage(fact.get());
  entry.set_fact(fact->SerializePartialAsString());
  *bytes = entry.SerializePartialAsString();
}

void AlterHistory(std::string* bytes, Alterer& alterer) {
  std::vector<std::string> parts = SplitParts(*bytes);
  alterer.AlterParts(&parts, AlterPart);
  *bytes = JoinParts(parts);
}

}  // namespace comptoir::fuzz
