#include "tests/bench/services.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/identity/data_folder.h"
#include "common/platform/clock.h"
#include "common/rpc/credentials.h"
#include "tests/bench/must.h"

namespace comptoir::bench {
namespace {

constexpr int kConnectSecondsMax = 20;
constexpr int kMessageBytesMax = 64 << 20;
constexpr int64_t kDayMillis = 86'400'000;
constexpr int32_t kDaysAsked = 3'000;

void Must(const grpc::Status& status) {
  if (!status.ok()) Stop(absl::StrCat("a call failed: ", status.error_message()));
}

std::shared_ptr<grpc::Channel> Connect(const std::string& address,
                                       const std::shared_ptr<grpc::ChannelCredentials>& credentials,
                                       grpc::ChannelArguments arguments) {
  arguments.SetInt("grpc.use_local_subchannel_pool", 1);
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  auto channel = grpc::CreateCustomChannel(address, credentials, arguments);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() +
                                 std::chrono::seconds(kConnectSecondsMax))) {
    Stop("nobody answers at " + address);
  }
  return channel;
}

rpc::TlsFiles TlsOf(const identity::Credentials& credentials) {
  return {credentials.authority_pem, credentials.certificate_pem, credentials.key_pem};
}

rpc::TlsFiles TlsOfFolder(const std::string& folder) {
  return TlsOf(bench::Must(identity::LoadIdentity(identity::NodeFiles(folder))).tls);
}

class EmptyCalls : public admin::v1::AdminService::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const admin::v1::GetStatusRequest*,
                                      admin::v1::Status*) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

std::shared_ptr<grpc::Channel> ConnectToNode(const std::string& address) {
  return Connect(address, grpc::InsecureChannelCredentials(), grpc::ChannelArguments());
}

std::shared_ptr<grpc::Channel> ConnectToHub(const std::string& address, const std::string& folder) {
  std::ifstream file(identity::NodeFiles(folder).operator_file());
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return Connect(address,
                 rpc::MutualTlsClient(TlsOf(bench::Must(identity::ParseCredentials(text)))),
                 rpc::HubChannelArguments());
}

std::shared_ptr<grpc::Channel> ConnectAsNode(const std::string& address,
                                             const std::string& folder) {
  return Connect(address, rpc::MutualTlsClient(TlsOfFolder(folder)), rpc::HubChannelArguments());
}

admin::v1::Status GetStatus(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::ClientContext context;
  admin::v1::Status status;
  Must(admin::v1::AdminService::NewStub(channel)->GetStatus(&context, {}, &status));
  return status;
}

std::string GetHeads(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::ClientContext context;
  admin::v1::ListHeadsResponse response;
  Must(admin::v1::AdminService::NewStub(channel)->ListHeads(&context, {}, &response));
  std::string heads;
  for (const admin::v1::JournalHead& journal : response.heads()) {
    absl::StrAppend(&heads, journal.head().journal(), "/", journal.head().sequence(), "/",
                    journal.head().hash(), "\n");
  }
  return heads;
}

template <typename Stub>
std::vector<shop::v1::SalesRow> ListSales(Stub& stub) {
  const auto clock = bench::Must(platform::SystemClock::Create());
  const auto today = static_cast<int32_t>(clock->WallMillis() / kDayMillis);
  shop::v1::ListSalesRequest request;
  request.set_first_day(today - kDaysAsked);
  request.set_last_day(today + 1);
  request.set_by_product(true);
  std::vector<shop::v1::SalesRow> rows;
  while (true) {
    grpc::ClientContext context;
    shop::v1::ListSalesResponse page;
    Must(stub.ListSales(&context, request, &page));
    rows.insert(rows.end(), page.rows().begin(), page.rows().end());
    if (page.next_cursor().empty()) return rows;
    request.set_cursor(page.next_cursor());
  }
}
template std::vector<shop::v1::SalesRow> ListSales(shop::v1::ShopService::Stub&);
template std::vector<shop::v1::SalesRow> ListSales(coop::v1::CoopService::Stub&);

int ServeEmptyCalls(const std::string& hub_folder) {
  EmptyCalls service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0",
                           hub_folder.empty() ? grpc::InsecureServerCredentials()
                                              : rpc::MutualTlsServer(TlsOfFolder(hub_folder)),
                           &port);
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  if (server == nullptr) Stop("cannot serve empty calls");
  std::printf("ready grpc=127.0.0.1:%d\n", port);
  std::fflush(stdout);
  ::pause();
  return EXIT_SUCCESS;
}

Latencies MeasureEmptyCalls(const std::shared_ptr<grpc::Channel>& channel, size_t count,
                            std::chrono::microseconds pause) {
  const auto stub = admin::v1::AdminService::NewStub(channel);
  Latencies latencies;
  for (size_t i = 0; i < count; ++i) {
    if (pause.count() > 0) std::this_thread::sleep_for(pause);
    grpc::ClientContext context;
    admin::v1::Status response;
    const auto start = SteadyClock::now();
    Must(stub->GetStatus(&context, {}, &response));
    latencies.Add(SecondsSince(start) * 1e6);
  }
  return latencies;
}

}  // namespace comptoir::bench
