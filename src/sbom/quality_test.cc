#include "sbom/quality.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/file.h"

namespace duolex::sbom {
namespace {

namespace fs = std::filesystem;

std::map<std::string, QualityCheck> checks(const Sbom& sbom) {
  std::map<std::string, QualityCheck> out;
  for (QualityCheck& c : check_quality(sbom)) out[c.id] = std::move(c);
  return out;
}

const std::string good = R"({"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
 "metadata": {"timestamp": "2026-01-02T03:04:05Z", "authors": [{"name": "Example"}],
   "component": {"type": "application", "name": "app", "version": "1", "bom-ref": "r", "supplier": {"name": "Example"}, "purl": "pkg:generic/app@1",
     "hashes": [{"alg": "SHA-512", "content": "00"}], "licenses": [{"license": {"id": "MIT"}}]}},
 "components": [{"type": "library", "name": "lib", "version": "2", "bom-ref": "l", "supplier": {"name": "Other"}, "purl": "pkg:npm/lib@2",
     "hashes": [{"alg": "SHA-512", "content": "00"}], "licenses": [{"expression": "MIT OR ISC"}]}],
 "dependencies": [{"ref": "r", "dependsOn": ["l"]}, {"ref": "l"}]})";

TEST(Quality, AFullBillLacksNothing) {
  const auto sbom = read_sbom("s", good);
  ASSERT_TRUE(sbom) << render(sbom.error());
  for (const QualityCheck& c : check_quality(*sbom)) {
    EXPECT_TRUE(c.holds()) << c.id << " " << c.found;
    EXPECT_FALSE(c.basis.empty()) << c.id;
    EXPECT_FALSE(c.asks.empty()) << c.id;
    EXPECT_GT(c.examined, 0U) << c.id;
  }
}

TEST(Quality, EachLackIsCountedWithItsComponents) {
  const auto sbom = read_sbom("s", R"({"bomFormat": "CycloneDX", "specVersion": "1.4", "components": [
    {"type": "library", "name": "a", "purl": "pkg:maven/a@1"}, {"type": "file", "name": "f"}, {"type": "library", "name": "b", "version": "1"},
    {"type": "library", "name": "b", "version": "1"}, {"type": "library", "name": ""}]})");
  ASSERT_TRUE(sbom) << render(sbom.error());
  auto c = checks(*sbom);
  for (const char* id : {"bill.format-version", "bill.read-in-full", "bill.subject", "bill.author", "bill.timestamp", "bill.id", "bill.top-level-dependencies"})
    EXPECT_EQ(c[id].lacking, 1U) << id;
  EXPECT_EQ(c["bill.read-in-full"].found, "4 of 5 were read");
  EXPECT_TRUE(c["bill.format"].holds());
  EXPECT_EQ(c["component.version"].examined, 3U);
  EXPECT_EQ(c["component.version"].components, std::vector<std::size_t>{0});
  EXPECT_EQ(c["component.supplier"].lacking, 3U);
  EXPECT_EQ(c["component.identifier"].components, (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(c["component.purl"].examined, 1U);
  EXPECT_EQ(c["component.purl"].lacking, 1U);
  EXPECT_EQ(c["component.hash"].lacking, 4U);
  EXPECT_EQ(c["component.licence"].lacking, 4U);
  EXPECT_EQ(c["component.unique"].components, std::vector<std::size_t>{3});
  EXPECT_EQ(c["component.in-graph"].lacking, 4U);
}

TEST(Quality, WhatIsNotReachedFromTheProduct) {
  const auto sbom = read_sbom("s", R"({"bomFormat": "CycloneDX", "specVersion": "1.6",
    "metadata": {"component": {"type": "application", "name": "app", "bom-ref": "r", "components": [{"type": "file", "name": "inside"}]}},
    "components": [{"type": "library", "name": "a", "bom-ref": "a"}, {"type": "library", "name": "b", "bom-ref": "b"}, {"type": "library", "name": "c", "bom-ref": "c"}],
    "dependencies": [{"ref": "r", "dependsOn": ["a"]}, {"ref": "a", "dependsOn": ["r"]}, {"ref": "c", "dependsOn": ["b"]}]})");
  ASSERT_TRUE(sbom) << render(sbom.error());
  auto c = checks(*sbom);
  EXPECT_EQ(c["component.in-graph"].components, (std::vector<std::size_t>{3, 4}));
  EXPECT_EQ(c["bill.top-level-dependencies"].found, "2 stand directly below the product");
}

TEST(Quality, TheRealBillsAreCheckedInFull) {
  const fs::path folder = fs::path(DUOLEX_SHARED) / "sboms";
  if (!fs::is_directory(folder)) GTEST_SKIP() << "the real bills of materials are not beside the project";
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".json" && extension != ".xml") continue;
    const auto sbom = read_sbom("s", *read_file(entry.path()));
    ASSERT_TRUE(sbom);
    auto c = checks(*sbom);
    EXPECT_EQ(c.size(), 17U);
    EXPECT_EQ(c["component.hash"].examined, sbom->components.size());
    for (const auto& [id, check] : c) EXPECT_LE(check.lacking, check.examined) << id;
  }
}

}  // namespace
}  // namespace duolex::sbom
