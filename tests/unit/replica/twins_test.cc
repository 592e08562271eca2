#include "common/replica/twins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace comptoir::replica {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TwinsTest : public ::testing::Test {
 protected:
  std::vector<std::string> LookOften(int looks) {
    std::vector<std::string> told;
    for (int i = 0; i < looks; ++i) told = twins_.Look(sessions_);
    return told;
  }

  Twins twins_;
  std::vector<HeardSession> sessions_ = {{1, "outremeuse-1", 11, "10.0.0.1:5", 100},
                                         {2, "outremeuse-1", 12, "10.0.0.2:6", 100},
                                         {3, "herstal-1", 13, "10.0.0.3:7", 100}};
};

TEST_F(TwinsTest, BothAreHeard) {
  EXPECT_THAT(LookOften(6), IsEmpty());
  sessions_[0].bytes += 10;
  EXPECT_THAT(LookOften(1), IsEmpty()) << "the other may be dead";
  sessions_[1].bytes += 10;
  EXPECT_THAT(LookOften(1), ElementsAre(AllOf(HasSubstr("outremeuse-1 is in two places"),
                                              HasSubstr("(10.0.0.1, 10.0.0.2)"))));
}

TEST_F(TwinsTest, ADeadConnectionBesideItsSuccessorIsNone) {
  sessions_[0].bytes += 1;  // what was still under way
  EXPECT_THAT(LookOften(6), IsEmpty());
  for (int i = 0; i < 20; ++i) {
    ++sessions_[1].bytes;
    EXPECT_THAT(LookOften(1), IsEmpty());
  }
}

TEST_F(TwinsTest, ARunThatDiedBesideADeadConnectionIsNoTwinOfTheNext) {
  EXPECT_THAT(LookOften(6), IsEmpty());
  sessions_[1].bytes += 10;
  EXPECT_THAT(LookOften(1), IsEmpty());
  sessions_.push_back({4, "outremeuse-1", 14, "10.0.0.2:7", 100});
  for (int i = 0; i < 20; ++i) {
    ++sessions_.back().bytes;
    EXPECT_THAT(LookOften(1), IsEmpty());
  }
}

TEST_F(TwinsTest, TwinsThatConnectAnewAreTheSameTwins) {
  const auto heard = [&] {
    LookOften(6);
    for (HeardSession& session : sessions_) session.bytes += 10;
    return LookOften(1);
  };
  const auto told = heard();
  sessions_[0] = {5, "outremeuse-1", 11, "10.0.0.1:99", 10};
  EXPECT_EQ(heard(), told);
}

TEST_F(TwinsTest, TwoSessionsOfOneRunAreNone) {
  sessions_[1].run = 11;
  for (int i = 0; i < 20; ++i) {
    ++sessions_[0].bytes;
    ++sessions_[1].bytes;
    EXPECT_THAT(LookOften(1), IsEmpty());
  }
}

TEST_F(TwinsTest, OnceOneIsGoneItBeginsAnew) {
  EXPECT_THAT(LookOften(6), IsEmpty());
  const HeardSession gone = sessions_[0];
  sessions_.erase(sessions_.begin());
  EXPECT_THAT(LookOften(1), IsEmpty());
  sessions_.push_back(gone);
  for (HeardSession& session : sessions_) session.bytes += 10;
  EXPECT_THAT(LookOften(6), IsEmpty());
}

}  // namespace
}  // namespace comptoir::replica
