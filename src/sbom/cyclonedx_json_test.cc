#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "sbom/sbom.h"

namespace duolex::sbom {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const std::string small = R"({
  "bomFormat": "CycloneDX", "specVersion": "1.6",
  "metadata": {"component": {"type": "application", "name": "app", "version": "1.0", "bom-ref": "root"}},
  "components": [
    {"type": "library", "group": "org.example", "name": "outer", "version": "2", "bom-ref": "a",
     "purl": "pkg:maven/org.example/outer@2", "hashes": [{"alg": "SHA-256", "content": "00ff"}],
     "supplier": {"name": "Example"}, "components": [{"type": "file", "name": "inner"}]},
    {"type": "library", "name": ""},
    {"type": "library", "name": "third", "bom-ref": "c", "purl": "pkg:npm"}
  ],
  "dependencies": [
    {"ref": "root", "dependsOn": ["c", "a", "a"]}, {"ref": "a", "dependsOn": ["c", "gone"]}, {"ref": "c"}
  ]
}
)";

TEST(CycloneDx, ReadsComponentsWithTheirPlace) {
  const auto sbom = read_cyclonedx_json("s.json", small);
  ASSERT_TRUE(sbom) << render(sbom.error());
  EXPECT_EQ(sbom->spec_version, "1.6");
  ASSERT_EQ(sbom->components.size(), 4U);
  EXPECT_EQ(sbom->subject, 0U);
  const Component& outer = sbom->components[1];
  EXPECT_EQ(outer.title(), "org.example/outer 2");
  EXPECT_EQ(outer.supplier, "Example");
  EXPECT_EQ(outer.purl->full_name(), "org.example/outer");
  ASSERT_EQ(outer.hashes.size(), 1U);
  EXPECT_EQ(outer.hashes[0].algorithm, "SHA-256");
  EXPECT_EQ(outer.span.line, 5U);
  EXPECT_EQ(outer.span.column, 5U);
  EXPECT_EQ(sbom->components[2].name, "inner");
  EXPECT_EQ(sbom->components[2].parent, 1U);
  EXPECT_EQ(sbom->dependencies, (std::vector<Dependency>{{0, 1}, {0, 3}, {1, 3}}));
  EXPECT_EQ(sbom->direct(), (std::vector<std::size_t>{1, 3}));
}

TEST(CycloneDx, CountsWhatItRejects) {
  const auto sbom = read_cyclonedx_json("s.json", small);
  ASSERT_TRUE(sbom);
  EXPECT_EQ(sbom->parsed, 5U);
  EXPECT_EQ(sbom->rejected_components, 1U);
  ASSERT_EQ(sbom->rejected.size(), 1U);
  EXPECT_EQ(render(sbom->rejected[0]).substr(0, render(sbom->rejected[0]).find('\n')), "s.json:8:33: error: this component has no name");
  ASSERT_EQ(sbom->warnings.size(), 2U);
  EXPECT_EQ(sbom->warnings[0].message, "the package URL has no name");
  EXPECT_EQ(sbom->warnings[1].message, "there is no component 'gone'");
}

std::string first_error(const std::string& bytes, const Limits& limits = {}) {
  const auto sbom = read_cyclonedx_json("s.json", bytes, limits);
  if (sbom) return "read";
  const std::string text = render(sbom.error());
  return text.substr(0, text.find('\n'));
}

TEST(CycloneDx, RefusesWhatIsNone) {
  EXPECT_EQ(first_error("[]"), "s.json:1:1: error: a CycloneDX document is an object, not a list");
  EXPECT_EQ(first_error("{\"spdxVersion\": \"SPDX-2.3\"}"), "s.json:1:1: error: this is no CycloneDX document");
  EXPECT_EQ(first_error("{\"bomFormat\": \"CycloneDX\"}"), "s.json:1:1: error: 'specVersion' is missing");
  EXPECT_EQ(first_error("{\"bomFormat\": \"CycloneDX\",\n \"specVersion\": \"9.9\"}"),
            "s.json:2:17: error: 'specVersion' is '9.9'");
  EXPECT_EQ(first_error("{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.4\", \"components\": {}}"),
            "s.json:1:64: error: 'components' is an object, not a list");
  EXPECT_EQ(first_error("{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.4\", \"metadata\": 3}"),
            "s.json:1:62: error: 'metadata' is a number, not an object");
  EXPECT_NE(first_error("{\"bomFormat\": \"CycloneDX\", ").find("s.json:1:"), std::string::npos);
}

TEST(CycloneDx, KeepsItsLimits) {
  EXPECT_EQ(first_error(small, {1 << 20, 10'000, 64, 2}), "s.json: error: holds more than 2 components");
  std::string deep = "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.4\", \"components\": ";
  for (int i = 0; i < 100'000; ++i) deep += "[{\"components\":";
  EXPECT_NE(first_error(deep).find("error"), std::string::npos);
}

TEST(CycloneDx, RealBillsOfMaterialsAgreeWithAPlainReading) {
  const fs::path folder = fs::path(DUOLEX_SHARED) / "sboms";
  if (!fs::is_directory(folder)) GTEST_SKIP() << "the real bills of materials are not beside the project";
  int files = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    const auto bytes = read_file(entry.path());
    ASSERT_TRUE(bytes);
    const auto sbom = read_sbom(entry.path().filename().string(), *bytes);
    ASSERT_TRUE(sbom) << entry.path() << render(sbom.error());
    ++files;
    const json plain = json::parse(*bytes);
    std::size_t expected = plain["components"].size() + (plain.contains("metadata") && plain["metadata"].contains("component") ? 1 : 0);
    EXPECT_EQ(sbom->parsed, expected) << entry.path();
    EXPECT_EQ(sbom->components.size() + sbom->rejected_components, sbom->parsed);
    EXPECT_EQ(sbom->rejected_components, 0U) << entry.path();
    for (const Component& c : sbom->components) EXPECT_EQ((*bytes)[c.span.begin], '{');
  }
  EXPECT_GE(files, 7);
}

TEST(CycloneDx, EveryValidFileOfTheSuiteIsRead) {
  const fs::path folder = fs::path(DUOLEX_SHARED) / "suites/cyclonedx/tools/src/test/resources";
  if (!fs::is_directory(folder)) GTEST_SKIP() << "the CycloneDX suite is not beside the project";
  int valid = 0, invalid = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".json") continue;
    const auto bytes = read_file(entry.path());
    ASSERT_TRUE(bytes);
    const auto sbom = read_cyclonedx_json(name, *bytes);
    if (name.starts_with("valid-")) {
      ++valid;
      EXPECT_TRUE(sbom) << name << render(sbom.error());
    } else {
      ++invalid;
      if (!sbom) {
        EXPECT_GT(sbom.error()[0].span.line, 0U) << name;
      }
    }
  }
  EXPECT_GT(valid, 200);
  EXPECT_GT(invalid, 80);
}

}  // namespace
}  // namespace duolex::sbom
