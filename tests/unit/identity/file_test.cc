#include "common/identity/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "common/identity/pem.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::identity {
namespace {

using ::testing::HasSubstr;

mode_t ModeOf(const std::string& path) {
  struct stat about = {};
  EXPECT_EQ(stat(path.c_str(), &about), 0) << path;
  return about.st_mode & 07777;
}

class FileTest : public ::testing::Test {
 protected:
  const testing::TemporaryFolder folder_;
  const std::string file_ = folder_ / "key.pem";
};

TEST_F(FileTest, ContentAndModeComeBack) {
  ASSERT_TRUE(WriteFileAtomically(file_, "one", kSecretFileMode).ok());
  EXPECT_EQ(ReadPemFile(file_).value(), "one");
  EXPECT_EQ(ModeOf(file_), 0600u);
  ASSERT_TRUE(WriteFileAtomically(file_, "", kPublicFileMode).ok());
  EXPECT_EQ(ReadPemFile(file_).value(), "");
  EXPECT_EQ(ModeOf(file_), 0644u);
}

TEST_F(FileTest, LeavesNothingElseBehind) {
  ASSERT_TRUE(WriteFileAtomically(file_, "one", kSecretFileMode).ok());
  ASSERT_TRUE(WriteFileAtomically(file_, "two", kSecretFileMode).ok());
  EXPECT_EQ(ReadPemFile(file_).value(), "two");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

// A cut left the unfinished file, readable by everyone.
TEST_F(FileTest, WhatACutLeftIsReplacedAndItsModeWithIt) {
  const std::string unfinished = file_ + ".new";
  std::ofstream(unfinished) << "half of a much longer content";
  ASSERT_EQ(chmod(unfinished.c_str(), 0666), 0);
  ASSERT_TRUE(WriteFileAtomically(file_, "whole", kSecretFileMode).ok());
  EXPECT_EQ(ReadPemFile(file_).value(), "whole");
  EXPECT_EQ(ModeOf(file_), 0600u);
}

TEST_F(FileTest, AFailureLeavesTheOldContent) {
  ASSERT_TRUE(WriteFileAtomically(file_, "old", kSecretFileMode).ok());
  std::filesystem::create_directory(file_ + ".new");
  const absl::Status status = WriteFileAtomically(file_, "new", kSecretFileMode);
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("key.pem"));
  EXPECT_EQ(ReadPemFile(file_).value(), "old");
}

TEST_F(FileTest, SaysWhatCannotBeRead) {
  const absl::Status status = ReadPemFile(file_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("key.pem"));
  EXPECT_FALSE(ReadPemFile(folder_.path()).ok());
}

TEST_F(FileTest, ReadsUpToTheLimit) {
  std::ofstream(file_) << std::string(kPemBytesMax, 'x');
  EXPECT_EQ(ReadPemFile(file_)->size(), kPemBytesMax);
  std::ofstream(file_, std::ios::app) << 'x';
  EXPECT_EQ(ReadPemFile(file_).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(FileTest, MakesAFolderForTheOwnerAlone) {
  const std::string made = folder_ / "identity";
  ASSERT_TRUE(MakeSecretFolder(made).ok());
  EXPECT_EQ(ModeOf(made), 0700u);
  EXPECT_TRUE(MakeSecretFolder(made).ok()) << "there already";
}

TEST_F(FileTest, SaysWhatIsInTheFoldersWay) {
  std::ofstream(file_) << "a file";
  EXPECT_EQ(MakeSecretFolder(file_).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(MakeSecretFolder(folder_ / "none/identity").code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace comptoir::identity
