// The hand-written comparisons of OSV-Scalibr, every line.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "vulnerabilities/versions/order_lines.h"

namespace duolex::vulnerabilities {
namespace {

const std::filesystem::path folder = std::filesystem::path(DUOLEX_SHARED) / "suites/osv-semantic/semantic/testdata";

void hold(const std::string& file, Scheme scheme, int lines) {
  std::ifstream in(folder / (file + "-versions.txt"));
  if (!in) GTEST_SKIP() << "the comparisons of OSV-Scalibr are not beside the project";
  int held = 0;
  for (std::string line; std::getline(in, line);) {
    const LineVerdict verdict = judge_order_line(scheme, line);
    EXPECT_NE(verdict, LineVerdict::not_held) << file << ": " << line;
    EXPECT_NE(verdict, LineVerdict::unreadable) << file << ": " << line;
    held += verdict == LineVerdict::held ? 1 : 0;
  }
  EXPECT_EQ(held, lines) << file;
}

TEST(OsvSemantic, Alpine) { hold("alpine", Scheme::apk, 778); }
TEST(OsvSemantic, Cran) { hold("cran", Scheme::cran, 21); }
TEST(OsvSemantic, Debian) { hold("debian", Scheme::dpkg, 30); }
TEST(OsvSemantic, Hackage) { hold("hackage", Scheme::hackage, 11); }
TEST(OsvSemantic, Maven) { hold("maven", Scheme::maven, 102); }
TEST(OsvSemantic, Nuget) { hold("nuget", Scheme::nuget, 35); }
TEST(OsvSemantic, Packagist) { hold("packagist", Scheme::packagist, 95); }
TEST(OsvSemantic, Pub) { hold("pub", Scheme::pub, 100); }
TEST(OsvSemantic, Pypi) { hold("pypi", Scheme::pep440, 37); }
TEST(OsvSemantic, RedHat) { hold("redhat", Scheme::rpm, 165); }
TEST(OsvSemantic, Rubygems) { hold("rubygems", Scheme::rubygems, 25); }
TEST(OsvSemantic, Semver) { hold("semver", Scheme::semver, 86); }

}  // namespace
}  // namespace duolex::vulnerabilities
