#include "tests/process/tcp_relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "tests/process/harness.h"

namespace comptoir::testing {
namespace {

constexpr int kPollMillis = 20;
constexpr int kAnswerMillis = 30'000;
constexpr unsigned char kApplicationData = 23;
constexpr size_t kRecordHeaderBytes = 5;

sockaddr_in LoopbackAddress(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// What is there now; empty when the other end has closed.
std::string ReceiveSome(int connection) {
  std::array<char, 16 << 10> buffer;
  const ssize_t size = recv(connection, buffer.data(), buffer.size(), 0);
  return size <= 0 ? "" : std::string(buffer.data(), static_cast<size_t>(size));
}

}  // namespace

int Dial(int port) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = LoopbackAddress(port);
  const int failed =
      connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  Require(failed == 0, "nobody listens at port " + std::to_string(port));
  return connection;
}

bool SendAll(int connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(size));
  }
  return true;
}

size_t ApplicationBytes(const std::string& tls_bytes) {
  size_t total = 0;
  for (size_t at = 0; at + kRecordHeaderBytes <= tls_bytes.size();) {
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(tls_bytes[at + i]); };
    const size_t size = static_cast<size_t>(byte(3)) << 8 | byte(4);
    if (byte(0) == kApplicationData) total += size;
    at += kRecordHeaderBytes + size;
  }
  return total;
}

TcpRelay::TcpRelay(int port) : target_port_(port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = LoopbackAddress(0);
  socklen_t size = sizeof(address);
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  Require(bind(listener_, raw, size) == 0 && listen(listener_, 8) == 0 &&
              getsockname(listener_, raw, &size) == 0,
          "cannot listen");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

TcpRelay::~TcpRelay() {
  stopping_ = true;
  thread_.join();
  close(listener_);
}

std::string TcpRelay::address() const { return "127.0.0.1:" + std::to_string(port_); }

std::string TcpRelay::sent() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return sent_;
}

void TcpRelay::DoHarm(std::vector<Harm> harms) {
  const std::lock_guard<std::mutex> lock(mutex_);
  harms_ = std::move(harms);
  harms_done_ = 0;
}

size_t TcpRelay::harms_done() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return harms_done_;
}

bool TcpRelay::PassesOn(bool from_client, std::string* bytes, Passage* passage) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const size_t both = passage->of_client + passage->of_server;
  size_t& one_way = from_client ? passage->of_client : passage->of_server;
  const size_t before = one_way;
  one_way += bytes->size();
  if (passage->is_harmed || harms_done_ == harms_.size()) return true;
  const Harm& harm = harms_[harms_done_];
  if (harm.kind == Harm::Kind::kCut) {
    if (both + bytes->size() <= harm.after_bytes) return true;
    bytes->resize(std::max(harm.after_bytes, both) - both);
    passage->is_harmed = true;
    return false;
  }
  if (harm.of_client != from_client || one_way <= harm.after_bytes) return true;
  (*bytes)[std::max(harm.after_bytes, before) - before] ^= 1;
  passage->is_harmed = true;
  return true;
}

void TcpRelay::Serve() {
  while (!stopping_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, kPollMillis) != 1) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    Pass(client);
    close(client);
  }
}

void TcpRelay::Pass(int client) {
  const int server = Dial(target_port_);
  ++connections_;
  Passage passage;
  std::array<pollfd, 2> ends = {pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
  while (!stopping_) {
    if (poll(ends.data(), ends.size(), kPollMillis) <= 0) continue;
    const bool from_client = (ends[0].revents & (POLLIN | POLLHUP)) != 0;
    std::string bytes = ReceiveSome(from_client ? client : server);
    if (bytes.empty()) break;
    if (from_client) {
      const std::lock_guard<std::mutex> lock(mutex_);
      sent_ += bytes;
    }
    const bool goes_on = PassesOn(from_client, &bytes, &passage);
    if (!SendAll(from_client ? server : client, bytes) || !goes_on) break;
  }
  close(server);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (passage.is_harmed && !stopping_) ++harms_done_;
}

std::string SendRaw(int port, const std::string& bytes) {
  const int connection = Dial(port);
  SendAll(connection, bytes);
  std::string answer;
  pollfd waiting{connection, POLLIN, 0};
  while (poll(&waiting, 1, kAnswerMillis) == 1) {
    const std::string more = ReceiveSome(connection);
    if (more.empty()) break;
    answer += more;
  }
  close(connection);
  return answer;
}

int PortOf(const std::string& address) {
  const size_t colon = address.rfind(':');
  Require(colon != std::string::npos, "no port in " + address);
  return std::stoi(address.substr(colon + 1));
}

}  // namespace comptoir::testing
