#include "text/node.h"

#include <gtest/gtest.h>

#include <ctime>
#include <limits>

namespace duolex::text {
namespace {

// Of processor time, for ten megabytes made to be slow; it takes about one where nothing watches.
#ifdef __SANITIZE_ADDRESS__
constexpr std::clock_t most_seconds = 20;
#else
constexpr std::clock_t most_seconds = 4;
#endif

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

TEST(Yaml, KnowsThePlaceOfEverything) {
  const std::string bytes =
      "# c\n'a b':  \"q\\\"q\"  # c\nempty:\nlit: |-  # | >\n\n  one\n  two\n\nplain: x\n  y\n"
      "seq:\n  - >\n    f\n  -\n  - {k: [1, 2], n}\nlast: ''\n";
  const auto root = read_yaml("f.yaml", bytes);
  ASSERT_TRUE(root) << render(root.error());
  const auto written = [&](const Node& n) { return bytes.substr(n.span.begin, n.span.end - n.span.begin); };
  EXPECT_EQ(written(root->keys[0]), "'a b'");
  EXPECT_EQ(written(*root->find("a b")), "\"q\\\"q\"");
  EXPECT_EQ(bytes.substr(root->find("empty")->span.begin - 6, 7), "empty:\n");
  EXPECT_EQ(written(*root->find("empty")), "");
  EXPECT_EQ(written(*root->find("lit")), "|-  # | >\n\n  one\n  two");
  EXPECT_EQ(root->find("lit")->text, "\none\ntwo");
  EXPECT_EQ(root->find("lit")->span.line, 4u);
  EXPECT_EQ(written(*root->find("plain")), "x\n  y");
  const Node& seq = *root->find("seq");
  EXPECT_EQ(written(seq.items[0]), ">\n    f");
  EXPECT_EQ(bytes.substr(seq.items[1].span.begin - 1, 2), "-\n");
  EXPECT_EQ(written(seq.items[2]), "{k: [1, 2], n}");
  EXPECT_EQ(written(*seq.items[2].find("k")), "[1, 2]");
  EXPECT_EQ(written(seq), "- >\n    f\n  -\n  - {k: [1, 2], n}");
  EXPECT_EQ(written(*root->find("last")), "''");
  EXPECT_EQ(written(*root), bytes.substr(4, bytes.size() - 5));
}

TEST(Yaml, TakesOnlyWholeNumbersForNumbers) {
  const auto root = read_yaml("f.yaml", "[+5, -0, +-5, 1.10, 0x10, 99999999999999999999, -9223372036854775808, '5', +]");
  ASSERT_TRUE(root) << render(root.error());
  const auto kind = [&](std::size_t i) { return root->items[i].kind; };
  EXPECT_EQ(root->items[0].integer, 5);
  EXPECT_EQ(kind(1), Node::Kind::integer);
  for (const std::size_t i : {2u, 3u, 4u, 5u, 7u, 8u}) EXPECT_EQ(kind(i), Node::Kind::text) << i;
  EXPECT_EQ(root->items[6].integer, std::numeric_limits<std::int64_t>::min());
}

TEST(Yaml, ReportsAllDuplicatesAndBothPlaces) {
  const auto root = read_yaml("f.yaml", "a: 1\nb:\n  c: 1\n  \"c\": 2\na: 3\n");
  ASSERT_FALSE(root);
  EXPECT_EQ(render(root.error()),
            "f.yaml:4:3: error: the key 'c' stands twice\n      \"c\": 2\n      ^\n    hint: keep one of them\n"
            "f.yaml:3:3: note: it stands here first\n      c: 1\n      ^\n"
            "f.yaml:5:1: error: the key 'a' stands twice\n    a: 3\n    ^\n    hint: keep one of them\n"
            "f.yaml:1:1: note: it stands here first\n    a: 1\n    ^\n");
}

TEST(Yaml, RefusesABlockWhoseTextTheParserLoses) {
  const std::string bytes = "facts: #\n  'c d': |-\n  `  tetru\n    t# a cfac another\n  'cext\n  e  d': |-\n    tex";
  EXPECT_NE(first_error(bytes).find("f.yaml:"), std::string::npos);
  const auto good = read_yaml("f.yaml", "a: |\n  \t x\n\n   y\nb: >-\n  p\n  q\n\n  r\nc: one\n  two\n");
  ASSERT_TRUE(good) << render(good.error());
  EXPECT_EQ(good->find("a")->text, "\t x\n\n y\n");
  EXPECT_EQ(good->find("b")->text, "p q\nr");
  EXPECT_EQ(good->find("c")->text, "one two");
}

TEST(Yaml, KeepsToItsLimits) {
  const Limits few{.bytes = 1000, .nodes = 5, .depth = 3};
  const auto complaint = [&](const std::string& bytes) {
    const auto node = read_yaml("f.yaml", bytes, few);
    return node ? "" : render(node.error());
  };
  EXPECT_EQ(complaint("[1, 2, 3, 4]"), "");
  EXPECT_NE(complaint("[1, 2, 3, 4, 5]").find("f.yaml:1:14: error: more than 5 values"), std::string::npos);
  EXPECT_EQ(complaint("[[[1]]]"), "");
  EXPECT_NE(complaint("[[[[]]]]").find("f.yaml:1:4: error: nested more than 3 deep"), std::string::npos);
  EXPECT_NE(complaint(std::string(1001, '#')).find("is larger than"), std::string::npos);
}

TEST(Yaml, RefusesMoreThanOneDocumentAndDirectives) {
  EXPECT_EQ(first_error("# c\n--- # c\na: 1\n...\n# c\n"), "");
  EXPECT_EQ(first_error("a: |\n  --- x\n  ...\n  %TAG\n"), "");
  EXPECT_NE(first_error("a: 1\n...\nb: 1\n").find("f.yaml:3:1: error: something stands after the end"), std::string::npos);
  EXPECT_NE(first_error("%YAML 1.2\n---\na: 1\n").find("f.yaml:1:1: error: a directive"), std::string::npos);
  EXPECT_NE(first_error("? [a]\n: 1\n").find("f.yaml:1:3: error: a list or mapping stands as a key"), std::string::npos);
  EXPECT_NE(first_error(": 1\n").find("a key is missing"), std::string::npos);
}

TEST(Yaml, SurvivesWhatIsMeantToBeSlow) {
  for (const char* part : {"[", "{", "- ", "? ", "a: ", "\"", "'", "!", "&", "*", "[a,", "{a: ", "? [", "\n", "#", "|", "%", ">",
                           "-\n", "---\n", "!a ", "&a ", ", ", ":", "a:\n ", "\"\n", "{}", "[],", "[[],", "[{},", "%a\n",
                           "- - ", "a: [\n", "\"\\n", "''", "\t", " ", "- [\n", "{a: [\n", "a: &b\n", "? - ", "--- "}) {
    std::string bytes;
    while (bytes.size() < 10'000'000) bytes += part;
    const std::clock_t begin = std::clock();
    const auto node = read_yaml("f.yaml", bytes);
    EXPECT_LT(std::clock() - begin, most_seconds * CLOCKS_PER_SEC) << part;
    if (node) {
      EXPECT_LE(node->items.size(), Limits{}.nodes) << part;
    } else {
      EXPECT_EQ(node.error()[0].span.file, "f.yaml") << part;
    }
  }
}

TEST(Yaml, SurvivesDeepNesting) {
  const std::clock_t begin = std::clock();
  for (const std::string& bytes : {std::string(10'000'000, '['), std::string(3'000'000, '{'), [] {
         std::string s;
         for (int i = 0; i < 3000; ++i) s += std::string(static_cast<std::size_t>(i), ' ') + "- \n";
         return s;
       }()}) {
    EXPECT_FALSE(read_yaml("f.yaml", bytes));
  }
  EXPECT_LT(std::clock() - begin, most_seconds * CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace duolex::text
