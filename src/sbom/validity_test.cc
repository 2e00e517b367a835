#include "sbom/validity.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/file.h"

namespace duolex::sbom {
namespace {

namespace fs = std::filesystem;

const fs::path suite = fs::path(DUOLEX_SHARED) / "suites/cyclonedx/tools/src/test/resources";

TEST(Validity, SaysRuleAndPlace) {
  const auto v = check_cyclonedx("b.json", "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\",\n \"components\": [{\"type\": \"librari\", \"name\": \"a\"}]}");
  ASSERT_TRUE(v) << render(v.error());
  ASSERT_EQ(v->violations.size(), 1U);
  EXPECT_EQ(v->violations[0].rule, "cyclonedx.words");
  EXPECT_EQ(v->violations[0].path, "/components/0/type");
  const std::string text = render(v->diagnostics);
  EXPECT_EQ(text.substr(0, text.find('\n')), "b.json:2:26: error: cyclonedx.words: 'librari' is none of the words of 'component.type'");
}

TEST(Validity, RefusesWhatIsNoCycloneDx) {
  EXPECT_FALSE(check_cyclonedx("b", "{}"));
  EXPECT_FALSE(check_cyclonedx("b", "["));
  const auto v = check_cyclonedx("b", "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"3\"}");
  ASSERT_TRUE(v);
  EXPECT_EQ(v->violations[0].rule, "cyclonedx.version");
}

struct Tally {
  int right = 0, wrong = 0;
};

std::map<std::string, Tally> verdicts(const std::string& extension) {
  std::map<std::string, Tally> out;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(suite)) {
    const std::string name = entry.path().filename().string(), version = entry.path().parent_path().filename().string();
    if (entry.path().extension() != extension || version == "ext") continue;
    if (!name.starts_with("valid-") && !name.starts_with("invalid-")) continue;
    const auto found = check_cyclonedx(name, *read_file(entry.path()));
    const bool valid = found && found->violations.empty();
    const bool right = valid == name.starts_with("valid-");
    ++(right ? out[version].right : out[version].wrong);
    EXPECT_TRUE(right) << version << "/" << name << "\n" << (found ? render(found->diagnostics).substr(0, 600) : render(found.error()));
    if (!found) continue;
    for (const Diagnostic& d : found->diagnostics) EXPECT_GT(d.span.line, 0U);
  }
  return out;
}

TEST(Validity, TheVerdictsOfTheSuiteInJson) {
  if (!fs::is_directory(suite)) GTEST_SKIP() << "the CycloneDX suite is not beside the project";
  auto found = verdicts(".json");
  EXPECT_EQ(found["1.5"].right + found["1.6"].right + found["1.7"].right, 218);
  EXPECT_EQ(found["1.2"].right, 40);
  EXPECT_EQ(found["1.3"].right, 48);
  EXPECT_EQ(found["1.4"].right, 51);
}

TEST(Validity, TheVerdictsOfTheSuiteInXml) {
  if (!fs::is_directory(suite)) GTEST_SKIP() << "the CycloneDX suite is not beside the project";
  auto found = verdicts(".xml");
  const std::map<std::string, int> files = {{"1.0", 2}, {"1.1", 29}, {"1.2", 47}, {"1.3", 53}, {"1.4", 55}, {"1.5", 62}, {"1.6", 74}, {"1.7", 91}};
  for (const auto& [version, count] : files) EXPECT_EQ(found[version].right, count) << version;
}

TEST(Validity, XmlSaysRuleAndPlace) {
  const auto v = check_cyclonedx("b.xml", "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\">\n<components><component type=\"librari\" other=\"1\"><version>1</version>"
                                          "<nome>x</nome><name>a</name></component></components></bom>");
  ASSERT_TRUE(v) << render(v.error());
  std::string text;
  for (const Violation& f : v->violations) text += f.rule + " " + f.path + "\n";
  EXPECT_EQ(text, "cyclonedx.words /bom/components/component[1]/@type\ncyclonedx.unknown-field /bom/components/component[1]\n"
                  "cyclonedx.order /bom/components/component[1]\n");
  EXPECT_EQ(v->diagnostics[0].span.line, 2U);
}

}  // namespace
}  // namespace duolex::sbom
