#include "text/yaml_out.h"

#include <gtest/gtest.h>

namespace duolex::text {
namespace {

TEST(YamlOut, QuotesWhatAReaderCouldMistake) {
  for (const char* plain : {"credit_scoring", "2027-01-01", "Reader 2", "a/b.c@d", "_x"})
    EXPECT_EQ(to_inline_yaml(make_text(plain)), plain);
  for (const char* odd : {"", "no", "NO", "true", "null", "~", "12", "1a", "0x1f", "1e3", " a", "a ", "a: b", "a #b", "- a", "y",
                          "<<", "[a]", "*x", "&x", "!x", "%a", "it's", "2027-02-30", ".5", "-"})
    EXPECT_EQ(to_inline_yaml(make_text(odd))[0], '"') << odd;
}

TEST(YamlOut, ReadsBackTheSame) {
  std::vector<Node> items;
  for (const std::string& text : {std::string("q\"\\"), std::string("l1\nl2\t."), std::string("\0\x01\x7f", 3),
                                  std::string("\xc2\x85\xc2\x9b"), std::string("für 日本"), std::string("a\r"),
                                  std::string("x\xef\xbb\xbfy")})
    items.push_back(make_text(text));
  const Node tree = make_mapping({{"facts", make_mapping({{"a.b", make_boolean(false)}, {"no", make_null()}})},
                                  {"list", make_list(items)},
                                  {"deep", make_list({make_mapping({{"x", make_integer(-3)}, {"y", make_list({})}}),
                                                      make_list({make_list({make_integer(1)}), make_mapping({})})})},
                                  {"words", make_list({make_text("a"), make_text("b")})}});
  const std::string text = to_yaml(tree);
  const auto read = read_yaml("f.yaml", text);
  ASSERT_TRUE(read) << text << render(read.error());
  EXPECT_TRUE(same_value(tree, *read)) << text;
  const auto flow = read_yaml("f.yaml", to_inline_yaml(tree));
  ASSERT_TRUE(flow) << to_inline_yaml(tree) << render(flow.error());
  EXPECT_TRUE(same_value(tree, *flow));
}

TEST(YamlOut, HasOneLayout) {
  const Node tree = make_mapping({{"facts", make_mapping({{"a", make_boolean(true)}})},
                                  {"releases", make_list({make_mapping({{"id", make_text("1.0")}, {"on", make_null()}})})}});
  EXPECT_EQ(to_yaml(tree), "facts:\n  a: true\nreleases:\n  - id: \"1.0\"\n    \"on\": null");
}

}  // namespace
}  // namespace duolex::text
