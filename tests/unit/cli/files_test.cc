#include "cli/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace comptoir::cli {
namespace {

using ::testing::HasSubstr;

class FilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = ::testing::TempDir() + "/comptoir_files_test." + std::to_string(getpid());
    std::ofstream(path_) << std::string(100'000, 'x');
  }
  void TearDown() override { unlink(path_.c_str()); }

  std::string path_;
};

TEST_F(FilesTest, ReadsAllOfAFile) { EXPECT_EQ(ReadFile(path_, 100'000)->size(), 100'000u); }

TEST_F(FilesTest, RefusesTooMuch) {
  EXPECT_THAT(std::string(ReadFile(path_, 99'999).status().message()),
              HasSubstr("more than 99999"));
}

TEST_F(FilesTest, NamesWhatCannotBeRead) {
  const absl::Status missing = ReadFile(path_ + ".missing", 10).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.message()), HasSubstr(".missing: No such file"));
  EXPECT_THAT(std::string(ReadFile(::testing::TempDir(), 10).status().message()),
              HasSubstr("Is a directory"));
}

TEST_F(FilesTest, StopsAtALineThatIsTooLong) {
  EXPECT_EQ(ReadLines(path_, 200'000, 100'000)->size(), 100'000u);
  EXPECT_THAT(std::string(ReadLines(path_, 200'000, 99'999).status().message()),
              HasSubstr(path_ + ":1: this line is too long"));
  std::ofstream(path_) << "a\r\nb\r\n" << std::string(100'000, 'x');
  EXPECT_THAT(std::string(ReadLines(path_, 200'000, 99'999).status().message()),
              HasSubstr(":3: this line is too long"));
  std::ofstream(path_) << "a\rb\r" << std::string(90'000, 'x') << "\r" << std::string(90'000, 'y');
  EXPECT_TRUE(ReadLines(path_, 200'000, 99'999).ok());
}

// Of a line that never ends no more is held than the limit.
TEST_F(FilesTest, AnEndlessLineIsRefusedEarly) {
  EXPECT_THAT(std::string(ReadLines("/dev/zero", 1 << 20, 64 << 10).status().message()),
              HasSubstr("/dev/zero:1: this line is too long"));
}

TEST(Files, WhetherTheLastLineHasItsEnd) {
  EXPECT_FALSE(EndsItsLastLine("code;prix\nsavon;3,4"));
  for (const char* whole : {"", "code\nsavon\n", "code\rsavon\r", "code\r\nsavon\r\n"}) {
    EXPECT_TRUE(EndsItsLastLine(whole)) << whole;
  }
}

}  // namespace
}  // namespace comptoir::cli
