// A snapshot that gives one row otherwise than it was written.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "common/store/store.h"

namespace comptoir::retail::faults {

// A row as it is read: by its key alone, or from the key `first` on.
struct ReadRow {
  bool by_key = false;
  std::string_view first;
  std::string key;
  std::string value;
};

class SpoilingSnapshot final : public store::Snapshot {
 public:
  // Rows of one table are alike: of each the first are spoilt.
  static constexpr int kRowsATable = 8;
  // False for a row that cannot be spoilt so: it does not count.
  using Way = std::function<bool(ReadRow* row)>;

  SpoilingSnapshot(std::unique_ptr<store::Snapshot> below, Way way)
      : below_(std::move(below)), way_(std::move(way)) {}

  // The `nth` row that is read from now on, 1 for the next.
  void Spoil(uint64_t nth) {
    spoils_in_ = nth;
    spoilable_.clear();
  }
  // It is still to come.
  bool waits() const { return spoils_in_ > 0; }

  absl::StatusOr<std::optional<std::string>> Get(store::TableId table,
                                                 std::string_view key) const override {
    auto found = below_->Get(table, key);
    if (!found.ok() || !found->has_value()) return found;
    return std::optional(Pass(table, {true, key, std::string(key), *std::move(*found)}).value);
  }
  std::unique_ptr<store::Iterator> Scan(store::TableId table, std::string_view first,
                                        std::string_view limit) const override {
    return std::make_unique<Rows>(*this, table, std::string(first),
                                  below_->Scan(table, first, limit));
  }
  absl::StatusOr<std::optional<std::pair<std::string, std::string>>> Last(
      store::TableId table, std::string_view first, std::string_view limit) const override {
    auto found = below_->Last(table, first, limit);
    if (!found.ok() || !found->has_value()) return found;
    ReadRow row = Pass(table, {false, first, (*found)->first, (*found)->second});
    return std::optional(std::pair(std::move(row.key), std::move(row.value)));
  }

 private:
  class Rows final : public store::Iterator {
   public:
    Rows(const SpoilingSnapshot& snapshot, store::TableId table, std::string first,
         std::unique_ptr<store::Iterator> below)
        : snapshot_(snapshot), table_(table), first_(std::move(first)), below_(std::move(below)) {
      Read();
    }
    bool Valid() const override { return below_->Valid(); }
    void Next() override {
      below_->Next();
      Read();
    }
    std::string_view key() const override { return row_.key; }
    std::string_view value() const override { return row_.value; }
    absl::Status status() const override { return below_->status(); }

   private:
    void Read() {
      if (!below_->Valid()) return;
      row_ = snapshot_.Pass(
          table_, {false, first_, std::string(below_->key()), std::string(below_->value())});
    }

    const SpoilingSnapshot& snapshot_;
    const store::TableId table_;
    const std::string first_;
    const std::unique_ptr<store::Iterator> below_;
    ReadRow row_;
  };

  ReadRow Pass(store::TableId table, ReadRow row) const {
    if (spoils_in_ == 0 || spoilable_[table] == kRowsATable) return row;
    ReadRow spoilt = row;
    if (!way_(&spoilt)) return row;
    ++spoilable_[table];
    return --spoils_in_ > 0 ? row : spoilt;
  }

  const std::unique_ptr<store::Snapshot> below_;
  const Way way_;
  mutable uint64_t spoils_in_ = 0;
  mutable std::map<store::TableId, int> spoilable_;  // rows that were read, by table
};

}  // namespace comptoir::retail::faults
