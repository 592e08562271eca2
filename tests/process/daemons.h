// A hub and nodes as they run at a co-op: each a process of its own over a data
// folder of its own, enrolled by token.
//
// One thread each.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/process/program.h"
#include "tests/process/services.h"

namespace comptoir::testing {

// A daemon drains within 5 s of SIGTERM; the rest is for a machine that is busy
// with other things. What is stuck for good stays so for longer.
inline constexpr std::chrono::seconds kDrainPatience(8);

// What a daemon ends with when it is called wrongly (EX_USAGE of sysexits.h).
inline constexpr int kUsage = 64;

// A free port below those that the system gives to clients, so that nobody takes
// it while the daemon that listens there is down.
int PickPort();

// What is common to both.
class Daemon {
 public:
  virtual ~Daemon() = default;

  // Starts it with `more` arguments and waits until it is ready.
  void Start(const std::vector<std::string>& more = {});
  // SIGTERM; fails the test unless it ends with `code` within kDrainPatience.
  void Stop(int code = 0);
  // SIGKILL; gone when this returns.
  void Kill();
  // Checks the folder of a daemon that is stopped; fails the test unless it is sound.
  void ExpectSound() const;

  Program& program() { return *program_; }
  const std::string& data() const { return data_; }
  const std::string& web() const { return web_; }
  admin::v1::AdminService::Stub& admin() { return *admin_; }
  admin::v1::Status GetStatus() {
    return Get(*admin_, &admin::v1::AdminService::Stub::GetStatus, admin::v1::GetStatusRequest());
  }

 protected:
  Daemon(std::string program, std::string data)
      : name_(std::move(program)), data_(std::move(data)) {}
  virtual std::vector<std::string> Arguments() const = 0;
  virtual void OnReady(const std::map<std::string, std::string>& values) = 0;
  // Hangs up: a daemon that drains waits for idle clients, too.
  virtual void HangUp() { admin_.reset(); }

  const std::string name_;
  const std::string data_;
  std::string web_;
  std::unique_ptr<admin::v1::AdminService::Stub> admin_;

 private:
  std::unique_ptr<Program> program_;
};

class Hub : public Daemon {
 public:
  // Makes the co-op in `data`; the daemon is started by Start.
  // `more` are further arguments of init.
  explicit Hub(const std::string& data, const std::string& name = "Les Petits Producteurs",
               const std::vector<std::string>& more = {});

  // With operator.pem.
  coop::v1::CoopService::Stub& coop() { return *coop_; }
  std::string CreateToken(const std::string& shop, uint32_t valid_seconds = 0);
  // Products of the whole co-op; gives up when it is refused.
  void Import(const std::vector<coop::v1::ProductSpec>& products);

  const std::string& sync() const { return sync_; }
  rpc::TlsFiles operator_files() const;

 protected:
  std::vector<std::string> Arguments() const override;
  void OnReady(const std::map<std::string, std::string>& values) override;
  void HangUp() override;

 private:
  const int sync_port_;  // kept over restarts: nodes know it
  const int web_port_;
  std::string sync_;
  std::unique_ptr<coop::v1::CoopService::Stub> coop_;
  uint32_t imports_ = 0;
};

class Node : public Daemon {
 public:
  // Enrols at `hub`, which runs.
  Node(Hub& hub, const std::string& data, const std::string& shop, const std::string& name);

  shop::v1::ShopService::Stub& shop() { return *shop_; }
  const std::string& shop_code() const { return shop_code_; }
  const std::string& address() const { return address_; }
  // Where it listens for siblings; empty for nowhere.
  const std::string& sibling() const { return sibling_; }
  // Producer → shop, one line a product.
  void Receive(const std::vector<std::string>& products, int64_t quantity_milli);

 protected:
  std::vector<std::string> Arguments() const override;
  void OnReady(const std::map<std::string, std::string>& values) override;
  void HangUp() override;

 private:
  const std::string shop_code_;
  std::string address_;
  std::string sibling_;
  std::unique_ptr<shop::v1::ShopService::Stub> shop_;
  uint32_t deliveries_ = 0;
};

// The command that enrols `name` in `data` with `token` at `web`.
Command EnrolCommand(const std::string& data, const std::string& name, const std::string& web,
                     const std::string& token);

// ---- a hub and a node together ----

std::vector<admin::v1::JournalHead> HeadsOf(admin::v1::AdminService::Stub& admin);
// What keeps the two from being level for what the node may read; empty: nothing does.
std::string Differences(Hub& hub, Node& node);
// Waits until they are; gives up with the differences.
void WaitUntilLevel(Hub& hub, Node& node);
// Both verify themselves, online: sound, all signed, no bad fact.
void ExpectVerified(admin::v1::AdminService::Stub& admin);

}  // namespace comptoir::testing
