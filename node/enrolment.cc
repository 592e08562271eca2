#include "node/enrolment.h"

#include <cstdio>
#include <filesystem>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/code.h"
#include "common/base/status.h"
#include "common/daemon/address.h"
#include "common/identity/data_folder.h"
#include "common/identity/key_pair.h"
#include "common/identity/token.h"
#include "common/platform/files.h"
#include "common/rpc/enrolment_client.h"

namespace comptoir::node {
namespace {

constexpr size_t kAddressBytesMax = 1024;

std::string AddressFile(const std::string& data) { return absl::StrCat(data, "/hub-address"); }

}  // namespace

absl::Status EnrollNode(const EnrolmentOptions& options) {
  COMPTOIR_RETURN_IF_ERROR(CheckCode("name", options.name));
  COMPTOIR_ASSIGN_OR_RETURN(const daemon::Address hub, daemon::ParseAddress("hub", options.hub));
  COMPTOIR_ASSIGN_OR_RETURN(const identity::Token token, identity::ParseToken(options.token));
  const identity::NodeFiles files(options.data);
  if (std::filesystem::exists(files.certificate())) {
    return absl::AlreadyExistsError(
        absl::StrCat(options.data,
                     " holds an identity already: choose another data folder, or start it; "
                     "--renew gives it a new certificate"));
  }
  std::error_code error;
  std::filesystem::create_directories(options.data, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot make ", options.data, ": ", error.message()));
  }
  COMPTOIR_ASSIGN_OR_RETURN(const identity::KeyPair key, identity::KeyPair::Generate());
  admin::v1::EnrollRequest request;
  request.set_token(identity::TokenText(token));
  request.set_node(options.name);
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_signing_request_pem(),
                            identity::MakeSigningRequest(key, options.name));
  COMPTOIR_ASSIGN_OR_RETURN(const admin::v1::EnrollResponse response,
                            rpc::Enroll(hub.host, hub.port, token.authority, request));
  // ":port" stands for the host that answered.
  std::string sync_address = response.hub_sync_address();
  if (!sync_address.empty() && sync_address.front() == ':') {
    sync_address = absl::StrCat(hub.host, sync_address);
  }
  COMPTOIR_RETURN_IF_ERROR(platform::WriteFileDurably(
      AddressFile(options.data), sync_address + "\n", platform::FileReaders::kOwner));
  COMPTOIR_RETURN_IF_ERROR(identity::SaveEnrolment(
      files, key, token, options.name, response.certificate_pem(), response.authority_pem()));
  std::printf("Enrolled %s in shop %s of %s. Next: comptoir-node --data %s\n", options.name.c_str(),
              response.shop().c_str(), response.coop().c_str(), options.data.c_str());
  return absl::OkStatus();
}

absl::Status RenewNode(const EnrolmentOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const daemon::Address hub, daemon::ParseAddress("hub", options.hub));
  COMPTOIR_ASSIGN_OR_RETURN(const identity::Token token, identity::ParseToken(options.token));
  const identity::NodeFiles files(options.data);
  COMPTOIR_ASSIGN_OR_RETURN(const identity::Identity present, identity::LoadIdentity(files));
  const journal::Writer& self = present.writer();
  if (self.hub) {
    return absl::FailedPreconditionError(
        absl::StrCat(options.data, " is a hub's: it renews its certificate by itself"));
  }
  if (!options.name.empty() && options.name != self.node) {
    return absl::InvalidArgumentError(absl::StrCat(options.data, " is node ", self.node, ", not ",
                                                   options.name, ": leave --name out"));
  }
  COMPTOIR_ASSIGN_OR_RETURN(const std::string authority,
                            identity::CertificateFromPem(present.tls.authority_pem));
  if (identity::Fingerprint(authority) != token.authority) {
    return absl::UnauthenticatedError(absl::StrCat("this token is not of ", self.coop,
                                                   ", the co-op of node ", self.node,
                                                   ": ask for one at its hub; nothing was sent"));
  }
  COMPTOIR_ASSIGN_OR_RETURN(const identity::KeyPair key,
                            identity::KeyPair::FromPem(present.tls.key_pem));
  admin::v1::EnrollRequest request;
  request.set_token(identity::TokenText(token));
  request.set_node(self.node);
  request.set_present_certificate_pem(present.tls.certificate_pem);
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_signing_request_pem(),
                            identity::MakeSigningRequest(key, self.node));
  COMPTOIR_ASSIGN_OR_RETURN(const admin::v1::EnrollResponse response,
                            rpc::Enroll(hub.host, hub.port, token.authority, request));
  COMPTOIR_RETURN_IF_ERROR(identity::SaveRenewal(files, response.certificate_pem()).status());
  std::printf(
      "Renewed the certificate of %s in shop %s of %s. A node that runs takes it by "
      "itself; else: comptoir-node --data %s\n",
      self.node.c_str(), response.shop().c_str(), response.coop().c_str(), options.data.c_str());
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadHubAddress(const std::string& data) {
  auto text = platform::ReadFile(AddressFile(data), kAddressBytesMax);
  if (absl::IsNotFound(text.status())) {
    return absl::FailedPreconditionError("the hub's address is not known: give --hub host:port");
  }
  COMPTOIR_RETURN_IF_ERROR(text.status());
  return std::string(absl::StripAsciiWhitespace(*text));
}

}  // namespace comptoir::node
