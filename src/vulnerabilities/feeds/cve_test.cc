#include <gtest/gtest.h>

#include "vulnerabilities/feeds/packages.h"
#include "vulnerabilities/feeds/record_reader.h"

namespace duolex::vulnerabilities {
namespace {

std::string record(const std::string& affected, const std::string& metadata = R"("cveId":"CVE-2024-1","state":"PUBLISHED","datePublished":"2024-01-02T03:04:05.678","dateUpdated":"2024-02-02T03:04:05.678Z")") {
  return R"({"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{)" + metadata + R"(},"containers":{"cna":{"title":"T","affected":[)" + affected + "]}}}";
}

Result<Advisory> read(std::string bytes) {
  const std::size_t size = bytes.size();
  bytes.append(RecordReader::padding, '\0');
  RecordReader reader;
  auto document = reader.read("cve.json", 0, {bytes.data(), size});
  if (!document) return tl::unexpected(document.error());
  EXPECT_EQ(document->advisories.size(), 1U);
  return document->advisories.front();
}

// "ecosystem name: event version … | listed"
std::string shown(const std::string& affected) {
  const auto advisory = read(record(affected));
  if (!advisory) return render(advisory.error());
  std::string out;
  for (const Affected& a : advisory->affected) {
    out += (out.empty() ? "" : "; ") + a.ecosystem + " " + a.name + ":";
    for (const Range& range : a.ranges) {
      out += " [" + range.scheme;
      for (const Event& e : range.events) out += std::string(e.kind == Event::Kind::introduced ? " from " : e.kind == Event::Kind::fixed ? " to " : " last ") + e.version;
      out += "]";
    }
    for (const std::string& version : a.versions) out += " " + version;
  }
  return out;
}

TEST(Cve, ProductsByPackageCollectionAndCpe) {
  const std::string versions = R"("versions":[{"version":"1.0","status":"affected","lessThan":"1.2","versionType":"semver"}])";
  EXPECT_EQ(shown(R"({"packageURL":"pkg:maven/g/a",)" + versions + "}"), "Maven g:a: [SemVer from 1.0 to 1.2]");
  EXPECT_EQ(shown(R"({"collectionURL":"https://registry.npmjs.org/","packageName":"@s/x",)" + versions + "}"), "npm @s/x: [SemVer from 1.0 to 1.2]");
  EXPECT_EQ(shown(R"({"vendor":"V","product":"P","cpes":["cpe:2.3:a:V:P\\_1:*:*:*:*:*:*:*:*"],)" + versions + "}"), "CPE a:v:p_1: [SemVer from 1.0 to 1.2]");
  EXPECT_EQ(shown(R"({"vendor":"V","product":"P",)" + versions + "}"), "CVE V P: [SemVer from 1.0 to 1.2]");
}

TEST(Cve, Versions) {
  const auto of = [](const std::string& versions, const std::string& otherwise = "unaffected") {
    return shown(R"({"packageURL":"pkg:npm/x","defaultStatus":")" + otherwise + R"(","versions":[)" + versions + "]}");
  };
  EXPECT_EQ(of(R"({"version":"1.0.1","status":"affected"})"), "npm x: 1.0.1");
  EXPECT_EQ(of(R"({"version":"unspecified","status":"affected","lessThanOrEqual":"3.1","versionType":"custom"})"), "npm x: [ from 0 last 3.1]");
  EXPECT_EQ(of(R"({"version":"2.0","status":"affected","lessThan":"*","versionType":"python","changes":[{"at":"2.3","status":"unaffected"}]})"), "npm x: [PEP 440 from 2.0 to 2.3]");
  EXPECT_EQ(of(R"({"version":"2.0","status":"unaffected"})"), "") << "nothing is affected";
  EXPECT_EQ(of(R"({"version":"2.0","status":"unaffected","lessThan":"*","versionType":"semver"})", "affected"), "npm x: [SemVer from 0 to 2.0]");
  EXPECT_EQ(of(R"({"version":"2.0","status":"unaffected","versionType":"semver"})", "affected"), "npm x: [none from 0 to 2.0]") << "no event ends one version alone";
  EXPECT_EQ(of("", "affected"), "npm x: [ from 0]");
}

TEST(Cve, TimesAndRejectedRecords) {
  const auto plain = read(record(""));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->modified, "2024-02-02T03:04:05.678Z");
  EXPECT_EQ(plain->published, "2024-01-02T03:04:05.678Z");
  const auto rejected = read(record("", R"("cveId":"CVE-2024-2","state":"REJECTED","dateUpdated":"2024-02-02T03:04:05Z")"));
  ASSERT_TRUE(rejected);
  EXPECT_FALSE(rejected->withdrawn.empty());
  EXPECT_FALSE(read(record("", R"("cveId":"X-1","dateUpdated":"2024-02-02T03:04:05Z")")));
  EXPECT_FALSE(read(record("", R"("cveId":"CVE-2024-2")")));
  EXPECT_FALSE(read(R"({"cveMetadata":{"cveId":"CVE-2024-2","dateUpdated":"2024-02-02T03:04:05Z"},"containers":{}})"));
}

TEST(Cve, CpeNames) {
  EXPECT_EQ(cpe_product("cpe:2.3:a:Open\\:SSL:openssl:1.1.1:rc1:*:*:*:*:*:*")->product, "a:open:ssl:openssl");
  EXPECT_EQ(cpe_product("cpe:2.3:a:v:p:1.1.1:rc1:*:*:*:*:*:*")->version, "1.1.1-rc1");
  EXPECT_EQ(cpe_product("cpe:/a:v:p%21:2")->product, "a:v:p!");
  EXPECT_EQ(cpe_product("cpe:/a:v:p")->version, "");
  for (const char* none : {"", "cpe:2.3:a:*:p:1", "cpe:/a:v", "cpe:/a:v:%zz", "pkg:npm/x@1"}) EXPECT_FALSE(cpe_product(none)) << none;
}

}  // namespace
}  // namespace duolex::vulnerabilities
