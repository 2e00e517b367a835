#include "text/utf8.h"

#include <gtest/gtest.h>

namespace duolex::text {
namespace {

std::string complaint(std::string_view bytes) {
  const auto bad = find_bad_text(bytes);
  return bad ? std::to_string(bad->at) + " " + bad->what : "";
}

TEST(Utf8, AcceptsText) {
  for (const char* good : {"", "a\tb\r\n", "für", "日本", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80", "\xc2\xa0"})
    EXPECT_EQ(complaint(good), "") << good;
}

TEST(Utf8, SaysWhereItIsNone) {
  for (const char* bad : {"ab\x80", "ab\xc0\xaf", "ab\xc1\xbf", "ab\xe0\x80\x80", "ab\xed\xa0\x80", "ab\xf0\x80\x80\x80",
                          "ab\xf4\x90\x80\x80", "ab\xf8\x88\x80\x80\x80", "ab\xe2\x82", "ab\xff"})
    EXPECT_EQ(complaint(bad), "2 this is not UTF-8") << bad;
  EXPECT_EQ(complaint("\xef\xbb\xbf" "a"), "0 a byte-order mark");
  EXPECT_EQ(complaint("a\xef\xbb\xbf"), "1 a byte-order mark");
  EXPECT_EQ(complaint(std::string_view("\xff\xfe" "a\0", 4)), "0 this is UTF-16, not UTF-8");
  EXPECT_EQ(complaint(std::string_view("a\0", 2)), "1 a NUL byte");
  EXPECT_EQ(complaint("a\x1b[1m"), "1 a control character");
  EXPECT_EQ(complaint("a\xc2\x9b"), "1 a control character");
  EXPECT_EQ(complaint("a\rb"), "1 a carriage return without a line feed");
  EXPECT_FALSE(find_bad_encoding("\x7f\r"));
}

TEST(Utf8, CutsBetweenCodePoints) {
  EXPECT_EQ(code_point_boundary("für", 2), 1u);
  EXPECT_EQ(code_point_boundary("für", 3), 3u);
  EXPECT_EQ(code_point_boundary("für", 99), 4u);
}

}  // namespace
}  // namespace duolex::text
