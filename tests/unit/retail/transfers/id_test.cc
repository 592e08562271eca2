#include "common/retail/transfers/id.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

const char kRequest[] = "0123456789abcdef";

TEST(TransferIdTest, IsAFunctionOfTheRequestAndNamesItsSender) {
  const std::string id = MakeTransferId("outremeuse", kRequest, 7);
  EXPECT_EQ(id, MakeTransferId("outremeuse", kRequest, 7));
  EXPECT_EQ(id.size(), std::string("outremeuse-k7qm2-w4x8c").size());
  EXPECT_EQ(SenderOf(id), "outremeuse");
  EXPECT_TRUE(CheckTransferId(id).ok());
  EXPECT_EQ(Must(ParseTransferId(id)).text, id);
  EXPECT_EQ(Must(ParseTransferId(id)).shop, "outremeuse");
}

// It stands on papers: what was printed must go on being read.
TEST(TransferIdTest, IsWrittenAsItAlwaysWas) {
  EXPECT_EQ(MakeTransferId("outremeuse", kRequest, 7), "outremeuse-xvyvw-tbxxp");
}

TEST(TransferIdTest, AnotherRequestShopOrContentHasAnother) {
  std::set<std::string> ids = {MakeTransferId("outremeuse", kRequest, 7),
                               MakeTransferId("outremeuse", kRequest, 8),
                               MakeTransferId("outremeuse", "fedcba9876543210", 7)};
  EXPECT_EQ(ids.size(), 3U);
  const std::string other = MakeTransferId("herstal", kRequest, 7);
  EXPECT_EQ(SenderOf(other), "herstal");
  EXPECT_FALSE(ids.contains(other));
}

TEST(TransferIdTest, IsReadAsPeopleTypeIt) {
  const std::string id = MakeTransferId("grand-pre-2", kRequest, 7);
  std::string typed = "  " + id + " ";
  for (char& c : typed) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(Must(ParseTransferId(typed)).text, id);
  std::string run_together = id;
  run_together.erase(run_together.size() - 6, 1);
  EXPECT_EQ(Must(ParseTransferId(run_together)).text, id);
  EXPECT_EQ(Must(ParseTransferId(run_together)).shop, "grand-pre-2");
  ExpectRefused(CheckTransferId(run_together), kBadTransfer);  // not as it is written
}

TEST(TransferIdTest, OneWrongSymbolOrTwoThatChangedPlacesAreSeen) {
  const std::string symbols = "23456789abcdefghjkmnpqrstuvwxyz";
  for (uint32_t digest = 0; digest < 50; ++digest) {
    const std::string id = MakeTransferId("outremeuse", kRequest, digest);
    for (size_t at = id.size() - 11; at < id.size(); ++at) {
      if (id[at] == '-') continue;
      for (const char symbol : symbols) {
        std::string wrong = id;
        wrong[at] = symbol;
        EXPECT_EQ(ParseTransferId(wrong).ok(), wrong == id) << wrong;
      }
      const size_t next = id.at(std::min(at + 1, id.size() - 1)) == '-' ? at + 2 : at + 1;
      if (next >= id.size()) continue;
      std::string swapped = id;
      std::swap(swapped[at], swapped[next]);
      EXPECT_EQ(ParseTransferId(swapped).ok(), swapped == id) << swapped;
    }
  }
}

// The sender's code is guarded like the rest, whatever it has, and places far from the end.
TEST(TransferIdTest, OneWrongSymbolOfTheSendersCodeIsSeen) {
  const std::string symbols = "0123456789abcdefghijklmnopqrstuvwxyz-";
  for (const char* shop : {"il0-o1", "outremeuse", "a-shop-of-a-name-that-is-32-long"}) {
    const std::string id = MakeTransferId(shop, kRequest, 7);
    const size_t length = std::string_view(shop).size();
    for (size_t at = 0; at < length; ++at) {
      for (const char symbol : symbols) {
        std::string wrong = id;
        wrong[at] = symbol;
        EXPECT_EQ(ParseTransferId(wrong).ok(), wrong == id) << wrong;
      }
      std::string swapped = id;
      std::swap(swapped[at], swapped[at + 1]);
      EXPECT_EQ(ParseTransferId(swapped).ok(), swapped == id) << swapped;
    }
  }
}

TEST(TransferIdTest, WhatIsNoneIsRefused) {
  const std::string id = MakeTransferId("outremeuse", kRequest, 7);
  for (const std::string& text :
       {std::string(), std::string("outremeuse"), std::string("-"), id.substr(10), id.substr(11),
        id.substr(1), id + "a", std::string("outremeuse-261123-k7qm2w/12"),
        std::string("outremeuse-00000-00000"), std::string(500, 'a'), std::string(128, '-'),
        std::string("\xff\xfe\x00", 3), id + std::string(1, '\0')}) {
    ExpectRefused(ParseTransferId(text).status(), kBadTransfer);
  }
  EXPECT_EQ(SenderOf(""), "");
  EXPECT_EQ(SenderOf("abc"), "");
}

}  // namespace
}  // namespace comptoir::retail
