#include "common/rpc/enrolment_client.h"

#include <httplib.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <string_view>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/rpc/web_server.h"
#include "comptoir/rpc/v1/error.pb.h"
#include "google/protobuf/util/json_util.h"

namespace comptoir::rpc {
namespace {

constexpr time_t kSeconds = 10;

// What the handshake looks for, and whether it was found.
struct Pin {
  Hash fingerprint;
  bool refused = false;
};

bool HasFingerprint(X509* certificate, const Hash& fingerprint) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) return false;
  const Hash hash =
      journal::Sha256({reinterpret_cast<const char*>(der), static_cast<size_t>(size)});
  OPENSSL_free(der);
  return hash == fingerprint;
}

// The chain shown must hold the pinned authority, and the leaf be signed by it.
int VerifyPin(X509_STORE_CTX* store, void* argument) {
  Pin& pin = *static_cast<Pin*>(argument);
  X509* leaf = X509_STORE_CTX_get0_cert(store);
  STACK_OF(X509)* chain = X509_STORE_CTX_get0_untrusted(store);
  for (int i = 0; leaf != nullptr && i < sk_X509_num(chain); ++i) {
    X509* authority = sk_X509_value(chain, i);
    if (!HasFingerprint(authority, pin.fingerprint)) continue;
    if (X509_verify(leaf, X509_get0_pubkey(authority)) == 1) return 1;
  }
  pin.refused = true;
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
  return 0;
}

absl::Status ErrorOf(const httplib::Response& response) {
  v1::ConnectError error;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  std::string message = absl::StrCat("the hub answered with HTTP status ", response.status);
  absl::StatusCode code = absl::StatusCode::kUnknown;
  if (google::protobuf::util::JsonStringToMessage(response.body, &error, options).ok()) {
    if (!error.message().empty()) message = error.message();
    for (int each = 1; each <= 16; ++each) {
      const auto candidate = static_cast<absl::StatusCode>(each);
      if (ConnectCode(candidate) == error.code()) code = candidate;
    }
  }
  return {code, message};
}

std::string CauseOf(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
      return "the connection is refused, or the host is not known";
    case httplib::Error::ConnectionTimeout:
      return "no connection in time";
    case httplib::Error::SSLConnection:
      return "no TLS handshake came about";
    case httplib::Error::Read:
    case httplib::Error::Write:
      return "no answer came before the connection ended or the time was up";
    default:
      return httplib::to_string(error);
  }
}

}  // namespace

absl::StatusOr<admin::v1::EnrollResponse> Enroll(const std::string& host, int port,
                                                 const Hash& fingerprint,
                                                 const admin::v1::EnrollRequest& request) {
  Pin pin{fingerprint};
  httplib::SSLClient client(HostToResolve(host), port);
  client.set_connection_timeout(kSeconds);
  client.set_read_timeout(kSeconds);
  // The name and dates say nothing here; the handshake itself fails unless the
  // pinned authority signed the leaf.
  client.enable_server_certificate_verification(false);
  SSL_CTX_set_verify(client.ssl_context(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(client.ssl_context(), VerifyPin, &pin);
  std::string body;
  if (!google::protobuf::util::MessageToJsonString(request, &body).ok()) {
    return absl::InvalidArgumentError("the request cannot be written as JSON");
  }
  const httplib::Result result = client.Post(kEnrollPath, body, "application/json");
  if (pin.refused) {
    return absl::UnauthenticatedError(absl::StrCat(
        host, ":", port,
        " is not the hub that made this token: its authority has another fingerprint. "
        "Nothing was sent to it; check the address, and that the token was copied whole"));
  }
  if (!result) {
    return absl::UnavailableError(
        absl::StrCat("no hub answers at ", host, ":", port, ": ", CauseOf(result.error()),
                     "; enrolment goes to the hub's HTTPS port, 7401 unless "
                     "it was set"));
  }
  if (result->status != 200) return ErrorOf(*result);
  admin::v1::EnrollResponse response;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  if (!google::protobuf::util::JsonStringToMessage(result->body, &response, options).ok()) {
    return absl::InternalError("the hub's answer cannot be read");
  }
  return response;
}

}  // namespace comptoir::rpc
