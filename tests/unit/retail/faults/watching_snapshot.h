// A snapshot that remembers of which table a read failed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "common/store/store.h"

namespace comptoir::retail::faults {

class WatchingSnapshot final : public store::Snapshot {
 public:
  explicit WatchingSnapshot(std::unique_ptr<store::Snapshot> below) : below_(std::move(below)) {}

  // The last of which one did.
  store::TableId failed_table() const { return failed_table_; }

  absl::StatusOr<std::optional<std::string>> Get(store::TableId table,
                                                 std::string_view key) const override {
    auto row = below_->Get(table, key);
    Note(table, row.status());
    return row;
  }
  std::unique_ptr<store::Iterator> Scan(store::TableId table, std::string_view first,
                                        std::string_view limit) const override {
    return std::make_unique<Rows>(*this, table, below_->Scan(table, first, limit));
  }
  absl::StatusOr<std::optional<std::pair<std::string, std::string>>> Last(
      store::TableId table, std::string_view first, std::string_view limit) const override {
    auto row = below_->Last(table, first, limit);
    Note(table, row.status());
    return row;
  }

 private:
  class Rows final : public store::Iterator {
   public:
    Rows(const WatchingSnapshot& snapshot, store::TableId table,
         std::unique_ptr<store::Iterator> below)
        : snapshot_(snapshot), table_(table), below_(std::move(below)) {
      snapshot_.Note(table_, below_->status());
    }
    bool Valid() const override { return below_->Valid(); }
    void Next() override {
      below_->Next();
      snapshot_.Note(table_, below_->status());
    }
    std::string_view key() const override { return below_->key(); }
    std::string_view value() const override { return below_->value(); }
    absl::Status status() const override { return below_->status(); }

   private:
    const WatchingSnapshot& snapshot_;
    const store::TableId table_;
    const std::unique_ptr<store::Iterator> below_;
  };

  void Note(store::TableId table, const absl::Status& status) const {
    if (!status.ok()) failed_table_ = table;
  }

  const std::unique_ptr<store::Snapshot> below_;
  mutable store::TableId failed_table_ = 0;
};

}  // namespace comptoir::retail::faults
