#include "text/plain.h"

#include <gtest/gtest.h>

namespace duolex::text {
namespace {

TEST(Plain, GoodTextStaysAsItIs) {
  for (const char* text : {"", "Entrance Reader 3", "Größe, naïve, Καλημέρα, 東京, عربي, 🙂", "a\nb\tc"}) EXPECT_EQ(plain(text), text);
}

TEST(Plain, NothingMovesTheCursorOrTurnsTheReadingOrder) {
  EXPECT_EQ(plain("a\x1b[2Jb"), "a\xEF\xBF\xBD[2Jb");
  EXPECT_EQ(plain("a\rb\x7f"), "a\xEF\xBF\xBD" "b\xEF\xBF\xBD");
  EXPECT_EQ(plain("safe\u202Egpj.exe"), "safe\xEF\xBF\xBDgpj.exe");
  EXPECT_EQ(plain("\u2066x\u2069"), "\xEF\xBF\xBDx\xEF\xBF\xBD");
  EXPECT_EQ(plain("\u0085"), "\xEF\xBF\xBD");
  EXPECT_EQ(plain(std::string_view("a\0b", 3)), "a\xEF\xBF\xBD" "b");
}

TEST(Plain, BytesThatAreNoUtf8AreReplacedOneByOne) {
  EXPECT_EQ(plain("\xC3"), "\xEF\xBF\xBD");
  EXPECT_EQ(plain("\xFFz"), "\xEF\xBF\xBDz");
  EXPECT_EQ(plain("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(plain("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(plain("\xF4\x90\x80\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Plain, ANameBeginsNoLine) { EXPECT_EQ(in_one_line("app\n0 affected\t\x1b[2K\r"), "app 0 affected \xEF\xBF\xBD[2K\xEF\xBF\xBD"); }

TEST(Plain, ColumnsAreThoseOfATerminal) {
  EXPECT_EQ(columns("abc"), 3u);
  EXPECT_EQ(columns("└─ é"), 4u);
  EXPECT_EQ(columns("e\u0301"), 1u);
  EXPECT_EQ(columns("東京"), 4u);
}

TEST(Wrapped, BreaksAtSpacesWithinTheWidth) {
  EXPECT_EQ(wrapped("one two three", "- ", "  ", 9), "- one two\n  three\n");
  EXPECT_EQ(wrapped("", "- ", "  ", 9), "- \n");
  EXPECT_EQ(wrapped("  spaced \n out ", "", "", 80), "spaced out\n");
  EXPECT_EQ(wrapped("a wordthatistoolong b", "", "", 5), "a\nwordthatistoolong\nb\n");
}

TEST(Escaped, MarkupInATextStaysText) {
  EXPECT_EQ(escaped("<script>alert('x')</script>"), "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
  EXPECT_EQ(escaped("\" onload=\"x"), "&quot; onload=&quot;x");
  EXPECT_EQ(escaped("a & b &amp;"), "a &amp; b &amp;amp;");
  EXPECT_EQ(escaped("\x1b[1m"), "\xEF\xBF\xBD[1m");
}

}  // namespace
}  // namespace duolex::text
