#include "base/file.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace duolex {
namespace {

namespace fs = std::filesystem;

class File : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("duolex-file-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(File, WritesWholeAndLeavesNothingElse) {
  ASSERT_TRUE(write_file_atomically(folder_ / "a", "one"));
  ASSERT_TRUE(write_file_atomically(folder_ / "a", "two"));
  EXPECT_EQ(*read_file(folder_ / "a"), "two");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(File, SaysWhatItRefuses) {
  EXPECT_NE(render(read_file(folder_ / "none").error()).find("cannot be opened"), std::string::npos);
  EXPECT_NE(render(read_file(folder_).error()).find("is a folder"), std::string::npos);
  EXPECT_NE(render(read_file("/dev/zero").error()).find("not a regular file"), std::string::npos);
  ASSERT_TRUE(write_file_atomically(folder_ / "big", std::string(2048, 'x')));
  EXPECT_FALSE(read_file(folder_ / "big", 1024));
  EXPECT_FALSE(write_file_atomically(folder_ / "no" / "such", "x"));
}

}  // namespace
}  // namespace duolex
