#include "tests/simulation/keys.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "common/journal/chain.h"

namespace comptoir::simulation {
namespace {

constexpr std::string_view kSecret = "the co-op's authority and every node's key";
constexpr size_t kSealBytes = 32;

std::string Seal(std::string_view secret, std::string_view about, std::string_view message) {
  std::string bytes(secret);
  bytes.append(absl::StrCat("\n", about.size(), "\n")).append(about).append(message);
  return std::string(journal::Sha256(bytes).view());
}

std::string Describe(const journal::Writer& writer, uint64_t key) {
  return absl::StrCat(writer.coop, "/", writer.node, "/", writer.shop, "/", writer.hub ? 1 : 0, "/",
                      writer.may_edit_catalogue ? 1 : 0, "/", key, "/");
}

}  // namespace

HashSigner::HashSigner(const journal::Writer& writer, uint64_t key)
    : writer_(writer),
      certificate_(Describe(writer, key) + Seal(kSecret, "certificate", Describe(writer, key))) {}

absl::StatusOr<std::string> HashSigner::Sign(std::string_view message) const {
  return Seal(kSecret, certificate_, message);
}

absl::StatusOr<journal::Writer> HashVerifier::VerifyCertificate(
    std::string_view certificate) const {
  const absl::Status untrusted = absl::UnauthenticatedError("not issued by this co-op");
  if (certificate.size() < kSealBytes) return untrusted;
  const std::string_view text = certificate.substr(0, certificate.size() - kSealBytes);
  if (certificate.substr(text.size()) != Seal(kSecret, "certificate", text)) return untrusted;
  const std::vector<std::string> parts = absl::StrSplit(std::string(text), '/');
  if (parts.size() != 7) return untrusted;
  return journal::Writer{parts[0], parts[1], parts[2], parts[3] == "1", parts[4] == "1"};
}

absl::Status HashVerifier::VerifySignature(std::string_view certificate, std::string_view message,
                                           std::string_view signature) const {
  COMPTOIR_RETURN_IF_ERROR(VerifyCertificate(certificate).status());
  if (signature == Seal(kSecret, certificate, message)) return absl::OkStatus();
  return absl::UnauthenticatedError("the signature is not by the certificate's key");
}

std::string ForeignCertificate(const journal::Writer& writer) {
  return Describe(writer, 1) + Seal("another authority", "certificate", Describe(writer, 1));
}

}  // namespace comptoir::simulation
