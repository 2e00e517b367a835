// The orders against the tools that own them, as Debian packages these, on fresh pairs each. Where a tool is not
// installed, its test says so and is skipped.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/scratch_folder.h"
#include "vulnerabilities/versions/samples.h"

namespace duolex::vulnerabilities {
namespace {

constexpr int pairs_wanted = 20'000;

using Pair = std::pair<std::string, std::string>;

class Folder {
 public:
  [[nodiscard]] std::string file(const std::string& name, const std::string& bytes) const {
    std::ofstream(scratch_.path() / name) << bytes;
    return (scratch_.path() / name).string();
  }

 private:
  ScratchFolder scratch_{"native"};
};

// Fresh pairs each time. A failure names the pair; the seed, the whole run.
Random fresh_random() {
  const char* given = std::getenv("DUOLEX_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::printf("DUOLEX_SEED=%llu repeats this\n", static_cast<unsigned long long>(seed));
  return Random(seed);
}

std::vector<std::string> lines_of(const std::string& command) {
  std::string text;
  if (FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r")) {
    std::array<char, 65536> buffer{};
    for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) text.append(buffer.data(), n);
    ::pclose(pipe);
  }
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

bool runs(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()) == 0; }

std::vector<Pair> sample_pairs(Scheme scheme) {
  Random random = fresh_random();
  std::vector<Pair> pairs;
  for (int i = 0; i < pairs_wanted; ++i) pairs.emplace_back(sample_version(scheme, random), sample_version(scheme, random));
  return pairs;
}

std::string text_of(const std::vector<Pair>& pairs) {
  std::string text;
  for (const auto& [a, b] : pairs) text += a + " " + b + "\n";
  return text;
}

int sign(std::strong_ordering o) { return o < 0 ? -1 : o > 0 ? 1 : 0; }

void hold(Scheme scheme, const std::vector<Pair>& pairs, const std::vector<std::string>& answers) {
  ASSERT_EQ(answers.size(), pairs.size()) << "the tool did not answer every pair";
  int told = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto order = compare(scheme, pairs[i].first, pairs[i].second);
    ASSERT_TRUE(order) << pairs[i].first << " and " << pairs[i].second;
    if (std::to_string(sign(*order)) == answers[i]) continue;
    ADD_FAILURE() << pairs[i].first << " against " << pairs[i].second << ": " << sign(*order) << ", the tool says " << answers[i];
    if (++told == 10) return;
  }
}

void hold_script(Scheme scheme, const std::string& interpreter, const std::string& script) {
  const Folder folder;
  const std::vector<Pair> pairs = sample_pairs(scheme);
  const std::string input = folder.file("pairs", text_of(pairs)), program = folder.file("program", script);
  hold(scheme, pairs, lines_of(interpreter + " " + program + " < " + input));
}

TEST(Native, Dpkg) {
  if (!runs("perl -MDpkg::Version -e 1")) GTEST_SKIP() << "libdpkg-perl is not installed";
  hold_script(Scheme::dpkg, "perl", R"(use Dpkg::Version;
while (<STDIN>) { my ($a, $b) = split; print version_compare($a, $b), "\n"; })");
}

// The program itself, which takes a process a pair.
TEST(Native, DpkgTheProgram) {
  if (!runs("dpkg --version")) GTEST_SKIP() << "dpkg is not installed";
  std::vector<Pair> pairs = sample_pairs(Scheme::dpkg);
  pairs.resize(300);
  const Folder folder;
  const std::string input = folder.file("pairs", text_of(pairs));
  const std::string script = folder.file("program", R"(while read a b; do
if dpkg --compare-versions "$a" lt "$b"; then echo -1; elif dpkg --compare-versions "$a" eq "$b"; then echo 0; else echo 1; fi
done)");
  hold(Scheme::dpkg, pairs, lines_of("sh " + script + " < " + input));
}

TEST(Native, Rpm) {
  if (!runs("rpm --version")) GTEST_SKIP() << "rpm is not installed";
  const Folder folder;
  const std::vector<Pair> pairs = sample_pairs(Scheme::rpm);
  const std::string input = folder.file("pairs", text_of(pairs));
  hold(Scheme::rpm, pairs,
       lines_of("rpm --eval '%{lua: for l in io.lines(\"" + input +
                "\") do local a, b = l:match(\"(%S+) (%S+)\"); print(rpm.vercmp(a, b) .. \"\\n\") end}' | grep ."));
}

TEST(Native, Packaging) {
  if (!runs("python3 -c 'import packaging.version'")) GTEST_SKIP() << "python3-packaging is not installed";
  hold_script(Scheme::pep440, "python3", R"(import sys
from packaging.version import Version
for line in sys.stdin:
    a, b = map(Version, line.split())
    print((a > b) - (a < b)))");
}

TEST(Native, Gem) {
  if (!runs("ruby -e 1")) GTEST_SKIP() << "ruby is not installed";
  hold_script(Scheme::rubygems, "ruby", "STDIN.each_line { |l| a, b = l.split; puts Gem::Version.new(a) <=> Gem::Version.new(b) }");
}

TEST(Native, NodeSemver) {
  if (!runs("NODE_PATH=/usr/share/nodejs node -e 'require(\"semver\")'")) GTEST_SKIP() << "node-semver is not installed";
  hold_script(Scheme::semver, "NODE_PATH=/usr/share/nodejs node", R"(const semver = require("semver");
for (const line of require("fs").readFileSync(0, "utf8").split("\n")) if (line) console.log(semver.compare(...line.split(" ")));)");
}

TEST(Native, Php) {
  if (!runs("php -r '1;'")) GTEST_SKIP() << "php-cli is not installed";
  hold_script(Scheme::packagist, "php", R"(<?php while ($l = fgets(STDIN)) { [$a, $b] = explode(" ", trim($l)); echo version_compare($a, $b), "\n"; })");
}

TEST(Native, Elixir) {
  if (!runs("elixir -e 'Version.parse!(\"1.0.0\")'")) GTEST_SKIP() << "elixir is not installed";
  hold_script(Scheme::hex, "elixir", R"(for line <- IO.stream(:stdio, :line) do
  [a, b] = String.split(line)
  IO.puts(case Version.compare(a, b) do :lt -> -1; :eq -> 0; :gt -> 1 end)
end)");
}

// compareVersion, which tells 1.0 from 1.0.0; R's operators do not (docs/decisions/version-orders.md). R reads no number
// above 2^31.
TEST(Native, R) {
  if (!runs("Rscript --vanilla -e 'package_version(\"1.0\")'")) GTEST_SKIP() << "r-base-core is not installed";
  Random random = fresh_random();
  const auto readable = [&] {
    for (;;) {
      std::string version = sample_version(Scheme::cran, random);
      std::size_t digits = 0, most = 0;
      for (const char c : version) most = std::max(most, digits = c >= '0' && c <= '9' ? digits + 1 : 0);
      if (most < 10) return version;
    }
  };
  std::vector<Pair> pairs;
  for (int i = 0; i < pairs_wanted; ++i) pairs.emplace_back(readable(), readable());
  const Folder folder;
  const std::string input = folder.file("pairs", text_of(pairs)), program = folder.file("program", R"(pairs <- strsplit(readLines(file("stdin")), " ")
writeLines(vapply(pairs, function(p) as.character(compareVersion(p[1], p[2])), "")))");
  hold(Scheme::cran, pairs, lines_of("Rscript --vanilla " + program + " < " + input));
}

// Composer brings versions into its own long form first; held to what it makes of them.
TEST(Native, Composer) {
  const std::string load = "require \"/usr/share/php/Composer/Semver/autoload.php\";";
  if (!runs("php -r '" + load + " new Composer\\Semver\\VersionParser();'")) GTEST_SKIP() << "php-composer-semver is not installed";
  const Folder folder;
  std::vector<Pair> given = sample_pairs(Scheme::packagist);
  for (const Pair& pair : sample_pairs(Scheme::packagist)) given.push_back(pair);  // Composer refuses some
  const std::string input = folder.file("pairs", text_of(given));
  const std::string program = folder.file("program", "<?php " + load + R"( $p = new Composer\Semver\VersionParser();
use Composer\Semver\Comparator;
while ($l = fgets(STDIN)) { try { [$a, $b] = array_map([$p, "normalize"], explode(" ", trim($l))); } catch (UnexpectedValueException $e) { continue; }
  echo "$a $b ", Comparator::greaterThan($a, $b) ? 1 : (Comparator::equalTo($a, $b) ? 0 : -1), "\n"; })");
  std::vector<Pair> pairs;
  std::vector<std::string> answers;
  for (const std::string& line : lines_of("php " + program + " < " + input)) {
    const std::size_t first = line.find(' '), second = line.rfind(' ');
    pairs.emplace_back(line.substr(0, first), line.substr(first + 1, second - first - 1));
    answers.push_back(line.substr(second + 1));
  }
  ASSERT_GE(pairs.size(), static_cast<std::size_t>(pairs_wanted));
  hold(Scheme::packagist, pairs, answers);
}

// Maven 3.8 departs from its own reference in two things, which the samples leave out: a qualifier after "." and a
// number after a qualifier that only says "release" (docs/decisions/version-orders.md).
TEST(Native, Maven) {
  const std::string jars = "/usr/share/java/maven-artifact-3.x.jar:/usr/share/java/commons-lang3.jar";
  const std::string program = "java -Xshare:auto -cp " + jars + " org.apache.maven.artifact.versioning.ComparableVersion";
  if (!runs(program + " 1 2")) GTEST_SKIP() << "libmaven3-core-java and a Java runtime are not installed";
  Random random = fresh_random();
  std::vector<std::string> versions;
  std::string text;
  for (int i = 0; i <= pairs_wanted; ++i) {
    versions.push_back(sample_version(Scheme::maven, random));
    text += versions.back() + "\n";
  }
  const Folder folder;
  const std::string input = folder.file("versions", text);
  std::vector<Pair> pairs;
  std::vector<std::string> answers;  // "   1.0 < 1.1", each version against the one before
  for (const std::string& line : lines_of("xargs -n 30000 -s 2000000 " + program + " < " + input)) {
    if (!line.starts_with("   ")) continue;
    const std::size_t at = line.find_first_of("<=>");
    pairs.emplace_back(versions[pairs.size()], versions[pairs.size() + 1]);
    answers.push_back(line[at] == '<' ? "-1" : line[at] == '=' ? "0" : "1");
  }
  ASSERT_EQ(pairs.size(), static_cast<std::size_t>(pairs_wanted));
  hold(Scheme::maven, pairs, answers);
}

}  // namespace
}  // namespace duolex::vulnerabilities
