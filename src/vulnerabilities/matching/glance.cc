#include "vulnerabilities/matching/glance.h"

#include <algorithm>
#include <array>

#include "vulnerabilities/matching/evaluate.h"

namespace duolex::vulnerabilities {
namespace {

// What a byte of a package URL may be in the plain form: nothing that is escaped, or that the rules of a type fold.
enum Class : std::uint8_t { other, letter, slash, at, mark };
constexpr auto classes = [] {
  std::array<Class, 256> out{};
  for (int c = 'a'; c <= 'z'; ++c) out[static_cast<std::size_t>(c)] = letter;
  for (int c = '0'; c <= '9'; ++c) out[static_cast<std::size_t>(c)] = letter;
  for (const char c : {'.', '-', '_', '~'}) out[static_cast<unsigned char>(c)] = letter;
  out['/'] = slash;
  out['@'] = at;
  out['?'] = mark;
  return out;
}();
Class class_of(char c) { return classes[static_cast<unsigned char>(c)]; }

enum class Form : std::uint8_t { none, as_is, maven, python };

Form form_of(std::string_view type) {
  switch (type.size()) {
    case 3: return type == "npm" || type == "gem" || type == "hex" ? Form::as_is : Form::none;
    case 4: return type == "pypi" ? Form::python : Form::none;
    case 5: return type == "maven" ? Form::maven : type == "cargo" || type == "nuget" ? Form::as_is : Form::none;
    case 6: return type == "golang" ? Form::as_is : Form::none;
    case 8: return type == "composer" ? Form::as_is : Form::none;
    default: return Form::none;
  }
}

// Such as "type=jar".
bool one_plain_qualifier(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos || text[0] < 'a' || text[0] > 'z') return false;
  const auto plain = [](std::string_view part) { return std::all_of(part.begin(), part.end(), [](char c) { return class_of(c) == letter; }); };
  return plain(text.substr(0, equals)) && plain(text.substr(equals + 1)) && text.substr(0, equals).find('~') == std::string_view::npos;
}

// A version decides nothing here, but one that cannot be decoded makes the whole URL unreadable.
bool plain_version(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '%' && c != '/' && c != '@' && c != '#'; });
}

constexpr std::size_t longest = 512;

}  // namespace

bool plain_query(std::string_view purl, Query& query) {
  if (purl.size() > longest || !purl.starts_with("pkg:")) return false;
  const char* p = purl.data() + 4;
  const char* const end = purl.data() + purl.size();
  const char* const type_begin = p;
  while (p != end && class_of(*p) == letter) ++p;
  if (p == end || *p != '/') return false;
  const Form form = form_of({type_begin, static_cast<std::size_t>(p - type_begin)});
  if (form == Form::none) return false;
  char made[longest];
  char* out = std::copy(type_begin, p, made);
  *out++ = '\0';
  ++p;
  const bool scope = p != end && (*p == '@' || std::string_view(p, static_cast<std::size_t>(end - p)).starts_with("%40"));
  if (scope) {
    if (form != Form::as_is) return false;
    p += *p == '@' ? 1 : 3;
    *out++ = '@';
  }
  char* last_slash = nullptr;
  char before = '/';
  Class ended = other;
  for (; p != end; ++p) {
    char c = *p;
    const Class k = class_of(c);
    if (k == letter) {
      if (form == Form::python && (c == '_' || c == '.')) c = '-';
      if (form == Form::python && c == '-' && before == '-') continue;
    } else if (k == slash) {
      if (before == '/') return false;
      last_slash = out;
    } else {
      ended = k;
      break;
    }
    *out++ = before = c;
  }
  if (before == '/' || (scope && last_slash == nullptr) || (p != end && ended == other)) return false;
  if (form == Form::maven && last_slash != nullptr) *last_slash = ':';
  query.version.clear();
  if (ended == at || ended == mark) {
    std::string_view rest(p + 1, static_cast<std::size_t>(end - p - 1));
    const std::size_t question = ended == mark ? 0 : rest.find('?');
    if (ended == at) {
      query.version = rest.substr(0, question);
      if (!plain_version(query.version)) return false;
      if (form == Form::python)
        for (char& c : query.version)
          if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    if (question != std::string_view::npos && !one_plain_qualifier(ended == mark ? rest : rest.substr(question + 1))) return false;
  }
  query.key.text.assign(made, out);
  return true;
}

Glance::Glance(index::Index& index) : index_(index), files_(index.knows_type("ai-file")), cpes_(index.knows_type("cpe")) {}

bool Glance::type_known(std::string_view key) {
  const std::string_view type = key.substr(0, key.find('\0'));
  if (type != last_type_) {
    last_type_ = type;
    last_known_ = index_.knows_type(type);
  }
  return last_known_;
}

bool Glance::any_hit() {
  const std::string_view blob = index_.find(query_.key.text);
  VersionKeys keys(query_.version);
  for (index::Cursor c(blob); !c.done();) {
    c.number();
    if (evaluate(c.text(), query_, keys).hit) return true;
  }
  return index_.damage().has_value();
}

bool Glance::wanted(const sbom::Glimpse& component) {
  if (cpes_ && !component.cpe.empty()) return true;
  bool hashed = false;
  for (std::size_t i = 0; i < component.hashes && !hashed; ++i) hashed = is_file_hash(component.algorithms[i]);
  if (hashed && files_) return true;
  if (component.purl.empty()) {
    if (!hashed && (component.cpe.empty() || !cpe_product(component.cpe))) {
      ++no_name_;
    } else {
      ++looked_up_;
      ++no_advisories_;
    }
    return false;
  }
  if (!plain_query(component.purl, query_)) return true;
  const bool known = type_known(query_.key.text);
  // Where the URL has no version, the component may state one.
  if (known && (query_.version.empty() ? index_.may_hold(query_.key.text) : any_hit())) return true;
  ++looked_up_;
  no_advisories_ += known ? 0 : 1;
  return false;
}

void Glance::add_to(Matches& matches) const {
  matches.looked_up += looked_up_;
  matches.no_name += no_name_;
  matches.no_advisories += no_advisories_;
}

Result<ScannedBill> scan_bill(const std::string& file, const std::string& bytes, index::Index& index) {
  Glance glance(index);
  auto skimmed = sbom::skim_sbom(file, bytes, [&](const sbom::Glimpse& component) { return glance.wanted(component); });
  if (!skimmed) return tl::unexpected(skimmed.error());
  ScannedBill out{std::move(skimmed->bill), {}};
  auto matches = match(out.bill, index);
  if (!matches) return tl::unexpected(matches.error());
  out.matches = std::move(*matches);
  if (skimmed->passed_over != 0) glance.add_to(out.matches);
  return out;
}

}  // namespace duolex::vulnerabilities
