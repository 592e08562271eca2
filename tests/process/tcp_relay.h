// Stands between a client and a server on loopback, passes bytes on both ways
// and keeps what the client sent. It may be told to do harm on the way.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace comptoir::testing {

// The bytes of one TLS conversation that its sender had to say: records of type
// 'application data', after whose keys were agreed. A side that breaks the
// handshake off sends an alert of a few bytes and no more.
size_t ApplicationBytes(const std::string& tls_bytes);

// What befalls one connection.
struct Harm {
  enum class Kind {
    kCut,   // both ends are hung up on
    kFlip,  // a bit of one byte is another; both ends are left to find out
  };
  Kind kind = Kind::kCut;
  // Of the connection: that come through unharmed. Of both ways for a cut, of the one that
  // `of_client` says for a flip.
  size_t after_bytes = 0;
  bool of_client = true;
};

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

  // One a connection from now on, the one that there is as well; once all are done,
  // everything passes. One that does not get to its byte is for the next connection.
  void DoHarm(std::vector<Harm> harms);
  // Cuts made, and connections that an end closed after a byte of them was flipped.
  size_t harms_done() const;
  size_t connections() const { return connections_; }

 private:
  // Of one connection: bytes passed on, and whether its harm was done.
  struct Passage {
    size_t of_client = 0;
    size_t of_server = 0;
    bool is_harmed = false;
  };

  void Serve();
  void Pass(int client);
  // Alters or shortens what comes next; false where the connection ends after it.
  bool PassesOn(bool from_client, std::string* bytes, Passage* passage);

  const int target_port_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::string sent_;         // guarded by mutex_
  std::vector<Harm> harms_;  // guarded by mutex_
  size_t harms_done_ = 0;    // guarded by mutex_; the first ones
  std::atomic<size_t> connections_ = 0;
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
