#include "sbom/structure.h"

#include <gtest/gtest.h>

#include "sbom/built_in.h"
#include "sbom/structure_check.h"

namespace duolex::sbom {
namespace {

constexpr std::string_view table = R"(# a comment
type name = text at least 1
object thing
  name: name required
  kind: thing.kind since 1.5
  size: integer from 1 to 9
  parts: list of thing unique at most 2
  one: text or list of text
  exactly one of size / parts+kind since 1.6
words thing.kind
  a b@1.6 "c d"
)";

std::vector<std::string> rules(const std::string& json, const std::string& version = "1.5") {
  const auto structure = Structure::compile({table}, version);
  EXPECT_TRUE(structure) << render(structure.error());
  const auto tree = json_tree("t.json", json, {});
  EXPECT_TRUE(tree) << render(tree.error());
  std::vector<Violation> found;
  check_json(*structure, *structure->find_object("thing"), tree->root(), found);
  std::vector<std::string> out;
  for (const Violation& v : found) out.push_back(v.rule.substr(10) + " " + v.path);
  return out;
}

using Rules = std::vector<std::string>;

TEST(Structure, HoldsFieldsAgainstTheTable) {
  EXPECT_EQ(rules(R"({"name": "x", "kind": "c d", "size": 3, "one": ["y"]})"), Rules{});
  EXPECT_EQ(rules(R"({"name": "", "kind": "b", "size": 10, "one": 3, "other": 1})"),
            (Rules{"length /name", "words /kind", "range /size", "type /one", "unknown-field "}));
  EXPECT_EQ(rules(R"({"size": 1.5})"), (Rules{"type /size", "required "}));
  EXPECT_EQ(rules(R"({"name": "x", "name": "y"})"), Rules{"twice "});
  EXPECT_EQ(rules(R"({"name": "x", "one": ["y", 1]})"), Rules{"type /one/1"});
}

TEST(Structure, ListsAreUniqueWhateverTheOrderOfKeys) {
  EXPECT_EQ(rules(R"({"name": "x", "parts": [{"name": "a", "size": 1}, {"size": 1.0, "name": "\u0061"}]})"), Rules{"unique /parts"});
  EXPECT_EQ(rules(R"({"name": "x", "parts": [{"name": "a"}, {"name": "b"}, {"name": "c"}]})"), Rules{"length /parts"});
}

TEST(Structure, LinesHoldForTheirVersions) {
  EXPECT_EQ(rules(R"({"name": "x", "kind": "a"})", "1.4"), Rules{"unknown-field "});
  EXPECT_EQ(rules(R"({"name": "x", "kind": "b", "size": 1})", "1.6"), Rules{});
  EXPECT_EQ(rules(R"({"name": "x"})", "1.6"), Rules{"one-of "});
  EXPECT_EQ(rules(R"({"name": "x", "kind": "b", "parts": []})", "1.6"), Rules{});
}

TEST(Structure, RefusesATableThatCannotBeRead) {
  EXPECT_FALSE(Structure::compile({"object a\n  b: nothing\n"}, "1.6"));
  EXPECT_FALSE(Structure::compile({"object a\n  b: text like nothing\n"}, "1.6"));
  EXPECT_FALSE(Structure::compile({"thing a\n"}, "1.6"));
}

TEST(Structure, EveryBuiltInTableReadsInEveryVersion) {
  std::vector<std::string_view> json;
  for (const BuiltInFile& file : built_in_files())
    if (!file.path.starts_with("cyclonedx_xml")) json.push_back(file.text);
  EXPECT_GE(json.size(), 8U);
  for (const char* version : {"1.2", "1.3", "1.4", "1.5", "1.6", "1.7"}) {
    const auto structure = Structure::compile(json, version);
    ASSERT_TRUE(structure) << version << render(structure.error());
    EXPECT_NE(structure->find_object("bom"), nullptr);
  }
  std::vector<std::string_view> xml;
  for (const BuiltInFile& file : built_in_files())
    if (file.path.starts_with("cyclonedx_xml") || file.path == "spdx_licences.txt") xml.push_back(file.text);
  for (const char* version : {"1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"}) {
    const auto structure = Structure::compile(xml, version);
    ASSERT_TRUE(structure) << version << render(structure.error());
    EXPECT_NE(structure->find_object("bom"), nullptr);
  }
}

TEST(Forms, GoodAndBad) {
  const auto good = [](const char* form, const char* text) { return looks_like(form, text); };
  EXPECT_TRUE(good("serial-number", "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79"));
  EXPECT_FALSE(good("serial-number", "urn:uuid:3e671687-395b-41f5-a30f"));
  EXPECT_TRUE(good("bom-link-element", "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#a"));
  EXPECT_FALSE(good("bom-link-element", "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/0#a"));
  EXPECT_TRUE(good("date-time", "2024-02-29T23:59:60.25+01:00"));
  EXPECT_FALSE(good("date-time", "2023-02-29T00:00:00Z"));
  EXPECT_FALSE(good("date-time", "2024-02-29T00:00:00"));
  EXPECT_TRUE(good("xml-date-time", "2024-02-29T00:00:00"));
  EXPECT_TRUE(good("hash", "d41d8cd98f00b204e9800998ecf8427e"));
  EXPECT_FALSE(good("hash", "d41d8cd98f00b204e9800998ecf8427"));
  EXPECT_TRUE(good("iri", "../a?b=c#d"));
  EXPECT_FALSE(good("iri", "a b"));
  EXPECT_TRUE(good("locale", "en-US"));
  EXPECT_FALSE(good("locale", "english"));
}

}  // namespace
}  // namespace duolex::sbom
