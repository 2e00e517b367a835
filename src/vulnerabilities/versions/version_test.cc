// The traps of each scheme, by hand.
#include "vulnerabilities/versions/version.h"

#include <gtest/gtest.h>

#include "vulnerabilities/versions/order_lines.h"

namespace duolex::vulnerabilities {
namespace {

void hold(Scheme scheme, std::initializer_list<const char*> lines) {
  for (const char* line : lines) EXPECT_EQ(judge_order_line(scheme, line), LineVerdict::held) << name_of(scheme) << ": " << line;
}

Reading reading(Scheme scheme, std::string_view version) {
  std::string key;
  return append_key(scheme, version, key);
}

TEST(Versions, GoPseudoVersionsAndReleasesOfTheTool) {
  hold(Scheme::go, {
    "v0.0.0-20190101000000-abcdefabcdef < v0.0.0-20200101000000-aaaaaaaaaaaa",
    "v1.2.4-0.20200101000000-aaaaaaaaaaaa > v1.2.3",            // made after the tag v1.2.3
    "v1.2.4-0.20200101000000-aaaaaaaaaaaa < v1.2.4",
    "v1.2.3-rc.1.0.20200101000000-aaaaaaaaaaaa > v1.2.3-rc.1",
    "v2.0.0+incompatible = v2.0.0",
    "go1.21rc2 < go1.21.0", "go1.21rc2 > go1.21beta1", "go1.21 = 1.21.0", "go1.21rc2 = 1.21.0-rc.2",
    "go1.20.14 < go1.21rc1",
  });
}

TEST(Versions, DistributionSuffixesAndBackports) {
  hold(Scheme::dpkg, {
    "1.1.1n-0+deb11u3 < 1.1.1n-0+deb11u5", "1.1.1n-0+deb11u5 < 1.1.1w-0+deb11u1", "3.0.11-1~deb12u2 < 3.0.11-1",
    "1.2.3-1~bpo12+1 < 1.2.3-1", "1:1.0-1 > 9.9-1", "1.0 = 1.0-0", "1. = 1.0", "2.0~rc1-1 < 2.0-1", "1.0+really0.9-1 > 1.0-1",
  });
  hold(Scheme::rpm, {
    "1.1.1k-5.el8_5 < 1.1.1k-6.el8_5", "8.0-1.el8 < 8.0-1.el8_2", "0:1.0-1 = 1.0-1", "1.0~rc1-1 < 1.0-1", "1.0^git1-1 > 1.0-1",
    "4.18.0-305.el8 < 4.18.0-305.12.1.el8_4", "1.0-1.module_el8.5.0+1 < 1.0-1.module_el8.6.0+1",
  });
  hold(Scheme::apk, {
    "1.1.1k-r0 < 1.1.1l-r0", "1.2_rc1 < 1.2", "1.0_rc1 < 1.0", "1.2_p1 > 1.2", "1.2.10 > 1.2.9", "1.05 < 1.1", "1.2-r9 < 1.2-r10", "1.0~abc = 1.0~abc",
  });
}

TEST(Versions, PreReleases) {
  hold(Scheme::pep440, {"1.0.dev1 < 1.0a1", "1.0a1.dev1 < 1.0a1", "1.0 = 1.0.0", "1.0-1 = 1.0.post1", "1!0.1 > 9.9", "1.0+ubuntu.1 > 1.0", "1.0rc1 = 1.0-c.1", "v1.0 = 1.0",
                        "1.0.post1.dev2 > 1.0", "1.0.post1.dev2 < 1.0.post1"});
  hold(Scheme::maven, {"1-alpha < 1-beta", "1-milestone < 1-rc", "1-snapshot < 1", "1 < 1-sp", "1-sp < 1-xyz", "1-xyz < 1-1", "1-1 < 1.1", "1-ga = 1",
                       "1.0.0.Final = 1", "31.1-jre > 31.1", "1.ga.1 > 1"});
  hold(Scheme::rubygems, {"1.0.0.rc1 < 1.0.0", "1.0-1 < 1.0", "1.0 = 1.0.0", "1.a.0.b < 1.a", "1.a.0.1 > 1.a", "1.0.0.1 < 1.0.1"});
  hold(Scheme::nuget, {"1.0.0-Beta < 1.0.0", "1.0.0-beta.2 < 1.0.0-beta.11", "1.0 = 1.0.0.0", "1.0.0.1 > 1.0.0"});
  hold(Scheme::packagist, {"1.0-patch1 > 1.0", "1.0-Beta1 < 1.0-RC1", "dev-main < 0.1", "1.0.0 > 1.0.0-beta11", "1.0.0-beta2 < 1.0.0-beta11"});
  hold(Scheme::semver, {"1.0.0-1 < 1.0.0-a", "1.0.0+1 = 1.0.0+2", "1.0 = 1.0.0", "1.2.3.4 > 1.2.3"});
  hold(Scheme::pub, {"1.0.0+1 < 1.0.0+2", "1.0.0 < 1.0.0+1"});
}

TEST(Versions, SomeCannotBeRead) {
  EXPECT_EQ(reading(Scheme::semver, "latest"), Reading::unreadable);
  EXPECT_EQ(reading(Scheme::semver, "1.0rc1"), Reading::outside);
  EXPECT_EQ(reading(Scheme::semver, "1.0.0-rc1"), Reading::exact);
  EXPECT_EQ(reading(Scheme::pep440, "0.1-bulbasaur"), Reading::outside);
  EXPECT_EQ(reading(Scheme::dpkg, "a:1.0"), Reading::unreadable);
  EXPECT_EQ(reading(Scheme::apk, "1.0_what"), Reading::outside);
  EXPECT_EQ(reading(Scheme::rubygems, "x"), Reading::unreadable);
  EXPECT_EQ(reading(Scheme::nuget, "1.2.3.4.5"), Reading::unreadable);
  EXPECT_EQ(reading(Scheme::packagist, "1.2.#"), Reading::unreadable);
  EXPECT_EQ(reading(Scheme::cran, "1.x"), Reading::unreadable);
  EXPECT_EQ(reading(Scheme::none, "1.0"), Reading::unreadable);
  EXPECT_FALSE(compare(Scheme::none, "1", "1"));
}

TEST(Versions, EcosystemsHaveSchemes) {
  EXPECT_EQ(scheme_of("Debian:12"), Scheme::dpkg);
  EXPECT_EQ(scheme_of("AlmaLinux:9"), Scheme::rpm);
  EXPECT_EQ(scheme_of("npm"), Scheme::semver);
  EXPECT_EQ(scheme_of("OSS-Fuzz"), Scheme::none);
  EXPECT_EQ(scheme_for_name("red hat"), Scheme::rpm);
  EXPECT_EQ(scheme_for_name("pypi"), Scheme::pep440);
  EXPECT_EQ(scheme_for_name("PEP-440"), Scheme::pep440);
  EXPECT_EQ(scheme_for_name("nonsense"), Scheme::none);
}

TEST(Versions, LinesAreJudged) {
  EXPECT_EQ(judge_order_line(Scheme::semver, "1.0.0 > 2.0.0"), LineVerdict::not_held);
  EXPECT_EQ(judge_order_line(Scheme::semver, "  # 1.0.0 > 2.0.0"), LineVerdict::nothing);
  EXPECT_EQ(judge_order_line(Scheme::semver, "1.0.0 ? 2.0.0"), LineVerdict::unreadable);
  EXPECT_EQ(judge_order_line(Scheme::semver, "1.0.0 <"), LineVerdict::unreadable);
  EXPECT_EQ(judge_order_line(Scheme::semver, "x < 1.0.0"), LineVerdict::unreadable);
}

}  // namespace
}  // namespace duolex::vulnerabilities
