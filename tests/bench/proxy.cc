#include "tests/bench/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace comptoir::bench {
namespace {

constexpr size_t kBlockBytes = 256 << 10;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

void SendAtOnce(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

int Listen(int* port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  COMPTOIR_CHECK(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
  COMPTOIR_CHECK(::listen(listener, SOMAXCONN) == 0);
  COMPTOIR_CHECK(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  *port = ntohs(address.sin_port);
  return listener;
}

// -1 where nobody listens.
int Dial(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(socket);
    return -1;
  }
  SendAtOnce(socket);
  return socket;
}

bool SendAll(int socket, const char* bytes, size_t count) {
  while (count > 0) {
    const ssize_t sent = ::send(socket, bytes, count, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    count -= static_cast<size_t>(sent);
  }
  return true;
}

int PortOf(const std::string& address) {
  return std::atoi(address.substr(address.rfind(':') + 1).c_str());
}

}  // namespace

Proxy::Proxy(const std::string& hub) : hub_port_(PortOf(hub)) {
  listener_ = Listen(&port_);
  acceptor_ = std::thread([this] { Accept(); });
}

Proxy::~Proxy() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  std::vector<std::thread> passers;
  {
    MutexLock lock(&mutex_);
    passers = std::move(passers_);
  }
  for (std::thread& passer : passers) passer.join();
  for (const int socket : sockets_) ::close(socket);
  ::close(listener_);
}

std::string Proxy::address() const { return absl::StrCat("127.0.0.1:", port_); }

Traffic Proxy::traffic() const {
  MutexLock lock(&mutex_);
  return traffic_;
}

void Proxy::Reset() {
  MutexLock lock(&mutex_);
  traffic_ = Traffic();
}

Traffic Proxy::WaitUntilQuiet(std::chrono::milliseconds quiet) const {
  while (true) {
    const Traffic now = traffic();
    const auto silent = SteadyClock::now() - now.last;
    if (now.bytes() > 0 && silent >= quiet) return now;
    std::this_thread::sleep_for(now.bytes() > 0 ? std::min<SteadyClock::duration>(
                                                      quiet - silent, std::chrono::milliseconds(20))
                                                : std::chrono::microseconds(200));
  }
}

void Proxy::Accept() {
  while (true) {
    const int node = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (node < 0) return;
    SendAtOnce(node);
    const int hub = Dial(hub_port_);
    MutexLock lock(&mutex_);
    if (hub < 0 || stopping_) {
      ::close(node);
      if (hub >= 0) ::close(hub);
      continue;
    }
    if (traffic_.connections++ == 0) traffic_.first = SteadyClock::now();
    sockets_.insert(sockets_.end(), {node, hub});
    passers_.emplace_back([this, node, hub] { Pass(node, hub, true); });
    passers_.emplace_back([this, node, hub] { Pass(hub, node, false); });
  }
}

void Proxy::Pass(int from, int to, bool to_hub) {
  std::vector<char> block(kBlockBytes);
  while (true) {
    const ssize_t got = ::recv(from, block.data(), block.size(), 0);
    if (got <= 0) break;
    // Before it is passed on: whoever is told of it by the other end finds it counted.
    Count(to_hub, static_cast<uint64_t>(got));
    if (!SendAll(to, block.data(), static_cast<size_t>(got))) break;
  }
  ::shutdown(from, SHUT_RDWR);
  ::shutdown(to, SHUT_RDWR);
}

void Proxy::Count(bool to_hub, uint64_t bytes) {
  MutexLock lock(&mutex_);
  traffic_.last = SteadyClock::now();
  if (to_hub) {
    traffic_.to_hub_bytes += bytes;
  } else {
    traffic_.to_node_bytes += bytes;
    traffic_.last_to_node = traffic_.last;
  }
}

Latencies MeasureLoopback(size_t count) {
  int port = 0;
  const int listener = Listen(&port);
  std::thread echo([listener] {
    const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    SendAtOnce(socket);
    char byte = 0;
    while (::recv(socket, &byte, 1, 0) == 1) SendAll(socket, &byte, 1);
    ::close(socket);
  });
  const int socket = Dial(port);
  COMPTOIR_CHECK(socket >= 0);
  Latencies latencies;
  for (size_t i = 0; i < count; ++i) {
    const auto start = SteadyClock::now();
    char byte = 'c';
    COMPTOIR_CHECK(SendAll(socket, &byte, 1) && ::recv(socket, &byte, 1, 0) == 1);
    latencies.Add(SecondsSince(start) * 1e6);
  }
  ::close(socket);
  echo.join();
  ::close(listener);
  return latencies;
}

}  // namespace comptoir::bench
