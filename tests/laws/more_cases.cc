// The usual 100 cases a property are few for orders of arrival, and ours are
// quick. What RC_PARAMS says from outside goes before.
#include <cstdlib>

namespace {

const int kSet = setenv("RC_PARAMS", "max_success=500", /*overwrite=*/0);

}  // namespace
