#include "cli/written_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/temporary_folder.h"

namespace comptoir::cli {
namespace {

using ::testing::HasSubstr;

class WrittenFileTest : public ::testing::Test {
 protected:
  static std::string Content(const std::string& path) {
    std::ostringstream content;
    content << std::ifstream(path).rdbuf();
    return content.str();
  }

  comptoir::testing::TemporaryFolder folder_;
  const std::string path_ = folder_ / "stick";
};

TEST_F(WrittenFileTest, TakesTheNameOnlyWhenItIsWhole) {
  std::ofstream(path_) << "before";
  {
    auto file = WrittenFile::Create(path_);
    ASSERT_TRUE(file.ok()) << file.status();
    ASSERT_TRUE((*file)->Write("half").ok());
    EXPECT_EQ(Content(path_), "before");
  }
  EXPECT_EQ(Content(path_), "before") << "given up half way";
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
  auto file = WrittenFile::Create(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE((*file)->Write("all ").ok());
  ASSERT_TRUE((*file)->Write("of it").ok());
  ASSERT_TRUE((*file)->Commit().ok());
  EXPECT_EQ(Content(path_), "all of it");
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
}

TEST_F(WrittenFileTest, SaysWhyItCannotBeWritten) {
  const auto none = WrittenFile::Create(folder_ / "no/such/file");
  EXPECT_THAT(std::string(none.status().message()), HasSubstr("No such file or directory"));
  // A device that is always full.
  std::filesystem::create_symlink("/dev/full", path_ + ".new");
  auto full = WrittenFile::Create(path_);
  ASSERT_TRUE(full.ok()) << full.status();
  EXPECT_THAT(std::string((*full)->Write("x").message()), HasSubstr("No space left on device"));
}

TEST_F(WrittenFileTest, AFolderOfThatNameIsLeftAlone) {
  std::filesystem::create_directory(path_);
  {
    auto file = WrittenFile::Create(path_);
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_FALSE((*file)->Commit().ok());
  }
  EXPECT_TRUE(std::filesystem::is_directory(path_));
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
}

}  // namespace
}  // namespace comptoir::cli
