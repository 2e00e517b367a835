#include "cli/plain_stream.h"

#include <gtest/gtest.h>

#include <sstream>

namespace duolex::cli {
namespace {

// What comes out of `text`, written in pieces of so many bytes.
std::string through(const std::string& text, std::size_t piece, bool own_line = false) {
  std::ostringstream to;
  {
    PlainStream out(to, own_line);
    for (std::size_t at = 0; at < text.size(); at += piece) out << text.substr(at, piece);
  }
  return to.str();
}

const std::string mark = "\xEF\xBF\xBD";

TEST(PlainStream, WhatSteersIsShownAndNotObeyed) {
  const std::pair<std::string, std::string> cases[] = {
      {"a\x1b[31mred\x07", "a" + mark + "[31mred" + mark},
      {"title\x1b]0;x\x07", "title" + mark + "]0;x" + mark},
      {"turned \xE2\x80\xAEtxt.exe\xE2\x81\xA6", "turned " + mark + "txt.exe" + mark},
      {"\xC2\x9B""31m", mark + "31m"},
      {"again\rover\x7f", "again" + mark + "over" + mark},
      {"cut \xE2\x80", "cut " + mark + mark},
      {std::string("nul\0", 4), "nul" + mark},
      {"ein Prüfgerät, 検査, 🙂\tand\n", "ein Prüfgerät, 検査, 🙂\tand\n"},
      {"\x1b[1mbold\x1b[0m and \x1b[2mdim\x1b[0m\n", "\x1b[1mbold\x1b[0m and \x1b[2mdim\x1b[0m\n"},
  };
  for (const auto& [text, want] : cases)
    for (const std::size_t piece : {1U, 2U, 3U, 100U}) EXPECT_EQ(through(text, piece), want) << piece;
}

TEST(PlainStream, OnlyProgressBeginsALineAnew) {
  for (const std::size_t piece : {1U, 3U, 100U}) {
    EXPECT_EQ(through("\r\x1b[K10 %", piece, true), "\r\x1b[K10 %");
    EXPECT_EQ(through("\r\x1b[K10 %", piece), mark + mark + "[K10 %");
    EXPECT_EQ(through("10 %\rall is well", piece, true), "10 %" + mark + "all is well");
  }
}

TEST(PlainStream, BytesForAProgramPass) {
  std::ostringstream to;
  PlainStream out(to);
  out.pass_all();
  out << "{\"a\":\"\xE2\x80\xAE\x7f\"}";
  EXPECT_EQ(to.str(), "{\"a\":\"\xE2\x80\xAE\x7f\"}");
}

TEST(PlainStream, ThatNothingCouldBeWrittenIsSeen) {
  struct Full : std::streambuf {
  } full;
  std::ostream none(&full);
  PlainStream on_none(none);
  on_none << "x" << std::flush;
  EXPECT_FALSE(on_none);
}

}  // namespace
}  // namespace duolex::cli
