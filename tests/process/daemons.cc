#include "tests/process/daemons.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <map>
#include <random>

#include "common/identity/data_folder.h"

namespace comptoir::testing {
namespace {

constexpr char kAnyPort[] = "127.0.0.1:0";
constexpr int kFirstPort = 12'000;
constexpr int kLastPort = 32'000;

bool IsFree(int port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int taken = bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  close(listener);
  return taken == 0;
}

std::string Loopback(int port) { return "127.0.0.1:" + std::to_string(port); }

using Heads = std::map<uint64_t, admin::v1::JournalHead>;

Heads ByJournal(admin::v1::AdminService::Stub& admin) {
  Heads heads;
  for (const admin::v1::JournalHead& head : HeadsOf(admin)) heads[head.head().journal()] = head;
  return heads;
}

std::string Describe(const admin::v1::JournalHead* head) {
  return head == nullptr ? "nothing" : head->ShortDebugString();
}

}  // namespace

int PickPort() {
  std::random_device random;
  std::uniform_int_distribution<int> ports(kFirstPort, kLastPort);
  int port = ports(random);
  while (!IsFree(port)) port = ports(random);
  return port;
}

// ---- Daemon ----

void Daemon::Start(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = Arguments();
  // Days are the same for the test and the daemon, wherever it runs.
  arguments.insert(arguments.end(), {"--data", data_, "--time-zone", "UTC"});
  arguments.insert(arguments.end(), more.begin(), more.end());
  program_ = std::make_unique<Program>(Command{name_, std::move(arguments), {}});
  OnReady(program_->WaitUntilReady());
}

void Daemon::Stop(int code) {
  HangUp();
  program_->Signal(SIGTERM);
  const auto ended = program_->WaitForEnd(kDrainPatience);
  EXPECT_TRUE(ended.has_value()) << name_ << " did not drain in time";
  if (!ended.has_value()) return;
  EXPECT_EQ(ended->code, code) << name_ << " ended so: " << ended->err;
}

void Daemon::Kill() { program_->Kill(); }

void Daemon::ExpectSound() const {
  const Ended ended = RunToEnd({name_, {"verify", "--data", data_}, {}});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

// ---- Hub ----

Hub::Hub(const std::string& data, const std::string& name, const std::vector<std::string>& more)
    : Daemon("comptoir-hub", data), sync_port_(PickPort()), web_port_(PickPort()) {
  std::vector<std::string> arguments = {"init", "--data", data_, "--name", name};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Ended ended = RunToEnd({name_, std::move(arguments), {}});
  Require(ended.code == 0, "init failed: " + ended.err);
}

std::vector<std::string> Hub::Arguments() const {
  return {"--listen", Loopback(sync_port_), "--web-listen", Loopback(web_port_)};
}

void Hub::OnReady(const std::map<std::string, std::string>& values) {
  sync_ = values.at("sync");
  web_ = values.at("web");
  const auto channel = MutualTlsChannel(sync_, operator_files());
  coop_ = coop::v1::CoopService::NewStub(channel);
  admin_ = admin::v1::AdminService::NewStub(channel);
}

void Hub::HangUp() {
  Daemon::HangUp();
  coop_.reset();
}

rpc::TlsFiles Hub::operator_files() const {
  std::ifstream file(identity::NodeFiles(data_).operator_file());
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const identity::Credentials credentials = Required(identity::ParseCredentials(text));
  return {credentials.authority_pem, credentials.certificate_pem, credentials.key_pem};
}

std::string Hub::CreateToken(const std::string& shop, uint32_t valid_seconds) {
  admin::v1::CreateTokenRequest request;
  request.set_shop(shop);
  request.set_valid_seconds(valid_seconds);
  return Get(*admin_, &admin::v1::AdminService::Stub::CreateToken, request).token();
}

void Hub::Import(const std::vector<coop::v1::ProductSpec>& products) {
  coop::v1::ImportProductsRequest request;
  request.set_request_id(RequestId("import", ++imports_));
  for (const coop::v1::ProductSpec& product : products) *request.add_products() = product;
  Get(*coop_, &coop::v1::CoopService::Stub::ImportProducts, request);
}

// ---- Node ----

Node::Node(Hub& hub, const std::string& data, const std::string& shop, const std::string& name)
    : Daemon("comptoir-node", data), shop_code_(shop) {
  const Ended ended = RunToEnd(EnrolCommand(data, name, hub.web(), hub.CreateToken(shop)));
  Require(ended.code == 0, "enrolment failed: " + ended.err);
}

std::vector<std::string> Node::Arguments() const {
  return {"--listen", kAnyPort, "--web-listen", kAnyPort};
}

void Node::OnReady(const std::map<std::string, std::string>& values) {
  address_ = values.at("grpc");
  sibling_ = values.contains("sibling") ? values.at("sibling") : "";
  web_ = values.at("web");
  const auto channel = PlainChannel(address_);
  shop_ = shop::v1::ShopService::NewStub(channel);
  admin_ = admin::v1::AdminService::NewStub(channel);
}

void Node::HangUp() {
  Daemon::HangUp();
  shop_.reset();
}

void Node::Receive(const std::vector<std::string>& products, int64_t quantity_milli) {
  shop::v1::RecordDeliveryRequest request;
  request.set_request_id(RequestId("delivery", ++deliveries_));
  request.set_producer("ferme-des-trois-chenes");
  for (const std::string& product : products) {
    shop::v1::DeliveryLine* line = request.add_lines();
    line->set_product(product);
    line->set_quantity_milli(quantity_milli);
  }
  Get(*shop_, &shop::v1::ShopService::Stub::RecordDelivery, request);
}

Command EnrolCommand(const std::string& data, const std::string& name, const std::string& web,
                     const std::string& token) {
  return {"comptoir-node",
          {"enroll", "--data", data, "--name", name, "--hub", web, "--token", token},
          {}};
}

// ---- together ----

std::vector<admin::v1::JournalHead> HeadsOf(admin::v1::AdminService::Stub& admin) {
  const auto response =
      Get(admin, &admin::v1::AdminService::Stub::ListHeads, admin::v1::ListHeadsRequest());
  return {response.heads().begin(), response.heads().end()};
}

std::string Differences(Hub& hub, Node& node) {
  Heads at_hub = ByJournal(hub.admin());
  Heads at_node = ByJournal(node.admin());
  std::erase_if(at_hub, [&](const auto& journal) {
    const admin::v1::JournalHead& head = journal.second;
    return head.scope() == journal::v1::SCOPE_HUB ||
           (head.scope() == journal::v1::SCOPE_SHOP && head.shop() != node.shop_code());
  });
  std::string differences;
  const auto compare = [&](const admin::v1::JournalHead* one, const admin::v1::JournalHead* other) {
    if (one != nullptr && other != nullptr &&
        one->SerializeAsString() == other->SerializeAsString()) {
      return;
    }
    differences += "hub: " + Describe(one) + "\nnode: " + Describe(other) + "\n";
  };
  for (const auto& [journal, head] : at_hub) {
    const auto found = at_node.find(journal);
    compare(&head, found == at_node.end() ? nullptr : &found->second);
  }
  for (const auto& [journal, head] : at_node) {
    if (!at_hub.contains(journal)) compare(nullptr, &head);
  }
  return differences;
}

void WaitUntilLevel(Hub& hub, Node& node) {
  std::string differences;
  const bool level = Eventually([&] {
    differences = Differences(hub, node);
    return differences.empty();
  });
  Require(level, "hub and node did not become level:\n" + differences);
}

void ExpectVerified(admin::v1::AdminService::Stub& admin) {
  const admin::v1::VerifyReport report = VerifyOnline(admin);
  EXPECT_EQ(report.findings_size(), 0) << report.DebugString();
  EXPECT_EQ(report.unsigned_entries(), 0U) << report.DebugString();
  EXPECT_EQ(report.bad_facts(), 0U) << report.DebugString();
}

}  // namespace comptoir::testing
