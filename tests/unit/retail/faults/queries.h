// Everything that services ask of the views: a table for tests that make reads fail.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/store/store.h"

namespace comptoir::retail::faults {

// A question asked of RichStore (rich_history.h), anew each time.
struct Query {
  std::string name;
  std::function<absl::Status(const store::Snapshot&)> ask;
  // What it answers when all is well.
  absl::StatusCode healthy = absl::StatusCode::kOk;
  // Tables of which a row that is damaged, or any that cannot be read, is gone on without,
  // on purpose: the answer is as without it, or refuses what it cannot rule out.
  std::set<store::TableId> goes_on_over_damage = {};
  std::set<store::TableId> goes_on_over_anything = {};
};

// What is looked at, and what facts are built from.
std::vector<Query> LookingQueries();
std::vector<Query> TracingQueries();
std::vector<Query> BuildingQueries();
std::vector<Query> AllQueries();

}  // namespace comptoir::retail::faults
