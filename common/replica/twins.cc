#include "common/replica/twins.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace comptoir::replica {
namespace {

// What a dying connection had under way arrives within so many looks.
constexpr uint64_t kLooksToSettle = 5;

std::set<uint64_t> RunsOf(const std::vector<const HeardSession*>& sessions) {
  std::set<uint64_t> runs;
  for (const HeardSession* session : sessions) runs.insert(session->run);
  return runs;
}

}  // namespace

std::vector<std::string> Twins::Look(const std::vector<HeardSession>& sessions) {
  std::map<std::string, std::vector<const HeardSession*>> by_node;
  for (const HeardSession& session : sessions) by_node[session.node].push_back(&session);
  std::erase_if(by_node, [](const auto& node) { return RunsOf(node.second).size() < 2; });
  std::erase_if(sightings_, [&](const auto& node) { return !by_node.contains(node.first); });
  std::vector<std::string> sentences;
  for (const auto& [node, twins] : by_node) {
    std::set<uint64_t> numbers;
    for (const HeardSession* session : twins) numbers.insert(session->number);
    Sighting& sighting = sightings_[node];
    if (sighting.numbers != numbers) sighting = {std::move(numbers), 0, {}};
    if (++sighting.looks <= kLooksToSettle) continue;
    std::vector<const HeardSession*> alive;
    std::set<std::string> hosts;
    for (const HeardSession* session : twins) {
      const auto before = sighting.bytes_before.emplace(session->number, session->bytes).first;
      if (session->bytes == before->second) continue;
      alive.push_back(session);
      hosts.insert(session->address.substr(0, session->address.rfind(':')));
    }
    if (RunsOf(alive).size() < 2) continue;
    sentences.push_back(absl::StrCat(
        node, " is in two places at once (", absl::StrJoin(hosts, ", "),
        "): its disk was copied, and both machines run. Nothing is lost, both sell on; switch one "
        "off, or enrol it under a name of its own"));
  }
  return sentences;
}

}  // namespace comptoir::replica
