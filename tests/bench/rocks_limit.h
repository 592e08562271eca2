// The limit of everything that writes rows: RocksDB alone. The same rows, as many
// flushes, the options of the product's store, and nothing of ours around it.
//
// Thread use: any number may write.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/recording_store.h"

namespace comptoir::bench {

class RocksAlone {
 public:
  // Opens an empty store in `folder` with the tables of a ledger. Stops the
  // program where that cannot be.
  explicit RocksAlone(const std::string& folder);
  ~RocksAlone();

  // One write, on the disk when it returns.
  void Write(const RecordedBatch& batch);

  // Each batch by one of `threads` threads, which take turns; seconds for all.
  double WriteAll(const std::vector<RecordedBatch>& batches, size_t first, size_t count,
                  size_t threads);

 private:
  struct Engine;
  const std::unique_ptr<Engine> engine_;
};

// Whether the engine took other options in one folder than in the other, as its
// own option files say: a sentence, or empty where they are alike.
std::string OptionsDifference(const std::string& folder, const std::string& other);

}  // namespace comptoir::bench
