#include "common/identity/authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>

#include <ctime>
#include <fstream>
#include <string>

#include "common/identity/openssl.h"
#include "common/identity/pem.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/identity/coop.h"

namespace comptoir::identity {
namespace {

using ::testing::HasSubstr;

std::string RequestOf(const KeyPair& key) {
  return MakeSigningRequest(key, "outremeuse-1").value();
}

// Days from kNowMs to the end of a certificate's life.
int DaysLeft(const std::string& der) {
  const openssl::Certificate certificate = openssl::ParseX509(der);
  int days = 0;
  int seconds = 0;
  const openssl::Owned<ASN1_TIME, ASN1_TIME_free> now(
      ASN1_TIME_set(nullptr, static_cast<time_t>(kNowMs / 1'000)));
  EXPECT_EQ(ASN1_TIME_diff(&days, &seconds, now.get(), X509_get0_notAfter(certificate.get())), 1);
  return days;
}

// Does OpenSSL's own check, with dates and purpose as TLS makes it, pass?
bool FitForTls(const Authority& authority, const std::string& der, int purpose, int64_t now_ms) {
  const openssl::CertificateStore store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), openssl::ParseX509(authority.certificate()).get());
  const openssl::CertificateStoreContext context(X509_STORE_CTX_new());
  const openssl::Certificate certificate = openssl::ParseX509(der);
  X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr);
  X509_STORE_CTX_set_purpose(context.get(), purpose);
  X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context.get()), now_ms / 1'000);
  X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context.get()), X509_V_FLAG_X509_STRICT);
  return X509_verify_cert(context.get()) == 1;
}

bool HasTlsName(const std::string& der, const std::string& name) {
  return X509_check_host(openssl::ParseX509(der).get(), name.data(), name.size(),
                         X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1;
}

TEST(AuthorityTest, IsOfItsCoop) {
  const Authority authority =
      Authority::Create("petits", "Coop\u00e9rative d'Outre", kNowMs).value();
  EXPECT_EQ(authority.coop().code, "petits");
  EXPECT_EQ(authority.coop().name, "Coop\u00e9rative d'Outre");
  EXPECT_EQ(DaysLeft(authority.certificate()), kAuthorityYears * 365);
}

TEST(AuthorityTest, RefusesNamesThatCannotBeWritten) {
  const auto code_of = [](std::string_view coop, std::string_view name) {
    return Authority::Create(coop, name, kNowMs).status().code();
  };
  EXPECT_EQ(code_of("Petits", "name"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code_of("petits", ""), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code_of("petits", std::string(65, 'x')), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code_of("petits", std::string(64, 'x')), absl::StatusCode::kOk);
  EXPECT_EQ(code_of("petits", "\xff\xfe"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code_of("petits", "a\nb"), absl::StatusCode::kInvalidArgument);
  // 64 letters in 128 bytes.
  std::string accents;
  for (int i = 0; i < 64; ++i) accents += "\u00e9";
  EXPECT_EQ(code_of("petits", accents), absl::StatusCode::kOk);
}

TEST(AuthorityTest, IssuesWhatTlsTakes) {
  const Authority authority = MakeAuthority();
  const std::string node = Issue(authority, Node()).certificate;
  EXPECT_TRUE(FitForTls(authority, node, X509_PURPOSE_SSL_SERVER, kNowMs));
  EXPECT_TRUE(FitForTls(authority, node, X509_PURPOSE_SSL_CLIENT, kNowMs));
  EXPECT_TRUE(HasTlsName(node, "outremeuse-1.outremeuse.comptoir"));
  EXPECT_FALSE(HasTlsName(node, "hub.comptoir"));
  const std::string hub = Issue(authority, HubHolder("petits", "hub-1")).certificate;
  EXPECT_TRUE(FitForTls(authority, hub, X509_PURPOSE_SSL_SERVER, kNowMs));
  EXPECT_TRUE(HasTlsName(hub, "hub.comptoir"));
}

TEST(AuthorityTest, AnOperatorIsNeverAServer) {
  const Authority authority = MakeAuthority();
  const std::string person = Issue(authority, OperatorHolder("petits", "claire")).certificate;
  EXPECT_TRUE(FitForTls(authority, person, X509_PURPOSE_SSL_CLIENT, kNowMs));
  EXPECT_FALSE(FitForTls(authority, person, X509_PURPOSE_SSL_SERVER, kNowMs));
}

TEST(AuthorityTest, CertificatesLast400DaysAndForgiveAClockThatFellBack) {
  const Authority authority = MakeAuthority();
  const std::string node = Issue(authority, Node()).certificate;
  EXPECT_EQ(DaysLeft(node), kCertificateDays);
  const auto fits_at = [&](int64_t now_ms) {
    return FitForTls(authority, node, X509_PURPOSE_SSL_CLIENT, now_ms);
  };
  EXPECT_TRUE(fits_at(kDayMs));
  EXPECT_TRUE(fits_at(kNowMs + 399 * kDayMs));
  EXPECT_FALSE(fits_at(kNowMs + 401 * kDayMs));
}

TEST(AuthorityTest, EveryCertificateIsAnother) {
  const Authority authority = MakeAuthority();
  const KeyPair key = KeyPair::Generate().value();
  EXPECT_NE(authority.Issue(Node(), RequestOf(key), kNowMs).value(),
            authority.Issue(Node(), RequestOf(key), kNowMs).value());
}

TEST(AuthorityTest, TheHubDecidesTheNameNotTheRequest) {
  const Authority authority = MakeAuthority();
  const KeyPair key = KeyPair::Generate().value();
  const std::string request = MakeSigningRequest(key, "hub-1").value();
  EXPECT_EQ(ParseCertificate(authority.Issue(Node(), request, kNowMs).value()).value(), Node());
}

TEST(AuthorityTest, IssuesToItsOwnCoopOnly) {
  const Authority authority = MakeAuthority();
  const std::string request = RequestOf(KeyPair::Generate().value());
  const auto refused = [&](const Holder& holder) {
    return authority.Issue(holder, request, kNowMs).status().code() ==
           absl::StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused(NodeHolder("autres", "outremeuse", "outremeuse-1", false)));
  EXPECT_TRUE(refused(NodeHolder("petits", "", "outremeuse-1", false)));
  EXPECT_TRUE(refused(NodeHolder("petits", "outremeuse", "a,DNS:hub.comptoir", false)));
}

TEST(AuthorityTest, RefusesRequestsThatProveNothing) {
  const Authority authority = MakeAuthority();
  const auto why = [&](const std::string& request) {
    const absl::Status status = authority.Issue(Node(), request, kNowMs).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    return std::string(status.message());
  };
  EXPECT_THAT(why(""), HasSubstr("PEM"));
  EXPECT_THAT(why(WritePem(kSigningRequestLabel, "hello")), HasSubstr("damaged"));
  const std::string request = RequestOf(KeyPair::Generate().value());
  std::string der = ReadPemBlock(request, kSigningRequestLabel).value();
  der.back() ^= 1;
  EXPECT_THAT(why(WritePem(kSigningRequestLabel, der)), HasSubstr("not signed by its own key"));
}

TEST(AuthorityTest, RefusesARequestWithAnotherKindOfKey) {
  const openssl::Key key(EVP_EC_gen("P-384"));
  const openssl::SigningRequest request(X509_REQ_new());
  X509_REQ_set_pubkey(request.get(), key.get());
  X509_REQ_sign(request.get(), key.get(), EVP_sha256());
  const openssl::Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(bio.get(), request.get());
  const absl::Status status =
      MakeAuthority().Issue(Node(), openssl::Contents(bio.get()), kNowMs).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("P-256"));
}

RC_GTEST_PROP(AuthorityTest, AnyRequestIsTakenOrRefused, (const std::string& bytes)) {
  const Authority& authority = SharedAuthority();
  static const std::string good =
      ReadPemBlock(RequestOf(KeyPair::Generate().value()), kSigningRequestLabel).value();
  RC_ASSERT(!authority.Issue(Node(), bytes, kNowMs).ok());
  RC_ASSERT(!authority.Issue(Node(), WritePem(kSigningRequestLabel, bytes), kNowMs).ok());
  std::string altered = good;
  const size_t at = *rc::gen::inRange<size_t>(0, altered.size());
  altered[at] = *rc::gen::distinctFrom(altered[at]);
  const auto issued = authority.Issue(Node(), WritePem(kSigningRequestLabel, altered), kNowMs);
  if (issued.ok()) RC_ASSERT(ParseCertificate(*issued).value() == Node());
}

// ---- files ----

class AuthorityFilesTest : public ::testing::Test {
 protected:
  const testing::TemporaryFolder folder_;
  const std::string certificate_file_ = folder_ / "authority.pem";
  const std::string key_file_ = folder_ / "authority-key.pem";
};

TEST_F(AuthorityFilesTest, ComesBackAndIssuesForTheSameVerifiers) {
  const Authority authority = MakeAuthority();
  ASSERT_TRUE(authority.Save(certificate_file_, key_file_).ok());
  const absl::StatusOr<Authority> loaded = Authority::Load(certificate_file_, key_file_);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->certificate(), authority.certificate());
  EXPECT_EQ(loaded->coop().name, authority.coop().name);
  const std::string node = Issue(*loaded, Node()).certificate;
  EXPECT_TRUE(FitForTls(authority, node, X509_PURPOSE_SSL_CLIENT, kNowMs));
}

TEST_F(AuthorityFilesTest, TheKeyIsItsOwnersAlone) {
  ASSERT_TRUE(MakeAuthority().Save(certificate_file_, key_file_).ok());
  struct stat about = {};
  ASSERT_EQ(stat(key_file_.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777, 0600u);
}

TEST_F(AuthorityFilesTest, SaysWhichFileIsMissingOrDamaged) {
  EXPECT_EQ(Authority::Load(certificate_file_, key_file_).status().code(),
            absl::StatusCode::kNotFound);
  ASSERT_TRUE(MakeAuthority().Save(certificate_file_, key_file_).ok());
  std::ofstream(key_file_) << "hello";
  const absl::Status status = Authority::Load(certificate_file_, key_file_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("authority-key.pem"));
}

TEST_F(AuthorityFilesTest, RefusesFilesOfTwoAuthorities) {
  ASSERT_TRUE(MakeAuthority().Save(certificate_file_, key_file_).ok());
  ASSERT_TRUE(MakeAuthority().Save(certificate_file_, folder_ / "other-key.pem").ok());
  const absl::Status status = Authority::Load(certificate_file_, key_file_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("is not the key of"));
}

// ---- renewal ----

TEST(AuthorityRenewTest, GivesTheSameHolderAndKeyMoreTime) {
  const Authority authority = MakeAuthority();
  const Issued node = Issue(authority, Node(/*may_edit_catalogue=*/true));
  // What the request asks to be called is not looked at.
  const std::string request = MakeSigningRequest(node.key, "another").value();
  const int64_t later_ms = kNowMs + 500 * kDayMs;  // over
  const std::string renewed =
      authority.Renew(node.certificate, request, later_ms, 30 * kDayMs).value();
  EXPECT_EQ(ParseCertificate(renewed).value(), Node(true));
  EXPECT_TRUE(HaveSameKey(renewed, node.certificate));
  EXPECT_EQ(LifeOf(renewed).value(), (Life{later_ms, later_ms + 30 * kDayMs}));
}

TEST(AuthorityRenewTest, RefusesAnotherKeyAndAnotherAuthority) {
  const Authority authority = MakeAuthority();
  const Issued node = Issue(authority, Node());
  const std::string other_key =
      MakeSigningRequest(KeyPair::Generate().value(), "outremeuse-1").value();
  EXPECT_EQ(authority.Renew(node.certificate, other_key, kNowMs).status().code(),
            absl::StatusCode::kPermissionDenied);
  const std::string request = MakeSigningRequest(node.key, "outremeuse-1").value();
  EXPECT_EQ(MakeAuthority().Renew(node.certificate, request, kNowMs).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(authority.Renew("hello", request, kNowMs).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_FALSE(authority.Renew(node.certificate, "hello", kNowMs).ok());
}

TEST(AuthorityRenewTest, NothingOutlastsTheAuthority) {
  const Authority authority = MakeAuthority();
  const int64_t end_ms = LifeOf(authority.certificate()).value().expires_ms;
  const Issued late = Issue(authority, Node(), end_ms - kDayMs);
  EXPECT_EQ(LifeOf(late.certificate).value().expires_ms, end_ms);
  const std::string request = MakeSigningRequest(late.key, "outremeuse-1").value();
  EXPECT_EQ(authority.Issue(Node(), request, end_ms).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(AuthorityRenewTest, LivesHaveLimits) {
  const Issued& node = SharedNode();
  const std::string request = MakeSigningRequest(node.key, "outremeuse-1").value();
  for (const int64_t life_ms : {kLifeMsLeast - 1, kLifeMsMost + 1, int64_t{-1}}) {
    EXPECT_EQ(SharedAuthority().Issue(Node(), request, kNowMs, life_ms).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  EXPECT_TRUE(SharedAuthority().Issue(Node(), request, kNowMs, kLifeMsLeast).ok());
}

}  // namespace
}  // namespace comptoir::identity
