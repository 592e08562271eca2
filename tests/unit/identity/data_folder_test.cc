#include "common/identity/data_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temporary_folder.h"
#include "tests/unit/identity/coop.h"

namespace comptoir::identity {
namespace {

using ::testing::HasSubstr;

mode_t ModeOf(const std::filesystem::path& path) {
  struct stat about = {};
  EXPECT_EQ(stat(path.c_str(), &about), 0) << path;
  return about.st_mode & 07777;
}

std::string TextOf(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class DataFolderTest : public ::testing::Test {
 protected:
  absl::Status Init(const NodeFiles& files) {
    return InitHub(files, "petits", "Les Petits Producteurs", "hub-1", kNowMs);
  }

  // What a node gets that enrols as `node` at the hub in `hub_`.
  absl::Status Enrol(const NodeFiles& files, const Holder& holder, const std::string& node) {
    const Authority authority = LoadAuthority(hub_).value();
    CountingRandom random;
    const Token token = MakeToken(Fingerprint(authority.certificate()), random);
    const Issued issued = Issue(authority, holder);
    return SaveEnrolment(files, issued.key, token, node, CertificateToPem(issued.certificate),
                         CertificateToPem(authority.certificate()));
  }

  void ExpectUnusable(const NodeFiles& files, const char* why) {
    const absl::Status status = LoadIdentity(files).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
  }

  const testing::TemporaryFolder hub_folder_;
  const testing::TemporaryFolder node_folder_;
  const NodeFiles hub_{hub_folder_.path()};
  const NodeFiles node_{node_folder_.path()};
};

// ---- the hub ----

TEST_F(DataFolderTest, InitMakesAHub) {
  ASSERT_TRUE(Init(hub_).ok());
  const absl::StatusOr<Identity> identity = LoadIdentity(hub_);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->holder, HubHolder("petits", "hub-1"));
  EXPECT_EQ(identity->tls.holder, identity->holder);
  EXPECT_EQ(identity->coop.name, "Les Petits Producteurs");
  EXPECT_EQ(identity->signer->writer(), identity->writer());
  const std::string signature = identity->signer->Sign("a head").value();
  EXPECT_TRUE(
      identity->verifier->VerifySignature(identity->signer->certificate(), "a head", signature)
          .ok());
  EXPECT_TRUE(LoadAuthority(hub_).ok());
}

TEST_F(DataFolderTest, SecretsAreTheOwnersAlone) {
  ASSERT_TRUE(Init(hub_).ok());
  EXPECT_EQ(ModeOf(hub_.key()), 0600u);
  EXPECT_EQ(ModeOf(hub_.authority_key()), 0600u);
  EXPECT_EQ(ModeOf(hub_.operator_file()), 0600u);
  EXPECT_EQ(ModeOf(hub_.identity_folder()), 0700u);
}

TEST_F(DataFolderTest, InitNeverReplacesAnIdentity) {
  ASSERT_TRUE(Init(hub_).ok());
  const std::string certificate = TextOf(hub_.certificate());
  const absl::Status status = Init(hub_);
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(status.message()), HasSubstr("--data"));
  EXPECT_EQ(TextOf(hub_.certificate()), certificate);
}

TEST_F(DataFolderTest, InitGoesOnAfterACut) {
  ASSERT_TRUE(Init(hub_).ok());
  // The certificate is written last.
  std::filesystem::remove(hub_.certificate());
  ExpectUnusable(hub_, "comptoir-hub init");
  ASSERT_TRUE(Init(hub_).ok());
  EXPECT_TRUE(LoadIdentity(hub_).ok());
}

TEST_F(DataFolderTest, InitSaysWhatIsWrongWithAName) {
  EXPECT_EQ(InitHub(hub_, "Les Petits", "Les Petits", "hub-1", kNowMs).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(InitHub(hub_, "petits", "Les Petits", "Hub 1", kNowMs).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(hub_.identity_folder()));
}

TEST_F(DataFolderTest, TheOperatorFileHoldsAllThatTheCommandLineNeeds) {
  ASSERT_TRUE(Init(hub_).ok());
  const std::string text = TextOf(hub_.operator_file());
  const absl::StatusOr<Credentials> credentials = ParseCredentials(text);
  ASSERT_TRUE(credentials.ok()) << credentials.status();
  EXPECT_EQ(credentials->holder, OperatorHolder("petits", "operator"));
  EXPECT_EQ(credentials->authority_pem, TextOf(hub_.authority()));
  EXPECT_EQ(WriteCredentials(*credentials), text);
}

// ---- a node ----

TEST_F(DataFolderTest, EnrolmentMakesANode) {
  ASSERT_TRUE(Init(hub_).ok());
  ASSERT_TRUE(Enrol(node_, Node(true), "outremeuse-1").ok());
  const absl::StatusOr<Identity> identity = LoadIdentity(node_);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->holder, Node(true));
  EXPECT_EQ(ModeOf(node_.key()), 0600u);
  EXPECT_TRUE(
      LoadIdentity(hub_)->verifier->VerifyCertificate(identity->signer->certificate()).ok());
}

TEST_F(DataFolderTest, EnrolmentNeverReplacesAnIdentity) {
  ASSERT_TRUE(Init(hub_).ok());
  ASSERT_TRUE(Enrol(node_, Node(), "outremeuse-1").ok());
  EXPECT_EQ(Enrol(node_, Node(), "outremeuse-1").code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(DataFolderTest, EnrolmentRefusesAnotherNodesOrTheHubsName) {
  ASSERT_TRUE(Init(hub_).ok());
  for (const Holder& holder : {Node(), HubHolder("petits", "outremeuse-2")}) {
    const absl::Status status = Enrol(node_, holder, "outremeuse-2");
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("instead of node outremeuse-2"));
  }
  EXPECT_FALSE(std::filesystem::exists(node_.identity_folder()));
}

class EnrolmentTest : public DataFolderTest {
 protected:
  absl::Status Save(const KeyPair& key, const std::string& certificate,
                    const std::string& authority_pem) {
    return SaveEnrolment(node_, key, token_, "outremeuse-1", CertificateToPem(certificate),
                         authority_pem);
  }

  void ExpectRefused(const absl::Status& status, const char* why) {
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
    EXPECT_FALSE(std::filesystem::exists(node_.identity_folder()));
  }

  CountingRandom random_;
  const Authority authority_ = MakeAuthority();
  const Authority false_authority_ = MakeAuthority();
  const Token token_ = MakeToken(Fingerprint(authority_.certificate()), random_);
  const Issued issued_ = Issue(authority_, Node());
  const std::string authority_pem_ = CertificateToPem(authority_.certificate());
  const std::string false_authority_pem_ = CertificateToPem(false_authority_.certificate());
};

TEST_F(EnrolmentTest, RefusesAHubWithAnotherFingerprint) {
  const Issued issued = Issue(false_authority_, Node());
  ExpectRefused(Save(issued.key, issued.certificate, false_authority_pem_), "fingerprint");
}

// The token vouches for one authority; a second would be trusted unseen.
TEST_F(EnrolmentTest, RefusesASecondAuthorityBehindTheRightOne) {
  ExpectRefused(Save(issued_.key, issued_.certificate, authority_pem_ + false_authority_pem_),
                "fingerprint");
  ExpectRefused(Save(issued_.key, issued_.certificate, false_authority_pem_ + authority_pem_),
                "fingerprint");
}

TEST_F(EnrolmentTest, RefusesACertificateOfAnotherAuthority) {
  const Issued issued = Issue(false_authority_, Node());
  ExpectRefused(Save(issued.key, issued.certificate, authority_pem_), "authority");
}

TEST_F(EnrolmentTest, RefusesACertificateForAnotherKey) {
  ExpectRefused(Save(KeyPair::Generate().value(), issued_.certificate, authority_pem_),
                "private key");
}

TEST_F(EnrolmentTest, RefusesGarbage) {
  ExpectRefused(Save(issued_.key, "hello", authority_pem_), "X.509");
  ExpectRefused(Save(issued_.key, issued_.certificate, "hello"), "PEM");
  ExpectRefused(Save(issued_.key, issued_.certificate, CertificateToPem(issued_.certificate)),
                "authority");
}

// ---- loading what is not whole ----

TEST_F(DataFolderTest, SaysHowToGetAnIdentity) {
  ExpectUnusable(node_, "comptoir-node enroll");
  EXPECT_EQ(LoadAuthority(node_).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(DataFolderTest, SaysWhichFileIsMissing) {
  ASSERT_TRUE(Init(hub_).ok());
  std::filesystem::remove(hub_.key());
  ExpectUnusable(hub_, "key.pem");
}

TEST_F(DataFolderTest, RefusesFilesThatDoNotBelongTogether) {
  const testing::TemporaryFolder other_folder;
  const NodeFiles other(other_folder.path());
  ASSERT_TRUE(Init(hub_).ok());
  ASSERT_TRUE(Init(other).ok());
  const std::string key = TextOf(hub_.key());
  std::ofstream(hub_.key()) << TextOf(other.key());
  ExpectUnusable(hub_, "private key");
  std::ofstream(hub_.key()) << key;
  EXPECT_TRUE(LoadIdentity(hub_).ok());
  std::ofstream(hub_.authority()) << TextOf(other.authority());
  ExpectUnusable(hub_, "authority");
}

TEST_F(DataFolderTest, RefusesDamagedFiles) {
  ASSERT_TRUE(Init(hub_).ok());
  for (const auto& file : {hub_.key(), hub_.certificate(), hub_.authority()}) {
    const std::string text = TextOf(file);
    std::ofstream(file) << text.substr(0, text.size() / 2);
    ExpectUnusable(hub_, "cannot be used");
    std::ofstream(file) << text;
  }
  EXPECT_TRUE(LoadIdentity(hub_).ok());
}

TEST_F(DataFolderTest, AnOperatorIsNoDaemon) {
  ASSERT_TRUE(Init(hub_).ok());
  const Credentials credentials = ParseCredentials(TextOf(hub_.operator_file())).value();
  std::ofstream(hub_.key()) << credentials.key_pem;
  std::ofstream(hub_.certificate()) << credentials.certificate_pem;
  ExpectUnusable(hub_, "operator");
}

// ---- the command line's file ----

TEST_F(EnrolmentTest, CredentialsNeedAllThreeParts) {
  const std::string key = issued_.key.ToPem();
  const std::string certificate = CertificateToPem(issued_.certificate);
  EXPECT_TRUE(ParseCredentials(key + certificate + authority_pem_).ok());
  for (const std::string& text :
       {std::string(), key, key + certificate, certificate + authority_pem_,
        key + authority_pem_ + certificate, key + certificate + certificate,
        KeyPair::Generate()->ToPem() + certificate + authority_pem_}) {
    EXPECT_EQ(ParseCredentials(text).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

RC_GTEST_PROP(CredentialsTest, AnyTextIsRefused, (const std::string& text)) {
  RC_ASSERT(!ParseCredentials(text).ok());
}

// ---- renewal ----

class RenewalTest : public DataFolderTest {
 protected:
  RenewalTest() {
    EXPECT_TRUE(Init(hub_).ok());
    EXPECT_TRUE(Enrol(node_, Node(), "outremeuse-1").ok());
    before_ = TextOf(node_.certificate());
  }
  // A certificate for `holder` with the node's key, or `key`.
  std::string Renewed(const Authority& authority, const Holder& holder,
                      int64_t now_ms = kNowMs + kDayMs, const KeyPair* key = nullptr) {
    const KeyPair ours = KeyPair::FromPem(TextOf(node_.key())).value();
    const std::string request =
        MakeSigningRequest(key == nullptr ? ours : *key, "outremeuse-1").value();
    return CertificateToPem(authority.Issue(holder, request, now_ms).value());
  }
  void ExpectRefused(const std::string& certificate_pem, const char* why) {
    const absl::Status status = SaveRenewal(node_, certificate_pem).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
    EXPECT_EQ(TextOf(node_.certificate()), before_);
  }
  Authority Hub() { return LoadAuthority(hub_).value(); }

  std::string before_;
};

TEST_F(RenewalTest, TakesThePlaceOfTheOneBefore) {
  const std::string renewed = Renewed(Hub(), Node());
  const auto tls = SaveRenewal(node_, "around it\n" + renewed);
  ASSERT_TRUE(tls.ok()) << tls.status();
  EXPECT_EQ(tls->certificate_pem, renewed);
  EXPECT_EQ(TextOf(node_.certificate()), renewed);
  EXPECT_EQ(ModeOf(node_.certificate()), 0600U);
  EXPECT_EQ(LoadIdentity(node_).value().tls.certificate_pem, renewed);
}

TEST_F(RenewalTest, OfAnotherKeyNameShopRoleOrAuthorityIsRefused) {
  const KeyPair other_key = KeyPair::Generate().value();
  ExpectRefused(Renewed(Hub(), Node(), kNowMs + kDayMs, &other_key), "private key");
  ExpectRefused(Renewed(Hub(), NodeHolder("petits", "outremeuse", "outremeuse-2", false)),
                "is for outremeuse-2");
  ExpectRefused(Renewed(Hub(), NodeHolder("petits", "herstal", "outremeuse-1", false)),
                "of herstal");
  ExpectRefused(Renewed(Hub(), Node(/*may_edit_catalogue=*/true)), "with the right to edit");
  ExpectRefused(Renewed(Hub(), HubHolder("petits", "outremeuse-1")), "of the hub");
  ExpectRefused(Renewed(MakeAuthority(), Node()), "authority");
  ExpectRefused(Renewed(Hub(), OperatorHolder("petits", "outremeuse-1")), "operator");
}

TEST_F(RenewalTest, MustOutlastTheOneBefore) {
  ExpectRefused(Renewed(Hub(), Node(), kNowMs), "no later");
  ExpectRefused(Renewed(Hub(), Node(), kNowMs - kDayMs), "no later");
}

TEST_F(RenewalTest, AHalfWrittenFileIsRefusedAndInNobodysWay) {
  const std::string renewed = Renewed(Hub(), Node());
  EXPECT_FALSE(SaveRenewal(node_, renewed.substr(0, renewed.size() / 2)).ok());
  EXPECT_FALSE(SaveRenewal(node_, "").ok());
  EXPECT_EQ(TextOf(node_.certificate()), before_);
  // A cut in the middle of the write leaves a part beside the file that counts.
  std::ofstream(node_.certificate().string() + ".new") << renewed.substr(0, 40);
  EXPECT_TRUE(LoadIdentity(node_).ok());
  EXPECT_TRUE(SaveRenewal(node_, renewed).ok());
  EXPECT_EQ(TextOf(node_.certificate()), renewed);
}

TEST_F(RenewalTest, OfTheOperatorKeepsItsKey) {
  const Credentials before = ParseCredentials(TextOf(hub_.operator_file())).value();
  const int64_t now_ms = kNowMs + 401 * kDayMs;
  EXPECT_EQ(RenewOperator(hub_, now_ms).value(), now_ms + kCertificateLifeMs);
  const Credentials after = ParseCredentials(TextOf(hub_.operator_file())).value();
  EXPECT_EQ(after.key_pem, before.key_pem);
  EXPECT_EQ(after.holder, before.holder);
  EXPECT_NE(after.certificate_pem, before.certificate_pem);
  EXPECT_EQ(ModeOf(hub_.operator_file()), 0600U);
}

TEST_F(RenewalTest, OfAnOperatorFileThatWasCarriedAwayMakesANewOne) {
  std::filesystem::remove(hub_.operator_file());
  ASSERT_TRUE(RenewOperator(hub_, kNowMs).ok());
  EXPECT_EQ(ParseCredentials(TextOf(hub_.operator_file())).value().holder,
            OperatorHolder("petits", "operator"));
}

TEST_F(RenewalTest, OfWhatIsNoOperatorOfThisCoopLeavesItAlone) {
  const Credentials node = LoadIdentity(node_).value().tls;
  for (const std::string& text : {WriteCredentials(node), std::string("hello")}) {
    std::ofstream(hub_.operator_file()) << text;
    EXPECT_EQ(RenewOperator(hub_, kNowMs).status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(TextOf(hub_.operator_file()), text);
  }
  EXPECT_EQ(RenewOperator(node_, kNowMs).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace comptoir::identity
