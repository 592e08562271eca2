// Keys, certificates, requests and tokens. The first byte of an input says what the
// rest is given as.
#include <array>

#include "common/base/status.h"
#include "common/identity/authority.h"
#include "common/identity/certificate.h"
#include "common/identity/certificate_verifier.h"
#include "common/identity/data_folder.h"
#include "common/identity/key_pair.h"
#include "common/identity/pem.h"
#include "common/identity/token.h"
#include "tests/fuzz/fuzzers.h"
#include "tests/support/samples.h"

namespace comptoir::fuzz {
namespace identity_fuzz {
namespace {

using testing::kMondayMs;

using namespace comptoir::identity;

const Authority& TheAuthority() {
  static const Authority authority = Authority::Create("essai", "Essai", kMondayMs).value();
  return authority;
}
// Of a node, issued by TheAuthority.
const std::string& TheCertificate() {
  static const std::string certificate = [] {
    const KeyPair key = KeyPair::Generate().value();
    const std::string request = MakeSigningRequest(key, "outremeuse-1").value();
    const Holder holder = NodeHolder("essai", "outremeuse", "outremeuse-1", false);
    return TheAuthority().Issue(holder, request, kMondayMs).value();
  }();
  return certificate;
}
const CertificateVerifier& TheVerifier() {
  static const auto verifier = CertificateVerifier::Make({TheAuthority().certificate()}).value();
  return *verifier;
}

void RunCertificate(std::string_view der) {
  if (const auto holder = ParseCertificate(der); holder.ok()) {
    COMPTOIR_CHECK(CheckHolder(*holder).ok());
    COMPTOIR_CHECK(HolderFromUris(UrisOf(*holder)).value() == *holder);
    COMPTOIR_CHECK(CertificateFromPem(CertificateToPem(der)).value() == der);
  }
  // Nobody but the authority makes one that is believed.
  const auto writer = TheVerifier().VerifyCertificate(der);
  COMPTOIR_CHECK(writer.ok() ? der == TheCertificate() : absl::IsUnauthenticated(writer.status()));
}

void RunAuthority(std::string_view der) {
  const auto coop = ParseAuthorityCertificate(der);
  const auto verifier = CertificateVerifier::Make({std::string(der)});
  COMPTOIR_CHECK(coop.ok() == verifier.ok());
  if (coop.ok()) COMPTOIR_CHECK(verifier.value()->coop() == coop->code);
}

void RunPem(std::string_view text) {
  const auto blocks = ReadPem(text);
  if (!blocks.ok()) {
    COMPTOIR_CHECK(absl::IsInvalidArgument(blocks.status()));
    return;
  }
  COMPTOIR_CHECK(!blocks->empty());
  for (const PemBlock& block : *blocks) {
    const auto again = ReadPem(WritePem(block.label, block.der));
    COMPTOIR_CHECK(again.ok() && again->size() == 1);
    COMPTOIR_CHECK(again->front().label == block.label && again->front().der == block.der);
  }
}

void RunToken(std::string_view text) {
  const auto token = ParseToken(text);
  if (!token.ok()) {
    COMPTOIR_CHECK(absl::IsInvalidArgument(token.status()));
    return;
  }
  COMPTOIR_CHECK(ParseToken(TokenText(*token)).value() == *token);
}

void RunRequest(std::string_view pem) {
  const Holder holder = NodeHolder("essai", "herstal", "herstal-1", true);
  const auto certificate = TheAuthority().Issue(holder, pem, kMondayMs);
  if (!certificate.ok()) {
    COMPTOIR_CHECK(absl::IsInvalidArgument(certificate.status()));
    return;
  }
  COMPTOIR_CHECK(ParseCertificate(*certificate).value() == holder);
  COMPTOIR_CHECK(TheVerifier().VerifyCertificate(*certificate).value() == holder.writer);
}

void RunKey(std::string_view pem) {
  const auto key = KeyPair::FromPem(pem);
  if (!key.ok()) {
    COMPTOIR_CHECK(absl::IsInvalidArgument(key.status()));
    return;
  }
  COMPTOIR_CHECK(KeyPair::FromPem(key->ToPem()).value().ToPem() == key->ToPem());
  COMPTOIR_CHECK(!key->BelongsTo(TheCertificate()));
  COMPTOIR_CHECK(key->Sign("message").ok());
}

void RunCredentials(std::string_view text) {
  const auto credentials = ParseCredentials(text);
  if (!credentials.ok()) {
    COMPTOIR_CHECK(!credentials.status().message().empty());
    return;
  }
  COMPTOIR_CHECK(ParseCredentials(WriteCredentials(*credentials)).ok());
}

void RunUris(std::string_view text) {
  const auto holder = HolderFromUris(SplitParts(text));
  if (!holder.ok()) {
    COMPTOIR_CHECK(absl::IsUnauthenticated(holder.status()));
    return;
  }
  COMPTOIR_CHECK(HolderFromUris(UrisOf(*holder)).value() == *holder);
}

// No signature that anyone makes up is good.
void RunSignature(std::string_view signature) {
  COMPTOIR_CHECK(absl::IsUnauthenticated(
      TheVerifier().VerifySignature(TheCertificate(), "message", signature)));
}

constexpr std::array kDecoders = {RunCertificate, RunAuthority,   RunPem,  RunToken,    RunRequest,
                                  RunKey,         RunCredentials, RunUris, RunSignature};

void Run(std::string_view bytes) {
  if (bytes.empty()) return;
  kDecoders[static_cast<uint8_t>(bytes.front()) % kDecoders.size()](bytes.substr(1));
}

std::vector<std::string> Seeds() {
  const KeyPair key = KeyPair::Generate().value();
  const std::string key_pem = key.ToPem();
  const std::string request = MakeSigningRequest(key, "outremeuse-1").value();
  const Holder holder = NodeHolder("essai", "outremeuse", "outremeuse-1", true);
  const std::string der = TheAuthority().Issue(holder, request, kMondayMs).value();
  const std::string& authority = TheAuthority().certificate();
  Token token;
  token.authority = Fingerprint(authority);
  const Credentials credentials{holder, key_pem, CertificateToPem(der),
                                CertificateToPem(authority)};
  const std::vector<std::pair<char, std::string>> seeds = {
      {0, der},
      {0, authority},
      {1, authority},
      {1, der},
      {2, request},
      {2, key_pem + CertificateToPem(der)},
      {3, TokenText(token)},
      {4, request},
      {5, key_pem},
      {6, WriteCredentials(credentials)},
      {7, JoinParts(UrisOf(holder))},
      {7, JoinParts(UrisOf(HubHolder("essai", "hub")))},
      {7, JoinParts(UrisOf(OperatorHolder("essai", "gerante")))},
      {8, key.Sign("other").value()},
  };
  std::vector<std::string> bytes;
  for (const auto& [decoder, input] : seeds) bytes.push_back(decoder + input);
  return bytes;
}

}  // namespace
}  // namespace identity_fuzz

constinit const Fuzzer kIdentityFuzzer{"identity", identity_fuzz::Run, identity_fuzz::Seeds};

}  // namespace comptoir::fuzz
