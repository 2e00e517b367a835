#include "vulnerabilities/versions/samples.h"

#include <initializer_list>

namespace duolex::vulnerabilities {
namespace {

struct Maker {
  Random& random;

  [[nodiscard]] std::size_t below(std::size_t n) const { return random() % n; }
  [[nodiscard]] bool chance(int percent) const { return below(100) < static_cast<std::size_t>(percent); }
  [[nodiscard]] std::string any(std::initializer_list<const char*> choices) const { return *(choices.begin() + below(choices.size())); }
  [[nodiscard]] std::string number() const {
    if (chance(85)) return std::to_string(below(4));
    return std::to_string(chance(70) ? below(40) : below(3'000'000'000));
  }
  [[nodiscard]] std::string numbers(std::size_t least, std::size_t most) const {
    std::string out = number();
    for (std::size_t i = 1, n = least + below(most - least + 1); i < n; ++i) out += "." + number();
    return out;
  }
  [[nodiscard]] std::string identifiers() const {
    std::string out = any({"alpha", "beta", "rc", "0", "1", "2", "x", "a-b"});
    while (chance(40)) out += "." + any({"0", "1", "2", "10", "a", "rc"});
    return out;
  }

  [[nodiscard]] std::string semver() const {
    return number() + "." + number() + "." + number() + (chance(50) ? "-" + identifiers() : "") + (chance(15) ? "+" + any({"b1", "7", "x.2"}) : "");
  }
  [[nodiscard]] std::string pep440() const {
    return (chance(10) ? number() + "!" : "") + numbers(1, 4) + (chance(40) ? any({"a", "b", "rc", ".alpha", "-beta", "_c", "pre"}) + (chance(80) ? number() : "") : "") +
           (chance(30) ? any({".post", "-", "post", ".rev", "-r"}) + number() : "") + (chance(30) ? any({".dev", "dev", "_dev"}) + number() : "") +
           (chance(20) ? "+" + any({"a", "1", "local", "1.a", "a.1", "2-b"}) : "");
  }
  [[nodiscard]] std::string debian_part() const {
    std::string out = number();
    while (chance(60)) out += any({".", "+", "~", "a", "rc", "+dfsg", "~beta", ".0", "git"}) + (chance(70) ? number() : "");
    return out;
  }
  [[nodiscard]] std::string dpkg() const {
    return (chance(15) ? std::to_string(below(3)) + ":" : "") + debian_part() + (chance(60) ? "-" + debian_part() : "");
  }
  [[nodiscard]] std::string rpm_part() const {
    std::string out = number();
    while (chance(60)) out += any({".", "_", "~", "^", "a", ".rc", ".el8", "+", ".module", "git"}) + (chance(70) ? number() : "");
    return out;
  }
  [[nodiscard]] std::string rpm() const {
    return (chance(15) ? std::to_string(below(3)) + ":" : "") + rpm_part() + "-" + rpm_part();
  }
  [[nodiscard]] std::string apk() const {
    std::string out = number();
    while (chance(60)) out += "." + std::string(chance(15) ? "0" : "") + number();
    if (chance(15)) out += any({"a", "b", "z"});
    while (chance(25)) out += any({"_alpha", "_beta", "_pre", "_rc", "_cvs", "_svn", "_git", "_hg", "_p"}) + (chance(70) ? number() : "");
    return out + (chance(5) ? "~0a1f" : "") + (chance(60) ? "-r" + number() : "");
  }
  [[nodiscard]] std::string maven() const {
    std::string out = numbers(1, 4);
    if (chance(10)) return out + any({".Final", "-ga", "-RELEASE"});
    if (chance(50)) out += any({"-alpha", "-beta-", "-M", "-rc", "-SNAPSHOT", "-sp", "-jre", "-", "-foo-", "-cr"}) + (chance(60) ? number() : "");
    return out;
  }
  [[nodiscard]] std::string rubygems() const {
    return numbers(1, 4) + (chance(50) ? any({".a", ".rc", ".beta.", ".pre", "-", "-rc", ".b.0."}) + number() : "") + (chance(20) ? "." + number() : "");
  }
  [[nodiscard]] std::string nuget() const { return numbers(2, 4) + (chance(50) ? "-" + any({"Alpha", "beta", "RC"}) + (chance(50) ? "." + number() : "") : ""); }
  [[nodiscard]] std::string packagist() const {
    return numbers(1, 4) + (chance(50) ? any({"-dev", "-alpha", "alpha", "-beta", "b", "RC", "-RC", "-p", "pl", "-patch"}) + (chance(70) ? number() : "") : "");
  }
  [[nodiscard]] std::string go() const {
    if (chance(30)) return "v" + number() + "." + number() + "." + number() + "-" + (chance(50) ? "0." : "") + "2019010203040" + std::to_string(below(10)) + "-abcdef01234" + std::to_string(below(10));
    return chance(20) ? "go1." + number() + (chance(50) ? "." + number() : any({"rc1", "rc2", "beta1", ""})) : "v" + semver();
  }
};

}  // namespace

std::string sample_version(Scheme scheme, Random& random) {
  const Maker make{random};
  switch (scheme) {
    case Scheme::none: break;
    case Scheme::semver:
    case Scheme::hex:
    case Scheme::pub: return make.semver();
    case Scheme::pep440: return make.pep440();
    case Scheme::dpkg: return make.dpkg();
    case Scheme::rpm: return make.rpm();
    case Scheme::apk: return make.apk();
    case Scheme::maven: return make.maven();
    case Scheme::rubygems: return make.rubygems();
    case Scheme::nuget: return make.nuget();
    case Scheme::packagist: return make.packagist();
    case Scheme::cran: return make.number() + (make.chance(50) ? "." : "-") + make.numbers(1, 4);
    case Scheme::hackage: return make.numbers(1, 5);
    case Scheme::go: return make.go();
  }
  return make.number();
}

std::string damaged_version(Scheme scheme, Random& random) {
  const Maker make{random};
  std::string version = sample_version(scheme, random);
  for (std::size_t i = make.below(4); i > 0; --i) {
    const std::size_t at = make.below(version.size() + 1);
    const char c = "0019.a-_+~^:#rA"[make.below(15)];
    if (make.chance(50) || version.size() < 2 || at == version.size()) version.insert(at, 1, c);
    else if (make.chance(50)) version.erase(at, 1);
    else version[at] = c;
  }
  return version;
}

}  // namespace duolex::vulnerabilities
