// The tokens found block by block against those that a walk byte by byte finds.
#include "sbom/token_scan.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "text/utf8.h"

namespace duolex::sbom {
namespace {

struct Expected {
  ScanEnd end = ScanEnd::fine;
  std::vector<std::uint32_t> tokens;
};

Expected one_by_one(const std::string& s) {
  Expected out;
  bool inside = false, control = false, word = false;
  for (std::size_t i = 0; i < s.size(); ++i) {
    // A backslash takes the byte behind it with it, in a text and outside.
    const auto c = static_cast<unsigned char>(s[i]);
    std::size_t before = 0;
    while (before < i && s[i - before - 1] == '\\') ++before;
    const bool quote = c == '"' && before % 2 == 0;
    if (inside) {
      control = control || c < 0x20;
      if (quote) inside = false;
      word = !quote;
      continue;
    }
    const bool mark = c != '\0' && std::string_view("{}[]:,").find(s[i]) != std::string_view::npos;
    const bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (mark || (!space && !word)) out.tokens.push_back(static_cast<std::uint32_t>(i));
    if (quote) {
      inside = true;
      continue;
    }
    word = !mark && !space;
  }
  if (control) out.end = ScanEnd::control;
  else if (inside) out.end = ScanEnd::open_text;
  else if (out.tokens.empty()) out.end = ScanEnd::nothing;
  else if (text::walk_utf8(s, 0, s.size()) == std::string_view::npos) out.end = ScanEnd::not_utf8;
  return out;
}

void expect_same(const std::string& s) {
  const Expected expected = one_by_one(s);
  const FoundTokens quick = scan_tokens(s), plain = scan_tokens_plainly(s);
  for (const FoundTokens* found : {&quick, &plain}) {
    ASSERT_EQ(found->end, expected.end) << testing::PrintToString(s);
    ASSERT_EQ(std::vector<std::uint32_t>(found->offsets.get(), found->offsets.get() + found->count), expected.tokens) << testing::PrintToString(s);
  }
}

TEST(TokenScan, FindsBracketsAndTheBeginningsOfScalars) {
  expect_same(R"({"a": [1, true,"x\"y"], "b":{}})");
  expect_same("");
  expect_same(" \n\t\r ");
  expect_same("\"open");
  expect_same("\"a\tb\"");
  expect_same("[\"\xc3\xa4\", \"\xe2\x82\xac\"]");
  expect_same("[\"\xc3\"]");
  expect_same("1\"a\"2 \"b\"3");
}

// What happens at the edge of a block is the same as elsewhere.
TEST(TokenScan, ATextMayCrossBlocksAnywhere) {
  for (std::size_t pad = 0; pad < 140; ++pad)
    for (const char* part : {"\"abc\\\\\" ", "\"\\\\\\\"\"1", "\"\xe2\x82\xac\",", "\"\xf0\x9f\x98\x80\xf0\x9f\x98\x80\"", "\"\xe2\x82\"", "true,", "\\\"", "\"\\"})
      expect_same(std::string(pad, ' ') + part), expect_same("[\"" + std::string(pad, 'x') + "\"," + part + "]");
}

TEST(TokenScan, AnyBytesAreReadTheSame) {
  std::mt19937_64 random(7);
  const std::string common = "\"\"\"\\\\{}[]::,, \n\ttrue0123ab";
  for (int turn = 0; turn < 60'000; ++turn) {
    std::string s(random() % 300, ' ');
    const std::uint64_t rare = turn % 3 == 0 ? 1000 : turn % 3 == 1 ? 40 : 4;
    for (char& c : s) c = random() % rare == 0 ? static_cast<char>(random() % 256) : common[random() % common.size()];
    expect_same(s);
  }
}

}  // namespace
}  // namespace duolex::sbom
