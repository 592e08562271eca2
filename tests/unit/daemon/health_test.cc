#include "common/daemon/health.h"

#include <gtest/gtest.h>

#include "comptoir/admin/v1/admin.pb.h"
#include "google/protobuf/util/json_util.h"
#include "tests/support/fixed_sources.h"

namespace comptoir::testing {
namespace {

class HealthTest : public ::testing::Test {
 protected:
  absl::Status Check() const { return health_.Check(); }

  FixedClock clock_;
  int64_t last_commit_ms_ = 0;
  absl::Status room_;
  int probes_ = 0;
  bool disk_answers_ = true;
  daemon::Health health_{{&clock_, [this] { return last_commit_ms_; },
                          [this] {
                            ++probes_;
                            if (!disk_answers_) return absl::InternalError("no disk");
                            last_commit_ms_ = clock_.BootMillis();
                            return absl::OkStatus();
                          },
                          [this] { return room_; }}};
};

TEST_F(HealthTest, ServesOnceAWriteReachedTheDisk) {
  EXPECT_EQ(Check().code(), absl::StatusCode::kUnavailable);
  health_.Probe();
  EXPECT_EQ(probes_, 1);
  EXPECT_TRUE(Check().ok());
}

TEST_F(HealthTest, ProbesOnlyWhatIsIdle) {
  health_.Probe();
  clock_.Advance(daemon::kProbeAfterMs - 1);
  health_.Probe();
  EXPECT_EQ(probes_, 1) << "a commit was made lately";
  clock_.Advance(1);
  health_.Probe();
  EXPECT_EQ(probes_, 2);
  // Sales prove it as well.
  clock_.Advance(daemon::kProbeAfterMs);
  last_commit_ms_ = clock_.BootMillis();
  health_.Probe();
  EXPECT_EQ(probes_, 2);
}

TEST_F(HealthTest, ADiskThatHangsIsSeen) {
  health_.Probe();
  clock_.Advance(daemon::kCommitAgeMsMax);
  EXPECT_TRUE(Check().ok());
  clock_.Advance(1'000);
  const absl::Status hung = Check();
  EXPECT_EQ(hung.code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(std::string(hung.message()).find("for 16 s"), std::string::npos) << hung;
  // The wall clock has no say.
  last_commit_ms_ = clock_.BootMillis();
  clock_.Jump(86'400'000);
  EXPECT_TRUE(Check().ok());
}

TEST_F(HealthTest, AProbeThatFailsProvesNothing) {
  disk_answers_ = false;
  health_.Probe();
  EXPECT_FALSE(Check().ok());
}

TEST_F(HealthTest, NotWhileTheDiskIsNearlyFullAndNothingIsWrittenForAProof) {
  health_.Probe();
  room_ = absl::ResourceExhaustedError("nearly full");
  EXPECT_EQ(Check(), room_);
  clock_.Advance(2 * daemon::kCommitAgeMsMax);
  health_.Probe();
  EXPECT_EQ(probes_, 1);
  room_ = absl::OkStatus();
  health_.Probe();
  EXPECT_TRUE(Check().ok());
}

TEST_F(HealthTest, NotWhileItDrains) {
  health_.Probe();
  health_.BeginDrain();
  EXPECT_EQ(std::string(Check().message()), "it is stopping");
}

admin::v1::Health Parse(const std::string& json) {
  admin::v1::Health health;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &health).ok()) << json;
  return health;
}

TEST(HealthPage, SaysWhyInJson) {
  const daemon::HealthPage serving = daemon::MakeHealthPage(absl::OkStatus());
  EXPECT_EQ(serving.http_status, 200);
  EXPECT_EQ(serving.json, "{\"serving\":true,\"why\":\"\"}\n");
  const daemon::HealthPage not_serving =
      daemon::MakeHealthPage(absl::UnavailableError("the disk said \"no\""));
  EXPECT_EQ(not_serving.http_status, 503);
  EXPECT_FALSE(Parse(not_serving.json).serving());
  EXPECT_EQ(Parse(not_serving.json).why(), "the disk said \"no\"");
}

}  // namespace
}  // namespace comptoir::testing
