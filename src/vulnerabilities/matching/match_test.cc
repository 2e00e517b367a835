// The traps of matching, each by hand.
#include "vulnerabilities/matching/match.h"

#include <gtest/gtest.h>

#include "vulnerabilities/feeds/record_reader.h"
#include "vulnerabilities/index/layout.h"

namespace duolex::vulnerabilities {
namespace {

// "affected", "unknown" or "" for a component against one advisory, which is given by its `affected`.
struct Answer {
  std::string status, words;
};

Answer ask(const std::string& affected, const std::string& component, const std::string& more = "") {
  std::string record = R"({"id":"T-1","modified":"2024-01-02T03:04:05Z")" + more + R"(,"affected":[)" + affected + "]}";
  const std::size_t size = record.size();
  record.append(RecordReader::padding, '\0');
  RecordReader reader;
  const auto read = reader.read("record.json", 0, {record.data(), size});
  if (!read) return {"refused", render(read.error())};
  index::BuildReport report;
  std::vector<index::Compiled> records;
  records.push_back(index::compile(read->advisories.front()));
  const std::string bytes = index::lay_out(std::move(records), {}, {}, report);
  auto opened = index::Index::over("test", bytes);
  const auto bill = sbom::read_sbom("bom.json", R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"c",)" + component + "}]}");
  if (!opened || !bill) return {"broken", ""};
  const auto matches = match(*bill, *opened);
  if (!matches) return {"damaged", ""};
  if (matches->findings.empty()) return {"", ""};
  return {name_of(matches->findings.front().status), matches->findings.front().reason.in_words()};
}

std::string purl(const std::string& text) { return "\"purl\":\"" + text + "\""; }

std::string npm(const std::string& ranges, const std::string& rest = "") {
  return R"({"package":{"ecosystem":"npm","name":"x"},"ranges":[)" + ranges + "]" + rest + "}";
}
std::string semver(const std::string& events) { return R"({"type":"SEMVER","events":[)" + events + "]}"; }

TEST(Matching, ARangeExplainsItself) {
  const Answer a = ask(npm(semver(R"({"introduced":"1.0.0"},{"fixed":"1.2.0"})")), purl("pkg:npm/x@1.1.0"));
  EXPECT_EQ(a.status, "affected");
  EXPECT_EQ(a.words, "npm x 1.1.0 is in a range: introduced 1.0.0, fixed 1.2.0 (order: SemVer)");
  EXPECT_EQ(ask(npm(semver(R"({"introduced":"1.0.0"},{"fixed":"1.2.0"})")), purl("pkg:npm/x@1.2.0")).status, "");
  EXPECT_EQ(ask(npm(semver(R"({"introduced":"1.0.0"},{"fixed":"1.2.0"})")), purl("pkg:npm/x@1.2.0-rc.1")).status, "affected");
}

TEST(Matching, WithdrawnAdvisoriesSayNothing) {
  EXPECT_EQ(ask(npm(semver(R"({"introduced":"0"})")), purl("pkg:npm/x@1.0.0"), R"(,"withdrawn":"2024-02-02T00:00:00Z")").status, "");
}

TEST(Matching, LastAffectedAndLimit) {
  const std::string last = npm(semver(R"({"introduced":"0"},{"last_affected":"1.2.0"})"));
  EXPECT_EQ(ask(last, purl("pkg:npm/x@1.2.0")).status, "affected");
  EXPECT_EQ(ask(last, purl("pkg:npm/x@1.2.1")).status, "");
  const std::string limit = npm(semver(R"({"introduced":"1.0.0"},{"limit":"2.0.0"})"));
  EXPECT_EQ(ask(limit, purl("pkg:npm/x@1.9.9")).status, "affected");
  EXPECT_EQ(ask(limit, purl("pkg:npm/x@2.0.0")).status, "");
}

TEST(Matching, CommitsFirstAndSeveralUnsortedRanges) {
  const std::string git = R"({"type":"GIT","repo":"https://example.org/x","events":[{"introduced":"0"},{"fixed":"0a1b"}]})";
  const std::string both = npm(git + "," + semver(R"({"fixed":"3.0.0"},{"introduced":"2.5.0"})") + "," + semver(R"({"introduced":"1.0.0"},{"fixed":"1.1.0"})"));
  EXPECT_EQ(ask(both, purl("pkg:npm/x@1.0.5")).status, "affected");
  EXPECT_EQ(ask(both, purl("pkg:npm/x@2.6.0")).status, "affected");
  EXPECT_EQ(ask(both, purl("pkg:npm/x@2.0.0")).status, "");
  EXPECT_EQ(ask(npm(git), purl("pkg:npm/x@1.0.0")).status, "unknown");
  EXPECT_NE(ask(npm(git), purl("pkg:npm/x@1.0.0")).words.find("commits"), std::string::npos);
  EXPECT_EQ(ask(npm(git, R"(,"versions":["1.0.0"])"), purl("pkg:npm/x@1.0.0")).status, "affected");
  EXPECT_EQ(ask(npm(git, R"(,"versions":["1.0.0"])"), purl("pkg:npm/x@1.0.1")).status, "");
}

TEST(Matching, ListedVersionsBesideRanges) {
  const std::string a = npm(semver(R"({"introduced":"2.0.0"},{"fixed":"2.1.0"})"), R"(,"versions":["1.0.0","2.0.5"])");
  EXPECT_EQ(ask(a, purl("pkg:npm/x@1.0.0")).words, "npm x 1.0.0 is listed as affected");
  EXPECT_EQ(ask(a, purl("pkg:npm/x@2.0.6")).status, "affected");
  EXPECT_EQ(ask(a, purl("pkg:npm/x@1.0.1")).status, "");
}

TEST(Matching, WhatCannotBeReadIsUnknown) {
  const std::string range = npm(semver(R"({"introduced":"1.0.0"},{"fixed":"1.2.0"})"));
  EXPECT_EQ(ask(range, purl("pkg:npm/x@latest")).status, "unknown");
  EXPECT_NE(ask(range, purl("pkg:npm/x@latest")).words.find("cannot be read as SemVer"), std::string::npos);
  EXPECT_EQ(ask(range, purl("pkg:npm/x")).status, "unknown");
  EXPECT_EQ(ask(range, purl("pkg:npm/x@1.1rc1")).status, "unknown");
  EXPECT_EQ(ask(npm(semver(R"({"introduced":"1.0.0"},{"fixed":"someday"})")), purl("pkg:npm/x@1.1.0")).status, "unknown");
  EXPECT_EQ(ask(R"({"package":{"ecosystem":"npm","name":"x"}})", purl("pkg:npm/x@1.1.0")).status, "unknown");
  EXPECT_EQ(ask(range, purl("pkg:npm/y@latest")).status, "");
}

TEST(Matching, DistributionsByTheirRelease) {
  const std::string debian = R"({"package":{"ecosystem":"Debian:12","name":"openssl"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3.0.11-1~deb12u2"}]}]})";
  EXPECT_EQ(ask(debian, purl("pkg:deb/debian/openssl@3.0.11-1~deb12u1?distro=debian-12")).status, "affected");
  EXPECT_EQ(ask(debian, purl("pkg:deb/debian/openssl@3.0.11-1~deb12u2?distro=debian-12")).status, "");
  EXPECT_EQ(ask(debian, purl("pkg:deb/debian/openssl@1.1.1w-0%2Bdeb11u1?distro=debian-11")).status, "");       // another release
  EXPECT_EQ(ask(debian, purl("pkg:deb/debian/openssl@3.0.11-1~deb12u1")).status, "unknown");                    // says none
  EXPECT_EQ(ask(debian, purl("pkg:deb/ubuntu/openssl@3.0.11-1~deb12u1?distro=ubuntu-22.04")).status, "");
  EXPECT_EQ(ask(debian, purl("pkg:deb/debian/libssl3@3.0.11-1~deb12u1?distro=bookworm&upstream=openssl")).status, "affected");  // binary, by its source
  EXPECT_EQ(ask(debian, purl("pkg:deb/debian/libssl3@3.0.11-1~deb12u1?distro=bookworm")).status, "");
  const std::string alma = R"({"package":{"ecosystem":"AlmaLinux:8","name":"openssl"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1:1.1.1k-6.el8_5"}]}]})";
  EXPECT_EQ(ask(alma, purl("pkg:rpm/almalinux/openssl@1.1.1k-5.el8_5?distro=almalinux-8.5&epoch=1")).status, "affected");
  EXPECT_EQ(ask(alma, purl("pkg:rpm/almalinux/openssl@1.1.1k-6.el8_5?distro=almalinux-8.5&epoch=1")).status, "");  // the fix brought back
}

TEST(Matching, ByCpeName) {
  const auto product = [](const std::string& range) { return R"({"package":{"ecosystem":"CPE","name":"a:v:p"},"ranges":[)" + range + "]}"; };
  const std::string range = product(semver(R"({"introduced":"0"},{"fixed":"1.2.0"})"));
  const auto cpe = [](const std::string& version) { return "\"cpe\":\"cpe:2.3:a:V:p:" + version + ":*:*:*:*:*:*:*\""; };
  EXPECT_EQ(ask(range, cpe("1.1.0")).status, "affected");
  EXPECT_EQ(ask(range, cpe("1.2.0")).status, "");
  EXPECT_EQ(ask(range, cpe("*") + ",\"version\":\"1.1.0\"").status, "affected") << "the component's own version";
  EXPECT_EQ(ask(range, cpe("*")).status, "unknown") << "no version at all";
  const Answer both = ask(range, cpe("1.1.0") + "," + purl("pkg:deb/debian/p@1.1.0-1?distro=debian-12"));
  EXPECT_EQ(both.status, "unknown");
  EXPECT_NE(both.words.find("by its CPE name"), std::string::npos) << both.words;
  EXPECT_EQ(ask(product(R"({"type":"ECOSYSTEM","events":[{"introduced":"0"}]})"), cpe("zzz")).status, "affected") << "all versions need no order";
  EXPECT_EQ(ask(product(R"({"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"7"}]})"), cpe("1")).status, "unknown") << "no order is known";
  EXPECT_EQ(ask(range, "\"cpe\":\"cpe:2.3:a:v:other:1.1.0:*:*:*:*:*:*:*\"").status, "");
}

TEST(Matching, PartsOfAnAiSystem) {
  const std::string file = R"({"package":{"ecosystem":"AI:file","name":"sha256:00ff"}})";
  const std::string hash = R"("hashes":[{"alg":"SHA-256","content":"00FF"}])";
  const Answer a = ask(file, hash);
  EXPECT_EQ(a.status, "affected");
  EXPECT_NE(a.words.find("SHA-256"), std::string::npos);
  const std::string model = R"({"package":{"ecosystem":"AI:huggingface","name":"org/model"},"versions":["0a1b2c"]})";
  EXPECT_EQ(ask(model, purl("pkg:huggingface/org/model@0a1b2c")).status, "affected");
  EXPECT_EQ(ask(model, purl("pkg:huggingface/org/model@ffffff")).status, "");
}

}  // namespace
}  // namespace duolex::vulnerabilities
