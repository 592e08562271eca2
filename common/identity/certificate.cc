#include "common/identity/certificate.h"

#include <ctime>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/code.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/identity/openssl.h"
#include "common/identity/pem.h"
#include "common/journal/chain.h"

namespace comptoir::identity {
namespace {

constexpr std::string_view kHolderScheme = "comptoir://";
constexpr std::string_view kCatalogueRole = "comptoir:role:catalogue";
constexpr std::string_view kIssuedScheme = "comptoir:issued:";
constexpr std::string_view kHubPlace = "-";
constexpr std::string_view kOperatorPlace = "-operator";
constexpr std::string_view kTlsDomain = "comptoir";
constexpr size_t kShownBytesMax = 128;

std::string_view PlaceOf(const Holder& holder) {
  switch (holder.kind) {
    case Holder::Kind::kHub:
      return kHubPlace;
    case Holder::Kind::kOperator:
      return kOperatorPlace;
    case Holder::Kind::kNode:
      break;
  }
  return holder.writer.shop;
}

// Takes what stands before the first '/' of `*rest`; all of it when there is none.
std::string_view ConsumePart(std::string_view* rest) {
  const size_t end = rest->find('/');
  const std::string_view part = rest->substr(0, end);
  rest->remove_prefix(end == std::string_view::npos ? rest->size() : end + 1);
  return part;
}

// `path` is what follows "comptoir://". Nullopt when it is not a holder's.
std::optional<Holder> HolderFromPath(std::string_view path, bool may_edit_catalogue) {
  const std::string coop(ConsumePart(&path));
  const std::string place(ConsumePart(&path));
  const std::string name(path);
  Holder holder;
  if (place == kHubPlace) {
    holder = HubHolder(coop, name);
  } else if (place == kOperatorPlace) {
    holder = OperatorHolder(coop, name);
    holder.writer.may_edit_catalogue = may_edit_catalogue;
  } else {
    holder = NodeHolder(coop, place, name, may_edit_catalogue);
  }
  if (!CheckHolder(holder).ok()) return std::nullopt;
  return holder;
}

std::vector<std::string> UrisIn(const X509* certificate) {
  std::vector<std::string> uris;
  const openssl::GeneralNames names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (names == nullptr) return uris;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* const uri = name->d.uniformResourceIdentifier;
    uris.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                      static_cast<size_t>(ASN1_STRING_length(uri)));
  }
  return uris;
}

// The organisation in the subject: the co-op's name.
std::string OrganisationOf(const X509* certificate) {
  const X509_NAME* const subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_organizationName, -1);
  if (at < 0) return {};
  unsigned char* utf8 = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  if (size < 0) return {};
  std::string name(reinterpret_cast<const char*>(utf8), static_cast<size_t>(size));
  OPENSSL_free(utf8);
  return name;
}

absl::StatusOr<openssl::Certificate> ParseDer(std::string_view der) {
  if (der.size() > kCertificateBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "certificate has ", der.size(), " bytes; at most ", kCertificateBytesMax, " are taken"));
  }
  openssl::Certificate certificate = openssl::ParseX509(der);
  if (certificate == nullptr) {
    return openssl::Error(absl::StatusCode::kInvalidArgument, "this is not an X.509 certificate");
  }
  return certificate;
}

}  // namespace

Holder HubHolder(std::string coop, std::string node) {
  Holder holder;
  holder.kind = Holder::Kind::kHub;
  holder.writer.coop = std::move(coop);
  holder.writer.node = std::move(node);
  holder.writer.hub = true;
  holder.writer.may_edit_catalogue = true;
  return holder;
}

Holder NodeHolder(std::string coop, std::string shop, std::string node, bool may_edit_catalogue) {
  Holder holder;
  holder.kind = Holder::Kind::kNode;
  holder.writer.coop = std::move(coop);
  holder.writer.shop = std::move(shop);
  holder.writer.node = std::move(node);
  holder.writer.may_edit_catalogue = may_edit_catalogue;
  return holder;
}

Holder OperatorHolder(std::string coop, std::string name) {
  Holder holder;
  holder.kind = Holder::Kind::kOperator;
  holder.writer.coop = std::move(coop);
  holder.writer.node = std::move(name);
  holder.writer.may_edit_catalogue = true;
  return holder;
}

absl::Status CheckHolder(const Holder& holder) {
  const journal::Writer& writer = holder.writer;
  COMPTOIR_RETURN_IF_ERROR(CheckCode("co-op", writer.coop));
  const bool hub = holder.kind == Holder::Kind::kHub;
  if (writer.hub != hub || (hub && !writer.may_edit_catalogue)) {
    return absl::InvalidArgumentError("a hub has the hub's rights, and nobody else has");
  }
  if (holder.kind == Holder::Kind::kNode) {
    COMPTOIR_RETURN_IF_ERROR(CheckCode("shop", writer.shop));
  } else if (!writer.shop.empty()) {
    return absl::InvalidArgumentError("only a node belongs to a shop");
  }
  return CheckCode(holder.kind == Holder::Kind::kOperator ? "operator" : "node", writer.node);
}

std::vector<std::string> UrisOf(const Holder& holder) {
  const journal::Writer& writer = holder.writer;
  std::vector<std::string> uris = {
      absl::StrCat(View(kHolderScheme), writer.coop, "/", View(PlaceOf(holder)), "/", writer.node)};
  if (writer.may_edit_catalogue) uris.emplace_back(kCatalogueRole);
  return uris;
}

std::string TlsNameOf(const Holder& holder) {
  switch (holder.kind) {
    case Holder::Kind::kHub:
      return std::string(kHubTlsName);
    case Holder::Kind::kNode:
      return absl::StrCat(holder.writer.node, ".", holder.writer.shop, ".", View(kTlsDomain));
    case Holder::Kind::kOperator:
      break;
  }
  return {};
}

absl::StatusOr<Holder> HolderFromUris(const std::vector<std::string>& uris) {
  const std::string* found = nullptr;
  bool may_edit_catalogue = false;
  for (const std::string& uri : uris) {
    if (uri == kCatalogueRole) may_edit_catalogue = true;
    if (!uri.starts_with(kHolderScheme)) continue;
    if (found != nullptr) {
      return absl::UnauthenticatedError("the certificate names more than one holder");
    }
    found = &uri;
  }
  if (found == nullptr) {
    return absl::UnauthenticatedError("the certificate names no node of a co-op");
  }
  std::optional<Holder> holder =
      HolderFromPath(std::string_view(*found).substr(kHolderScheme.size()), may_edit_catalogue);
  if (!holder.has_value()) {
    return absl::UnauthenticatedError(
        absl::StrCat("the certificate names \"", absl::CHexEscape(found->substr(0, kShownBytesMax)),
                     "\", which is no node, hub or operator"));
  }
  return *std::move(holder);
}

absl::StatusOr<Holder> ParseCertificate(std::string_view der) {
  const openssl::ErrorScope errors;
  COMPTOIR_ASSIGN_OR_RETURN(const openssl::Certificate certificate, ParseDer(der));
  return HolderFromUris(UrisIn(certificate.get()));
}

absl::StatusOr<Holder> ParseCertificatePem(std::string_view pem) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string der, CertificateFromPem(pem));
  return ParseCertificate(der);
}

absl::StatusOr<Life> LifeOf(std::string_view der) {
  const openssl::ErrorScope errors;
  COMPTOIR_ASSIGN_OR_RETURN(const openssl::Certificate certificate, ParseDer(der));
  std::tm expires{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &expires) != 1) {
    return openssl::Error(absl::StatusCode::kInvalidArgument, "the certificate has no last date");
  }
  Life life;
  life.expires_ms = int64_t{timegm(&expires)} * openssl::kMillisPerSecond;
  life.issued_ms = life.expires_ms - kCertificateLifeMs;
  for (const std::string& uri : UrisIn(certificate.get())) {
    int64_t seconds = 0;
    if (!uri.starts_with(kIssuedScheme)) continue;
    if (!absl::SimpleAtoi(uri.substr(kIssuedScheme.size()), &seconds) || seconds < 0 ||
        seconds >= life.expires_ms / openssl::kMillisPerSecond) {
      return absl::InvalidArgumentError("the certificate does not say right when it was issued");
    }
    life.issued_ms = seconds * openssl::kMillisPerSecond;
  }
  return life;
}

std::string DateText(int64_t wall_ms) {
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", absl::FromUnixMillis(wall_ms), absl::UTCTimeZone());
}

bool HaveSameKey(std::string_view one_der, std::string_view other_der) {
  const openssl::ErrorScope errors;
  const openssl::Certificate one = openssl::ParseX509(one_der);
  const openssl::Certificate other = openssl::ParseX509(other_der);
  return one != nullptr && other != nullptr &&
         EVP_PKEY_eq(X509_get0_pubkey(one.get()), X509_get0_pubkey(other.get())) == 1;
}

absl::StatusOr<Coop> ParseAuthorityCertificate(std::string_view der) {
  const openssl::ErrorScope errors;
  COMPTOIR_ASSIGN_OR_RETURN(const openssl::Certificate certificate, ParseDer(der));
  const absl::Status not_authority = absl::InvalidArgumentError(
      "this is not the certificate of a co-op's authority; it is the hub's identity/authority.pem");
  // 1: a certificate authority by its basic constraints.
  if (X509_check_ca(certificate.get()) != 1) return not_authority;
  const std::vector<std::string> uris = UrisIn(certificate.get());
  if (uris.size() != 1 || !uris.front().starts_with(kHolderScheme)) return not_authority;
  Coop coop;
  coop.code = uris.front().substr(kHolderScheme.size());
  if (!IsCode(coop.code)) return not_authority;
  coop.name = OrganisationOf(certificate.get());
  return coop;
}

Hash Fingerprint(std::string_view authority_der) { return journal::Sha256(authority_der); }

absl::StatusOr<std::string> CertificateFromPem(std::string_view pem) {
  return ReadPemBlock(pem, kCertificateLabel);
}

std::string CertificateToPem(std::string_view der) { return WritePem(kCertificateLabel, der); }

}  // namespace comptoir::identity
