#include "vulnerabilities/feeds/packages.h"

#include <algorithm>
#include <array>

namespace duolex::vulnerabilities {
namespace {

enum class Form { as_is, lower, python, maven };

struct Ecosystem {
  std::string_view name, type;
  Form form = Form::as_is;
};

// OSV's ecosystems and the purl types under which bills of materials name the same packages.
constexpr auto ecosystems = std::to_array<Ecosystem>({
    {"npm", "npm"},
    {"PyPI", "pypi", Form::python},
    {"Go", "golang", Form::lower},
    {"Maven", "maven", Form::maven},
    {"NuGet", "nuget", Form::lower},
    {"RubyGems", "gem"},
    {"crates.io", "cargo"},
    {"Packagist", "composer", Form::lower},
    {"Pub", "pub"},
    {"Hex", "hex", Form::lower},
    {"Hackage", "hackage"},
    {"GHC", "ghc"},
    {"CRAN", "cran"},
    {"Bioconductor", "bioconductor"},
    {"SwiftURL", "swift", Form::lower},
    {"ConanCenter", "conan"},
    {"GitHub Actions", "github", Form::lower},
    {"Bitnami", "bitnami", Form::lower},
    {"Julia", "julia"},
    {"OSS-Fuzz", "generic"},
    {"Debian", "deb/debian", Form::lower},
    {"Ubuntu", "deb/ubuntu", Form::lower},
    {"Echo", "deb/echo", Form::lower},
    {"Alpine", "apk/alpine", Form::lower},
    {"Wolfi", "apk/wolfi", Form::lower},
    {"Chainguard", "apk/chainguard", Form::lower},
    {"MinimOS", "apk/minimos", Form::lower},
    {"Alpaquita", "apk/alpaquita", Form::lower},
    {"AlmaLinux", "rpm/almalinux"},
    {"Rocky Linux", "rpm/rocky"},
    {"Red Hat", "rpm/redhat"},
    {"SUSE", "rpm/suse"},
    {"openSUSE", "rpm/opensuse"},
    {"Mageia", "rpm/mageia"},
    {"openEuler", "rpm/openeuler"},
    {"Photon OS", "rpm/photon"},
    {"Azure Linux", "rpm/azurelinux"},
    {"AI:huggingface", "huggingface"},
    {"AI:file", "ai-file", Form::lower},
    {"CPE", "cpe", Form::lower},
});

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string in_form(Form form, std::string_view name) {
  switch (form) {
    case Form::as_is: return std::string(name);
    case Form::lower: return lower(name);
    case Form::maven: {
      std::string out(name);
      if (const std::size_t slash = out.rfind('/'); slash != std::string::npos) out[slash] = ':';
      return out;
    }
    case Form::python: {  // runs of "-", "_" and "." are one hyphen
      std::string out;
      for (const char c : lower(name)) {
        const bool separator = c == '-' || c == '_' || c == '.';
        if (!separator) out.push_back(c);
        else if (out.empty() || out.back() != '-') out.push_back('-');
      }
      return out;
    }
  }
  return std::string(name);
}

const Ecosystem* of_name(std::string_view ecosystem) {
  const std::string_view base = ecosystem.starts_with("AI:") ? ecosystem : ecosystem.substr(0, ecosystem.find(':'));
  for (const Ecosystem& e : ecosystems)
    if (e.name == base) return &e;
  return nullptr;
}

const Ecosystem* of_type(std::string_view type) {
  for (const Ecosystem& e : ecosystems)
    if (e.type == type) return &e;
  return nullptr;
}

PackageKey make_key(std::string_view type, std::string_view name) {
  PackageKey key;
  key.text.reserve(type.size() + 1 + name.size());
  key.text.append(type).push_back('\0');
  key.text.append(name);
  return key;
}

// The names under which bills of materials write a distribution.
std::string distribution_type(std::string_view type, std::string_view name_space) {
  std::string name = lower(name_space);
  if (name == "rocky-linux" || name == "rockylinux") name = "rocky";
  if (name == "rhel" || name == "red-hat") name = "redhat";
  if (name == "alma") name = "almalinux";
  if (name.starts_with("opensuse")) name = "opensuse";
  if (name == "sles" || name == "sled") name = "suse";
  return std::string(type) + "/" + name;
}

// "debian-12.5", "almalinux-8", "bookworm", "alpine-3.19.1": the part that ecosystems have behind their colon.
std::string distribution_release(std::string_view type, std::string_view distro) {
  struct Name {
    std::string_view series, release;
  };
  static constexpr std::array<Name, 9> names = {{{"buster", "10"}, {"bullseye", "11"}, {"bookworm", "12"}, {"trixie", "13"}, {"forky", "14"},
                                                 {"focal", "20.04"}, {"jammy", "22.04"}, {"noble", "24.04"}, {"bionic", "18.04"}}};
  for (const Name& n : names)
    if (n.series == distro) return std::string(n.release);
  const std::size_t digit = distro.find_first_of("0123456789");
  if (digit == std::string_view::npos) return std::string(distro);
  std::string_view number = distro.substr(digit);
  if (type.starts_with("apk/")) {  // v3.19 of 3.19.1
    const std::size_t first = number.find('.');
    if (first == std::string_view::npos) return "v" + std::string(number);
    return "v" + std::string(number.substr(0, number.find('.', first + 1)));
  }
  if (type == "deb/debian" || type == "rpm/almalinux" || type == "rpm/rocky") number = number.substr(0, number.find('.'));
  return std::string(number);
}

// "openssl-1.1.1k-7.el8_6.src.rpm" → name and version.
std::pair<std::string, std::string> source_of(std::string_view type, std::string_view upstream) {
  if (type.starts_with("rpm/") && upstream.ends_with(".src.rpm")) {
    upstream.remove_suffix(8);
    const std::size_t release = upstream.rfind('-');
    const std::size_t version = release == std::string_view::npos || release == 0 ? std::string_view::npos : upstream.rfind('-', release - 1);
    if (version == std::string_view::npos) return {std::string(upstream), ""};
    return {std::string(upstream.substr(0, version)), std::string(upstream.substr(version + 1))};
  }
  const std::size_t at = upstream.find('@');
  return {std::string(upstream.substr(0, at)), at == std::string_view::npos ? "" : std::string(upstream.substr(at + 1))};
}

}  // namespace

std::string_view release_of(std::string_view ecosystem) {
  if (ecosystem.starts_with("AI:")) return {};
  const std::size_t colon = ecosystem.find(':');
  return colon == std::string_view::npos ? std::string_view{} : ecosystem.substr(colon + 1);
}

std::optional<PackageKey> key_of(std::string_view ecosystem, std::string_view name, std::string_view purl) {
  if (const Ecosystem* e = of_name(ecosystem)) return make_key(e->type, in_form(e->form, name));
  if (purl.empty()) return std::nullopt;
  const auto parsed = sbom::parse_purl(purl);
  if (!parsed) return std::nullopt;
  return queries_for(*parsed).front().key;
}

std::vector<Query> queries_for(const sbom::Purl& purl) {
  std::vector<Query> queries(1);
  Query& q = queries.front();
  q.version = purl.version;
  q.distribution = purl.type == "deb" || purl.type == "apk" || purl.type == "rpm";
  const std::string type = q.distribution ? distribution_type(purl.type, purl.name_space) : purl.type;
  const Ecosystem* e = of_type(type);
  const Form form = e != nullptr ? e->form : Form::as_is;
  q.scheme = e != nullptr ? scheme_of(e->name) : Scheme::none;
  q.key = make_key(type, in_form(form, q.distribution ? purl.name : purl.full_name()));
  if (!q.distribution) return queries;
  q.release = distribution_release(type, purl.qualifier("distro"));
  if (const std::string_view epoch = purl.qualifier("epoch"); !epoch.empty() && q.version.find(':') == std::string::npos)
    q.version = std::string(epoch) + ":" + q.version;
  const auto [source, version] = source_of(type, purl.qualifier("upstream"));
  if (source.empty() || source == purl.name) return queries;
  Query s = q;
  s.source = true;
  s.key = make_key(type, in_form(form, source));
  if (!version.empty()) s.version = version;
  queries.push_back(std::move(s));
  return queries;
}

bool is_file_hash(std::string_view algorithm) {
  if (algorithm == "SHA-256") return true;
  char name[8];
  std::size_t length = 0;
  for (const char c : algorithm) {
    if (c == '-' || c == '_') continue;
    if (length == sizeof name) return false;
    name[length++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  const std::string_view plain(name, length);
  return plain == "sha256" || plain == "sha512" || plain == "sha384" || plain == "sha1";
}

std::optional<PackageKey> file_key(std::string_view algorithm, std::string_view hex) {
  if (!is_file_hash(algorithm)) return std::nullopt;
  PackageKey key = make_key("ai-file", "");
  const std::size_t before = key.text.size();
  key.text.resize(before + algorithm.size() + 1 + hex.size());
  char* to = key.text.data() + before;
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  for (const char c : algorithm)
    if (c != '-' && c != '_') *to++ = small(c);
  *to++ = ':';
  for (const char c : hex) *to++ = small(c);
  key.text.resize(static_cast<std::size_t>(to - key.text.data()));
  return key;
}

std::optional<std::pair<std::string, std::string>> package_named(std::string_view text) {
  const auto purl = sbom::parse_purl(text);
  if (!purl) return std::nullopt;
  const Query query = queries_for(*purl).front();
  const Ecosystem* const e = of_type(query.key.type());
  if (e == nullptr) return std::nullopt;
  return std::pair(std::string(e->name), std::string(query.key.name()));
}

std::optional<CpeProduct> cpe_product(std::string_view cpe) {
  if (cpe.size() > 1000) return std::nullopt;
  const bool formatted = cpe.starts_with("cpe:2.3:");
  if (!formatted && !cpe.starts_with("cpe:/")) return std::nullopt;
  cpe.remove_prefix(formatted ? 8 : 5);
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < cpe.size(); ++i) {
    const char c = cpe[i];
    if (c == ':') {
      parts.emplace_back();
    } else if (formatted && c == '\\' && i + 1 < cpe.size()) {
      parts.back() += cpe[++i];
    } else if (!formatted && c == '%' && i + 2 < cpe.size()) {
      const auto hex = [](char d) { return d >= '0' && d <= '9' ? d - '0' : (d | 0x20) >= 'a' && (d | 0x20) <= 'f' ? (d | 0x20) - 'a' + 10 : -1; };
      if (hex(cpe[i + 1]) < 0 || hex(cpe[i + 2]) < 0) return std::nullopt;
      parts.back() += static_cast<char>(hex(cpe[i + 1]) * 16 + hex(cpe[i + 2]));
      i += 2;
    } else {
      parts.back() += c;
    }
  }
  const auto stated = [&](std::size_t i) { return i < parts.size() && !parts[i].empty() && parts[i] != "*" && parts[i] != "-"; };
  if (!stated(0) || !stated(1) || !stated(2)) return std::nullopt;
  CpeProduct out;
  out.product = lower(parts[0] + ":" + parts[1] + ":" + parts[2]);
  if (stated(3)) out.version = parts[3];
  // An update such as "rc1" belongs to the version.
  if (stated(3) && stated(4)) out.version += "-" + parts[4];
  return out;
}

PackageKey cpe_key(std::string_view product) { return make_key("cpe", lower(product)); }

}  // namespace duolex::vulnerabilities
