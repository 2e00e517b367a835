#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/scratch_folder.h"

namespace duolex {
namespace {

namespace fs = std::filesystem;

class File : public testing::Test {
 protected:
  const ScratchFolder scratch_{"file"};
  const fs::path folder_ = scratch_.path();
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

TEST_F(File, KeepsWhatTheFileWas) {
  ASSERT_TRUE(write_file_atomically(folder_ / "a", "one"));
  fs::permissions(folder_ / "a", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("a", folder_ / "link");
  ASSERT_TRUE(write_file_atomically(folder_ / "link", "two"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(*read_file(folder_ / "a"), "two");
  EXPECT_EQ(fs::status(folder_ / "a").permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(File, WritesToDevicesAsTheyAre) {
  ASSERT_TRUE(write_file_atomically("/dev/null", "x"));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  const auto full = write_file_atomically("/dev/full", "x");
  ASSERT_FALSE(full);
  EXPECT_EQ(render(full.error()), "/dev/full: error: cannot be written: No space left on device\n");
  EXPECT_EQ(render(write_file_atomically(folder_, "x").error()), folder_.string() + ": error: is a folder, not a file\n");
}

TEST_F(File, LeavesNothingOnFailure) {
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const struct rlimit small {1000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const auto result = write_file_atomically(folder_ / "a", std::string(5000, 'x'));
  std::signal(SIGXFSZ, old_handler);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_FALSE(result);
  EXPECT_TRUE(fs::is_empty(folder_));
}

// The process is ended from outside while it writes and writes again.
TEST_F(File, LeavesNothingWhenInterrupted) {
  for (int round = 0; round < 20; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      std::signal(SIGTERM, [](int) {
        remove_unfinished_files();
        ::_exit(0);
      });
      for (;;) (void)write_file_atomically(folder_ / "a", std::string(4'000'000, 'x'));
    }
    ::usleep(static_cast<useconds_t>(3000 + round * 1700));
    ::kill(child, SIGTERM);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    for (const fs::directory_entry& left : fs::directory_iterator(folder_)) {
      EXPECT_EQ(left.path().filename(), "a");
      EXPECT_EQ(left.file_size(), 4'000'000u);
    }
  }
}

TEST_F(File, ReadsFromAPipe) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    (void)write_file_atomically(folder_ / "pipe", std::string(200'000, 'x'));
    ::_exit(0);
  }
  const auto fd = ::open((folder_ / "pipe").c_str(), O_RDONLY);  // so that the writer is there
  const auto bytes = read_file("/proc/self/fd/" + std::to_string(fd));
  ::close(fd);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(bytes) << render(bytes.error());
  EXPECT_EQ(bytes->size(), 200'000u);
}

}  // namespace
}  // namespace duolex
