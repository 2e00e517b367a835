#include "sbom/purl.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"

namespace duolex::sbom {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

TEST(Purl, Parts) {
  const auto p = parse_purl("pkg:npm/%40scope/pkg@1.0.0-rc.1?arch=x64&Empty=&os=a%20b#/lib//./index.js");
  ASSERT_TRUE(p);
  EXPECT_EQ(p->type, "npm");
  EXPECT_EQ(p->name_space, "@scope");
  EXPECT_EQ(p->name, "pkg");
  EXPECT_EQ(p->version, "1.0.0-rc.1");
  EXPECT_EQ(p->qualifiers, (std::vector<std::pair<std::string, std::string>>{{"arch", "x64"}, {"os", "a b"}}));
  EXPECT_EQ(p->subpath, "lib/index.js");
  EXPECT_EQ(p->full_name(), "@scope/pkg");
}

TEST(Purl, AScopeIsNoVersion) {
  const auto p = parse_purl("pkg:npm/@angular/core");
  ASSERT_TRUE(p);
  EXPECT_EQ(p->full_name(), "@angular/core");
  EXPECT_EQ(p->version, "");
}

TEST(Purl, Refuses) {
  for (const char* text : {"", "npm/express", "pkg:npm", "pkg:npm/", "pkg:npm/@", "pkg:1npm/x", "pkg:n_pm/x", "pkg:npm/x%2",
                           "pkg:npm/x%zz", "pkg:npm/x@%ff", "pkg:npm/x?a", "pkg:npm/x?a=1&a=2", "pkg:npm/x?1=2", "pkg:npm/%00x"})
    EXPECT_FALSE(parse_purl(text)) << text;
  EXPECT_FALSE(parse_purl("pkg:npm/" + std::string(5000, 'x')));
}

// Types whose own rules change the case or the form of a part; they come with the matching of versions.
const std::set<std::string> with_own_rules = {
    "alpm", "apk", "brew", "vcpkg", "bitbucket", "bitnami", "chrome-extension", "composer", "cpan", "deb", "github", "hex", "huggingface", "luarocks",
    "mlflow", "npm", "oci", "opam", "otp", "pub", "pypi", "qpkg", "rpm", "swid", "vscode-extension", "conan", "cran", "swift",
    "cocoapods", "gem", "hackage", "julia", "golang", "vcs", "yocto", "git"};

TEST(Purl, TheParsingTestsOfTheSpecification) {
  const fs::path folder = fs::path(DUOLEX_SHARED) / "suites" / "purl" / "tests";
  if (!fs::is_directory(folder)) GTEST_SKIP() << "the purl suite is not beside the project";
  int checked = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    const std::string file = entry.path().filename().string();
    const bool own = with_own_rules.contains(file.substr(0, file.rfind("-test.json")));
    const json cases = json::parse(*read_file(entry.path()));
    for (const json& test : cases["tests"]) {
      if (test["test_type"] != "parse" || own) continue;
      const auto purl = parse_purl(test["input"].get<std::string>());
      const std::string what = file + ": " + test["input"].get<std::string>();
      ++checked;
      if (test["expected_failure"].get<bool>()) {
        EXPECT_FALSE(purl) << what;
        continue;
      }
      ASSERT_TRUE(purl) << what << render(purl.error());
      const json& wanted = test["expected_output"];
      const auto text = [&](const char* key) { return wanted[key].is_string() ? wanted[key].get<std::string>() : ""; };
      EXPECT_EQ(purl->type, text("type")) << what;
      EXPECT_EQ(purl->name_space, text("namespace")) << what;
      EXPECT_EQ(purl->name, text("name")) << what;
      EXPECT_EQ(purl->version, text("version")) << what;
      EXPECT_EQ(purl->subpath, text("subpath")) << what;
      const std::size_t qualifiers = wanted["qualifiers"].is_object() ? wanted["qualifiers"].size() : 0;
      EXPECT_EQ(purl->qualifiers.size(), qualifiers) << what;
      for (const auto& [key, value] : purl->qualifiers) EXPECT_EQ(value, wanted["qualifiers"][key]) << what;
    }
  }
  EXPECT_GT(checked, 30);
}

}  // namespace
}  // namespace duolex::sbom
