#include "storage/folder_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace duolex::storage {
namespace {

namespace fs = std::filesystem;

TEST(FolderLock, OneAtATimeAndTheOtherIsToldWho) {
  std::string name = (fs::temp_directory_path() / "duolex-lock-XXXXXX").string();
  const fs::path folder = ::mkdtemp(name.data());
  {
    auto first = FolderLock::take(folder / "lock", 0);
    ASSERT_TRUE(first);
    const auto second = FolderLock::take(folder / "lock", 0);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().front().message.find("(" + std::to_string(::getpid()) + ")"), std::string::npos);
    first->release();
    EXPECT_TRUE(FolderLock::take(folder / "lock", 0));
  }
  // Whoever holds it may be killed.
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = FolderLock::take(folder / "lock", 0);
    const char byte = held ? 'y' : 'n';
    if (::write(ready[1], &byte, 1) == 1) ::pause();
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(byte, 'y');
  EXPECT_FALSE(FolderLock::take(folder / "lock", 0));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(FolderLock::take(folder / "lock", 1));
  fs::remove_all(folder);
  EXPECT_FALSE(FolderLock::take(folder / "lock", 0));
}

}  // namespace
}  // namespace duolex::storage
