// Every input of the corpora, and seeded alterations of them, through the fuzzers:
// what a fuzzer once found stays found, in each preset and without clang.
//
// The input at hand stands in a file of the working folder, Corpus-NAME.last or
// Alterations-NAME.last: where a check or a sanitizer stops the process, that is what
// it stopped at.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/fuzz/fuzzers.h"

namespace comptoir::fuzz {
namespace {

constexpr int kAlterations = 400;
constexpr int kAlterationsInRowMax = 4;

std::vector<std::filesystem::path> CorpusOf(const Fuzzer& fuzzer) {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder = std::filesystem::path(COMPTOIR_FUZZ_CORPUS) / fuzzer.name;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string ReadAll(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  EXPECT_TRUE(stream.good()) << file;
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

class Replay : public testing::TestWithParam<Fuzzer> {
 protected:
  void Run(const std::string& input) {
    std::ofstream(last_, std::ios::binary) << input;
    GetParam().run(input);
  }
  void Alter(std::string* input, Alterer& alterer) const {
    if (GetParam().alter == nullptr || alterer.OneIn(4)) return alterer.AlterBytes(input);
    GetParam().alter(input, alterer);
  }
  void TearDown() override { std::filesystem::remove(last_); }

 private:
  // Each test its own: they run beside each other.
  static std::string LastFile() {
    std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    std::replace(name.begin(), name.end(), '/', '-');
    return name + ".last";
  }

  const std::string last_ = LastFile();
};

TEST_P(Replay, Corpus) {
  const auto files = CorpusOf(GetParam());
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) Run(ReadAll(file));
}

TEST_P(Replay, Alterations) {
  const auto files = CorpusOf(GetParam());
  ASSERT_FALSE(files.empty());
  for (int seed = 0; seed < kAlterations; ++seed) {
    Alterer alterer(static_cast<uint64_t>(seed));
    std::string input = ReadAll(files[static_cast<size_t>(seed) % files.size()]);
    const size_t times = 1 + alterer.Below(kAlterationsInRowMax);
    for (size_t i = 0; i < times; ++i) Alter(&input, alterer);
    Run(input);
  }
}

TEST(Fuzzers, EveryCorpusHasItsFuzzer) {
  for (const auto& folder : std::filesystem::directory_iterator(COMPTOIR_FUZZ_CORPUS)) {
    EXPECT_NE(FindFuzzer(folder.path().filename().string()), nullptr) << folder.path();
  }
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Replay, testing::ValuesIn(AllFuzzers().begin(), AllFuzzers().end()),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace comptoir::fuzz
