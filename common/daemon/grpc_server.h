// A gRPC server as both daemons run it: limits, health, reflection, drain.
#pragma once

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/daemon/address.h"

namespace comptoir::daemon {

class GrpcServer {
 public:
  // Health starts as not serving; see SetServing. UNAVAILABLE when the port is in
  // use. Services must outlive this.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(
      const Address& address, std::shared_ptr<grpc::ServerCredentials> credentials,
      const std::vector<grpc::Service*>& services);
  // Drains.
  ~GrpcServer();

  int port() const { return port_; }
  void SetServing(bool serving);
  // Calls under way get at most `milliseconds`.
  void Drain(int milliseconds);

 private:
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace comptoir::daemon
