// The layer is headers; this compiles each of them on its own.
#include "common/crdt/hybrid_clock.h"
#include "common/crdt/multi_value_register.h"
#include "common/crdt/observed_remove_set.h"
#include "common/crdt/pn_counter.h"

namespace comptoir::crdt {

template class MultiValueRegister<int>;
template class ObservedRemoveSet<int>;

}  // namespace comptoir::crdt
