#include "sbom/purl.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

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

TEST(Purl, FoldsWhatTheTypeFolds) {
  EXPECT_EQ(parse_purl("pkg:PyPI/Zope_Interface@1.0RC1")->name, "zope-interface");
  EXPECT_EQ(parse_purl("pkg:github/Foo/Bar")->full_name(), "foo/bar");
  EXPECT_EQ(parse_purl("pkg:golang/github.com/BurntSushi/toml")->full_name(), "github.com/BurntSushi/toml");
  EXPECT_EQ(parse_purl("pkg:cpan/gdt/URI")->name_space, "GDT");
}

TEST(Purl, ReadsWhatBreaksARuleOfTheTypeAndSaysSo) {
  const auto p = parse_purl("pkg:maven/junit@4.13");
  ASSERT_TRUE(p);
  EXPECT_EQ(purl_problems(*p), std::vector<std::string>{"of type maven has no namespace"});
  EXPECT_FALSE(parse_purl_strictly("pkg:maven/junit@4.13"));
  EXPECT_FALSE(purl_text(*p));
}

TEST(Purl, TextAndPartsAgree) {
  for (const char* text : {"pkg:npm/%40scope/a@1?arch=x&os=a%20b#lib/x", "pkg:generic/a%2Fb@1%2B2", "pkg:deb/debian/libc6@1:2.3~rc1"}) {
    const auto p = parse_purl(text);
    ASSERT_TRUE(p) << text;
    const auto again = purl_text(*p);
    ASSERT_TRUE(again) << render(again.error());
    EXPECT_EQ(*again, text);
  }
}

Purl parts_of(const json& object) {
  Purl purl;
  const auto text = [&](const char* key) { return object[key].is_string() ? object[key].get<std::string>() : ""; };
  purl.type = text("type");
  purl.name_space = text("namespace");
  purl.name = text("name");
  purl.version = text("version");
  purl.subpath = text("subpath");
  if (object["qualifiers"].is_object())
    for (const auto& [key, value] : object["qualifiers"].items()) purl.qualifiers.emplace_back(key, value.get<std::string>());
  return purl;
}

struct Counts {
  int parse = 0, build = 0, validate = 0;
};

void run(const json& test, const std::string& what, Counts& counts) {
  const bool fails = test["expected_failure"].get<bool>();
  const std::string kind = test["test_type"];
  if (kind == "parse") {
    ++counts.parse;
    const auto purl = fails ? parse_purl_strictly(test["input"].get<std::string>()) : parse_purl(test["input"].get<std::string>());
    if (fails) {
      EXPECT_FALSE(purl) << what;
      return;
    }
    ASSERT_TRUE(purl) << what << render(purl.error());
    EXPECT_TRUE(*purl == parts_of(test["expected_output"])) << what;
    EXPECT_EQ(purl_problems(*purl), std::vector<std::string>()) << what;
  } else if (kind == "build") {
    ++counts.build;
    const auto text = purl_text(parts_of(test["input"]));
    if (fails) {
      EXPECT_FALSE(text) << what;
      return;
    }
    ASSERT_TRUE(text) << what << render(text.error());
    EXPECT_EQ(*text, test["expected_output"]) << what;
  } else {
    ASSERT_EQ(kind, "validate");
    ++counts.validate;
    ASSERT_FALSE(fails) << what;
    const auto purl = parse_purl(test["input"].get<std::string>());
    ASSERT_TRUE(purl) << what << render(purl.error());
    const auto text = purl_text(*purl);
    ASSERT_TRUE(text) << what << render(text.error());
    EXPECT_EQ(*text, test["expected_output"]) << what;
  }
}

TEST(Purl, EveryTestOfTheSpecification) {
  const fs::path folder = fs::path(DUOLEX_SHARED) / "suites" / "purl" / "tests";
  if (!fs::is_directory(folder)) GTEST_SKIP() << "the purl suite is not beside the project";
  Counts counts;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    const json cases = json::parse(*read_file(entry.path()));
    for (const json& test : cases["tests"])
      run(test, entry.path().filename().string() + " " + test["test_type"].get<std::string>() + ": " + test["input"].dump(), counts);
  }
  EXPECT_EQ(counts.parse, 206);
  EXPECT_EQ(counts.build, 176);
  EXPECT_EQ(counts.validate, 204);
}

}  // namespace
}  // namespace duolex::sbom
