#include "sbom/tree.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"

namespace duolex::sbom {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string first_error(const Result<Tree>& tree) {
  if (tree) return "read";
  const std::string text = render(tree.error());
  return text.substr(0, text.find('\n'));
}
std::string json_error(const std::string& bytes, const Limits& limits = {}) { return first_error(json_tree("t.json", bytes, limits)); }
std::string xml_error(const std::string& bytes, const Limits& limits = {}) { return first_error(xml_tree("t.xml", bytes, limits)); }

// The same document by another reader.
bool agree(const Value value, const json& plain) {
  switch (value.kind()) {
    case Kind::null: return plain.is_null();
    case Kind::boolean: return plain.is_boolean() && plain.get<bool>() == (value.text() == "true");
    case Kind::number: return plain.is_number() && json::parse(value.text()) == plain;
    case Kind::text: return plain.is_string() && plain.get<std::string>() == value.text();
    case Kind::array: {
      std::size_t i = 0;
      if (!plain.is_array()) return false;
      for (const Value item : value.children())
        if (i >= plain.size() || !agree(item, plain[i++])) return false;
      return i == plain.size();
    }
    default: {
      if (!plain.is_object()) return false;
      std::size_t count = 0;
      for (const Value item : value.children()) {
        ++count;
        if (!plain.contains(item.key()) || !agree(item, plain[item.key()])) return false;
      }
      return count == plain.size();
    }
  }
}

TEST(JsonTree, HoldsWhatAnotherReaderFinds) {
  for (const std::string text : {R"({"a": [1, -2.5e3, true, false, null, "x\n\u00e9\ud83d\ude00\\"], "b\"c": {}, "d": [[], [{}]], "": ""})", "[]", "{}", " 3 ",
                                 "\"\"", R"([{"a":{"b":{"c":[1,[2,[3]]]}}},4])"}) {
    const auto tree = json_tree("t.json", text, {});
    ASSERT_TRUE(tree) << text << render(tree.error());
    EXPECT_TRUE(agree(tree->root(), json::parse(text))) << text;
  }
}

TEST(JsonTree, FindsByKeyAlsoWithEscapes) {
  const std::string text = R"({"a\u0062": 1, "b": "x\ty"})";
  const auto tree = json_tree("t.json", text, {});
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->root().find("ab").text(), "1");
  EXPECT_EQ(tree->root().find("b").text(), "x\ty");
  EXPECT_FALSE(tree->root().find("c"));
  EXPECT_EQ(text.substr(tree->root().find("b").begin(), 6), "\"x\\ty\"");
}

TEST(JsonTree, SaysWhereItIsWrong) {
  EXPECT_EQ(json_error(""), "t.json:1:1: error: this JSON is empty");
  EXPECT_EQ(json_error("{\"a\": 1,\n \"b\" 2}"), "t.json:2:6: error: this JSON lacks ':'");
  EXPECT_EQ(json_error("[1, 2"), "t.json:1:6: error: this JSON ends too early");
  EXPECT_EQ(json_error("[1] 2"), "t.json:1:5: error: this JSON goes on after its end");
  EXPECT_EQ(json_error("[\"abc"), "t.json:1:2: error: this JSON has a text that does not end");
  EXPECT_EQ(json_error("[\"a\\x\"]"), "t.json:1:4: error: this JSON has an escape that is none");
  EXPECT_EQ(json_error("[\"a\xff\"]"), "t.json:1:4: error: this JSON is not UTF-8");
  EXPECT_EQ(json_error("[01]"), "t.json:1:2: error: this JSON has something that is no value");
  EXPECT_EQ(json_error("[[[1]]]", {1000, 1000, 2, 10}), "t.json:1:3: error: this JSON is nested deeper than 2");
  EXPECT_EQ(json_error("[1,2,3]", {1000, 3, 9, 10}), "t.json:1:6: error: this JSON holds more than 3 values");
}

TEST(JsonTree, ThePublicParsingSuite) {
  const fs::path folder = fs::path(DUOLEX_SHARED) / "suites/json-testsuite";
  if (!fs::is_directory(folder)) GTEST_SKIP() << "the JSON parsing suite is not beside the project";
  int good = 0, bad = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".json" || name.size() < 2 || name[1] != '_') continue;
    const auto bytes = read_file(entry.path());
    ASSERT_TRUE(bytes);
    const auto tree = json_tree(name, *bytes, {});
    if (name[0] == 'y') {
      ++good;
      EXPECT_TRUE(tree) << name << first_error(tree);
      if (tree && json::accept(*bytes) && name.find("duplicated") == std::string::npos) {
        EXPECT_TRUE(agree(tree->root(), json::parse(*bytes))) << name;
      }
    } else if (name[0] == 'n') {
      ++bad;
      EXPECT_FALSE(tree) << name;
    }
  }
  EXPECT_GT(good, 80);
  EXPECT_GT(bad, 150);
}

TEST(XmlTree, HoldsElementsAttributesAndText) {
  const std::string text = "<?xml version=\"1.0\"?>\n<a xmlns=\"urn:x\" b='1 &amp; 2' c=\"3\">\n  <d>t&lt;u<!-- no --><![CDATA[<v>]]></d>\n  <e xmlns=\"urn:y\"/>  </a>";
  const auto tree = xml_tree("t.xml", text, {});
  ASSERT_TRUE(tree) << render(tree.error());
  const Value root = tree->root();
  EXPECT_EQ(tree->name_space(), "urn:x");
  EXPECT_EQ(root.plain_key(), "a");
  EXPECT_EQ(root.find("b").text(), "1 & 2");
  EXPECT_EQ(root.find("c").text(), "3");
  EXPECT_EQ(text.substr(root.find("c").begin(), 1), "3");
  EXPECT_EQ(root.find("d").text(), "t<u<v>");
  EXPECT_TRUE(root.find("e").foreign());
  EXPECT_FALSE(root.find("d").foreign());
  EXPECT_EQ(text.substr(root.find("d").begin(), 3), "<d>");
  EXPECT_EQ(text.substr(root.find("d").end() - 4, 4), "</d>");
  std::size_t children = 0;
  for ([[maybe_unused]] const Value child : root.children()) ++children;
  EXPECT_EQ(children, 4U);
}

TEST(XmlTree, RefusesDocumentTypesAndWhatIsBroken) {
  EXPECT_EQ(xml_error("<!DOCTYPE a [<!ENTITY b \"c\">]>\n<a>&b;</a>").substr(0, 61), "t.xml:1:13: error: this XML has a document type; document typ");
  EXPECT_EQ(xml_error("<a>&b;</a>"), "t.xml:1:4: error: this XML cannot be read: undefined entity");
  EXPECT_EQ(xml_error("<a>\n<b></a>"), "t.xml:2:6: error: this XML cannot be read: mismatched tag");
  EXPECT_EQ(xml_error("<a><b><c/></b></a>", {1000, 1000, 2, 10}), "t.xml:1:7: error: this XML is nested deeper than 2");
  EXPECT_EQ(xml_error("<a><b/><b/></a>", {1000, 2, 20, 10}), "t.xml:1:8: error: this XML holds more than 2 parts");
  EXPECT_NE(xml_error(""), "read");
}

TEST(XmlTree, OtherEncodingsAndLineEnds) {
  const auto latin = xml_tree("t.xml", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a b=\"\xe9\">\xe8\r\nx</a>", {});
  ASSERT_TRUE(latin) << render(latin.error());
  EXPECT_EQ(latin->root().find("b").text(), "\u00e9");
  EXPECT_EQ(latin->root().text(), "\u00e8\nx");
  std::string wide = "\xff\xfe";
  for (const char c : std::string("<a b=\"1\">xy</a>")) (wide += c) += '\0';
  const auto utf16 = xml_tree("t.xml", wide, {});
  ASSERT_TRUE(utf16) << render(utf16.error());
  EXPECT_EQ(utf16->root().find("b").text(), "1");
  EXPECT_EQ(utf16->root().text(), "xy");
}

}  // namespace
}  // namespace duolex::sbom
