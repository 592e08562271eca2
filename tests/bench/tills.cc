#include "tests/bench/tills.h"

#include <barrier>
#include <functional>
#include <thread>
#include <utility>

#include "tests/bench/must.h"
#include "tests/bench/services.h"

namespace comptoir::bench {
namespace {

using SellOne = std::function<void(const shop::v1::RecordSaleRequest&)>;

// A sale by whichever call, over a connection that is up.
SellOne Connected(const std::string& node, TillCalls calls) {
  if (calls == TillCalls::kStream) {
    return [stream = std::make_shared<TillStream>(node)](
               const shop::v1::RecordSaleRequest& request) { stream->Sell(request); };
  }
  std::shared_ptr<shop::v1::ShopService::Stub> stub =
      shop::v1::ShopService::NewStub(ConnectToNode(node));
  return [stub](const shop::v1::RecordSaleRequest& request) {
    grpc::ClientContext context;
    shop::v1::Receipt receipt;
    const grpc::Status status = stub->RecordSale(&context, request, &receipt);
    if (!status.ok()) Stop("a sale was refused: " + status.error_message());
  };
}

}  // namespace

TillStream::TillStream(const std::string& node)
    : stub_(shop::v1::ShopService::NewStub(ConnectToNode(node))), stream_(stub_->Till(&context_)) {}

TillStream::~TillStream() {
  stream_->WritesDone();
  const grpc::Status status = stream_->Finish();
  if (!status.ok()) Stop("a till's stream failed: " + status.error_message());
}

std::string TillStream::Sell(const shop::v1::RecordSaleRequest& request) {
  shop::v1::TillAnswer answer;
  if (!stream_->Write(request) || !stream_->Read(&answer)) Stop("a till's stream broke");
  if (!answer.has_recorded()) Stop("a sale was refused: " + answer.refusal().message());
  if (answer.request_id() != request.request_id()) Stop("the answer is another sale's");
  return answer.recorded().number();
}

Tills::Tills(const Workload& workload, uint32_t first_number, size_t count)
    : workload_(workload), sums_(workload) {
  for (size_t i = 0; i < count; ++i) {
    tills_.emplace_back(workload, kSeed, first_number + static_cast<uint32_t>(i));
  }
}

TillRun Tills::Run(const std::string& node, TillCalls calls, size_t sales_each) {
  std::vector<std::vector<shop::v1::RecordSaleRequest>> requests(tills_.size());
  for (size_t till = 0; till < tills_.size(); ++till) {
    for (size_t i = 0; i < sales_each; ++i) {
      const Sale sale = tills_[till].Next();
      sums_.Add(sale);
      requests[till].push_back(workload_.RequestOf(sale));
    }
  }
  std::vector<Latencies> each(tills_.size());
  SteadyClock::time_point start;
  SteadyClock::time_point end;
  std::barrier together(static_cast<ptrdiff_t>(tills_.size()),
                        [&]() noexcept { start = std::exchange(end, SteadyClock::now()); });
  std::vector<std::thread> threads;
  for (size_t till = 0; till < tills_.size(); ++till) {
    threads.emplace_back([&, till] {
      const SellOne sell = Connected(node, calls);
      together.arrive_and_wait();
      for (const shop::v1::RecordSaleRequest& request : requests[till]) {
        const auto asked = SteadyClock::now();
        sell(request);
        each[till].Add(SecondsSince(asked) * 1e6);
      }
      together.arrive_and_wait();
    });
  }
  for (std::thread& thread : threads) thread.join();
  TillRun run{std::chrono::duration<double>(end - start).count(), {}};
  for (const Latencies& latencies : each) run.latencies.Add(latencies);
  return run;
}

}  // namespace comptoir::bench
