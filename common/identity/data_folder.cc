#include "common/identity/data_folder.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/identity/file.h"
#include "common/identity/pem.h"

namespace comptoir::identity {
namespace {

constexpr std::string_view kOperatorName = "operator";

absl::Status CheckNoIdentity(const NodeFiles& files) {
  std::error_code error;
  if (!std::filesystem::exists(files.certificate(), error)) return absl::OkStatus();
  return absl::AlreadyExistsError(absl::StrCat(
      files.data_folder().string(), " holds an identity already; give another folder with --data"));
}

// NOT_FOUND becomes a sentence that says how to get an identity.
absl::StatusOr<std::string> ReadIdentityFile(const NodeFiles& files,
                                             const std::filesystem::path& file) {
  absl::StatusOr<std::string> content = ReadPemFile(file);
  if (content.status().code() != absl::StatusCode::kNotFound) return content;
  return absl::FailedPreconditionError(
      absl::StrCat("no identity in ", files.data_folder().string(), " (", file.string(),
                   " is missing): make one with 'comptoir-hub init' at the hub, or "
                   "'comptoir-node enroll' in a shop"));
}

std::string JoinPem(const std::vector<std::string>& certificates) {
  std::string pem;
  for (const std::string& der : certificates) pem += CertificateToPem(der);
  return pem;
}

// A new key with a certificate for `holder`.
absl::StatusOr<Credentials> IssueCredentials(const Authority& authority, const Holder& holder,
                                             int64_t now_ms, int64_t life_ms) {
  COMPTOIR_ASSIGN_OR_RETURN(const KeyPair key, KeyPair::Generate());
  COMPTOIR_ASSIGN_OR_RETURN(const std::string request, MakeSigningRequest(key, holder.writer.node));
  COMPTOIR_ASSIGN_OR_RETURN(const std::string certificate,
                            authority.Issue(holder, request, now_ms, life_ms));
  return Credentials{holder, key.ToPem(), CertificateToPem(certificate),
                     CertificateToPem(authority.certificate())};
}

absl::Status SaveCredentials(const NodeFiles& files, const Credentials& credentials) {
  COMPTOIR_RETURN_IF_ERROR(WriteFileAtomically(files.key(), credentials.key_pem, kSecretFileMode));
  COMPTOIR_RETURN_IF_ERROR(
      WriteFileAtomically(files.authority(), credentials.authority_pem, kPublicFileMode));
  return WriteFileAtomically(files.certificate(), credentials.certificate_pem, kPublicFileMode);
}

absl::StatusOr<Identity> MakeIdentity(Credentials credentials) {
  COMPTOIR_ASSIGN_OR_RETURN(std::string certificate,
                            CertificateFromPem(credentials.certificate_pem));
  COMPTOIR_ASSIGN_OR_RETURN(const std::vector<std::string> authorities,
                            ReadPemBlocks(credentials.authority_pem, kCertificateLabel));
  COMPTOIR_ASSIGN_OR_RETURN(KeyPair key, KeyPair::FromPem(credentials.key_pem));
  Identity identity;
  COMPTOIR_ASSIGN_OR_RETURN(identity.coop, ParseAuthorityCertificate(authorities.front()));
  COMPTOIR_ASSIGN_OR_RETURN(identity.verifier, CertificateVerifier::Make(authorities));
  COMPTOIR_ASSIGN_OR_RETURN(identity.holder, ParseCertificate(certificate));
  COMPTOIR_RETURN_IF_ERROR(identity.verifier->VerifyCertificate(certificate).status());
  COMPTOIR_ASSIGN_OR_RETURN(identity.signer,
                            KeySigner::Make(std::move(key), std::move(certificate)));
  credentials.holder = identity.holder;
  identity.tls = std::move(credentials);
  return identity;
}

// One authority only: a second one, which the token says nothing of, could be
// anybody's.
absl::Status CheckEnrolled(const Identity& identity, const Token& token, std::string_view node) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::vector<std::string> authorities,
                            ReadPemBlocks(identity.tls.authority_pem, kCertificateLabel));
  if (authorities.size() != 1 || Fingerprint(authorities.front()) != token.authority) {
    return absl::UnauthenticatedError(
        "this is not the hub that made the token: its authority has another fingerprint. "
        "Check the hub's address; if it is right, ask for a new token");
  }
  if (identity.holder.kind != Holder::Kind::kNode || identity.writer().node != node) {
    return absl::UnauthenticatedError(absl::StrCat("the hub issued a certificate for ",
                                                   identity.writer().node, " instead of node ",
                                                   View(node)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Identity> LoadIdentity(const NodeFiles& files) {
  Credentials credentials;
  COMPTOIR_ASSIGN_OR_RETURN(credentials.certificate_pem,
                            ReadIdentityFile(files, files.certificate()));
  COMPTOIR_ASSIGN_OR_RETURN(credentials.authority_pem, ReadIdentityFile(files, files.authority()));
  COMPTOIR_ASSIGN_OR_RETURN(credentials.key_pem, ReadIdentityFile(files, files.key()));
  absl::StatusOr<Identity> identity = MakeIdentity(std::move(credentials));
  if (identity.ok()) return identity;
  return absl::FailedPreconditionError(
      absl::StrCat("the identity in ", files.identity_folder().string(),
                   " cannot be used: ", identity.status().message(),
                   ". Bring the folder back from a backup, or enrol anew in another one"));
}

absl::StatusOr<Authority> LoadAuthority(const NodeFiles& files) {
  absl::StatusOr<Authority> authority = Authority::Load(files.authority(), files.authority_key());
  if (authority.status().code() != absl::StatusCode::kNotFound) return authority;
  return absl::FailedPreconditionError(
      absl::StrCat("no authority in ", files.data_folder().string(),
                   ": only a folder made by 'comptoir-hub init' has one"));
}

absl::Status InitHub(const NodeFiles& files, std::string_view coop, std::string_view name,
                     std::string_view node, int64_t now_ms, int64_t life_ms) {
  COMPTOIR_RETURN_IF_ERROR(CheckNoIdentity(files));
  COMPTOIR_ASSIGN_OR_RETURN(const Authority authority, Authority::Create(coop, name, now_ms));
  COMPTOIR_ASSIGN_OR_RETURN(
      const Credentials hub,
      IssueCredentials(authority, HubHolder(std::string(coop), std::string(node)), now_ms,
                       life_ms));
  COMPTOIR_ASSIGN_OR_RETURN(
      const Credentials command_line,
      IssueCredentials(authority, OperatorHolder(std::string(coop), std::string(kOperatorName)),
                       now_ms, life_ms));
  COMPTOIR_RETURN_IF_ERROR(MakeSecretFolder(files.identity_folder()));
  COMPTOIR_RETURN_IF_ERROR(authority.Save(files.authority(), files.authority_key()));
  COMPTOIR_RETURN_IF_ERROR(
      WriteFileAtomically(files.operator_file(), WriteCredentials(command_line), kSecretFileMode));
  return SaveCredentials(files, hub);
}

absl::StatusOr<int64_t> RenewOperator(const NodeFiles& files, int64_t now_ms, int64_t life_ms) {
  COMPTOIR_ASSIGN_OR_RETURN(const Authority authority, LoadAuthority(files));
  const absl::StatusOr<std::string> text = ReadPemFile(files.operator_file());
  Credentials credentials;
  if (text.ok()) {
    COMPTOIR_ASSIGN_OR_RETURN(credentials, InFile(files.operator_file(), ParseCredentials(*text)));
    if (credentials.holder.kind != Holder::Kind::kOperator) {
      return absl::FailedPreconditionError(
          absl::StrCat(files.operator_file().string(), " is not an operator's: it is left alone"));
    }
    COMPTOIR_ASSIGN_OR_RETURN(const KeyPair key, KeyPair::FromPem(credentials.key_pem));
    COMPTOIR_ASSIGN_OR_RETURN(const std::string present,
                              CertificateFromPem(credentials.certificate_pem));
    COMPTOIR_ASSIGN_OR_RETURN(const std::string request,
                              MakeSigningRequest(key, credentials.holder.writer.node));
    COMPTOIR_ASSIGN_OR_RETURN(
        const std::string certificate,
        InFile(files.operator_file(), authority.Renew(present, request, now_ms, life_ms)));
    credentials.certificate_pem = CertificateToPem(certificate);
    credentials.authority_pem = CertificateToPem(authority.certificate());
  } else if (absl::IsNotFound(text.status())) {
    COMPTOIR_ASSIGN_OR_RETURN(
        credentials,
        IssueCredentials(authority,
                         OperatorHolder(authority.coop().code, std::string(kOperatorName)), now_ms,
                         life_ms));
  } else {
    return text.status();
  }
  COMPTOIR_RETURN_IF_ERROR(
      WriteFileAtomically(files.operator_file(), WriteCredentials(credentials), kSecretFileMode));
  COMPTOIR_ASSIGN_OR_RETURN(const std::string written,
                            CertificateFromPem(credentials.certificate_pem));
  COMPTOIR_ASSIGN_OR_RETURN(const Life life, LifeOf(written));
  return life.expires_ms;
}

absl::Status CheckRenewal(const Credentials& present, std::string_view certificate_pem) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string before, CertificateFromPem(present.certificate_pem));
  COMPTOIR_ASSIGN_OR_RETURN(const Life life_before, LifeOf(before));
  Credentials renewed = present;
  renewed.certificate_pem = std::string(certificate_pem);
  const absl::StatusOr<Identity> identity = MakeIdentity(std::move(renewed));
  if (!identity.ok()) {
    return absl::UnauthenticatedError(
        absl::StrCat("the renewed certificate cannot be used: ", identity.status().message()));
  }
  if (!(identity->holder == present.holder)) {
    return absl::UnauthenticatedError(absl::StrCat(
        "the renewed certificate is for ", identity->writer().node, " of ",
        identity->writer().shop.empty() ? "the hub" : identity->writer().shop,
        identity->writer().may_edit_catalogue ? " with" : " without",
        " the right to edit the catalogue, not for what ", present.holder.writer.node, " is"));
  }
  COMPTOIR_ASSIGN_OR_RETURN(const Life life, LifeOf(identity->signer->certificate()));
  if (life.expires_ms <= life_before.expires_ms) {
    return absl::UnauthenticatedError(absl::StrCat("the renewed certificate ends on ",
                                                   DateText(life.expires_ms),
                                                   ", no later than the one that is here"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Credentials> SaveRenewal(const NodeFiles& files, std::string_view certificate_pem) {
  COMPTOIR_ASSIGN_OR_RETURN(Identity present, LoadIdentity(files));
  COMPTOIR_RETURN_IF_ERROR(CheckRenewal(present.tls, certificate_pem));
  // As we write it, whatever stood around it.
  COMPTOIR_ASSIGN_OR_RETURN(const std::string der, CertificateFromPem(certificate_pem));
  present.tls.certificate_pem = CertificateToPem(der);
  COMPTOIR_RETURN_IF_ERROR(
      WriteFileAtomically(files.certificate(), present.tls.certificate_pem, kSecretFileMode));
  return present.tls;
}

absl::Status SaveEnrolment(const NodeFiles& files, const KeyPair& key, const Token& token,
                           std::string_view node, std::string_view certificate_pem,
                           std::string_view authority_pem) {
  COMPTOIR_RETURN_IF_ERROR(CheckNoIdentity(files));
  Credentials credentials{Holder(), key.ToPem(), std::string(certificate_pem),
                          std::string(authority_pem)};
  absl::StatusOr<Identity> identity = MakeIdentity(std::move(credentials));
  if (!identity.ok()) {
    return absl::UnauthenticatedError(
        absl::StrCat("the hub's answer cannot be used: ", identity.status().message()));
  }
  COMPTOIR_RETURN_IF_ERROR(CheckEnrolled(*identity, token, node));
  COMPTOIR_RETURN_IF_ERROR(MakeSecretFolder(files.identity_folder()));
  return SaveCredentials(files, identity->tls);
}

std::string WriteCredentials(const Credentials& credentials) {
  return credentials.key_pem + credentials.certificate_pem + credentials.authority_pem;
}

absl::StatusOr<Credentials> ParseCredentials(std::string_view text) {
  COMPTOIR_ASSIGN_OR_RETURN(const KeyPair key, KeyPair::FromPem(text));
  COMPTOIR_ASSIGN_OR_RETURN(std::vector<std::string> certificates,
                            ReadPemBlocks(text, kCertificateLabel));
  if (certificates.size() < 2) {
    return absl::InvalidArgumentError(
        "the file must hold a private key, its certificate and the authority's certificate");
  }
  const std::string certificate = std::move(certificates.front());
  certificates.erase(certificates.begin());
  if (!key.BelongsTo(certificate)) {
    return absl::InvalidArgumentError(
        "the first certificate in the file was not issued for the private key in it");
  }
  Credentials credentials;
  COMPTOIR_ASSIGN_OR_RETURN(credentials.holder, ParseCertificate(certificate));
  COMPTOIR_RETURN_IF_ERROR(CertificateVerifier::Make(certificates).status());
  credentials.key_pem = key.ToPem();
  credentials.certificate_pem = CertificateToPem(certificate);
  credentials.authority_pem = JoinPem(certificates);
  return credentials;
}

}  // namespace comptoir::identity
