#include "text/node.h"

#include <gtest/gtest.h>

#include <chrono>

namespace duolex::text {
namespace {

std::string first_error(const std::string& bytes) {
  const auto node = read_yaml("f.yaml", bytes);
  return node ? "" : render(Diagnostics{node.error()[0]});
}

TEST(Yaml, ReadsScalarsNarrowly) {
  const auto node = read_yaml("f.yaml", "a: no\nb: true\nc: 12\nd: 2027-01-01\ne:\nf: \"1a\"\ng: [1a, []]\nh: '12'\n");
  ASSERT_TRUE(node) << render(node.error());
  EXPECT_EQ(node->find("a")->kind, Node::Kind::text);
  EXPECT_EQ(node->find("b")->kind, Node::Kind::boolean);
  EXPECT_EQ(node->find("c")->integer, 12);
  EXPECT_EQ(node->find("d")->text, "2027-01-01");
  EXPECT_EQ(node->find("e")->kind, Node::Kind::null);
  EXPECT_EQ(node->find("f")->text, "1a");
  EXPECT_EQ(node->find("g")->items.size(), 2u);
  EXPECT_EQ(node->find("h")->kind, Node::Kind::text);
  EXPECT_EQ(node->find("d")->span.line, 4u);
  EXPECT_EQ(node->find("d")->span.column, 4u);
}

TEST(Yaml, ReadsJson) {
  const auto node = read_yaml("f.json", R"({"facts": {"a": true, "b": ["x", "y"], "c": null, "d": "z"}})");
  ASSERT_TRUE(node) << render(node.error());
  EXPECT_EQ(node->find("facts")->find("b")->items[1].text, "y");
}

TEST(Yaml, RefusesWithPlace) {
  EXPECT_NE(first_error("a: 1\na: 2\n").find("f.yaml:2:1: error: the key 'a' stands twice"), std::string::npos);
  EXPECT_NE(first_error("a: &x 1\nb: *x\n").find("an anchor"), std::string::npos);
  EXPECT_NE(first_error("a: !!str 1\n").find("a tag"), std::string::npos);
  EXPECT_NE(first_error("a: 1\n---\nb: 2\n").find("second document"), std::string::npos);
  EXPECT_NE(first_error("<<: {a: 1}\n").find("merge key"), std::string::npos);
  EXPECT_NE(first_error("\xef\xbb\xbf" "a: 1\n").find("byte-order mark"), std::string::npos);
  EXPECT_NE(first_error(std::string("a: \0 1\n", 7)).find("NUL"), std::string::npos);
  EXPECT_NE(first_error("a: \xff\n").find("not UTF-8"), std::string::npos);
  EXPECT_NE(first_error("a: [1, 2\nb: 3\n").find("f.yaml:"), std::string::npos);
  EXPECT_NE(first_error("a: b: c\n").find("f.yaml:1:"), std::string::npos);
}

TEST(Yaml, SurvivesDeepNesting) {
  const auto begin = std::chrono::steady_clock::now();
  for (const std::string& bytes : {std::string(10'000'000, '['), std::string(3'000'000, '{'), [] {
         std::string s;
         for (int i = 0; i < 3000; ++i) s += std::string(static_cast<std::size_t>(i), ' ') + "- \n";
         return s;
       }()}) {
    EXPECT_FALSE(read_yaml("f.yaml", bytes));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace duolex::text
