// `comptoir watch`: facts as they come, each once, whoever is killed.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <utility>
#include <vector>

#include "tests/process/command_line.h"
#include "tests/process/hand_made_journal.h"
#include "tests/process/raw_peer.h"
#include "tests/process/till.h"

namespace comptoir::testing {
namespace {

using admin::v1::WatchFactsResponse;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Place = std::pair<uint64_t, uint64_t>;  // journal and sequence

// What `watch --json` printed; a line that a kill cut short was not printed.
std::vector<Place> FactsIn(const std::string& out) {
  std::vector<Place> facts;
  std::istringstream lines(out.substr(0, out.rfind('\n') + 1));
  for (std::string line; std::getline(lines, line);) {
    WatchFactsResponse message;
    Require(google::protobuf::util::JsonStringToMessage(line, &message).ok(), "no JSON: " + line);
    if (!message.has_fact()) continue;
    facts.emplace_back(message.fact().reference().journal(), message.fact().reference().sequence());
  }
  return facts;
}

std::vector<Place> HeldBy(admin::v1::AdminService::Stub& admin) {
  std::vector<Place> held;
  for (const auto& journal : HeadsOf(admin)) {
    for (uint64_t i = 1; i <= journal.head().sequence(); ++i) {
      held.emplace_back(journal.head().journal(), i);
    }
  }
  return held;
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class Watch : public CommandLine {
 protected:
  Watch() { ImportProducts(); }

  std::unique_ptr<Program> Start(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "watch");
    return std::make_unique<Program>(Command{
        "comptoir", std::move(arguments), {{"COMPTOIR_IDENTITY", hub_.data() + "/operator.pem"}}});
  }
  void Sell(int sales) {
    for (int i = 0; i < sales; ++i) Done({"sell", "pain-gris"});
  }
};

TEST_F(Watch, EachFactOnceWhoeverIsKilledMeanwhile) {
  const std::string cursor_file = folder_ / "cursor";
  const std::vector<std::string> arguments = {"--hub", hub_.sync(), "--json", "--cursor-file",
                                              cursor_file};
  Till till("watch", Seed(20'261'125), {{"carottes", retail::v1::UNIT_KILOGRAM, 195}});
  std::vector<Place> seen;
  for (int round = 0; round < 4; ++round) {
    Selling selling(till, node_->address());
    const auto watch = Start(arguments);
    const auto sees_more_than = [&watch](size_t facts) {
      return Eventually([&] { return FactsIn(watch->out()).size() > facts; });
    };
    ASSERT_TRUE(sees_more_than(0)) << watch->err();
    hub_.Kill();
    const size_t at_kill = FactsIn(watch->out()).size();
    hub_.Start();
    // By itself, once the hub is back.
    ASSERT_TRUE(sees_more_than(at_kill)) << watch->err();
    const bool is_killed = round % 2 == 1;
    if (is_killed) {
      watch->Kill();
    } else {
      watch->Signal(SIGINT);
      const auto ended = watch->WaitForEnd();
      ASSERT_TRUE(ended.has_value());
      EXPECT_EQ(ended->code, 0) << ended->err;
    }
    selling.EndByPause();
    till.Resume();
    std::vector<Place> facts = FactsIn(watch->out());
    // What was shown when it was killed may not have been noted: that one line comes again.
    if (!seen.empty() && round > 0 && facts.front() == seen.back()) {
      EXPECT_EQ((round - 1) % 2, 1) << "repeated after a clean end";
      facts.erase(facts.begin());
    }
    seen.insert(seen.end(), facts.begin(), facts.end());
  }
  WaitUntilLevel(hub_, *node_);
  auto last = arguments;
  last.push_back("--no-follow");
  const auto watch = Start(last);
  const auto ended = watch->WaitForEnd();
  ASSERT_TRUE(ended.has_value());
  EXPECT_EQ(ended->code, 0) << ended->err;
  std::vector<Place> rest = FactsIn(ended->out);
  if (!rest.empty() && rest.front() == seen.back()) rest.erase(rest.begin());
  seen.insert(seen.end(), rest.begin(), rest.end());
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, HeldBy(hub_.admin()));
  EXPECT_GT(till.told(), 0U);
}

TEST_F(Watch, PeopleReadALineAFactAndFiltersLeaveTheRestOut) {
  Sell(3);
  EXPECT_THAT(LinesOf(Done({"watch", "--no-follow"})), SizeIs(HeldBy(node_->admin()).size()));
  const auto sold = LinesOf(Done({"watch", "--no-follow", "--kind", "sold"}));
  ASSERT_THAT(sold, SizeIs(3));
  EXPECT_THAT(sold[0], HasSubstr("outremeuse     sold"));
  EXPECT_THAT(sold[0], HasSubstr("1 pain-gris: 3.20 by cash"));
  EXPECT_EQ(Run({"watch", "--no-follow", "--shop", "outremeuse"}).err, "");
  const Ended unknown = Run({"watch", "--no-follow", "--kind", "sold", "--shop", "outremouse"});
  EXPECT_EQ(unknown.code, 0);
  EXPECT_THAT(unknown.out, IsEmpty());
  EXPECT_THAT(unknown.err, HasSubstr("a shop \"outremouse\" wrote is known here yet"));
  EXPECT_THAT(Done({"watch", "--no-follow", "--from-now"}), IsEmpty());
}

// R6 as people see it.
TEST_F(Watch, ABadFactIsShownAtHubAndShopWithWhyAndWhatFollowsItCounts) {
  const std::string data = folder_ / "second";
  const Ended enrolled =
      RunToEnd(EnrolCommand(data, "outremeuse-2", hub_.web(), hub_.CreateToken("outremeuse")));
  ASSERT_EQ(enrolled.code, 0) << enrolled.err;
  const identity::Identity second = IdentityOf(data);
  HandMadeJournal journal(*second.signer);
  journal.AddSale("pain-gris", -5'000);
  journal.AddSale("pain-gris", 2'000);
  RawPeer peer(hub_.sync(), second);
  peer.SayHello();
  peer.Bring(journal.Whole());
  EXPECT_EQ(peer.AwaitAck(journal.id()).sequence(), 3U);
  WaitUntilLevel(hub_, *node_);
  const auto expect_shown = [](const std::string& watched, const std::string& status) {
    const std::vector<std::string> sold = LinesOf(watched);
    ASSERT_THAT(sold, SizeIs(2));
    EXPECT_THAT(sold[0], AllOf(HasSubstr("outremeuse     sold"),
                               HasSubstr("BAD, counts for nothing: line 1"),
                               HasSubstr("(entry 2 of outremeuse-2 ")));
    EXPECT_THAT(sold[1], HasSubstr("2 pain-gris: 5.00 by card"));
    EXPECT_THAT(status, ContainsRegex("bad facts +1\n"));
    EXPECT_THAT(status, ContainsRegex("holds +1 receipt; "));
  };
  const std::vector<std::string> watch = {"watch", "--no-follow", "--kind", "sold"};
  expect_shown(Done(watch), Done({"status"}));
  expect_shown(DoneAtHub(watch), DoneAtHub({"status"}));
}

TEST_F(Watch, ACursorThatCannotBeIsRefused) {
  Sell(1);
  const std::string kept = folder_ / "kept";
  Done({"watch", "--no-follow", "--cursor-file", kept});
  EXPECT_THAT(Done({"watch", "--no-follow", "--cursor-file", kept}), IsEmpty());
  // A node's at the hub, and what is none.
  const Ended foreign = RunAtHub({"watch", "--no-follow", "--cursor-file", kept});
  EXPECT_EQ(foreign.code, 1);
  EXPECT_THAT(foreign.err, HasSubstr("BAD_CURSOR"));
  const Ended nonsense = Run({"watch", "--no-follow", "--from-cursor", "bm9uc2Vuc2U="});
  EXPECT_EQ(nonsense.code, 1);
  EXPECT_THAT(nonsense.err, HasSubstr("BAD_CURSOR"));
  const Ended damaged = Run({"watch", "--cursor-file", File("damaged", "% not base64 %")});
  EXPECT_EQ(damaged.code, 2);
  EXPECT_EQ(Run({"watch", "--kind", "stolen"}).code, 2);
  const Ended nowhere = Run({"watch", "--no-follow", "--cursor-file", folder_ / "none/kept"});
  EXPECT_EQ(nowhere.code, 2);
  EXPECT_EQ(nowhere.out, "") << "nothing is shown that cannot be noted";
  EXPECT_THAT(nowhere.err, HasSubstr("none/kept: cannot be written: No such file"));
}

TEST_F(Watch, WhoDoesNotReadHoldsUpNobodyAndTheHubStillStops) {
  std::string sheet = "Code;Nom;Unité;Prix TVAC;TVA\r\n";
  for (int i = 0; i < 400; ++i) {
    sheet += "article-" + std::to_string(i) + ";" + std::string(200, 'x') + ";pièce;3,20;6\r\n";
  }
  Done({"import", "products", File("many.csv", sheet)});
  // More than is on its way unread at once, on as many streams as may be.
  constexpr size_t kStreamsMax = 32;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<WatchFactsResponse>>> streams;
  const auto open = [&] {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    streams.push_back(hub_.admin().WatchFacts(contexts.back().get(), {}));
  };
  WatchFactsResponse message;
  for (size_t i = 0; i < kStreamsMax; ++i) {
    open();
    ASSERT_TRUE(streams.back()->Read(&message));
  }
  open();
  EXPECT_FALSE(streams.back()->Read(&message));
  EXPECT_EQ(streams.back()->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  streams.pop_back();
  Sell(3);
  WaitUntilLevel(hub_, *node_);
  // One of them begins to read, and finds everything.
  std::vector<Place> seen = {
      {message.fact().reference().journal(), message.fact().reference().sequence()}};
  while (streams.back()->Read(&message)) {
    if (!message.has_fact()) {
      if (seen.size() >= HeldBy(hub_.admin()).size()) break;
      continue;
    }
    seen.emplace_back(message.fact().reference().journal(), message.fact().reference().sequence());
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, HeldBy(hub_.admin()));
  hub_.Stop();
  for (const auto& stream : streams) {
    while (stream->Read(&message)) continue;
    EXPECT_FALSE(stream->Finish().ok());
  }
  hub_.Start();
}

}  // namespace
}  // namespace comptoir::testing
