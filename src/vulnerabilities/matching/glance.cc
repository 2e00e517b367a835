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

enum class Form : std::uint8_t { as_is, maven, python };
struct PlainType {
  std::string_view name;
  Form form;
};
constexpr std::array<PlainType, Glance::plain_types> types{{{"npm", Form::as_is}, {"gem", Form::as_is}, {"hex", Form::as_is}, {"pypi", Form::python}, {"maven", Form::maven},
                                                            {"cargo", Form::as_is}, {"nuget", Form::as_is}, {"golang", Form::as_is}, {"composer", Form::as_is}}};

std::optional<std::size_t> plain_type(std::string_view type) {
  for (std::size_t i = 0; i < types.size(); ++i)
    if (types[i].name.size() == type.size() && types[i].name[0] == type[0] && types[i].name == type) return i;
  return std::nullopt;
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

// The path of a URL on its way into a key.
struct Name {
  const char* from;
  char* to;
  char* last_slash = nullptr;
  char before = '/';
  Class ended = other;
};

// Up to what ends it. False when a part of it is empty.
template <Form form>
bool copy_name(Name& name, const char* end) {
  Name n = name;
  for (; n.from != end; ++n.from) {
    char c = *n.from;
    const Class k = class_of(c);
    if (k == letter) {
      if (form == Form::python && (c == '_' || c == '.')) c = '-';
      if (form == Form::python && c == '-' && n.before == '-') continue;
    } else if (k == slash) {
      if (n.before == '/') return false;
      n.last_slash = n.to;
    } else {
      n.ended = k;
      break;
    }
    *n.to++ = n.before = c;
  }
  name = n;
  return true;
}

}  // namespace

std::optional<std::size_t> plain_query(std::string_view purl, Query& query) {
  if (purl.size() > longest || !purl.starts_with("pkg:")) return std::nullopt;
  const char* p = purl.data() + 4;
  const char* const end = purl.data() + purl.size();
  const char* const type_begin = p;
  while (p != end && class_of(*p) == letter) ++p;
  if (p == end || *p != '/') return std::nullopt;
  const auto type = plain_type({type_begin, static_cast<std::size_t>(p - type_begin)});
  if (!type) return std::nullopt;
  const Form form = types[*type].form;
  char made[longest];
  char* out = std::copy(type_begin, p, made);
  *out++ = '\0';
  ++p;
  const bool scope = p != end && (*p == '@' || std::string_view(p, static_cast<std::size_t>(end - p)).starts_with("%40"));
  if (scope) {
    if (form != Form::as_is) return std::nullopt;
    p += *p == '@' ? 1 : 3;
    *out++ = '@';
  }
  Name name{p, out};
  const bool read = form == Form::python ? copy_name<Form::python>(name, end) : copy_name<Form::as_is>(name, end);
  if (!read) return std::nullopt;
  p = name.from;
  out = name.to;
  char* const last_slash = name.last_slash;
  const Class ended = name.ended;
  if (name.before == '/' || (scope && last_slash == nullptr) || (p != end && ended == other)) return std::nullopt;
  if (form == Form::maven && last_slash != nullptr) *last_slash = ':';
  query.version.clear();
  if (ended == at || ended == mark) {
    std::string_view rest(p + 1, static_cast<std::size_t>(end - p - 1));
    const std::size_t question = ended == mark ? 0 : rest.find('?');
    if (ended == at) {
      query.version = rest.substr(0, question);
      if (!plain_version(query.version)) return std::nullopt;
      if (form == Form::python)
        for (char& c : query.version)
          if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    if (question != std::string_view::npos && !one_plain_qualifier(ended == mark ? rest : rest.substr(question + 1))) return std::nullopt;
  }
  query.key.text.assign(made, out);
  return type;
}

Glance::Glance(index::Index& index) : index_(index), files_(index.knows_type("ai-file")), cpes_(index.knows_type("cpe")) {
  for (std::size_t i = 0; i < plain_types; ++i) known_[i] = index.knows_type(types[i].name);
}

bool Glance::any_hit() {
  const std::string_view blob = index_.find(query_.key.text);
  keys_.of(query_.version);
  for (index::Cursor c(blob); !c.done();) {
    c.number();
    if (evaluate(c.text(), query_, keys_).hit) return true;
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
  const auto type = plain_query(component.purl, query_);
  if (!type) return true;
  const bool known = known_[*type];
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
  ScannedBill out{std::move(skimmed->bill), {}, skimmed->may_speak};
  auto matches = match(out.bill, index);
  if (!matches) return tl::unexpected(matches.error());
  out.matches = std::move(*matches);
  if (skimmed->passed_over != 0) glance.add_to(out.matches);
  return out;
}

}  // namespace duolex::vulnerabilities
