// The numbers by which barcodes find products, as they are given: each to one product, as far as
// this replica knows. Who did not know of each other may give one to two all the same; a till
// then says so (barcodes/lookup.h).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "common/store/store.h"
#include "comptoir/coop/v1/coop.pb.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// What all lines of one import say of their products' numbers; of none where there is no import.
class SaidNumbers {
 public:
  SaidNumbers() = default;
  // Fields are by their number in ProductEdited, codes as BarcodesOf spells them.
  explicit SaidNumbers(const coop::v1::ImportProductsRequest& request);

  struct Line {
    int number = 0;  // from 1
    std::string product;
  };
  // The first that gives `code` to another product than this one.
  std::optional<Line> OtherLine(int field, const std::string& code, std::string_view product) const;
  // Does a line give `product` others in its place?
  bool TakesOff(int field, const std::string& code, const std::string& product) const;

 private:
  void Add(int field, std::string_view value, const Line& line);

  std::map<std::pair<int, std::string>, std::vector<Line>> lines_;      // by code
  std::map<std::pair<int, std::string>, std::set<std::string>> codes_;  // by product
};

// INVALID_ARGUMENT (NAMED_TWICE) where `edited` gives its product a GTIN or an item number that
// another has, unless that gives it up in the same import, or that another line gives, too. What
// its product has already it may keep, whoever else has it.
absl::Status CheckNumbers(const store::Snapshot& snapshot, const v1::ProductEdited& edited,
                          const SaidNumbers& said);

}  // namespace comptoir::retail
