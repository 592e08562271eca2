#include "common/store/table_set.h"

#include <set>
#include <string>
#include <utility>

namespace comptoir::store {

TableSet::TableSet(std::vector<TableSpec> tables) : specs_(std::move(tables)) {
  positions_.fill(kNoTable);
  std::set<std::string> names;
  for (size_t i = 0; i < specs_.size(); ++i) {
    COMPTOIR_CHECK(positions_[specs_[i].id] == kNoTable);
    COMPTOIR_CHECK(!specs_[i].name.empty() && names.insert(specs_[i].name).second);
    positions_[specs_[i].id] = static_cast<uint16_t>(i);
  }
}

}  // namespace comptoir::store
