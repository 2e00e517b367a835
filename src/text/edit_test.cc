#include "text/edit.h"

#include <gtest/gtest.h>

#include "text/yaml_out.h"

namespace duolex::text {
namespace {

std::string set(const std::string& bytes, const KeyPath& path, const Node& value) {
  const auto result = set_value("f.yaml", bytes, path, value);
  return result ? *result : render(result.error());
}

std::string append(const std::string& bytes, const KeyPath& path, const Node& item) {
  const auto result = append_item("f.yaml", bytes, path, item);
  return result ? *result : render(result.error());
}

const std::string dossier =
    "# The reader at the door\n"
    "product:\n"
    "  name: \"Reader\"   # as on the label\n"
    "\n"
    "facts:\n"
    "  # asked of the legal department\n"
    "  product.foss: false     # 2026-11-02\n"
    "  product.price: # not yet\n"
    "  ai.uses: [a, b]\n"
    "releases:\n"
    "  - id: '1.0'\n"
    "    placed: 2027-01-01\n"
    "# the end\n";

TEST(Edit, ReplacesAScalarAndKeepsTheRest) {
  std::string expected = dossier;
  expected.replace(expected.find("false "), 5, "true");
  EXPECT_EQ(set(dossier, {"facts", "product.foss"}, make_boolean(true)), expected);
  expected = dossier;
  expected.replace(expected.find("\"Reader\""), 8, "\"Reader: new\"");
  EXPECT_EQ(set(dossier, {"product", "name"}, make_text("Reader: new")), expected);
  expected = dossier;
  expected.replace(expected.find("2027-01-01"), 10, "2027-12-11");
  EXPECT_EQ(set(dossier, {"releases", "0", "placed"}, make_text("2027-12-11")), expected);
}

TEST(Edit, FillsAnEmptyValue) {
  std::string expected = dossier;
  expected.replace(expected.find("product.price:"), 14, "product.price: free");
  EXPECT_EQ(set(dossier, {"facts", "product.price"}, make_text("free")), expected);
  EXPECT_EQ(set("facts:\n", {"facts", "a"}, make_boolean(true)), "facts:\n  a: true\n");
  EXPECT_EQ(set("facts: {}\n", {"facts", "a"}, make_boolean(true)), "facts:\n  a: true\n");
  EXPECT_EQ(set("facts: {} # none\n", {"facts", "a"}, make_boolean(true)), "facts:\n  a: true # none\n");
  EXPECT_EQ(set("", {"facts", "a"}, make_boolean(true)), "facts:\n  a: true\n");
  EXPECT_EQ(set("# only a comment", {"a"}, make_integer(1)), "# only a comment\na: 1\n");
  EXPECT_EQ(set("- a\n-\n", {"1"}, make_text("b")), "- a\n- b\n");
}

TEST(Edit, AddsAKeyAsTheLastOfItsMapping) {
  std::string expected = dossier;
  expected.replace(expected.find("releases:"), 0, "  product.kind: software\n");
  EXPECT_EQ(set(dossier, {"facts", "product.kind"}, make_text("software")), expected);
  expected = dossier;
  expected.replace(expected.find("# the end"), 0, "    note: \"no: 1\"\n");
  EXPECT_EQ(set(dossier, {"releases", "0", "note"}, make_text("no: 1")), expected);
  expected = dossier;
  expected.replace(expected.find("# the end"), 0, "sign_off:\n  by: A. Lawyer\n");
  EXPECT_EQ(set(dossier, {"sign_off", "by"}, make_text("A. Lawyer")), expected);
  EXPECT_EQ(set("a: 1", {"b"}, make_null()), "a: 1\nb: null\n");
  EXPECT_EQ(set("f: {a: 1, b: 2,}\n", {"f", "c"}, make_list({make_text("x")})), "f: {a: 1, b: 2, c: [x],}\n");
  EXPECT_EQ(set("f: {a: 1 # one\n  }\n", {"f", "c", "d"}, make_integer(2)), "f: {a: 1, c: {d: 2} # one\n  }\n");
  EXPECT_EQ(set("a: |\n  text\n\n\nb: 1\n", {"c"}, make_integer(2)), "a: |\n  text\n\n\nb: 1\nc: 2\n");
  EXPECT_EQ(set("a:\n  b: |\n    text\nc: 1\n", {"a", "d"}, make_integer(2)), "a:\n  b: |\n    text\n  d: 2\nc: 1\n");
}

TEST(Edit, ReplacesListsAndMappings) {
  EXPECT_EQ(set("u: [a, b] # c\n", {"u"}, make_list({make_text("z")})), "u: [z] # c\n");
  EXPECT_EQ(set("u:   # why\n  - a # one\n  - b\nv: 1\n", {"u"}, make_list({make_text("x"), make_text("w"), make_text("z")})),
            "u:   # why\n  - x\n  - w\n  - z\nv: 1\n");
  EXPECT_EQ(set("u:\n- a\n- b\nv: 1\n", {"u"}, make_text("x")), "u:\n  x\nv: 1\n");
  EXPECT_EQ(set("u:\n  a: 1\n  b: 2\nv: 1\n", {"u"}, make_mapping({{"c", make_integer(3)}})), "u:\n  c: 3\nv: 1\n");
  EXPECT_EQ(set("u: 1 # c\nv: 1\n", {"u"}, make_mapping({{"c", make_integer(3)}, {"d", make_null()}})),
            "u:\n  c: 3\n  d: null # c\nv: 1\n");
  EXPECT_EQ(set("u: |\n  long\n  text\nv: 1\n", {"u"}, make_text("short")), "u: short\nv: 1\n");
}

TEST(Edit, AppendsToLists) {
  EXPECT_EQ(append("l: [a]\n", {"l"}, make_text("b")), "l: [a, b]\n");
  EXPECT_EQ(append("l:\n  - a # first\n# c\n", {"l"}, make_text("b")), "l:\n  - a # first\n  - b\n# c\n");
  EXPECT_EQ(append("l:\n- a: 1\n  b: 2\nm: 1\n", {"l"}, make_mapping({{"a", make_integer(3)}, {"b", make_integer(4)}})),
            "l:\n- a: 1\n  b: 2\n- a: 3\n  b: 4\nm: 1\n");
  EXPECT_EQ(append("l:\n", {"l"}, make_mapping({{"a", make_integer(3)}})), "l:\n  - a: 3\n");
  EXPECT_EQ(append("x: 1\n", {"l"}, make_text("b")), "x: 1\nl: [b]\n");
}

TEST(Edit, KeepsTheLineEndsOfTheFile) {
  EXPECT_EQ(set("a: 1\r\nb:\r\n  c: 1\r\n", {"b", "d"}, make_integer(2)), "a: 1\r\nb:\r\n  c: 1\r\n  d: 2\r\n");
}

TEST(Edit, RefusesWhatItCannotDo) {
  EXPECT_NE(set("a: 1\n", {"a", "b"}, make_integer(2)).find("f.yaml:1:4: error: this place cannot be changed"), std::string::npos);
  EXPECT_NE(set("a: [1]\n", {"a", "7"}, make_integer(2)).find("error: this place"), std::string::npos);
  EXPECT_NE(append("a: 1\n", {"a"}, make_integer(2)).find("error: this place"), std::string::npos);
  EXPECT_NE(set("a: [\n", {"a"}, make_integer(2)).find("f.yaml:"), std::string::npos);
}

}  // namespace
}  // namespace duolex::text
