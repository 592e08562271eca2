#include "cli/cursor_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temporary_folder.h"

namespace comptoir::cli {
namespace {

using ::testing::HasSubstr;

TEST(CursorFileTest, HoldsWhatWasWrittenLast) {
  const comptoir::testing::TemporaryFolder folder;
  const std::string path = folder / "cursor";
  EXPECT_EQ(ReadCursorFile(path).value(), "");  // none yet
  const std::string cursor("\x01\0\xff and more", 12);
  ASSERT_TRUE(WriteCursorFile(path, "before").ok());
  ASSERT_TRUE(WriteCursorFile(path, cursor).ok());
  EXPECT_EQ(ReadCursorFile(path).value(), cursor);
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST(CursorFileTest, WhatIsNoCursorIsNamed) {
  const comptoir::testing::TemporaryFolder folder;
  for (const char* content : {"", "\n", "% % %", "AAAA\nAAAA BBBB ?"}) {
    const std::string path = folder / "damaged";
    std::ofstream(path, std::ios::trunc) << content;
    const auto read = ReadCursorFile(path);
    EXPECT_EQ(read.status().code(), absl::StatusCode::kInvalidArgument) << content;
    EXPECT_THAT(std::string(read.status().message()), HasSubstr(path));
  }
  EXPECT_FALSE(ReadCursorFile(folder / ".").ok());
  EXPECT_FALSE(WriteCursorFile(folder / "none" + std::string("/cursor"), "x").ok());
}

TEST(CursorFileTest, WhereNoneCanBeKeptIsNamedBeforehand) {
  const comptoir::testing::TemporaryFolder folder;
  const std::string path = folder / "cursor";
  EXPECT_TRUE(CheckCursorFile(path).ok());
  EXPECT_TRUE(std::filesystem::is_empty(folder / ".")) << "looking leaves nothing behind";
  ASSERT_TRUE(WriteCursorFile(path, "kept").ok());
  EXPECT_TRUE(CheckCursorFile(path).ok());
  EXPECT_EQ(ReadCursorFile(path).value(), "kept");
  const absl::Status status = CheckCursorFile(folder / "none" + std::string("/cursor"));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("none/cursor: cannot be written: No such"));
}

}  // namespace
}  // namespace comptoir::cli
