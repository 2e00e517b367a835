#include "sbom/difference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"

namespace duolex::sbom {
namespace {

namespace fs = std::filesystem;

Sbom bill(const std::string& components, const std::string& dependencies = "") {
  const auto sbom = read_sbom("s", "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": [" + components + "], \"dependencies\": [" + dependencies + "]}");
  EXPECT_TRUE(sbom) << render(sbom.error());
  return *sbom;
}

std::string npm(const std::string& name, const std::string& version, const std::string& more = "") {
  return "{\"type\": \"library\", \"name\": \"" + name + "\", \"version\": \"" + version + "\", \"bom-ref\": \"" + name + version + "\", \"purl\": \"pkg:npm/" + name + "@" + version + "\"" + more + "}";
}

std::string told(const Difference& d) {
  std::string out;
  for (const ComponentChange& c : d.components) {
    out += c.kind == ComponentChange::Kind::added ? "+" : c.kind == ComponentChange::Kind::removed ? "-" : "~";
    out += c.name + " " + c.version_before + ">" + c.version_after;
    for (const std::string& f : c.fields) out += " " + f;
    out += "\n";
  }
  for (const EdgeChange& e : d.dependencies) out += (e.added ? "+ " : "- ") + e.from + " -> " + e.on + "\n";
  return out;
}

TEST(Difference, AddedRemovedChanged) {
  const Sbom a = bill(npm("x", "1") + "," + npm("y", "1") + "," + npm("z", "1", ", \"hashes\": [{\"alg\": \"SHA-256\", \"content\": \"00\"}]"));
  const Sbom b = bill(npm("z", "1", ", \"hashes\": [{\"alg\": \"SHA-256\", \"content\": \"01\"}]") + "," + npm("w", "3") + "," + npm("x", "2"));
  const Difference d = difference(a, b);
  EXPECT_EQ(told(d), "+pkg:npm/w >3\n~pkg:npm/x 1>2 version\n-pkg:npm/y 1>\n~pkg:npm/z 1>1 hashes\n");
  EXPECT_EQ(d.unchanged, 0U);
}

TEST(Difference, SeveralVersionsOfOneName) {
  const Sbom a = bill(npm("x", "1") + "," + npm("x", "2")), b = bill(npm("x", "3") + "," + npm("x", "2") + "," + npm("x", "4"));
  EXPECT_EQ(told(difference(a, b)), "+pkg:npm/x >4\n~pkg:npm/x 1>3 version\n");
  EXPECT_EQ(difference(a, b).unchanged, 1U);
}

TEST(Difference, Dependencies) {
  const std::string both = npm("x", "1") + "," + npm("y", "1") + "," + npm("z", "1");
  const Sbom a = bill(both, R"({"ref": "x1", "dependsOn": ["y1"]})"), b = bill(both, R"({"ref": "x1", "dependsOn": ["z1"]})");
  EXPECT_EQ(told(difference(a, b)), "- pkg:npm/x 1 -> pkg:npm/y 1\n+ pkg:npm/x 1 -> pkg:npm/z 1\n");
}

TEST(Difference, AModelThatWasTrainedAnewIsChanged) {
  const auto model = [](const std::string& cer) {
    return "{\"type\": \"machine-learning-model\", \"name\": \"net\", \"modelCard\": {\"quantitativeAnalysis\": {\"performanceMetrics\": [{\"type\": \"CER\", \"value\": \"" + cer + "\"}]}}}";
  };
  EXPECT_EQ(told(difference(bill(model("0.1")), bill(model("0.2")))), "~machine-learning-model net > model\n");
  EXPECT_TRUE(difference(bill(model("0.1")), bill(model("0.1"))).empty());
}

TEST(Difference, TheOrderOfTheFileDoesNotMatterAndFormatsAgree) {
  const fs::path folder = fs::path(DUOLEX_SHARED) / "sboms";
  if (!fs::is_directory(folder)) GTEST_SKIP() << "the real bills of materials are not beside the project";
  const auto one = read_sbom("a", *read_file(folder / "proton-bridge/proton-bridge-v1.6.3.bom.json"));
  const auto two = read_sbom("b", *read_file(folder / "proton-bridge/proton-bridge-v1.8.0.bom.json"));
  const auto xml = read_sbom("c", *read_file(folder / "proton-bridge/proton-bridge-v1.6.3.bom.xml"));
  ASSERT_TRUE(one && two && xml);
  EXPECT_TRUE(difference(*one, *one).empty());
  EXPECT_EQ(difference(*one, *one).unchanged, one->components.size());
  EXPECT_TRUE(difference(*one, *xml).empty()) << told(difference(*one, *xml));
  const Difference forth = difference(*one, *two), back = difference(*two, *one);
  EXPECT_FALSE(forth.empty());
  const auto count = [](const Difference& d, ComponentChange::Kind kind) {
    return std::count_if(d.components.begin(), d.components.end(), [&](const ComponentChange& c) { return c.kind == kind; });
  };
  EXPECT_EQ(count(forth, ComponentChange::Kind::added), count(back, ComponentChange::Kind::removed));
  EXPECT_EQ(count(forth, ComponentChange::Kind::changed), count(back, ComponentChange::Kind::changed));
}

}  // namespace
}  // namespace duolex::sbom
