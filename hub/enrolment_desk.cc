#include "hub/enrolment_desk.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/code.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/identity/certificate.h"
#include "common/identity/token.h"
#include "common/ledger/returned.h"
#include "common/ledger/tables.h"
#include "common/platform/logging.h"
#include "common/retail/nodes/queries.h"
#include "common/retail/reasons.h"

namespace comptoir::hub {
namespace {

constexpr uint32_t kLifeSeconds = 3'600;
constexpr uint32_t kLifeSecondsMax = 7 * 86'400;
constexpr int kTriesPerMinuteMax = 60;
constexpr size_t kSigningRequestBytesMax = 16 << 10;

constexpr std::string_view kTokenPrefix = "token/";
// Hexadecimal digits of a token's hash that name it: not one in 10^14 is hit by chance,
// and none of them says anything of the secret.
constexpr size_t kIdDigits = 12;

std::string KeyOf(const Hash& token_hash) {
  return absl::StrCat(std::string(kTokenPrefix),
                      absl::BytesToHexString(
                          absl::string_view(token_hash.view().data(), token_hash.view().size())));
}

std::string IdOf(const std::string& key) { return key.substr(kTokenPrefix.size(), kIdDigits); }

bool IsId(const std::string& id) {
  return id.size() == kIdDigits && id.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string NodeKey(const std::string& node) { return absl::StrCat("node/", node); }

absl::Status AlreadySpent(const std::string& node) {
  return absl::PermissionDeniedError(
      absl::StrCat("this token was already used, by ", node, ": make one for each node"));
}

}  // namespace

absl::StatusOr<admin::v1::CreateTokenResponse> EnrolmentDesk::CreateToken(
    const admin::v1::CreateTokenRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(CheckCode("shop", request.shop()));
  const uint32_t life_seconds =
      request.valid_seconds() == 0 ? kLifeSeconds : request.valid_seconds();
  if (life_seconds > kLifeSecondsMax) {
    return absl::InvalidArgumentError("a token lives at most a week (604800 seconds)");
  }
  const identity::Token token =
      identity::MakeToken(identity::Fingerprint(authority_.certificate()), host_.random());
  admin::v1::TokenRow row;
  row.set_shop(request.shop());
  row.set_may_edit_catalogue(request.may_edit_catalogue());
  row.set_created_ms(host_.clock().WallMillis());
  row.set_expires_ms(row.created_ms() + int64_t{life_seconds} * 1000);
  const std::string key = KeyOf(identity::TokenHash(token));
  COMPTOIR_RETURN_IF_ERROR(Write(key, row));
  admin::v1::CreateTokenResponse response;
  response.set_id(IdOf(key));
  response.set_token(identity::TokenText(token));
  response.set_expires_ms(row.expires_ms());
  return response;
}

absl::StatusOr<admin::v1::EnrollResponse> EnrolmentDesk::Enroll(
    const admin::v1::EnrollRequest& request) {
  auto response = TryEnroll(request);
  if (response.ok()) {
    platform::Log(platform::LogLevel::kInfo, "node enrolled",
                  {{"node", request.node()}, {"shop", response->shop()}});
  } else if (!absl::IsResourceExhausted(response.status())) {
    // Those over the rate are not said: whoever floods us does not fill the log.
    const std::string node = request.node().substr(0, kCodeBytesMax);
    platform::Log(platform::LogLevel::kWarning, "an enrolment was refused",
                  {{"node", node}, {"why", response.status()}});
  }
  return response;
}

absl::StatusOr<admin::v1::EnrollResponse> EnrolmentDesk::TryEnroll(
    const admin::v1::EnrollRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(CheckCode("node", request.node()));
  if (request.signing_request_pem().size() > kSigningRequestBytesMax) {
    return absl::InvalidArgumentError("the signing request is over 16 KiB");
  }
  COMPTOIR_ASSIGN_OR_RETURN(const identity::Token token, identity::ParseToken(request.token()));
  const Hash token_hash = identity::TokenHash(token);
  const std::string key = KeyOf(token_hash);
  MutexLock lock(&mutex_);
  COMPTOIR_RETURN_IF_ERROR(CheckRate());
  COMPTOIR_ASSIGN_OR_RETURN(admin::v1::TokenRow row, FindOpen(token_hash));
  COMPTOIR_RETURN_IF_ERROR(CheckPresent(request, row));
  COMPTOIR_RETURN_IF_ERROR(CheckNode(request.node(), row.shop()));
  COMPTOIR_RETURN_IF_ERROR(CheckAbsent(request));
  COMPTOIR_ASSIGN_OR_RETURN(
      const std::string certificate,
      authority_.Issue(identity::NodeHolder(authority_.coop().code, row.shop(), request.node(),
                                            row.may_edit_catalogue()),
                       request.signing_request_pem(), host_.clock().WallMillis(), life_ms_));
  row.set_spent_by(request.node());
  COMPTOIR_RETURN_IF_ERROR(Spend(key, row));

  retail::v1::NodeEnrolled enrolled;
  enrolled.set_node(request.node());
  enrolled.set_shop(row.shop());
  enrolled.set_certificate(certificate);
  enrolled.set_token_sha256(std::string(identity::TokenHash(token).view()));
  COMPTOIR_RETURN_IF_ERROR(
      host_.ledger()
          .AppendAndWait({"",
                          0,
                          journal::v1::SCOPE_COOP,
                          {{retail::v1::FACT_KIND_NODE_ENROLLED, enrolled.SerializeAsString()}}})
          .status());

  admin::v1::EnrollResponse response;
  response.set_certificate_pem(identity::CertificateToPem(certificate));
  response.set_authority_pem(identity::CertificateToPem(authority_.certificate()));
  response.set_coop(authority_.coop().name);
  response.set_shop(row.shop());
  response.set_hub_sync_address(sync_address_);
  return response;
}

absl::StatusOr<sync::v1::RenewCertificateResponse> EnrolmentDesk::Renew(
    const identity::Holder& holder, const std::string& certificate,
    const sync::v1::RenewCertificateRequest& request) {
  auto response = TryRenew(holder, certificate, request);
  if (response.ok()) {
    platform::Log(platform::LogLevel::kInfo, "certificate of a node renewed",
                  {{"node", holder.writer.node}, {"shop", holder.writer.shop}});
  } else {
    SayRefused(holder.writer.node, response.status());
  }
  return response;
}

absl::StatusOr<sync::v1::RenewCertificateResponse> EnrolmentDesk::TryRenew(
    const identity::Holder& holder, const std::string& certificate,
    const sync::v1::RenewCertificateRequest& request) {
  if (holder.kind != identity::Holder::Kind::kNode) {
    return absl::PermissionDeniedError("only the certificates of nodes are renewed here");
  }
  if (const auto revoked = host_.ledger().FindRevocation(holder.writer.node)) {
    return replica::RevokedStatus(*revoked);
  }
  if (request.signing_request_pem().size() > kSigningRequestBytesMax) {
    return absl::InvalidArgumentError("the signing request is over 16 KiB");
  }
  const int64_t now_ms = host_.clock().WallMillis();
  COMPTOIR_ASSIGN_OR_RETURN(const identity::Life life, identity::LifeOf(certificate));
  if (now_ms < life.issued_ms + life.length_ms() / 2) {
    return absl::FailedPreconditionError(
        absl::StrCat("this certificate is good until ", identity::DateText(life.expires_ms),
                     ": ask again in the second half of its life"));
  }
  if (absl::Status books = CheckNode(holder.writer.node, holder.writer.shop); !books.ok()) {
    return absl::PermissionDeniedError(books.message());
  }
  COMPTOIR_ASSIGN_OR_RETURN(
      const std::string renewed,
      authority_.Renew(certificate, request.signing_request_pem(), now_ms, life_ms_));
  sync::v1::RenewCertificateResponse response;
  response.set_certificate_pem(identity::CertificateToPem(renewed));
  return response;
}

void EnrolmentDesk::SayRefused(const std::string& node, const absl::Status& why) {
  {
    MutexLock lock(&mutex_);
    std::string& said = refused_[node];
    if (said == why.message()) return;
    said = std::string(why.message());
  }
  platform::Log(platform::LogLevel::kWarning, "a renewal was refused",
                {{"node", node}, {"why", why}});
}

absl::StatusOr<std::string> EnrolmentDesk::RenewOwn(const std::string& signing_request_pem) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string present,
                            identity::CertificateFromPem(host_.certificate().files().certificate));
  COMPTOIR_ASSIGN_OR_RETURN(
      const std::string renewed,
      authority_.Renew(present, signing_request_pem, host_.clock().WallMillis(), life_ms_));
  return identity::CertificateToPem(renewed);
}

absl::Status EnrolmentDesk::CheckRate() {
  const int64_t minute = host_.clock().BootMillis() / 60'000;
  if (minute != minute_) {
    minute_ = minute;
    tries_ = 0;
  }
  if (++tries_ > kTriesPerMinuteMax) {
    return absl::ResourceExhaustedError("too many tries to enrol: wait a minute");
  }
  return absl::OkStatus();
}

// Whether a token gives who has an identity already what that identity is.
absl::Status EnrolmentDesk::CheckPresent(const admin::v1::EnrollRequest& request,
                                         const admin::v1::TokenRow& row) const {
  if (request.present_certificate_pem().empty()) return absl::OkStatus();
  COMPTOIR_ASSIGN_OR_RETURN(const identity::Holder holder,
                            identity::ParseCertificatePem(request.present_certificate_pem()));
  const identity::Holder given = identity::NodeHolder(authority_.coop().code, row.shop(),
                                                      request.node(), row.may_edit_catalogue());
  if (holder == given) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("this token is for another shop or other rights than ", request.node(),
                   " has: make one with 'comptoir token create --shop ", holder.writer.shop,
                   holder.writer.may_edit_catalogue ? " --may-edit-catalogue'" : "'"));
}

// A machine may take the place of one that is gone; beside one that runs it would be a
// second with its name.
absl::Status EnrolmentDesk::CheckAbsent(const admin::v1::EnrollRequest& request) const {
  if (!request.present_certificate_pem().empty()) return absl::OkStatus();
  for (const replica::PeerView& peer : host_.replica().peers()) {
    if (peer.writer.node != request.node() || !peer.session.hello_received) continue;
    return absl::AlreadyExistsError(
        absl::StrCat("a machine named ", request.node(),
                     " is connected at this moment: choose another name, or stop that one first if "
                     "this one takes its place"));
  }
  return absl::OkStatus();
}

absl::StatusOr<admin::v1::TokenRow> EnrolmentDesk::FindOpen(const Hash& token_hash) {
  const auto snapshot = host_.ledger().NewSnapshot();
  Stored token{KeyOf(token_hash), {}};
  COMPTOIR_ASSIGN_OR_RETURN(const auto bytes, snapshot->Get(ledger::kLocal, token.key));
  if (!bytes.has_value() || !token.row.ParseFromString(*bytes)) {
    return absl::PermissionDeniedError(
        "this token is not one of this hub's: make one with 'comptoir token create'");
  }
  COMPTOIR_RETURN_IF_ERROR(CheckOpen(*snapshot, token));
  return token.row;
}

absl::Status EnrolmentDesk::CheckOpen(const store::Snapshot& snapshot, const Stored& token) {
  if (!token.row.spent_by().empty()) return AlreadySpent(token.row.spent_by());
  // Our row may be from before a restore; the facts came back from the nodes (R13).
  const std::string hash =
      absl::HexStringToBytes(absl::string_view(token.key).substr(kTokenPrefix.size()));
  COMPTOIR_ASSIGN_OR_RETURN(const auto spent_by, retail::WhoSpent(snapshot, hash));
  if (spent_by.has_value()) return AlreadySpent(*spent_by);
  if (token.row.revoked_ms() != 0) {
    return absl::PermissionDeniedError(
        "this token was revoked: make another with 'comptoir token create'");
  }
  COMPTOIR_ASSIGN_OR_RETURN(const auto returned,
                            snapshot.Get(ledger::kLocal, ledger::kReturnedName));
  int64_t returned_ms = 0;
  if (returned.has_value() && !absl::SimpleAtoi(*returned, &returned_ms)) {
    return absl::DataLossError("the note of a restore is damaged");
  }
  // As open as the backup has it: it may have been revoked since (R13).
  if (returned_ms != 0 && token.row.created_ms() <= returned_ms) {
    return absl::PermissionDeniedError(
        "this token is from before the hub was restored: make another with 'comptoir token "
        "create'");
  }
  if (token.row.expires_ms() <= host_.clock().WallMillis()) {
    return absl::PermissionDeniedError(
        "this token has expired: make another with 'comptoir token create'");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<EnrolmentDesk::Stored>> EnrolmentDesk::ReadTokens(
    const store::Snapshot& snapshot, const std::string& prefix) {
  std::vector<Stored> tokens;
  auto rows = snapshot.Scan(ledger::kLocal, prefix, "");
  for (; rows->Valid() && rows->key().starts_with(prefix); rows->Next()) {
    Stored token{std::string(rows->key()), {}};
    if (!token.row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return absl::DataLossError("the row of a token is damaged");
    }
    tokens.push_back(std::move(token));
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return tokens;
}

absl::StatusOr<admin::v1::ListTokensResponse> EnrolmentDesk::ListTokens() {
  const auto snapshot = host_.ledger().NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(std::vector<Stored> tokens,
                            ReadTokens(*snapshot, std::string(kTokenPrefix)));
  std::stable_sort(tokens.begin(), tokens.end(), [](const Stored& a, const Stored& b) {
    return a.row.expires_ms() < b.row.expires_ms();
  });
  admin::v1::ListTokensResponse response;
  for (const Stored& token : tokens) {
    const absl::Status open = CheckOpen(*snapshot, token);
    if (absl::IsPermissionDenied(open)) continue;
    COMPTOIR_RETURN_IF_ERROR(open);
    admin::v1::OpenToken* listed = response.add_tokens();
    listed->set_id(IdOf(token.key));
    listed->set_shop(token.row.shop());
    listed->set_created_ms(token.row.created_ms());
    listed->set_expires_ms(token.row.expires_ms());
    listed->set_may_edit_catalogue(token.row.may_edit_catalogue());
  }
  return response;
}

absl::StatusOr<admin::v1::RevokeTokenResponse> EnrolmentDesk::RevokeToken(
    const admin::v1::RevokeTokenRequest& request) {
  if (!IsId(request.id())) {
    return absl::InvalidArgumentError(
        "a token's id has 12 hexadecimal digits, as 'comptoir token list' shows it");
  }
  // With enrolment's lock: a token is spent or revoked, never both.
  MutexLock lock(&mutex_);
  const auto snapshot = host_.ledger().NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(
      std::vector<Stored> tokens,
      ReadTokens(*snapshot, absl::StrCat(std::string(kTokenPrefix), request.id())));
  if (tokens.empty()) {
    return retail::WithReason(
        absl::NotFoundError(absl::StrCat("no token has the id ", request.id(),
                                         ": 'comptoir token list' lists those that are open")),
        retail::kUnknownToken);
  }
  Stored& token = tokens.front();
  admin::v1::RevokeTokenResponse response;
  response.set_shop(token.row.shop());
  const std::string hash =
      absl::HexStringToBytes(absl::string_view(token.key).substr(kTokenPrefix.size()));
  COMPTOIR_ASSIGN_OR_RETURN(const auto spent_by, retail::WhoSpent(*snapshot, hash));
  const std::string user = spent_by.value_or(token.row.spent_by());
  if (!user.empty()) {
    return retail::WithReason(absl::FailedPreconditionError(absl::StrCat(
                                  "this token was used already, by ", user,
                                  ": to shut that node out, 'comptoir node revoke ", user, "'")),
                              retail::kTokenUsed);
  }
  response.set_repeated(token.row.revoked_ms() != 0);
  if (response.repeated()) return response;
  token.row.set_revoked_ms(host_.clock().WallMillis());
  COMPTOIR_RETURN_IF_ERROR(Write(token.key, token.row));
  platform::Log(platform::LogLevel::kInfo, "token revoked",
                {{"id", request.id()}, {"shop", token.row.shop()}});
  return response;
}

// One name, one shop: a node may enrol anew in its own shop, after losing its disk.
absl::Status EnrolmentDesk::CheckNode(const std::string& node, const std::string& shop) {
  if (host_.ledger().IsRevoked(node)) {
    return absl::AlreadyExistsError(absl::StrCat(
        "the name ", node,
        " is that of a node that was revoked or retired, and is not given again: choose another; a "
        "machine that has it enrols anew, with another data folder"));
  }
  const auto snapshot = host_.ledger().NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(std::optional<std::string> taken_by,
                            snapshot->Get(ledger::kLocal, NodeKey(node)));
  if (taken_by == shop) taken_by.reset();
  if (!taken_by.has_value()) {
    COMPTOIR_ASSIGN_OR_RETURN(taken_by, retail::OtherShopOf(*snapshot, node, shop));
  }
  if (node == host_.ledger().self().node) taken_by = "the hub";
  if (!taken_by.has_value()) return absl::OkStatus();
  return absl::AlreadyExistsError(
      absl::StrCat("the name ", node, " is taken by ", *taken_by, ": choose another"));
}

// The token is spent and the name taken by one write.
absl::Status EnrolmentDesk::Spend(const std::string& key, const admin::v1::TokenRow& row) {
  auto transaction = host_.store().Begin();
  transaction->Put(ledger::kLocal, key, row.SerializeAsString());
  transaction->Put(ledger::kLocal, NodeKey(row.spent_by()), row.shop());
  return host_.store().Commit(std::move(transaction), store::Durability::kSynced);
}

absl::Status EnrolmentDesk::Write(const std::string& key, const admin::v1::TokenRow& row) {
  auto transaction = host_.store().Begin();
  transaction->Put(ledger::kLocal, key, row.SerializeAsString());
  return host_.store().Commit(std::move(transaction), store::Durability::kSynced);
}

}  // namespace comptoir::hub
