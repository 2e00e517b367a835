#include "incidents/disclosure.h"

#include <gtest/gtest.h>

namespace duolex::incidents {
namespace {

const std::string full =
    "format: 1\norganisation: Example GmbH & Co\nwebsite: https://example.org\ncontacts: [\"mailto:security@example.org\", \"https://example.org/report\"]\n"
    "policy_url: https://example.org/policy\ncanonical: [https://example.org/.well-known/security.txt]\nlanguages: [en, de]\nexpires: 2027-10-01\n"
    "in_scope: [\"<Reader> 1.0\"]\nacknowledge_days: 3\nassess_days: 10\npublish_days: 90\nno_legal_action: true\ncredit: true\n";

Disclosure read(const std::string& yaml) {
  const auto d = read_disclosure("d.yaml", yaml);
  EXPECT_TRUE(d) << render(d.error());
  return *d;
}

TEST(Disclosure, SecurityTxtHasWhatRfc9116Asks) {
  const auto text = security_txt(read(full));
  ASSERT_TRUE(text);
  EXPECT_EQ(*text,
            "Canonical: https://example.org/.well-known/security.txt\nContact: mailto:security@example.org\nContact: https://example.org/report\n"
            "Expires: 2027-10-01T00:00:00Z\nPreferred-Languages: en, de\nPolicy: https://example.org/policy\n");
}

TEST(Disclosure, NoSecurityTxtWithoutContactOrEnd) {
  const auto text = security_txt(read("format: 1\norganisation: E\n"));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().size(), 2u);
}

TEST(Disclosure, GapsAreNamed) {
  EXPECT_TRUE(gaps_of(read(full), *parse_day("2026-11-27")).empty());
  EXPECT_EQ(gaps_of(read(full), *parse_day("2027-10-02")).size(), 1u);  // expired
  EXPECT_EQ(gaps_of(read(full), *parse_day("2026-09-30")).size(), 1u);  // more than a year ahead
  EXPECT_EQ(gaps_of(read("format: 1\norganisation: E\n"), *parse_day("2026-11-27")).size(), 10u);
}

TEST(Disclosure, PromisesOnlyWhatTheFileSays) {
  const std::string text = policy_markdown(read("format: 1\norganisation: E\n"), "Reader");
  EXPECT_EQ(text.find("legal action"), std::string::npos);
  EXPECT_EQ(text.find("days"), std::string::npos);
  EXPECT_NE(policy_markdown(read(full), "Reader").find("within 3 days"), std::string::npos);
}

TEST(Disclosure, ThePageEscapes) {
  const std::string html = policy_html(read(full), "<script>");
  EXPECT_EQ(html.find("<script>"), std::string::npos);
  EXPECT_NE(html.find("Example GmbH &amp; Co"), std::string::npos);
  EXPECT_NE(html.find("&lt;Reader&gt;"), std::string::npos);
}

TEST(Disclosure, AddressesAreChecked) {
  for (const char* line : {"website: http://example.org", "contacts: [security@example.org]", "contacts: [\"mailto:nobody\"]", "languages: [\"en us\"]",
                           "canonical: [ftp://x]", "expires: 2027-02-30", "acknowledge_days: 0", "contacts: [\"https://a b\"]",
                           "encryption: key", "credit: perhaps", "polcy_url: https://x"}) {
    EXPECT_FALSE(read_disclosure("d.yaml", std::string("format: 1\norganisation: E\n") + line + "\n")) << line;
  }
}

}  // namespace
}  // namespace duolex::incidents
