#include "cli/till_journal.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace comptoir::cli {
namespace {

shop::v1::TillAnswer Sold(const std::string& id, int64_t cents) {
  shop::v1::TillAnswer answer;
  answer.set_request_id(id);
  answer.mutable_recorded()->set_number("herstal-1");
  answer.mutable_recorded()->set_total_cents(cents);
  return answer;
}

shop::v1::TillAnswer Refused(const std::string& id) {
  shop::v1::TillAnswer answer;
  answer.set_request_id(id);
  answer.mutable_refusal()->set_reason("UNKNOWN_PRODUCT");
  answer.mutable_refusal()->set_message("no\tsuch\nproduct");
  return answer;
}

TEST(TillJournal, WritesALineAnEvent) {
  std::ostringstream events;
  std::ostringstream answers;
  TillJournal journal(&events, &answers, false);
  journal.Connected();
  journal.Sent("\x01");
  journal.Sent("\x02");
  journal.Answered(Sold("\x01", 250));
  journal.Answered(Refused("\x02"));
  journal.Broken("cut");
  // A tab or line break from the node cannot forge an event.
  const std::string told =
      "sold\t01\therstal-1\t250\n"
      "refused\t02\tUNKNOWN_PRODUCT\tno\xef\xbf\xbdsuch\xef\xbf\xbdproduct\n";
  EXPECT_EQ(events.str(), "connected\nsent\t01\nsent\t02\n" + told + "broken\tcut\n");
  EXPECT_EQ(answers.str(), told);
}

TEST(TillJournal, RemembersLotsSoldPastTheirDayOnce) {
  TillJournal journal(nullptr, nullptr, false);
  shop::v1::TillAnswer answer = Sold("\x01", 250);
  journal.Answered(answer);
  EXPECT_TRUE(journal.past_use_by().empty());
  shop::v1::LotDay* lot = answer.mutable_recorded()->add_past_use_by();
  lot->set_product("lait");
  lot->set_lot("L47");
  journal.Answered(answer);
  journal.Answered(answer);
  ASSERT_EQ(journal.past_use_by().size(), 1u);
  EXPECT_EQ(journal.past_use_by()[0].lot(), "L47");
}

// Counts how often what was written is handed on.
class CountingBuffer : public std::stringbuf {
 public:
  int flushes() const { return flushes_; }

 protected:
  int sync() override {
    ++flushes_;
    return 0;
  }

 private:
  int flushes_ = 0;
};

TEST(TillJournal, WhoeverReadsAlongMissesNoAnswer) {
  CountingBuffer buffer;
  std::ostream answers(&buffer);
  TillJournal journal(nullptr, &answers, false);
  journal.Answered(Sold("a", 250));
  EXPECT_EQ(buffer.flushes(), 1);
  journal.Answered(Refused("b"));
  EXPECT_EQ(buffer.flushes(), 2);
}

TEST(TillJournal, Counts) {
  TillJournal journal(nullptr, nullptr, false);
  journal.Answered(Sold("a", 250));
  journal.Answered(Sold("b", 50));
  journal.Answered(Refused("c"));
  journal.Broken("cut");
  const TillJournal::Totals totals = journal.totals();
  EXPECT_EQ(totals.sold, 2u);
  EXPECT_EQ(totals.cents, 300);
  EXPECT_EQ(totals.refused, 1u);
  EXPECT_EQ(totals.broken, 1u);
  EXPECT_TRUE(journal.is_sound());
}

TEST(TillJournal, PrintsAnswersAsJson) {
  std::ostringstream answers;
  TillJournal journal(nullptr, &answers, true);
  journal.Answered(Sold("a", 250));
  EXPECT_EQ(answers.str(),
            "{\"requestId\":\"YQ==\",\"recorded\":{\"number\":\"herstal-1\",\"totalCents\":\"250\","
            "\"pastUseBy\":[]}}\n");
}

TEST(TillJournal, KnowsWhenItCouldNotWrite) {
  std::ostringstream events;
  TillJournal journal(&events, nullptr, false);
  events.setstate(std::ios::badbit);
  EXPECT_FALSE(journal.is_sound());
}

TEST(TillJournal, TellsListenersOfEachAnswer) {
  TillJournal journal(nullptr, nullptr, false);
  std::vector<std::string> refused;
  uint64_t answered = 0;
  journal.OnAnswer([&](const shop::v1::TillAnswer& answer) {
    if (answer.has_refusal()) refused.push_back(answer.refusal().reason());
  });
  journal.OnProgress([&](uint64_t count) { answered = count; });
  shop::v1::TillAnswer answer;
  answer.mutable_recorded()->set_total_cents(100);
  journal.Answered(answer);
  answer.mutable_refusal()->set_reason("NO_PRICE");
  journal.Answered(answer);
  EXPECT_EQ(refused, std::vector<std::string>{"NO_PRICE"});
  EXPECT_EQ(answered, 2u);
  journal.OnProgress(nullptr);
  journal.Answered(answer);
  EXPECT_EQ(answered, 2u);
}

}  // namespace
}  // namespace comptoir::cli
