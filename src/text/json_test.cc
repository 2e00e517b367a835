#include <gtest/gtest.h>

#include <ctime>

#include "text/node.h"

namespace duolex::text {
namespace {

std::string complaint(const std::string& bytes) {
  const auto node = read_json("f.json", bytes);
  return node ? "" : render(node.error());
}

TEST(Json, KnowsThePlaceOfEverything) {
  const std::string bytes = R"({"a": "x\"]}", "ü": [1, -2.50, null,
  {"k" : {}}], "n": "\u0041"})";
  const auto root = read_json("f.json", bytes);
  ASSERT_TRUE(root) << render(root.error());
  const auto written = [&](const Node& n) { return bytes.substr(n.span.begin, n.span.end - n.span.begin); };
  EXPECT_EQ(written(*root), bytes);
  EXPECT_EQ(written(*root->find("a")), R"("x\"]}")");
  EXPECT_EQ(root->find("a")->text, "x\"]}");
  const Node& list = *root->find("ü");
  EXPECT_EQ(written(root->keys[1]), "\"ü\"");
  EXPECT_EQ(written(list.items[1]), "-2.50");
  EXPECT_EQ(list.items[1].kind, Node::Kind::text);
  EXPECT_EQ(list.items[0].integer, 1);
  EXPECT_EQ(written(*list.items[3].find("k")), "{}");
  EXPECT_EQ(list.items[3].span.line, 2u);
  EXPECT_EQ(list.items[3].span.column, 3u);
  EXPECT_EQ(root->find("n")->text, "A");
}

TEST(Json, RefusesWithPlace) {
  EXPECT_NE(complaint("{\"a\": 1,}").find("f.json:1:9: error: this is not JSON"), std::string::npos) << complaint("{\"a\": 1,}");
  EXPECT_NE(complaint("[1,\n2").find("this bracket is still open"), std::string::npos);
  EXPECT_NE(complaint("{\"a\": 1, \"a\": 2}").find("f.json:1:10: error: the key 'a' stands twice"), std::string::npos);
  EXPECT_NE(complaint("{\"a\": 1, \"a\": 2}").find("f.json:1:2: note: it stands here first"), std::string::npos);
  EXPECT_NE(complaint("a: 1").find("f.json:1:1"), std::string::npos);
  EXPECT_NE(complaint("").find("f.json:1:1"), std::string::npos);
  EXPECT_NE(complaint("{} {}").find("f.json:1:4"), std::string::npos);
  EXPECT_NE(complaint("\xef\xbb\xbf{}").find("byte-order mark"), std::string::npos);
  EXPECT_NE(complaint("1e999").find("overflow"), std::string::npos);
}

TEST(Json, SurvivesDepthAndLength) {
  const std::clock_t begin = std::clock();
  for (const char* part : {"[", "{\"a\":", "[[],", "\"", "1", "{\"a\":[1],", " "}) {
    std::string bytes;
    while (bytes.size() < 10'000'000) bytes += part;
    EXPECT_NE(complaint(bytes), "1") << part;
  }
  std::string flat = "[";
  for (int i = 0; i < 400'000; ++i) flat += "\"für\",";
  const auto list = read_json("f.json", flat + "1]");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->items.back().span.column, 400'000u * 6 + 2);
  EXPECT_NE(complaint(flat + flat).find("f.json:1:"), std::string::npos);
  EXPECT_LT(std::clock() - begin, 10 * CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace duolex::text
