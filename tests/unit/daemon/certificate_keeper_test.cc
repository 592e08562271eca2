#include "common/daemon/certificate_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "common/identity/authority.h"
#include "tests/support/coop.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::testing {
namespace {

using daemon::AlarmOf;
using daemon::AuthorityAlarmOf;
using daemon::CertificateAlarm;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kDayMs = 86'400'000;

TEST(CertificateAlarmTest, OfALongLifeAndOfAShortOne) {
  const identity::Life life{0, 400 * kDayMs};
  EXPECT_EQ(AlarmOf(life, 370 * kDayMs), CertificateAlarm::kNone);
  EXPECT_EQ(AlarmOf(life, 370 * kDayMs + 1), CertificateAlarm::kWarning);
  EXPECT_EQ(AlarmOf(life, 393 * kDayMs + 1), CertificateAlarm::kError);
  EXPECT_EQ(AlarmOf(life, 400 * kDayMs), CertificateAlarm::kOver);
  const identity::Life week{0, 8 * kDayMs};
  EXPECT_EQ(AlarmOf(week, 6 * kDayMs), CertificateAlarm::kNone);
  EXPECT_EQ(AlarmOf(week, 6 * kDayMs + 1), CertificateAlarm::kWarning);
  EXPECT_EQ(AlarmOf(week, 7 * kDayMs + 1), CertificateAlarm::kError);
}

TEST(CertificateAlarmTest, OfAnAuthorityComesYearsBefore) {
  const identity::Life life{0, 7'300 * kDayMs};
  EXPECT_EQ(AuthorityAlarmOf(life, 6'570 * kDayMs), CertificateAlarm::kNone);
  EXPECT_EQ(AuthorityAlarmOf(life, 6'571 * kDayMs), CertificateAlarm::kWarning);
  EXPECT_EQ(AuthorityAlarmOf(life, 6'901 * kDayMs), CertificateAlarm::kError);
  EXPECT_EQ(AuthorityAlarmOf(life, 7'300 * kDayMs), CertificateAlarm::kOver);
}

// A node whose hub is the test.
class CertificateKeeperTest : public ::testing::Test {
 protected:
  CertificateKeeperTest() {
    const identity::KeyPair key = Must(identity::KeyPair::Generate());
    const identity::Token token =
        identity::MakeToken(identity::Fingerprint(authority_.certificate()), random_);
    MustOk(identity::SaveEnrolment(files_, key, token, "outremeuse-1", Issue(key.ToPem()),
                                   identity::CertificateToPem(authority_.certificate())));
    keeper_ = Must(daemon::CertificateKeeper::Make(files_, Must(identity::LoadIdentity(files_)).tls,
                                                   clock_, random_));
  }
  // For the key in `key_pem`, from now on.
  std::string Issue(const std::string& key_pem, bool may_edit_catalogue = false) {
    const identity::KeyPair key = Must(identity::KeyPair::FromPem(key_pem));
    return identity::CertificateToPem(Must(authority_.Issue(
        identity::NodeHolder("essai", "outremeuse", "outremeuse-1", may_edit_catalogue),
        Must(identity::MakeSigningRequest(key, "outremeuse-1")), clock_.WallMillis())));
  }
  std::string Issue() { return Issue(keeper_->files().key); }
  void Tick(bool reachable = true) {
    keeper_->Tick(
        [this](const std::string& request) -> absl::StatusOr<std::string> {
          ++asked_;
          EXPECT_THAT(request, HasSubstr("CERTIFICATE REQUEST"));
          return answer_;
        },
        reachable);
  }

  TemporaryFolder folder_;
  FixedClock clock_;
  SeededRandom random_{7};
  const identity::Authority authority_ =
      Must(identity::Authority::Create("essai", "Essai", kMonday));
  const identity::NodeFiles files_{folder_.path()};
  std::unique_ptr<daemon::CertificateKeeper> keeper_;
  absl::StatusOr<std::string> answer_ = absl::UnavailableError("not today");
  int asked_ = 0;
};

TEST_F(CertificateKeeperTest, AsksInTheLastThirdAndUsesTheAnswerAtOnce) {
  const std::string before = keeper_->files().certificate;
  clock_.Advance(266 * kDayMs);
  Tick();
  EXPECT_EQ(asked_, 0);
  clock_.Advance(kDayMs);
  answer_ = Issue();
  Tick();
  EXPECT_EQ(asked_, 1);
  EXPECT_EQ(keeper_->files().certificate, *answer_);
  EXPECT_NE(keeper_->files().certificate, before);
  EXPECT_EQ(keeper_->source()().certificate, *answer_);
  EXPECT_EQ(keeper_->life().expires_ms, clock_.WallMillis() + 400 * kDayMs);
  EXPECT_EQ(Must(identity::LoadIdentity(files_)).tls.certificate_pem, *answer_);
  Tick();
  EXPECT_EQ(asked_, 1);
}

TEST_F(CertificateKeeperTest, FailuresAreTriedAgainWithPausesAndAtOnceWhenTheLinkReturns) {
  clock_.Advance(300 * kDayMs);
  for (int second = 0; second < 3'600; ++second) {
    Tick();
    clock_.Advance(1'000);
  }
  EXPECT_GT(asked_, 60) << "a minute at most between two";
  EXPECT_LT(asked_, 720) << "not each second";
  Tick(/*reachable=*/false);
  const int before = asked_;
  Tick(/*reachable=*/false);
  EXPECT_EQ(asked_, before) << "nobody there";
  Tick();
  EXPECT_EQ(asked_, before + 1);
}

TEST_F(CertificateKeeperTest, AnAnswerThatGivesMoreIsNotUsed) {
  clock_.Advance(380 * kDayMs);
  answer_ = Issue(keeper_->files().key, /*may_edit_catalogue=*/true);
  const std::string before = keeper_->files().certificate;
  Tick();
  EXPECT_EQ(keeper_->files().certificate, before);
  ASSERT_THAT(keeper_->notes(), SizeIs(1));
  EXPECT_THAT(keeper_->notes().front(), HasSubstr("with the right to edit the catalogue"));
}

TEST_F(CertificateKeeperTest, SaysWhatIsWrongAndWhatMendsIt) {
  clock_.Advance(300 * kDayMs);
  Tick(false);
  EXPECT_THAT(keeper_->notes(), IsEmpty()) << "due, but there is time";
  EXPECT_TRUE(keeper_->Explain(absl::OkStatus()).ok());
  clock_.Advance(71 * kDayMs);
  Tick(false);
  ASSERT_THAT(keeper_->notes(), SizeIs(1));
  EXPECT_THAT(keeper_->notes().front(), HasSubstr("the hub is not reached"));
  EXPECT_EQ(keeper_->Explain(absl::UnavailableError("cable")).message(), "cable");
  Tick();
  EXPECT_THAT(keeper_->notes().front(), HasSubstr("not today"));
  clock_.Advance(29 * kDayMs);
  Tick(false);
  EXPECT_THAT(keeper_->notes().front(), HasSubstr("selling goes on"));
  EXPECT_THAT(std::string(keeper_->Explain(absl::UnavailableError("cable")).message()),
              HasSubstr("comptoir-node enroll --renew --data " + std::string(folder_.path())));
}

TEST_F(CertificateKeeperTest, TakesWhatWasPutOnTheDiskByHand) {
  Tick(false);
  // Long before it is due, too.
  clock_.Advance(10 * kDayMs);
  MustOk(identity::SaveRenewal(files_, Issue()).status());
  Tick(false);
  EXPECT_EQ(keeper_->life().expires_ms, clock_.WallMillis() + 400 * kDayMs);
  EXPECT_THAT(keeper_->notes(), IsEmpty());
  EXPECT_EQ(asked_, 0);
}

TEST_F(CertificateKeeperTest, AlarmsOfTheAuthorityStandBeside) {
  clock_.Advance(7'000 * kDayMs);
  answer_ = Issue();
  Tick();
  ASSERT_THAT(keeper_->notes(), SizeIs(1)) << "its own was cut short, and is good";
  EXPECT_THAT(keeper_->notes().front(), HasSubstr("the co-op's authority ends on"));
}

}  // namespace
}  // namespace comptoir::testing
