#include "common/base/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace comptoir {
namespace {

TEST(Utf8, TakesEverySequenceLength) {
  EXPECT_TRUE(IsUtf8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\xa5\x95"));
  EXPECT_TRUE(IsUtf8(""));
}

TEST(Utf8, RefusesWhatIsNotUtf8) {
  for (const char* bytes : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
                            "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "caf\xe9"}) {
    EXPECT_FALSE(IsUtf8(bytes)) << bytes;
  }
}

TEST(Utf8, LeavesTheTextAloneWhereItFails) {
  std::string_view text = "\xe2\x82";
  char32_t code_point = 0;
  EXPECT_FALSE(ConsumeCodePoint(&text, &code_point));
  EXPECT_EQ(text.size(), 2u);
}

TEST(Utf8, CutsBetweenCharacters) {
  const std::string text = "aé漢😀";  // 1, 2, 3 and 4 bytes
  const std::vector<size_t> whole = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (size_t bytes = 0; bytes < whole.size(); ++bytes) {
    EXPECT_EQ(WholeCharacters(text, bytes), text.substr(0, whole[bytes])) << bytes;
  }
}

TEST(Utf8, CountsColumnsNotBytes) {
  EXPECT_EQ(DisplayWidth("Crème fraîche"), 13u);
  EXPECT_EQ(DisplayWidth("Cre\xcc\x80me"), 5u);  // a combining grave accent
  EXPECT_EQ(DisplayWidth("豆腐"), 4u);
  EXPECT_EQ(DisplayWidth("a\xff"), 2u);
}

TEST(Utf8, ReplacesWhatSteersATerminal) {
  EXPECT_EQ(Printable("a\033[31mb"), "a\xef\xbf\xbd[31mb");
  EXPECT_EQ(Printable("a\nb\x7f"),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd");
  EXPECT_EQ(Printable("\xc2\x9b"), "\xef\xbf\xbd");      // the 8-bit escape
  EXPECT_EQ(Printable("\xe2\x80\xae"), "\xef\xbf\xbd");  // right-to-left override
  EXPECT_EQ(Printable("\xff"), "\xef\xbf\xbd");
  EXPECT_EQ(Printable("Pâté de foie"), "Pâté de foie");
}

TEST(Utf8, FoldsCaseAndAccents) {
  EXPECT_EQ(FoldCase("UNITÉ"), "unite");
  EXPECT_EQ(FoldCase("Désignation ç ÿ ñ"), "designation c y n");
  EXPECT_EQ(FoldCase("Œufs"), "oeufs");
  EXPECT_EQ(FoldCase("5 €"), "5 €");
  EXPECT_EQ(FoldCase("\xff"), "\xff");
}

}  // namespace
}  // namespace comptoir
