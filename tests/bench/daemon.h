// One run of comptoir-hub or comptoir-node, as a service manager would start it.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace comptoir::bench {

// One thread, which must outlive it: the daemon is killed with the thread.
class Daemon {
 public:
  // Starts `program` and waits for its `ready` line; its log goes to `log`.
  // Stops this program where the daemon ends before it is ready.
  Daemon(const std::string& program, const std::vector<std::string>& arguments,
         const std::string& log);
  // Kills it if it still runs.
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Of the ready line: "127.0.0.1:41234" for "sync".
  const std::string& address(const std::string& name) const;
  // Largest resident memory so far.
  double PeakMemoryBytes() const;
  // Both user's and system's, of all its threads so far.
  double CpuSeconds() const;

  // SIGTERM, and gone when this returns.
  void Drain();
  // SIGKILL, and gone when this returns.
  void Kill();

 private:
  void ReadReadyLine(int pipe);
  void End(int signal);

  const std::string program_;
  pid_t pid_ = -1;
  std::map<std::string, std::string> addresses_;
};

// Ports that the system picks. `hub` is the address of its sync port.
Daemon StartHub(const std::string& programs, const std::string& folder);
Daemon StartNode(const std::string& programs, const std::string& folder, const std::string& hub);
// An address at which nobody answers, for a node that is offline.
inline constexpr char kNobody[] = "127.0.0.1:1";

// Runs `program` to its end; its exit code.
int RunToEnd(const std::string& program, const std::vector<std::string>& arguments,
             const std::string& log);

}  // namespace comptoir::bench
