// Stands between a client and a server on loopback, passes bytes on both ways
// and keeps what the client sent.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace comptoir::testing {

// The bytes of one TLS conversation that its sender had to say: records of type
// 'application data', after whose keys were agreed. A side that breaks the
// handshake off sends an alert of a few bytes and no more.
size_t ApplicationBytes(const std::string& tls_bytes);

// One connection after another. Any thread.
class TcpRelay {
 public:
  // Passes on to 127.0.0.1:`port`.
  explicit TcpRelay(int port);
  ~TcpRelay();
  TcpRelay(const TcpRelay&) = delete;
  TcpRelay& operator=(const TcpRelay&) = delete;

  std::string address() const;
  // What clients have sent so far.
  std::string sent() const;

 private:
  void Serve();
  void Pass(int client);

  const int target_port_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::string sent_;  // guarded by mutex_
  std::thread thread_;
};

// A connection to 127.0.0.1:`port`, the caller's to close; gives up when nobody listens.
int Dial(int port);
// False when the other end has gone.
bool SendAll(int connection, std::string_view bytes);

// A connection to 127.0.0.1:`port` over which `bytes` are sent; what comes back
// until the other end closes it.
std::string SendRaw(int port, const std::string& bytes);

// "host:port" → port.
int PortOf(const std::string& address);

}  // namespace comptoir::testing
