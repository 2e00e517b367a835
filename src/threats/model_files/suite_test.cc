// The files of picklescan's tests, in full where they stand beside the project: read as bytes, never loaded.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "threats/model_files/scan.h"

namespace duolex::threats::model_files {
namespace {

namespace fs = std::filesystem;

// By name: what is not harmful. Everything else in the suite is an attack.
bool harmless(const std::string& name) {
  for (const char* start : {"benign", "bad_pytorch", "not_a_pickle", "int_array", "object_array", "new_pytorch_model", "pytorch_model"})
    if (name.starts_with(start)) return true;
  return false;
}

TEST(PicklescanSuite, EveryAttackAndNoFalseAlarm) {
  const fs::path suite = fs::path(DUOLEX_SHARED) / "suites" / "picklescan";
  if (!fs::is_directory(suite)) GTEST_SKIP() << "picklescan's files are not beside the project";
  std::size_t attacks = 0, others = 0;
  for (const char* folder : {"data", "data2"})
    for (const auto& entry : fs::directory_iterator(suite / folder)) {
      const std::string name = entry.path().filename().string();
      const auto bytes = read_file(entry.path());
      ASSERT_TRUE(bytes);
      const FileReport report = scan_file(name, *bytes, load_unpacker);
      if (harmless(name)) {
        ++others;
        EXPECT_LE(report.verdict, Verdict::unreadable) << to_text({report});
      } else {
        ++attacks;
        EXPECT_EQ(report.verdict, Verdict::executes_code) << to_text({report});
        EXPECT_TRUE(std::any_of(report.reasons.begin(), report.reasons.end(), [](const Reason& r) { return !r.call.empty(); })) << name;
      }
    }
  EXPECT_EQ(attacks, 95u);
  EXPECT_EQ(others, 14u);
}

}  // namespace
}  // namespace duolex::threats::model_files
