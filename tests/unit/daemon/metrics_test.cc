#include "common/daemon/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "tests/support/coop.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::testing {
namespace {

// Text exposition, read as strictly as a monitor would.
struct Exposition {
  std::map<std::string, std::string> type_of;
  std::map<std::string, double> samples;  // by name with labels

  explicit Exposition(const std::string& text) {
    EXPECT_TRUE(text.ends_with('\n'));
    std::istringstream lines(text);
    std::set<std::string> helped;
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string hash, what, name, rest;
      if (line.starts_with("# ")) {
        words >> hash >> what >> name >> rest;
        EXPECT_FALSE(rest.empty()) << line;
        if (what == "HELP") {
          EXPECT_TRUE(helped.insert(name).second) << "twice: " << name;
        }
        if (what == "TYPE") type_of[name] = rest;
        continue;
      }
      EXPECT_THAT(line, ::testing::MatchesRegex("comptoir_[a-z_]+"
                                                "([{][a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*[}])?"
                                                " [^ ]+"));
      const size_t blank = line.rfind(' ');
      if (blank == std::string::npos) continue;
      const bool is_new =
          samples.emplace(line.substr(0, blank), std::stod(line.substr(blank + 1))).second;
      EXPECT_TRUE(is_new) << "twice: " << line;
    }
    for (const auto& [name, type] : type_of) {
      EXPECT_TRUE(helped.contains(name)) << name;
      EXPECT_EQ(name.ends_with("_total"), type == "counter") << name;
      for (const char* unit : {"_ms", "_milli", "_mib", "_percent"}) {
        EXPECT_EQ(name.find(unit), std::string::npos) << name << " is in no base unit";
      }
    }
  }
  double at(const std::string& sample) const {
    const auto found = samples.find("comptoir_" + sample);
    if (found == samples.end()) ADD_FAILURE() << "there is no " << sample;
    return found == samples.end() ? -1 : found->second;
  }
};

class MetricsTest : public ::testing::Test {
 protected:
  MetricsTest() {
    std::filesystem::create_directory(data_);
    MustOk(identity::InitHub(identity::NodeFiles(data_), "essai", "Essai", "hub", kMonday));
    host_ = Must(daemon::Host::Open({data_, "UTC", true}));
    health_ = std::make_unique<daemon::Health>(host_->health_wiring());
  }
  Exposition Look(bool has_hub = false) {
    return Exposition(daemon::MetricsText({host_.get(), health_.get(), has_hub}));
  }
  void WriteSomething() {
    retail::v1::ShopEdited edited;
    edited.set_shop("outremeuse");
    edited.mutable_name()->set_value("Outremeuse");
    MustOk(host_->ledger()
               .AppendAndWait({"",
                               0,
                               journal::v1::SCOPE_COOP,
                               {{retail::v1::FACT_KIND_SHOP_EDITED, edited.SerializeAsString()}}})
               .status());
  }

  TemporaryFolder folder_;
  const std::string data_ = folder_ / "hub";
  std::unique_ptr<daemon::Host> host_;
  std::unique_ptr<daemon::Health> health_;
};

TEST_F(MetricsTest, OfAHubThatJustBegan) {
  MustOk(host_->ProbeCommit());
  const Exposition page = Look();
  EXPECT_EQ(page.at("serving"), 1);
  EXPECT_EQ(page.at("entries"), 0);
  EXPECT_EQ(page.at("sessions"), 0);
  EXPECT_EQ(page.at("entries_appended_total"), 0);
  EXPECT_EQ(page.at("refused_segments_total{reason=\"fork\"}"), 0);
  EXPECT_EQ(page.at("session_bytes_total{direction=\"received\"}"), 0);
  EXPECT_GT(page.at("disk_free_bytes"), 0);
  EXPECT_EQ(page.at("certificate_expiry_seconds"), kMonday / 1000 + 400 * 86'400);
  EXPECT_EQ(page.at("authority_expiry_seconds"), kMonday / 1000 + int64_t{7'300} * 86'400);
  EXPECT_EQ(page.at("start_time_seconds") * 1000, static_cast<double>(host_->started_ms()));
  EXPECT_TRUE(page.samples.contains("comptoir_store_bytes{table=\"entries\"}"));
  EXPECT_FALSE(page.samples.contains("comptoir_link_up")) << "a hub has no hub";
}

TEST_F(MetricsTest, CountWhatIsWritten) {
  WriteSomething();
  WriteSomething();
  const Exposition page = Look();
  EXPECT_EQ(page.at("entries_appended_total"), 2);
  EXPECT_EQ(page.at("entries"), 3) << "with the first of the journal, its genesis";
  EXPECT_EQ(page.at("commit_seconds_count"), page.at("commit_seconds_bucket{le=\"+Inf\"}"));
  EXPECT_GE(page.at("commit_seconds_count"), 2);
  EXPECT_GT(page.at("commit_seconds_sum"), 0);
  double before = 0;
  for (const char* bound : {"0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1",
                            "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"}) {
    const double count = page.at(std::string("commit_seconds_bucket{le=\"") + bound + "\"}");
    EXPECT_GE(count, before);
    before = count;
  }
}

TEST_F(MetricsTest, OfAReplicaAwayFromItsHub) {
  WriteSomething();
  const Exposition page = Look(/*has_hub=*/true);
  EXPECT_EQ(page.at("link_up"), 0);
  EXPECT_TRUE(page.samples.contains("comptoir_backlog_entries"));
  EXPECT_TRUE(page.samples.contains("comptoir_backlog_oldest_seconds"));
}

TEST_F(MetricsTest, NotServingIsZero) {
  health_->BeginDrain();
  EXPECT_EQ(Look().at("serving"), 0);
}

TEST_F(MetricsTest, AProbeIsACommit) {
  const int64_t before = host_->clock().BootMillis();
  const double commits = Look().at("commit_seconds_count");
  MustOk(host_->ProbeCommit());
  EXPECT_EQ(Look().at("commit_seconds_count"), commits + 1);
  EXPECT_TRUE(health_->Check().ok());
  EXPECT_GE(host_->health_wiring().last_commit_ms(), before);
}

}  // namespace
}  // namespace comptoir::testing
