#include "base/folder_hash.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/hash.h"
#include "base/scratch_folder.h"

namespace duolex {
namespace {

namespace fs = std::filesystem;

class FolderHash : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "data");
  }
  void write(const std::string& name, const std::string& bytes) {
    fs::create_directories((folder_ / "data" / name).parent_path());
    std::ofstream(folder_ / "data" / name, std::ios::binary) << bytes;
  }
  [[nodiscard]] std::string hash(std::size_t limit = 1000) const {
    const auto h = sha256_of_path(folder_ / "data", limit);
    return h ? *h : "refused: " + h.error()[0].message;
  }
  const ScratchFolder scratch_{"folder-hash"};
  const fs::path folder_ = scratch_.path();
};

std::string bytes_of(const std::string& hex) {
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2) out += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return out;
}
std::string leaf(const std::string& name, const std::string& bytes) { return bytes_of(sha256_hex(std::string(1, '\0') + name + std::string(1, '\0') + bytes)); }
std::string node(const std::string& left, const std::string& right) { return bytes_of(sha256_hex("\x01" + left + right)); }
std::string hex_of(const std::string& raw) {
  std::string out;
  for (const char c : raw) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += two;
  }
  return out;
}

TEST_F(FolderHash, IsTheTreeOfRfc6962OverThePathsInOrder) {
  write("b/2", "two");
  write("a", "one");
  EXPECT_EQ(hash(), hex_of(node(leaf("a", "one"), leaf("b/2", "two"))));
  write("c", "three");
  EXPECT_EQ(hash(), hex_of(node(node(leaf("a", "one"), leaf("b/2", "two")), leaf("c", "three")))) << "the left side of three is two";
  write("d", "");
  write("e", "5");
  EXPECT_EQ(hash(), hex_of(node(node(node(leaf("a", "one"), leaf("b/2", "two")), node(leaf("c", "three"), leaf("d", ""))), leaf("e", "5"))));
}

TEST_F(FolderHash, SeesNamesAndBytesAndNoLinks) {
  write("a", "one");
  const std::string one = hash();
  fs::create_symlink("/etc/hostname", folder_ / "data" / "link");
  EXPECT_EQ(hash(), one);
  fs::rename(folder_ / "data" / "a", folder_ / "data" / "b");
  EXPECT_NE(hash(), one);
  EXPECT_EQ(*sha256_of_path(folder_ / "data" / "b", 1000), sha256_hex("one")) << "a file is its bytes";
}

TEST_F(FolderHash, RefusesWhatHasNoHash) {
  EXPECT_EQ(hash().rfind("refused: holds no files", 0), 0u) << hash();
  write("a", "one");
  EXPECT_EQ(hash(2).rfind("refused: ", 0), 0u) << "a file over the limit";
  EXPECT_FALSE(sha256_of_path(folder_ / "nowhere", 10).has_value());
}

}  // namespace
}  // namespace duolex
