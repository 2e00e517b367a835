#include "workspace/vulnerabilities/update_sources.h"

#include <gtest/gtest.h>

#include "workspace/system/settings_reader.h"

namespace duolex::workspace {
namespace {

TEST(AdvisorySources, TheListThatComesWithTheProgramCanBeRead) {
  const auto list = read_advisory_sources("s.yaml", shipped_advisory_sources());
  ASSERT_TRUE(list) << render(list.error());
  EXPECT_GT(list->size(), 10U);
  for (const AdvisorySource& s : *list) EXPECT_TRUE(s.url.starts_with("https://")) << s.url;
}

std::string errors(const std::string& entry) {
  const auto list = read_advisory_sources("s.yaml", "format: 1\nsources:\n  - " + entry + "\n");
  return list ? "" : render(list.error());
}

TEST(AdvisorySources, WhatCannotBeMeantIsSaidWithItsPlace) {
  EXPECT_EQ(errors("{name: a, url: \"file:x\", file: a/b.json}"), "");
  EXPECT_NE(errors("{name: a, url: \"http://example.org/x\", file: a.json}").find("s.yaml:3:20"), std::string::npos);
  EXPECT_NE(errors("{name: a, url: \"ftp://example.org/x\", file: a.json}"), "");
  for (const char* file : {"../a.json", "/a.json", "a/../b.json", "a//b.json", ".hidden.json", "a.exe", "a b.json"})
    EXPECT_NE(errors("{name: a, url: \"https://example.org/x\", file: \"" + std::string(file) + "\"}"), "") << file;
  EXPECT_NE(errors("{name: a, url: \"https://example.org/x\", file: a.json, sha256: 12}"), "");
  EXPECT_NE(errors("{name: a, url: \"https://example.org/x\", file: a.json}\n  - {name: b, url: \"https://example.org/y\", file: a.json}").find("of two sources"), std::string::npos);
}

TEST(AdvisorySources, WhatLooksLikeThisMachineAndIsNot) {
  EXPECT_TRUE(safe_address("http://127.0.0.1:8080/x@y"));
  EXPECT_FALSE(safe_address("http://127.0.0.1:80@example.org/"));
  EXPECT_FALSE(safe_address("http://localhost.example.org/"));
}

}  // namespace
}  // namespace duolex::workspace
