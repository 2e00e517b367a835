// Real reports of garak, and the techniques of MITRE ATLAS, where they stand beside the project.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/file.h"
#include "threats/imports/mapping.h"
#include "threats/imports/report.h"

namespace duolex::threats::imports {
namespace {

namespace fs = std::filesystem;
const fs::path suites = fs::path(DUOLEX_SHARED) / "suites";

TEST(GarakSuite, RealReports) {
  const fs::path folder = suites / "garak-reports";
  if (!fs::is_directory(folder)) GTEST_SKIP() << "garak's reports are not beside the project";
  struct Expected {
    bool complete, agrees;
    std::uint64_t evaluated, failed;
  };
  // Counted by hand from the attempts.
  const std::map<std::string, Expected> expected = {{"report_test.report.jsonl", {true, true, 8, 0}},     {"agg.report.jsonl", {false, true, 9, 0}},
                                                    {"quack.report.jsonl", {true, true, 1, 0}},           {"qual_review_mixed.report.jsonl", {false, true, 3, 2}},
                                                    {"qual_review_shuffled.report.jsonl", {false, true, 3, 2}}, {"test.report.jsonl", {true, true, 8, 0}},
                                                    {"test_with_ci.report.jsonl", {true, false, 4, 0}}};
  std::size_t seen = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".jsonl") continue;
    const std::string name = entry.path().filename().string();
    ASSERT_TRUE(expected.contains(name)) << name;
    const auto bytes = read_file(entry.path());
    ASSERT_TRUE(bytes);
    const auto import = read_import(name, *bytes);
    ASSERT_TRUE(import) << name << render(import.error());
    const Expected& e = expected.at(name);
    std::uint64_t evaluated = 0, failed = 0;
    for (const Row& r : import->rows) {
      evaluated += r.evaluated();
      failed += r.failed;
    }
    EXPECT_EQ(import->complete, e.complete) << name << to_text({*import});
    EXPECT_EQ(import->disagreements.empty(), e.agrees) << name << to_text({*import});
    EXPECT_EQ(evaluated, e.evaluated) << name;
    EXPECT_EQ(failed, e.failed) << name;
    ++seen;
  }
  EXPECT_EQ(seen, expected.size());
}

TEST(AtlasSuite, EveryTechniqueExists) {
  const auto bytes = read_file(suites / "atlas" / "data" / "techniques.yaml");
  if (!bytes) GTEST_SKIP() << "MITRE ATLAS is not beside the project";
  EXPECT_GT(atlas_techniques().size(), 15u);
  for (const std::string& id : atlas_techniques()) EXPECT_NE(bytes->find("id: " + id + "\n"), std::string::npos) << id;
}

}  // namespace
}  // namespace duolex::threats::imports
