#include "common/platform/files.h"

#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace comptoir::platform {
namespace {

using testing::HasSubstr;

// A folder of its own for each test, gone afterwards.
class Files : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "comptoir-files-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string PathOf(const std::string& name) const { return folder_ + "/" + name; }
  static void Write(const std::string& path, std::string_view content) {
    std::ofstream(path, std::ios::binary) << content;
  }
  static mode_t ModeOf(const std::string& path) {
    struct stat found {};
    EXPECT_EQ(stat(path.c_str(), &found), 0) << path;
    return found.st_mode & 07777;
  }

  std::string folder_;
};

TEST_F(Files, ReadsWhatIsThere) {
  const std::string content("line\nzero\0and \xff", 15);
  Write(PathOf("a"), content);
  auto read = ReadFile(PathOf("a"), 100);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, content);
}

TEST_F(Files, ReadsAnEmptyFile) {
  Write(PathOf("a"), "");
  auto read = ReadFile(PathOf("a"), 0);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, "");
}

TEST_F(Files, TheLimitIsTheLastSizeThatPasses) {
  // Around the size of one read, where a limit is easiest to miss by one.
  for (size_t size : {1ul, 65'535ul, 65'536ul, 65'537ul, 200'000ul}) {
    Write(PathOf("a"), std::string(size, 'x'));
    auto read = ReadFile(PathOf("a"), size);
    ASSERT_TRUE(read.ok()) << size << read.status();
    EXPECT_EQ(read->size(), size);
    EXPECT_EQ(ReadFile(PathOf("a"), size - 1).status().code(), absl::StatusCode::kResourceExhausted)
        << size;
  }
}

TEST_F(Files, ReadsAFileThatGivesNoSize) {
  auto read = ReadFile("/proc/self/status", 1 << 20);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(*read, HasSubstr("Name:"));
}

TEST_F(Files, SaysWhichFileIsMissing) {
  const absl::Status status = ReadFile(PathOf("none"), 10).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr(PathOf("none")));
}

TEST_F(Files, AFolderIsNotRead) { EXPECT_FALSE(ReadFile(folder_, 10).ok()); }

TEST_F(Files, WritesAndReplaces) {
  for (const char* content : {"first, the longer one", "second", ""}) {
    ASSERT_TRUE(WriteFileDurably(PathOf("a"), content, FileReaders::kOwner).ok());
    EXPECT_EQ(*ReadFile(PathOf("a"), 100), content);
  }
  EXPECT_FALSE(std::filesystem::exists(PathOf("a.new")));
}

TEST_F(Files, KeysAreForTheirOwnerAlone) {
  ASSERT_TRUE(WriteFileDurably(PathOf("key"), "k", FileReaders::kOwner).ok());
  EXPECT_EQ(ModeOf(PathOf("key")), 0600u);
  ASSERT_TRUE(WriteFileDurably(PathOf("certificate"), "c", FileReaders::kEveryone).ok());
  EXPECT_EQ(ModeOf(PathOf("certificate")), 0644u);
}

TEST_F(Files, TakesOverALeftOverAndItsMode) {
  Write(PathOf("key.new"), "half of an earlier write that was cut, and longer than the new one");
  ASSERT_EQ(chmod(PathOf("key.new").c_str(), 0666), 0);
  ASSERT_TRUE(WriteFileDurably(PathOf("key"), "whole", FileReaders::kOwner).ok());
  EXPECT_EQ(*ReadFile(PathOf("key"), 100), "whole");
  EXPECT_EQ(ModeOf(PathOf("key")), 0600u);
}

TEST_F(Files, DoesNotWriteThroughALink) {
  Write(PathOf("target"), "untouched");
  std::filesystem::create_symlink(PathOf("target"), PathOf("a.new"));
  EXPECT_FALSE(WriteFileDurably(PathOf("a"), "text", FileReaders::kOwner).ok());
  EXPECT_EQ(*ReadFile(PathOf("target"), 100), "untouched");
}

TEST_F(Files, AFailedWriteLeavesTheOldContent) {
  ASSERT_TRUE(WriteFileDurably(PathOf("a"), "old", FileReaders::kOwner).ok());
  std::filesystem::create_directory(PathOf("a.new"));
  const absl::Status status = WriteFileDurably(PathOf("a"), "new", FileReaders::kOwner);
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr(PathOf("a")));
  EXPECT_EQ(*ReadFile(PathOf("a"), 100), "old");
}

TEST_F(Files, AWriteThatCannotTakeItsNameLeavesNothingBehind) {
  std::filesystem::create_directories(PathOf("a/inside"));
  EXPECT_FALSE(WriteFileDurably(PathOf("a"), "text", FileReaders::kOwner).ok());
  EXPECT_FALSE(std::filesystem::exists(PathOf("a.new")));
  EXPECT_TRUE(std::filesystem::exists(PathOf("a/inside")));
}

TEST_F(Files, WritingNeedsTheFolder) {
  EXPECT_EQ(WriteFileDurably(PathOf("none/a"), "text", FileReaders::kOwner).code(),
            absl::StatusCode::kNotFound);
}

TEST_F(Files, AReaderSeesOneContentOrTheOtherWhole) {
  const std::string contents[] = {std::string(200'000, 'a'), std::string(100'000, 'b')};
  ASSERT_TRUE(WriteFileDurably(PathOf("a"), contents[0], FileReaders::kOwner).ok());
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 1; i <= 30; ++i) {
      EXPECT_TRUE(WriteFileDurably(PathOf("a"), contents[i % 2], FileReaders::kOwner).ok());
    }
    done = true;
  });
  size_t reads = 0;
  while (!done || reads == 0) {
    auto read = ReadFile(PathOf("a"), 1 << 20);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_TRUE(*read == contents[0] || *read == contents[1]) << read->size();
    ++reads;
  }
  writer.join();
}

TEST_F(Files, MakesAFolderOnce) {
  ASSERT_TRUE(MakeFolder(PathOf("data"), FileReaders::kOwner).ok());
  EXPECT_EQ(ModeOf(PathOf("data")), 0700u);
  Write(PathOf("data/a"), "kept");
  EXPECT_TRUE(MakeFolder(PathOf("data"), FileReaders::kOwner).ok());
  EXPECT_EQ(*ReadFile(PathOf("data/a"), 10), "kept");
}

TEST_F(Files, DoesNotTakeAFileForAFolder) {
  Write(PathOf("data"), "");
  EXPECT_EQ(MakeFolder(PathOf("data"), FileReaders::kOwner).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(MakeFolder(PathOf("none/data"), FileReaders::kOwner).code(),
            absl::StatusCode::kNotFound);
}

TEST_F(Files, KnowsTheFreeSpaceOfADisk) {
  auto free_bytes = FreeDiskBytes(folder_);
  ASSERT_TRUE(free_bytes.ok()) << free_bytes.status();
  const auto space = std::filesystem::space(folder_);
  EXPECT_LE(*free_bytes, space.capacity);
  // Others write to the same disk meanwhile; a wrong unit is off by 512 or more.
  EXPECT_GT(*free_bytes, space.available / 2);
  EXPECT_LT(*free_bytes / 2, space.available);
  EXPECT_EQ(FreeDiskBytes(PathOf("none")).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(Files, SpaceThatIsKept) {
  const std::string path = PathOf("kept");
  EXPECT_EQ(AllocatedBytes(path), 0U);
  ASSERT_TRUE(ReserveFile(path, 1 << 20).ok());
  EXPECT_EQ(AllocatedBytes(path), 1U << 20);
  // More of it, and no less.
  ASSERT_TRUE(ReserveFile(path, 3 << 20).ok());
  ASSERT_TRUE(ReserveFile(path, 1 << 20).ok());
  EXPECT_EQ(AllocatedBytes(path), 3U << 20);
  EXPECT_TRUE(RemoveFile(path).ok());
  EXPECT_EQ(AllocatedBytes(path), 0U);
  EXPECT_TRUE(RemoveFile(path).ok()) << "there is none";
  // What cannot be had is not left behind.
  EXPECT_FALSE(ReserveFile(path, uint64_t{1} << 60).ok());
  EXPECT_EQ(AllocatedBytes(path), 0U);
  EXPECT_FALSE(ReserveFile(PathOf("none") + "/kept", 1).ok());
}

}  // namespace
}  // namespace comptoir::platform
