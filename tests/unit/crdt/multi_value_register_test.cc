#include "common/crdt/multi_value_register.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace comptoir::crdt {
namespace {

using Register = MultiValueRegister<std::string>;

Reference Ref(uint64_t journal, uint64_t sequence, uint64_t hash = 7) {
  return {JournalId(journal), Sequence(sequence), hash};
}

void Write(Register& values, const Reference& reference, uint64_t time, const std::string& value,
           const std::vector<Reference>& replaces = {}) {
  values.Apply({reference, HybridTime(time), value}, replaces);
}

TEST(MultiValueRegisterTest, IsEmptyBeforeTheFirstWrite) {
  const Register values;
  EXPECT_EQ(values.winner(), nullptr);
  EXPECT_FALSE(values.conflict());
}

TEST(MultiValueRegisterTest, AWriteReplacesWhatItLists) {
  Register values;
  Write(values, Ref(1, 1), 10, "carottes");
  Write(values, Ref(2, 1), 5, "carottes en botte", {Ref(1, 1)});
  ASSERT_EQ(values.writes().size(), 1u);
  // Its lower time does not matter: it was written with knowledge of the other.
  EXPECT_EQ(values.winner()->value, "carottes en botte");
  EXPECT_FALSE(values.conflict());
}

TEST(MultiValueRegisterTest, ConcurrentWritesAreKeptAndTheLatestWins) {
  Register values;
  Write(values, Ref(2, 1), 20, "b");
  Write(values, Ref(1, 1), 10, "a");
  EXPECT_EQ(values.winner()->value, "b");
  EXPECT_TRUE(values.conflict());
  Write(values, Ref(3, 1), 1, "both", {Ref(1, 1), Ref(2, 1)});
  EXPECT_EQ(values.winner()->value, "both");
  EXPECT_FALSE(values.conflict());
}

TEST(MultiValueRegisterTest, EqualTimesAreWonByTheHigherJournal) {
  Register values;
  Write(values, Ref(9, 1), 10, "nine");
  Write(values, Ref(3, 5), 10, "three");
  EXPECT_EQ(values.winner()->value, "nine");
}

TEST(MultiValueRegisterTest, TheSameValueTwiceIsNoConflict) {
  Register values;
  Write(values, Ref(1, 1), 10, "same");
  Write(values, Ref(2, 1), 11, "same");
  EXPECT_EQ(values.writes().size(), 2u);
  EXPECT_FALSE(values.conflict());
}

TEST(MultiValueRegisterTest, AReplacedWriteThatArrivesLaterStaysReplaced) {
  Register values;
  Write(values, Ref(2, 1), 5, "new", {Ref(1, 4)});
  EXPECT_EQ(values.replaced(), (std::vector<Reference>{Ref(1, 4)}));
  Write(values, Ref(1, 4), 99, "old");
  ASSERT_EQ(values.writes().size(), 1u);
  EXPECT_EQ(values.winner()->value, "new");
  EXPECT_TRUE(values.replaced().empty());
}

TEST(MultiValueRegisterTest, AReplacedWriteStillReplacesWhenItArrives) {
  Register values;
  Write(values, Ref(1, 1), 1, "first");
  Write(values, Ref(3, 1), 3, "third", {Ref(2, 1)});
  EXPECT_TRUE(values.conflict());
  Write(values, Ref(2, 1), 2, "second", {Ref(1, 1)});
  ASSERT_EQ(values.writes().size(), 1u);
  EXPECT_EQ(values.winner()->value, "third");
}

TEST(MultiValueRegisterTest, AReferenceOnAnotherBranchReplacesNothing) {
  Register values;
  Write(values, Ref(1, 1, 7), 1, "kept");
  Write(values, Ref(2, 1), 2, "beside", {Ref(1, 1, 8)});
  EXPECT_EQ(values.writes().size(), 2u);
  EXPECT_TRUE(values.replaced().empty()) << "nothing that can still arrive";
}

TEST(MultiValueRegisterTest, ARepeatChangesNothing) {
  Register values;
  Write(values, Ref(1, 1), 1, "old");
  Write(values, Ref(2, 1), 2, "new", {Ref(1, 1)});
  const Register before = values;
  Write(values, Ref(1, 1), 1, "old");
  Write(values, Ref(2, 1), 2, "new", {Ref(1, 1)});
  EXPECT_EQ(values, before);
}

TEST(MultiValueRegisterTest, SizeIsBoundedByJournalsNotByWrites) {
  Register values;
  for (uint64_t i = 1; i <= 1'000; ++i) {
    Write(values, Ref(1, i), i, std::to_string(i), {Ref(1, i - 1)});
  }
  EXPECT_EQ(values.writes().size(), 1u);
  EXPECT_TRUE(values.replaced().empty());
  EXPECT_EQ(values.seen().size(), 1u);
}

TEST(MultiValueRegisterTest, FromPartsTakesBackWhatAccessorsGave) {
  Register values;
  Write(values, Ref(1, 3), 1, "a", {Ref(5, 5)});
  Write(values, Ref(2, 1), 2, "b");
  const auto back = Register::FromParts(values.writes(), values.replaced(), values.seen());
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, values);
}

TEST(MultiValueRegisterTest, FromPartsRefusesWhatNoRegisterIs) {
  const Register::Write write{Ref(1, 1), HybridTime(1), "a"};
  const Register::Write other{Ref(2, 1), HybridTime(1), "b"};
  const Register::Seen seen{JournalId(1), Sequence(1)};
  const Register::Seen seen_two{JournalId(2), Sequence(1)};
  EXPECT_TRUE(Register::FromParts({write, other}, {}, {seen, seen_two}).has_value());
  EXPECT_FALSE(Register::FromParts({other, write}, {}, {seen, seen_two}).has_value())
      << "not rising";
  EXPECT_FALSE(Register::FromParts({write}, {}, {}).has_value()) << "a write not seen";
  EXPECT_FALSE(Register::FromParts({}, {Ref(1, 1)}, {seen}).has_value()) << "seen, yet awaited";
  EXPECT_FALSE(Register::FromParts({}, {}, {seen, seen}).has_value()) << "a journal twice";
}

}  // namespace
}  // namespace comptoir::crdt
