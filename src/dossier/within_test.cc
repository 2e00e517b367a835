#include "dossier/within.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/scratch_folder.h"

namespace duolex::dossier {
namespace {

namespace fs = std::filesystem;

TEST(Within, LinksAreFollowedBeforeAPathCountsAsTheFoldersOwn) {
  const ScratchFolder scratch("within");
  const fs::path d = scratch.path() / "d", beside = scratch.path() / "d-else";
  fs::create_directories(d / "sub");
  fs::create_directories(beside);
  std::ofstream(d / "file") << "x";
  fs::create_symlink("file", d / "link");
  fs::create_symlink("../d-else", d / "out");
  fs::create_symlink("../d-else/new", d / "to-be");
  fs::create_symlink("sub/new", d / "to-be-within");
  fs::create_symlink("loop", d / "loop");
  fs::create_symlink("../d-else/new", d / "chain-end");
  fs::create_symlink("chain-end", d / "chain");
  fs::create_directory_symlink(d, scratch.path() / "alias");
  for (const char* inside : {"", "file", "link", "sub", "sub/none", "none/none", "sub/../file", "to-be-within"}) EXPECT_TRUE(stays_within(d, d / inside)) << inside;
  for (const char* outside : {"..", "../d-else", "out", "out/x", "sub/../..", "to-be", "loop", "chain"}) EXPECT_FALSE(stays_within(d, d / outside)) << outside;
  EXPECT_TRUE(stays_within(scratch.path() / "alias", scratch.path() / "alias/file"));
  EXPECT_TRUE(stays_within(scratch.path() / "alias", d / "file"));
}

}  // namespace
}  // namespace duolex::dossier
