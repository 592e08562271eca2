#include "common/daemon/certificate_keeper.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/identity/file.h"
#include "common/identity/pem.h"

namespace comptoir::daemon {
namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kWarningMs = 30 * kDayMs;
constexpr int64_t kErrorMs = 7 * kDayMs;
constexpr int64_t kAuthorityWarningMs = 2 * 365 * kDayMs;
constexpr int64_t kAuthorityErrorMs = identity::kCertificateLifeMs;

absl::StatusOr<identity::Life> LifeOfPem(const std::string& pem) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string der, identity::CertificateFromPem(pem));
  return identity::LifeOf(der);
}

CertificateAlarm Compare(int64_t left_ms, int64_t warning_ms, int64_t error_ms) {
  if (left_ms <= 0) return CertificateAlarm::kOver;
  if (left_ms < error_ms) return CertificateAlarm::kError;
  return left_ms < warning_ms ? CertificateAlarm::kWarning : CertificateAlarm::kNone;
}

}  // namespace

CertificateAlarm AlarmOf(const identity::Life& life, int64_t now_ms) {
  return Compare(life.expires_ms - now_ms, std::min(kWarningMs, life.length_ms() / 4),
                 std::min(kErrorMs, life.length_ms() / 8));
}

CertificateAlarm AuthorityAlarmOf(const identity::Life& life, int64_t now_ms) {
  return Compare(life.expires_ms - now_ms, kAuthorityWarningMs, kAuthorityErrorMs);
}

absl::StatusOr<std::unique_ptr<CertificateKeeper>> CertificateKeeper::Make(
    const identity::NodeFiles& files, const identity::Credentials& present, Clock& clock,
    Random& random) {
  auto keeper =
      std::unique_ptr<CertificateKeeper>(new CertificateKeeper(files, present, clock, random));
  COMPTOIR_ASSIGN_OR_RETURN(
      const auto authorities,
      identity::ReadPemBlocks(present.authority_pem, identity::kCertificateLabel));
  // The last to end, where there are several.
  for (const std::string& authority : authorities) {
    COMPTOIR_ASSIGN_OR_RETURN(const identity::Life life, identity::LifeOf(authority));
    if (life.expires_ms > keeper->authority_life_.expires_ms) keeper->authority_life_ = life;
  }
  MutexLock lock(&keeper->mutex_);
  COMPTOIR_ASSIGN_OR_RETURN(keeper->life_, LifeOfPem(present.certificate_pem));
  return keeper;
}

CertificateKeeper::CertificateKeeper(const identity::NodeFiles& files,
                                     const identity::Credentials& present, Clock& clock,
                                     Random& random)
    : files_(files), clock_(clock), random_(random), present_(present) {}

void CertificateKeeper::Tick(const Ask& ask, bool reachable) {
  const int64_t boot_ms = clock_.BootMillis();
  if (reachable && !was_reachable_) {
    backoff_.Reset();
    next_try_ms_ = boot_ms;
  }
  was_reachable_ = reachable;
  TakeFromDisk();
  if (reachable && boot_ms >= next_try_ms_ && life().IsDue(clock_.WallMillis())) {
    absl::Status status = Renew(ask);
    if (!status.ok()) next_try_ms_ = boot_ms + backoff_.NextDelayMs(random_.Next64());
    MutexLock lock(&mutex_);
    last_failure_ = std::move(status);
  }
  const int64_t wall_ms = clock_.WallMillis();
  const CertificateAlarm own = AlarmOf(life(), wall_ms);
  SayAlarm(own, OwnSentence(own), &own_said_, &own_said_ms_);
  const CertificateAlarm authority = AuthorityAlarmOf(authority_life_, wall_ms);
  SayAlarm(authority, AuthoritySentence(authority), &authority_said_, &authority_said_ms_);
}

absl::Status CertificateKeeper::Renew(const Ask& ask) {
  std::string key_pem;
  std::string node;
  {
    MutexLock lock(&mutex_);
    key_pem = present_.key_pem;
    node = present_.holder.writer.node;
  }
  COMPTOIR_ASSIGN_OR_RETURN(const identity::KeyPair key, identity::KeyPair::FromPem(key_pem));
  COMPTOIR_ASSIGN_OR_RETURN(const std::string request, identity::MakeSigningRequest(key, node));
  COMPTOIR_ASSIGN_OR_RETURN(const std::string certificate, ask(request));
  COMPTOIR_ASSIGN_OR_RETURN(const identity::Credentials renewed,
                            identity::SaveRenewal(files_, certificate));
  return Use(renewed);
}

// What 'enroll --renew' left there while we ran.
void CertificateKeeper::TakeFromDisk() {
  std::error_code error;
  const auto written = std::filesystem::last_write_time(files_.certificate(), error);
  if (error || written == taken_) return;
  taken_ = written;
  identity::Credentials present;
  {
    MutexLock lock(&mutex_);
    present = present_;
  }
  const auto pem = identity::ReadPemFile(files_.certificate());
  if (!pem.ok() || *pem == present.certificate_pem) return;
  if (!identity::CheckRenewal(present, *pem).ok()) return;
  present.certificate_pem = *pem;
  // Its dates were read by the check already.
  (void)Use(present);
}

absl::Status CertificateKeeper::Use(const identity::Credentials& renewed) {
  COMPTOIR_ASSIGN_OR_RETURN(const identity::Life life, LifeOfPem(renewed.certificate_pem));
  {
    MutexLock lock(&mutex_);
    present_ = renewed;
    life_ = life;
    last_failure_ = absl::OkStatus();
  }
  platform::Log(platform::LogLevel::kInfo, "certificate renewed",
                {{"until", identity::DateText(life.expires_ms)}});
  return absl::OkStatus();
}

void CertificateKeeper::SayAlarm(CertificateAlarm alarm, const std::string& sentence,
                                 CertificateAlarm* said, int64_t* said_ms) const {
  const int64_t boot_ms = clock_.BootMillis();
  const bool is_worse = alarm > *said;
  if (alarm == CertificateAlarm::kNone || is_worse || boot_ms - *said_ms >= kDayMs) {
    *said = alarm;
    *said_ms = boot_ms;
    if (alarm == CertificateAlarm::kNone) return;
    platform::Log(alarm == CertificateAlarm::kWarning ? platform::LogLevel::kWarning
                                                      : platform::LogLevel::kError,
                  sentence);
  }
}

std::string CertificateKeeper::OwnSentence(CertificateAlarm alarm) const {
  if (alarm == CertificateAlarm::kNone) return {};
  MutexLock lock(&mutex_);
  const journal::Writer& self = present_.holder.writer;
  const std::string whose = absl::StrCat("the certificate of ", self.node);
  const std::string date = identity::DateText(life_.expires_ms);
  const bool is_over = alarm == CertificateAlarm::kOver;
  if (self.hub) {
    return absl::StrCat(
        whose, is_over ? " ended on " : " ends on ", date, " and was not renewed: ",
        last_failure_.ok() ? "the authority was not asked yet" : last_failure_.message(),
        is_over ? "; no shop can connect" : "");
  }
  if (!is_over) {
    return absl::StrCat(
        whose, " ends on ", date, " and was not renewed: ",
        last_failure_.ok() ? "the hub is not reached" : last_failure_.message(),
        "; bring the link to the hub back before then, or the shop goes on without it");
  }
  return absl::StrCat(whose, " ended on ", date,
                      ": the hub lets this node in no more; selling goes on. ",
                      "Make a token with 'comptoir token create --shop ", self.shop,
                      self.may_edit_catalogue ? " --may-edit-catalogue" : "",
                      "', then say here: comptoir-node enroll --renew --data ",
                      files_.data_folder().string(), " --hub HOST:7401 --token CPT1.…");
}

std::string CertificateKeeper::AuthoritySentence(CertificateAlarm alarm) const {
  if (alarm == CertificateAlarm::kNone) return {};
  return absl::StrCat("the certificate of the co-op's authority ",
                      alarm == CertificateAlarm::kOver ? "ended on " : "ends on ",
                      identity::DateText(authority_life_.expires_ms),
                      ", and no other can outlast it: the co-op must be given a new authority "
                      "before, or its shops and its hub part");
}

rpc::TlsFiles CertificateKeeper::files() const {
  MutexLock lock(&mutex_);
  return {present_.authority_pem, present_.certificate_pem, present_.key_pem};
}

rpc::TlsSource CertificateKeeper::source() const {
  return rpc::TlsSource([this] { return files(); });
}

identity::Life CertificateKeeper::life() const {
  MutexLock lock(&mutex_);
  return life_;
}

std::vector<std::string> CertificateKeeper::notes() const {
  const int64_t wall_ms = clock_.WallMillis();
  std::vector<std::string> notes;
  for (std::string sentence : {OwnSentence(AlarmOf(life(), wall_ms)),
                               AuthoritySentence(AuthorityAlarmOf(authority_life_, wall_ms))}) {
    if (!sentence.empty()) notes.push_back(std::move(sentence));
  }
  return notes;
}

absl::Status CertificateKeeper::Explain(const absl::Status& why) const {
  if (!life().IsOver(clock_.WallMillis())) return why;
  return absl::FailedPreconditionError(OwnSentence(CertificateAlarm::kOver));
}

}  // namespace comptoir::daemon
