#include "vulnerabilities/feeds/packages.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace duolex::vulnerabilities {
namespace {

std::string shown(std::string text) {
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text;
}
std::string of_advisory(const std::string& ecosystem, const std::string& name, const std::string& purl = "") {
  const auto key = key_of(ecosystem, name, purl);
  return key ? shown(key->text) : "";
}
std::vector<Query> of_component(const std::string& purl) { return queries_for(*sbom::parse_purl(purl)); }

TEST(Packages, AdvisoriesAndBillsMeet) {
  struct Case {
    const char *ecosystem, *name, *purl;
  };
  for (const Case& c : {Case{"npm", "@scope/pkg", "pkg:npm/%40scope/pkg@1"}, Case{"PyPI", "Zope.Interface", "pkg:pypi/zope-interface@1"},
                        Case{"Maven", "org.slf4j:slf4j-api", "pkg:maven/org.slf4j/slf4j-api@1"}, Case{"Go", "github.com/A/b", "pkg:golang/github.com/a/b@v1"},
                        Case{"Packagist", "Symfony/http-kernel", "pkg:composer/symfony/http-kernel@1"}, Case{"NuGet", "Newtonsoft.Json", "pkg:nuget/Newtonsoft.Json@1"},
                        Case{"Debian:12", "openssl", "pkg:deb/debian/openssl@1?distro=bookworm"}, Case{"AlmaLinux:9", "openssl", "pkg:rpm/almalinux/openssl@1?distro=almalinux-9.2"},
                        Case{"Alpine:v3.19", "musl", "pkg:apk/alpine/musl@1?distro=alpine-3.19.1"}, Case{"AI:huggingface", "Org/Model", "pkg:huggingface/Org/Model@0a1b"}})
    EXPECT_EQ(of_advisory(c.ecosystem, c.name), shown(of_component(c.purl).front().key.text)) << c.purl;
  EXPECT_EQ(of_advisory("No such", "x"), "");
  EXPECT_EQ(of_advisory("No such", "x", "pkg:npm/x"), "npm x");
}

TEST(Packages, DistributionsSayTheirRelease) {
  EXPECT_EQ(of_component("pkg:deb/debian/openssl@1?distro=debian-12.5").front().release, "12");
  EXPECT_EQ(of_component("pkg:deb/debian/openssl@1?distro=bookworm").front().release, "12");
  EXPECT_EQ(of_component("pkg:deb/ubuntu/openssl@1?distro=ubuntu-22.04").front().release, "22.04");
  EXPECT_EQ(of_component("pkg:apk/alpine/musl@1?distro=alpine-3.19.1").front().release, "v3.19");
  EXPECT_EQ(of_component("pkg:rpm/almalinux/x@1?distro=almalinux-8.9").front().release, "8");
  EXPECT_EQ(of_component("pkg:deb/debian/openssl@1").front().release, "");
  EXPECT_EQ(release_of("Ubuntu:Pro:18.04:LTS"), "Pro:18.04:LTS");
}

TEST(Packages, SourcePackagesAreAskedForToo) {
  const auto deb = of_component("pkg:deb/debian/libssl3@3.0.11-1?distro=bookworm&upstream=openssl");
  ASSERT_EQ(deb.size(), 2U);
  EXPECT_EQ(shown(deb[1].key.text), "deb/debian openssl");
  EXPECT_EQ(deb[1].version, "3.0.11-1");
  const auto rpm = of_component("pkg:rpm/almalinux/openssl-libs@1.1.1k-7.el8?epoch=1&upstream=openssl-1.1.1k-7.el8.src.rpm");
  ASSERT_EQ(rpm.size(), 2U);
  EXPECT_EQ(rpm[0].version, "1:1.1.1k-7.el8");
  EXPECT_EQ(shown(rpm[1].key.text), "rpm/almalinux openssl");
}

TEST(Packages, FilesAreNamedByTheirHash) {
  EXPECT_EQ(shown(file_key("SHA-256", "AB12")->text), "ai-file sha256:ab12");
  EXPECT_EQ(of_advisory("AI:file", "sha256:ab12"), "ai-file sha256:ab12");
  EXPECT_FALSE(file_key("MD5", "ab"));
}

}  // namespace
}  // namespace duolex::vulnerabilities
