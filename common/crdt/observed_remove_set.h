// A set whose elements come and go; an addition wins over a removal that did
// not know of it.
//
// Merge argument. Per element, a multi-value register of 'is it in?': an
// addition writes yes, a removal writes no, and each lists the writes its author
// saw. The element is in when any write that stands says yes. A removal replaces
// only the additions that it observed, so an addition made elsewhere meanwhile
// still stands after both have arrived, in either order: add wins. Each register
// is a function of the set of its writes (multi_value_register.h), hence so is
// this map of registers.
//
// Pure. `Element` must be ordered. Not thread safe.
#pragma once

#include <algorithm>
#include <map>
#include <span>
#include <vector>

#include "common/base/hybrid_time.h"
#include "common/base/ids.h"
#include "common/crdt/multi_value_register.h"

namespace comptoir::crdt {

template <typename Element>
class ObservedRemoveSet {
 public:
  using Membership = MultiValueRegister<bool>;

  // `observed`: writes about this element that the author saw.
  void Add(const Element& element, const Reference& reference, HybridTime time,
           std::span<const Reference> observed) {
    members_[element].Apply({reference, time, true}, observed);
  }
  void Remove(const Element& element, const Reference& reference, HybridTime time,
              std::span<const Reference> observed) {
    members_[element].Apply({reference, time, false}, observed);
  }

  bool Contains(const Element& element) const {
    const auto place = members_.find(element);
    return place != members_.end() && IsIn(place->second);
  }
  // Rising.
  std::vector<Element> elements() const {
    std::vector<Element> result;
    for (const auto& [element, membership] : members_) {
      if (IsIn(membership)) result.push_back(element);
    }
    return result;
  }
  // What the author of a write about `element` observes here: rising, and empty
  // for an element that nobody wrote about.
  std::vector<Reference> Observed(const Element& element) const {
    std::vector<Reference> result;
    const auto place = members_.find(element);
    if (place == members_.end()) return result;
    for (const auto& write : place->second.writes()) result.push_back(write.reference);
    return result;
  }

  bool operator==(const ObservedRemoveSet&) const = default;

 private:
  static bool IsIn(const Membership& membership) {
    return std::any_of(membership.writes().begin(), membership.writes().end(),
                       [](const auto& write) { return write.value; });
  }

  std::map<Element, Membership> members_;
};

}  // namespace comptoir::crdt
