// Tills that sell at a node over gRPC, each waiting for 'sold' before its next sale.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "comptoir/shop/v1/shop.grpc.pb.h"
#include "tests/bench/samples.h"
#include "tests/bench/workload.h"

namespace comptoir::bench {

// One till with a connection and a stream of its own. One thread.
class TillStream {
 public:
  explicit TillStream(const std::string& node);
  // Ends the stream.
  ~TillStream();
  // Blocks until the node says 'sold'; the receipt's number.
  std::string Sell(const shop::v1::RecordSaleRequest& request);

 private:
  std::unique_ptr<shop::v1::ShopService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<shop::v1::RecordSaleRequest, shop::v1::TillAnswer>>
      stream_;
};

enum class TillCalls { kStream, kUnary };

// What some tills did at once.
struct TillRun {
  double seconds = 0;  // from the first sale to the last answer; connecting is not in it
  Latencies latencies;
};

// A group of tills. Runs go on where the one before stopped. One thread.
class Tills {
 public:
  // Numbers them from `first_number`, so that no two groups ring up the same requests.
  Tills(const Workload& workload, uint32_t first_number, size_t count);
  TillRun Run(const std::string& node, TillCalls calls, size_t sales_each);
  const Sums& sums() const { return sums_; }
  size_t count() const { return tills_.size(); }

 private:
  const Workload& workload_;
  std::vector<Till> tills_;
  Sums sums_;
};

}  // namespace comptoir::bench
