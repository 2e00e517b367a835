#include "base/beside.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace duolex {
namespace {

TEST(Beside, FindsWhatStandsThere) {
  const auto self = std::filesystem::read_symlink("/proc/self/exe");
  EXPECT_EQ(beside_program(self.filename().string()), self);
  EXPECT_EQ(beside_program("libnothing.so"), "");
}

TEST(Beside, SaysWhatIsLacking) {
  const auto none = symbol_beside("libnothing.so", "entry", "nothing can be done", "it needs the package nothing");
  ASSERT_FALSE(none);
  EXPECT_EQ(render(none.error()), "libnothing.so: error: is not there: nothing can be done\n    hint: it needs the package nothing\n");
  // No library, and a library of another kind.
  const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  ASSERT_TRUE(write_file_atomically(folder / "beside_test.so", "no library"));
  const auto damaged = symbol_beside("beside_test.so", "entry", "", "");
  std::filesystem::remove(folder / "beside_test.so");
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().front().message.rfind("cannot be loaded: ", 0), 0U) << damaged.error().front().message;
}

}  // namespace
}  // namespace duolex
