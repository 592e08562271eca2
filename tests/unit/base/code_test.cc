#include "common/base/code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace comptoir {
namespace {

using ::testing::HasSubstr;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST(CodeTest, TakesLettersDigitsAndInnerDashes) {
  for (const char* code : {"a", "0", "carottes", "pain-gris", "2-fois", "a-", "a--b"}) {
    EXPECT_TRUE(IsCode(code)) << code;
    EXPECT_TRUE(CheckCode("product", code).ok()) << code;
  }
}

TEST(CodeTest, RefusesWhatCouldBeConfused) {
  for (const char* code :
       {"", "-", "-operator", "Carottes", "pain gris", "caf\xc3\xa9", "a/b", "a.b", "a_b", "a\n"}) {
    EXPECT_FALSE(IsCode(code)) << code;
  }
  EXPECT_FALSE(IsCode(std::string_view("a\0b", 3)));
}

TEST(CodeTest, EndsAtTheLimit) {
  EXPECT_TRUE(IsCode(std::string(kCodeBytesMax, 'x')));
  EXPECT_FALSE(IsCode(std::string(kCodeBytesMax + 1, 'x')));
}

TEST(CodeTest, ErrorNamesTheThingAndShowsIt) {
  const absl::Status status = CheckCode("shop", "Outre\nMeuse");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(status), HasSubstr("shop \"Outre\\nMeuse\""));
  EXPECT_THAT(Message(status), HasSubstr("a-z, 0-9 and '-'"));
  EXPECT_THAT(Message(CheckCode("product", "Pâté")), HasSubstr("product \"Pâté\" is not"));
}

TEST(CodeTest, ErrorShowsOnlyTheStartOfALongText) {
  EXPECT_LT(Message(CheckCode("shop", std::string(1 << 20, 'x'))).size(), 400u);
}

TEST(CodeTest, IsMadeOfANameAsPeopleWouldShortenIt) {
  EXPECT_EQ(CodeOf("Les Petits Producteurs"), "les-petits-producteurs");
  EXPECT_EQ(CodeOf("  L'Épicerie du Pré (Liège) "), "l-epicerie-du-pre-liege");
  EXPECT_EQ(CodeOf("Œufs & Cie"), "oeufs-cie");
  EXPECT_EQ(CodeOf("Дом"), "");
  EXPECT_EQ(CodeOf(std::string(kCodeBytesMax - 1, 'x') + " y"),
            std::string(kCodeBytesMax - 1, 'x'));
}

RC_GTEST_PROP(CodeTest, WhatIsMadeOfANameIsACode, (const std::string& name)) {
  const std::string code = CodeOf(name);
  RC_ASSERT(code.empty() || IsCode(code));
}

RC_GTEST_PROP(CodeTest, CheckAgreesWithIsCode, (const std::string& text)) {
  RC_ASSERT(CheckCode("product", text).ok() == IsCode(text));
}

}  // namespace
}  // namespace comptoir
