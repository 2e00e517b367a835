#include "base/hash.h"

#include <gtest/gtest.h>

namespace duolex {
namespace {

TEST(Hash, KnowsThePublishedVectors) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 parts;
  parts.add("a");
  parts.add("bc");
  EXPECT_EQ(parts.hex(), sha256_hex("abc"));
  Md5 md5;
  md5.add("ab");
  md5.add("c");
  EXPECT_EQ(md5.hex(), "900150983cd24fb0d6963f7d28e17f72");
}

}  // namespace
}  // namespace duolex
