// One identity in two places: a disk that was copied, and both machines run. A node that
// starts again while its dead connection still stands looks the same at first: only who
// is heard on both sessions is told of.
//
// One thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace comptoir::replica {

// A session that is up.
struct HeardSession {
  uint64_t number = 0;  // of the session
  std::string node;     // the peer's name,
  uint64_t run = 0;     // which of its runs,
  std::string address;  // and where it is, as HOST:PORT
  uint64_t bytes = 0;   // received from it
};

class Twins {
 public:
  // To be called at each tick with all sessions, or all of names that have several. A
  // sentence for each name that is in two places; the same at each call for as long as
  // that is so, however often they connect anew.
  std::vector<std::string> Look(const std::vector<HeardSession>& sessions);

 private:
  // Begins anew with each session that comes or goes: what one said before it died says
  // nothing of whether it lives beside its successor.
  struct Sighting {
    std::set<uint64_t> numbers;  // of the sessions
    uint64_t looks = 0;
    std::map<uint64_t, uint64_t> bytes_before;  // by session, once what was on its way is in
  };
  std::map<std::string, Sighting> sightings_;  // by node
};

}  // namespace comptoir::replica
