// The rules of the house, on the house; and on a small house that breaks each of them, so that no rule
// can pass by looking away.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/scratch_folder.h"
#include "house_rules.h"
#include "layering.h"

namespace duolex::quality {
namespace {

namespace fs = std::filesystem;

std::string listed(const Complaints& complaints) {
  std::string text;
  for (const std::string& c : complaints) text += c + "\n";
  return text;
}

const Tree& house() {
  static const Tree tree = read_tree(DUOLEX_SOURCE_DIR);
  return tree;
}

Layers house_layers() {
  Complaints complaints;
  Layers layers = read_layers(fs::path(DUOLEX_SOURCE_DIR) / "tests" / "quality" / "layers.txt", complaints);
  EXPECT_EQ(listed(complaints), "");
  return layers;
}

TEST(House, IsSeen) {
  EXPECT_GT(house().files.size(), 100u);
  EXPECT_TRUE(std::binary_search(house().paths.begin(), house().paths.end(), "src/base/day.h"));
}

TEST(House, IncludesPointOneWay) { EXPECT_EQ(listed(check_layers(house(), house_layers())), ""); }
TEST(House, NamesNoMachinePath) { EXPECT_EQ(listed(check_machine_paths(house())), ""); }
TEST(House, IsFinished) { EXPECT_EQ(listed(check_unfinished(house())), ""); }
TEST(House, NeverPromisesAVerdict) { EXPECT_EQ(listed(check_verdict_words(house())), ""); }
TEST(House, HasNoTabs) { EXPECT_EQ(listed(check_tabs(house())), ""); }
TEST(House, HasNoLargeFiles) { EXPECT_EQ(listed(check_sizes(house())), ""); }
TEST(House, BuildsEverySource) { EXPECT_EQ(listed(check_built(house())), ""); }

class BrokenHouse : public testing::Test {
 protected:
  void put(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  [[nodiscard]] Tree tree() const { return read_tree(root_); }
  const ScratchFolder scratch_{"quality"};
  const fs::path root_ = scratch_.path();
};

TEST_F(BrokenHouse, IncludesTheWrongWay) {
  put("src/text/span.h", "#pragma once\n#include \"findings/findings.h\"\n#include <string>\n");
  put("src/text/good.cc", "#include \"base/day.h\"\n#include \"text/span.h\"\n#include <nlohmann/json.hpp>\n");
  put("src/sbom/purl.cc", "#include \"law/law.h\"\n#include \"dossier/dossier.h\"\n");
  put("src/rules/a.h", "#include <nlohmann/json.hpp>\n#include \"value.h\"\n");
  put("src/attic/a.cc", "");
  put("src/workspace/law/a.cc", "#include \"workspace/joint_file/plan.h\"\n#include \"workspace/law/b.h\"\n");
  put("checker/main.cc", "#include \"check.h\"\n#include \"base/day.h\"\n");
  EXPECT_EQ(check_layers(tree(), house_layers()),
            (Complaints{"checker/main.cc:2: 'checker' may not include 'base/'", "src/attic/a.cc:1: 'attic' is no room of the house",
                        "src/rules/a.h:1: a header may not include <nlohmann/json.hpp>",
                        "src/rules/a.h:2: name the room: \"rules/value.h\"", "src/sbom/purl.cc:1: 'sbom' may not include 'law/'",
                        "src/sbom/purl.cc:2: 'sbom' may not include 'dossier/'",
                        "src/text/span.h:2: 'text' may not include 'findings/'",
                        "src/workspace/law/a.cc:1: 'workspace/law' may not include 'workspace/joint_file/'"}));
}

TEST_F(BrokenHouse, HasAWayRound) {
  put("layers.txt", "# room\na b\nb a\n");
  Complaints complaints;
  (void)read_layers(root_ / "layers.txt", complaints);
  EXPECT_EQ(complaints, Complaints{"layers: 'a' stands above 'b', which is not there yet"});
}

TEST_F(BrokenHouse, NamesAMachine) {
  put("a.md", "see /usr/bin\nsee /ro" "ot/x and ../shared/law\n");
  put("b.cc", "open(\"/tmp/bash" "_jobs/1\");\n");
  put("c.sh", "cd src/wo" "rk/\n");
  EXPECT_EQ(check_machine_paths(tree()).size(), 2u) << listed(check_machine_paths(tree()));
}

TEST_F(BrokenHouse, IsUnfinished) {
  put("src/a.cc", "// TO" "DO: more\nint mastodon;\n");
  put("law/a.law", "# a ha" "ck\n");
  put("README.md", "place" "holder\n");
  EXPECT_EQ(check_unfinished(tree()),
            (Complaints{"law/a.law:1: unfinished: 'ha" "ck'", "src/a.cc:1: unfinished: 'TO" "DO'"}));
}

TEST_F(BrokenHouse, PromisesAVerdict) {
  put("templates/a.html", "<b>Comp" "liant</b>\n");
  put("docs/a.md", "It never says comp" "liant.\n");
  EXPECT_EQ(check_verdict_words(tree()).size(), 1u);
}

TEST_F(BrokenHouse, HasTabsAndLargeFiles) {
  put("law/a.law", "fact a : yes/no\n\task \"?\"\n");
  put("a.txt", "\t\n");
  EXPECT_EQ(check_tabs(tree()).size(), 1u);
  put("src/a.cc", std::string(601, '\n'));
  put("src/b.cc", std::string(600, '\n'));
  put("big.bin", std::string(1'000'001, '\0'));
  EXPECT_EQ(check_sizes(tree()), (Complaints{"src/a.cc: 601 lines; 600 are the most", "big.bin: 1000001 bytes; 1000000 are the most"}));
}

TEST_F(BrokenHouse, HasALargeChecker) {
  for (const char* file : {"checker/a.cc", "checker/b.h", "checker/CMakeLists.txt"}) put(file, std::string(500, '\n'));
  EXPECT_EQ(check_sizes(tree()), Complaints{"checker: 1500 lines; fewer than 1500 are asked of it"});
  put("checker/b.h", std::string(499, '\n'));
  EXPECT_EQ(check_sizes(tree()), Complaints{});
}

TEST_F(BrokenHouse, ForgetsATest) {
  put("src/a/CMakeLists.txt", "duolex_module(a SOURCES a.cc TESTS the_a_test.cc)\n");
  put("src/a/a.cc", "");
  put("src/a/a_test.cc", "");
  put("src/a/the_a_test.cc", "");
  put("tests/fuzz/x.cmake", "duolex_fuzz(x MODULES a)\n");
  put("tests/fuzz/x_fuzz.cc", "");
  put("tests/fuzz/y_fuzz.cc", "");
  EXPECT_EQ(check_built(tree()), (Complaints{"src/a/a_test.cc: no CMake file of its folder names it",
                                             "tests/fuzz/y_fuzz.cc: no CMake file of its folder names it"}));
}

}  // namespace
}  // namespace duolex::quality
