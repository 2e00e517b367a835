#include <gtest/gtest.h>

#include <ctime>

#include "threats/model_files/testing.h"

namespace duolex::threats::model_files::testing {
namespace {

bool says(const FileReport& report, const std::string& what) {
  for (const Reason& r : report.reasons)
    if (r.what.find(what) != std::string::npos) return true;
  return false;
}

TEST(Archive, MembersAreLookedAt) {
  for (const bool deflate : {false, true}) {
    EXPECT_EQ(look("a.zip", zip({{.name = "data.pkl", .content = harmless(), .deflate = deflate}})).verdict, Verdict::no_code_found);
    const FileReport report = look("a.zip", zip({{.name = "x/data.pkl", .content = attack(), .deflate = deflate}}));
    EXPECT_EQ(report.verdict, Verdict::executes_code);
    ASSERT_FALSE(report.reasons.empty());
    EXPECT_EQ(report.reasons[0].member, "x/data.pkl");
  }
  EXPECT_EQ(look("a.bin", zip({{.name = "notes.txt", .content = attack()}})).verdict, Verdict::executes_code);
}

TEST(Archive, KindsOfZip) {
  EXPECT_EQ(look("m.pt", zip({{.name = "m/data.pkl", .content = harmless()}, {.name = "m/version", .content = "3\n"}})).kind, "PyTorch (zip)");
  const auto script = [](const std::string& module) {
    return zip({{.name = "m/data.pkl", .content = Pickle().proto(2).global(module, "Net").op(')').op(0x81).op('}').op('b').stop()},
                {.name = "m/code/net.py", .content = "class Net(Module):\n  pass\n"},
                {.name = "m/constants.pkl", .content = Pickle().proto(2).op(')').stop()},
                {.name = "m/version", .content = "3\n"}});
  };
  const FileReport own = look("m.pt", script("__torch__"));
  EXPECT_EQ(own.kind, "TorchScript");
  EXPECT_EQ(own.verdict, Verdict::no_code_found);
  EXPECT_FALSE(own.not_checked.empty());
  EXPECT_EQ(look("m.pt", script("__main__")).verdict, Verdict::executes_code);
  // Without the program beside it, that name means nothing.
  EXPECT_EQ(look("m.pkl", Pickle().proto(2).global("__torch__", "Net").op(')').op(0x81).stop()).verdict, Verdict::executes_code);
}

TEST(Archive, FlagsThatLoadersIgnore) {
  for (const std::uint16_t flag : {0x1, 0x20, 0x40}) {
    const FileReport report = look("a.zip", zip({{.name = "data.pkl", .content = attack(), .flags = flag}}));
    EXPECT_EQ(report.verdict, Verdict::executes_code) << flag;
    EXPECT_TRUE(says(report, "marked as encrypted or patched")) << flag;
  }
  const FileReport encrypted = look("a.zip", zip({{.name = "data.txt", .content = std::string(64, '\xA7'), .flags = 1, .wrong_crc = 9}}));
  EXPECT_EQ(encrypted.verdict, Verdict::unreadable);
}

TEST(Archive, WhatDisagrees) {
  FileReport report = look("a.zip", zip({{.name = "data.pkl", .content = harmless(), .local_name = "datap.kl"}}));
  EXPECT_EQ(report.verdict, Verdict::suspicious);
  EXPECT_TRUE(says(report, "two names"));
  report = look("a.zip", zip({{.name = "data.pkl", .content = harmless(), .wrong_crc = 1}}));
  EXPECT_TRUE(says(report, "checksum"));
  report = look("a.zip", zip({{.name = "a.pkl", .content = harmless()}, {.name = "b.pkl", .content = attack(), .listed = false}}));
  EXPECT_EQ(report.verdict, Verdict::executes_code);
  EXPECT_TRUE(says(report, "not in its directory"));
  // A pickle in front, an archive behind.
  report = look("a.pkl", attack() + zip({{.name = "a.txt", .content = "text"}}));
  EXPECT_EQ(report.verdict, Verdict::executes_code);
}

TEST(Archive, Traversal) {
  for (const char* name : {"../evil", "/etc/evil", "a/../../evil", "..\\evil", "C:\\evil"})
    EXPECT_EQ(look("a.zip", zip({{.name = name, .content = "text"}})).verdict, Verdict::suspicious) << name;
  for (const char* name : {"a/b", "a..b", "..a/b"})
    EXPECT_EQ(look("a.zip", zip({{.name = name, .content = "text"}})).verdict, Verdict::no_code_found) << name;
  EXPECT_EQ(look("a.tar", tar({{"../evil", "text"}})).verdict, Verdict::suspicious);
}

TEST(Archive, InEachOther) {
  const std::string inner = zip({{.name = "model.pkl", .content = attack(), .deflate = true}});
  const FileReport report = look("a.tar.gz", gzip(tar({{"folder/inner.zip", inner}})));
  EXPECT_EQ(report.verdict, Verdict::executes_code);
  ASSERT_FALSE(report.reasons.empty());
  EXPECT_EQ(report.reasons[0].member, "a.tar!folder/inner.zip!model.pkl");
  EXPECT_EQ(look("model.joblib", zlib(attack())).verdict, Verdict::executes_code);
  EXPECT_EQ(look("model.joblib", zlib(harmless())).verdict, Verdict::no_code_found);

  std::string deep = harmless();
  for (int i = 0; i < 20; ++i) deep = zip({{.name = "n.zip", .content = deep}});
  const FileReport nested = look("a.zip", deep);
  EXPECT_EQ(nested.verdict, Verdict::unreadable);
  EXPECT_TRUE(says(nested, "nested more than 8 deep"));
}

TEST(Archive, OldTorchInTar) {
  const FileReport report = look("m.pt", tar({{"sys_info", Pickle().proto(2).op('}').stop()}, {"pickle", attack()}, {"storages", Pickle().proto(2).number(0).stop()}}));
  EXPECT_EQ(report.kind, "PyTorch (tar)");
  EXPECT_EQ(report.verdict, Verdict::executes_code);
}

TEST(Archive, NeedsAnUnpacker) {
  const FileReport report = look("a.7z", "7z\xbc\xaf\x27\x1c and more");
  EXPECT_EQ(report.verdict, Verdict::unreadable);
  EXPECT_TRUE(says(report, "no unpacker"));
}

// Bombs end by their bounds, in processor time that a busy machine does not change.
TEST(Archive, BombsAreBounded) {
  const std::clock_t begin = std::clock();
  const std::string zeros(std::size_t{50} << 20, '\0');
  std::vector<ZipMember> members(8, {.name = "zeros.dat", .content = zeros, .deflate = true});
  const std::string bomb = zip(members);
  const std::clock_t packed = std::clock();
  const FileReport report = look("a.zip", bomb);
  EXPECT_TRUE(says(report, "unpacks to more than 128 MiB"));
  EXPECT_LT(std::clock() - packed, 5 * CLOCKS_PER_SEC);
  EXPECT_LT(begin, packed);
  // Entries that share one member's bytes.
  std::string shared = zip({{.name = "a", .content = std::string(1000, 'a'), .deflate = true}});
  const std::size_t directory = shared.find("PK\x01\x02"), end = shared.find("PK\x05\x06");
  const std::string entry = shared.substr(directory, end - directory);
  std::string many = shared.substr(0, directory);
  for (int i = 0; i < 100; ++i) many += entry;
  many += "PK\x05\x06" + little(std::uint32_t{0}) + little(std::uint16_t{100}) + little(std::uint16_t{100}) +
          little(static_cast<std::uint32_t>(entry.size() * 100)) + little(static_cast<std::uint32_t>(directory)) + little(std::uint16_t{0});
  EXPECT_TRUE(says(look("a.zip", many), "share their bytes"));
}

TEST(Archive, EveryCutIsRefusedOrSaid) {
  const std::string whole = zip({{.name = "a/data.pkl", .content = harmless(), .deflate = true}, {.name = "b.txt", .content = "text"}});
  for (std::size_t n = 0; n < whole.size(); ++n) EXPECT_NE(look("m.zip", whole.substr(0, n)).verdict, Verdict::no_code_found) << n;
  const std::string packed = tar({{"a.pkl", harmless()}});
  for (std::size_t n = 1; n < 520; n += 7) EXPECT_NE(look("m.tar", packed.substr(0, n)).verdict, Verdict::executes_code) << n;
}

}  // namespace
}  // namespace duolex::threats::model_files::testing
