// The node's side of a renewal: asks the hub, over mutual TLS with the certificate that
// it has, for one that lasts longer.
#pragma once

#include <grpcpp/client_context.h>

#include <string>

#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/rpc/credentials.h"

namespace comptoir::rpc {

// Thread use: Ask by one thread at a time, Stop by any.
class CertificateRenewer {
 public:
  // Only a hub of `coop` at `address` (host:port of its sync port) is believed.
  CertificateRenewer(std::string coop, std::string address, TlsSource tls)
      : coop_(std::move(coop)), address_(std::move(address)), tls_(std::move(tls)) {}

  // The new certificate (PEM) as the hub gave it, unchecked. Waits 10 s at most.
  // UNAVAILABLE where the hub is not reached, CANCELLED after Stop, else what it says.
  absl::StatusOr<std::string> Ask(const std::string& signing_request_pem);
  // Ends what is under way; later ones fail at once.
  void Stop();

 private:
  const std::string coop_;
  const std::string address_;
  const TlsSource tls_;
  Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* under_way_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace comptoir::rpc
