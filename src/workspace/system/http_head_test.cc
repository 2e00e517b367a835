#include "workspace/system/http_head.h"

#include <gtest/gtest.h>

namespace duolex::workspace {
namespace {

TEST(HttpHead, IsThatOfTheBodyWhateverCameBefore) {
  const std::string all =
      "HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\nHTTP/1.1 302 Found\r\nLocation: https://b/\r\nETag: \"no\"\r\n\r\n"
      "HTTP/2 200 \r\nETag:  \"yes\" \r\nContent-Length: 12\r\n\r\nHTTP/1.1 200";
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    HttpHeads heads;
    ASSERT_TRUE(heads.add(std::string_view(all).substr(0, cut)));
    std::string body = heads.take_body();
    ASSERT_TRUE(heads.add(std::string_view(all).substr(cut)));
    body += heads.take_body();
    ASSERT_TRUE(heads.complete());
    EXPECT_EQ(heads.head().status, 200);
    EXPECT_EQ(heads.head().field("etag"), "\"yes\"");
    EXPECT_EQ(heads.head().length(), 12U);
    EXPECT_EQ(body, "HTTP/1.1 200") << cut;
  }
}

TEST(HttpHead, WhatIsNoneIsRefused) {
  for (const char* bytes : {"<html>", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1\r\n\r\n"}) {
    HttpHeads heads;
    EXPECT_FALSE(heads.add(bytes)) << bytes;
  }
  HttpHeads endless;
  EXPECT_FALSE(endless.add("HTTP/1.1 200 OK\r\n" + std::string(300 << 10, 'a')));
}

HttpHead with(const std::string& name, const std::string& value) {
  HttpHead head;
  head.fields[name] = value;
  return head;
}

TEST(HttpHead, APartIsOneToTheEnd) {
  const auto part = with("content-range", "bytes 10-19/20").part();
  ASSERT_TRUE(part);
  EXPECT_EQ(part->first, 10U);
  EXPECT_EQ(part->total, 20U);
  for (const char* wrong : {"", "bytes 10-18/20", "bytes 10-19/*", "bytes */20", "bytes 20-10/11", "10-19/20", "bytes 10-19/20x", "bytes /10-19", "bytes 1-18446744073709551615/0"})
    EXPECT_FALSE(with("content-range", wrong).part()) << wrong;
}

TEST(HttpHead, WhenToComeAgain) {
  const std::int64_t now = 1445412420;  // 2015-10-21T07:27:00Z
  EXPECT_EQ(with("retry-after", "120").retry_after(now), 120);
  EXPECT_EQ(with("retry-after", "0").retry_after(now), 0);
  EXPECT_EQ(with("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT").retry_after(now), 60);
  // By the server's clock where it tells, whatever the one here shows.
  HttpHead dated = with("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT");
  dated.fields["date"] = "Wed, 21 Oct 2015 07:27:50 GMT";
  EXPECT_EQ(dated.retry_after(now + 100000), 10);
  for (const char* nothing : {"", "soon", "-5", "1.5", "Wed, 21 Oct 2015 07:26:00 GMT", "Wed, 32 Oct 2015 07:28:00 GMT", "Wed, 21 Okt 2015 07:28:00 GMT", "Wed, 21 Oct 2015 27:28:00 GMT",
                              "Wednesday, 21-Oct-15 07:28:00 GMT", "Wed, 21 ctN 2015 07:28:00 GMT"})
    EXPECT_FALSE(with("retry-after", nothing).retry_after(now)) << nothing;
  EXPECT_GT(with("retry-after", "18446744073709551615").retry_after(now).value_or(0), std::int64_t{1} << 39);
}

TEST(HttpHead, HashesThatTheServerStates) {
  const std::string sha = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(with("repr-digest", "md5=:x:, sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:").digest(), sha);
  EXPECT_EQ(with("digest", "SHA-256=ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=").digest(), sha);
  EXPECT_EQ(with("repr-digest", "sha-256=:ungWv48:").digest(), "");
  HttpHead stored = with("x-goog-hash", "crc32c=AAAAAA==,md5=kAFQmDzST7DWlj99KOF/cg==");
  EXPECT_EQ(stored.digest(), "md5:900150983cd24fb0d6963f7d28e17f72");
  stored.fields["x-goog-stored-content-encoding"] = "gzip";
  EXPECT_EQ(stored.digest(), "");
}

}  // namespace
}  // namespace duolex::workspace
