#include "sbom/purl.h"

#include <algorithm>
#include <cstring>

#include "sbom/purl_types.h"
#include "text/utf8.h"

namespace duolex::sbom {
namespace {

constexpr std::size_t longest = 4096;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

void fold(std::string& text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
}

std::string lower(std::string_view text) {
  std::string out(text);
  fold(out);
  return out;
}

int hex(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// rfind of a string view goes byte by byte.
std::size_t find_last(std::string_view text, char c) {
  const void* at = text.empty() ? nullptr : memrchr(text.data(), c, text.size());
  return at == nullptr ? std::string_view::npos : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

Failure refuse(const std::string& why) { return failure(error_in("", "the package URL " + why)); }

bool decode(std::string_view text, std::string& out) {
  if (text.find('%') == std::string_view::npos) {
    out.assign(text);
    return true;
  }
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0) return false;
    out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
    i += 2;
  }
  return !text::find_bad_encoding(out);
}

// Segments between slashes, empty ones left out; with `no_dots` also "." and "..".
std::string joined(std::string_view text, bool no_dots) {
  std::string out;
  while (!text.empty()) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string_view part = text.substr(0, slash);
    text.remove_prefix(std::min(slash + 1, text.size()));
    if (part.empty() || (no_dots && (part == "." || part == ".."))) continue;
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

// Decoded first: an encoded slash separates like a plain one, or it would come back as one.
bool segments(std::string_view text, bool no_dots, std::string& out) {
  if (!no_dots && !text.starts_with('/') && !text.ends_with('/') && text.find('%') == std::string_view::npos && text.find("//") == std::string_view::npos) {
    out.assign(text);
    return true;
  }
  std::string decoded;
  if (!decode(text, decoded)) return false;
  out = joined(decoded, no_dots);
  return true;
}

bool good_type(std::string_view type) {
  if (type.empty() || !is_letter(type[0])) return false;
  return std::all_of(type.begin(), type.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-'; });
}

bool good_key(std::string_view key) {
  if (key.empty() || !is_letter(key[0])) return false;
  return std::all_of(key.begin(), key.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_'; });
}

bool read_qualifiers(std::string_view text, Purl& purl) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return false;
    std::string value;
    if (!good_key(pair.substr(0, equals)) || !decode(pair.substr(equals + 1), value)) return false;
    if (!value.empty()) purl.qualifiers.emplace_back(lower(pair.substr(0, equals)), std::move(value));
  }
  std::sort(purl.qualifiers.begin(), purl.qualifiers.end());
  for (std::size_t i = 1; i < purl.qualifiers.size(); ++i)
    if (purl.qualifiers[i].first == purl.qualifiers[i - 1].first) return false;
  return true;
}

// The parts in the form that their type gives them.
void fold_by_type(Purl& purl) {
  const PurlType* type = find_purl_type(purl.type);
  if (type == nullptr) return;
  if (type->folds_namespace) fold(purl.name_space);
  if (type->folds_name) fold(purl.name);
  if (type->folds_version) fold(purl.version);
  switch (type->form) {
    case OwnForm::none: break;
    case OwnForm::git: {
      // The namespace of git is the host, and its name the whole path on it.
      const std::size_t host = purl.name_space.find('/');
      if (host != std::string::npos) {
        purl.name.insert(0, purl.name_space.substr(host + 1) + "/");
        purl.name_space.resize(host);
      }
      purl.name = joined(purl.name, false);
      break;
    }
    case OwnForm::pypi: std::replace(purl.name.begin(), purl.name.end(), '_', '-'); break;
    case OwnForm::pub:
      for (char& c : purl.name)
        if (!is_letter(c) && !is_digit(c)) c = '_';
      break;
    case OwnForm::cpan:
      for (char& c : purl.name_space)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
      break;
    case OwnForm::mlflow:
      // Databricks folds the case of a model's name, Azure keeps it.
      if (purl.qualifier("repository_url").find("databricks") != std::string_view::npos) fold(purl.name);
  }
}

bool is_dotted_numbers(std::string_view text, int most) {
  int parts = 0;
  while (true) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    if (dot == 0 || ++parts > most || !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(dot), is_digit)) return false;
    if (dot == text.size()) return true;
    text.remove_prefix(dot + 1);
  }
}

void encode(std::string_view text, std::string_view kept, std::string& out) {
  static constexpr char digits[] = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_letter(c) || is_digit(c) || kept.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 15];
    }
  }
}

constexpr std::string_view kept_in_segments = ".-_~:";
constexpr std::string_view kept_in_paths = ".-_~:/";  // the parts are joined by slashes already

}  // namespace

std::string Purl::full_name() const { return name_space.empty() ? name : name_space + "/" + name; }

std::string_view Purl::qualifier(std::string_view key) const {
  for (const auto& [k, value] : qualifiers)
    if (k == key) return value;
  return {};
}

std::vector<std::string> purl_problems(const Purl& purl) {
  std::vector<std::string> out;
  if (!good_type(purl.type)) out.emplace_back("has no type of letters, digits, '.' and '-'");
  if (purl.name.empty()) out.emplace_back("has no name");
  for (const auto& [key, value] : purl.qualifiers)
    if (!good_key(key)) out.push_back("has the qualifier '" + key + "', which is no letters, digits, '.', '-' and '_'");
  const PurlType* type = find_purl_type(purl.type);
  if (type == nullptr) return out;
  if (type->name_space == Asked::required && purl.name_space.empty()) out.push_back("of type " + purl.type + " has no namespace");
  if (type->name_space == Asked::prohibited && !purl.name_space.empty()) out.push_back("of type " + purl.type + " has a namespace");
  if (!type->required_qualifier.empty() && purl.qualifier(type->required_qualifier).empty())
    out.push_back("of type " + purl.type + " has no qualifier '" + std::string(type->required_qualifier) + "'");
  if (purl.type == "cpan" && purl.name.find("::") != std::string::npos)
    out.emplace_back("of type cpan names a module, not a distribution");
  if (purl.type == "chrome-extension") {
    if (purl.name.size() != 32 || !std::all_of(purl.name.begin(), purl.name.end(), [](char c) { return c >= 'a' && c <= 'p'; }))
      out.emplace_back("of type chrome-extension has a name that is not 32 letters from a to p");
    if (!purl.version.empty() && !is_dotted_numbers(purl.version, 4))
      out.emplace_back("of type chrome-extension has a version that is not one to four numbers");
  }
  return out;
}


Result<Purl> parse_purl(std::string_view text) {
  if (text.size() > longest) return refuse("is longer than 4096 bytes");
  const auto plain = [](char c) { return c > 0 && c < 0x7f; };
  if (!std::all_of(text.begin(), text.end(), plain) && text::find_bad_encoding(text)) return refuse("is not UTF-8");
  const std::size_t colon = text.find(':');
  if (colon != 3 || (text[0] | 0x20) != 'p' || (text[1] | 0x20) != 'k' || (text[2] | 0x20) != 'g') return refuse("does not begin with 'pkg:'");
  text.remove_prefix(colon + 1);
  while (!text.empty() && text.front() == '/') text.remove_prefix(1);
  Purl purl;
  if (const std::size_t hash = find_last(text, '#'); hash != std::string_view::npos) {
    if (!segments(text.substr(hash + 1), true, purl.subpath)) return refuse("has a subpath that cannot be decoded");
    text = text.substr(0, hash);
  }
  if (const std::size_t mark = find_last(text, '?'); mark != std::string_view::npos) {
    if (!read_qualifiers(text.substr(mark + 1), purl)) return refuse("has qualifiers that cannot be read");
    text = text.substr(0, mark);
  }
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return refuse("has no name");
  if (!good_type(text.substr(0, slash))) return refuse("has no type of letters, digits, '.' and '-'");
  purl.type = lower(text.substr(0, slash));
  text.remove_prefix(slash + 1);
  while (!text.empty() && text.back() == '/') text.remove_suffix(1);
  // An npm scope begins with '@' too; a version's '@' stands behind the last slash.
  const std::size_t last = find_last(text, '/');
  const std::size_t at = find_last(text, '@');
  if (at != std::string_view::npos && (last == std::string_view::npos || at > last)) {
    if (!decode(text.substr(at + 1), purl.version)) return refuse("has a version that cannot be decoded");
    text = text.substr(0, at);
  }
  const std::size_t before_name = find_last(text, '/');
  const std::string_view name = before_name == std::string_view::npos ? text : text.substr(before_name + 1);
  if (!decode(name, purl.name)) return refuse("has a name that cannot be decoded");
  if (purl.name.empty()) return refuse("has no name");
  if (before_name != std::string_view::npos && !segments(text.substr(0, before_name), false, purl.name_space))
    return refuse("has a namespace that cannot be decoded");
  fold_by_type(purl);
  if (purl.name.empty()) return refuse("has no name");
  return purl;
}

Result<Purl> parse_purl_strictly(std::string_view text) {
  auto purl = parse_purl(text);
  if (!purl) return purl;
  if (const auto problems = purl_problems(*purl); !problems.empty()) return refuse(problems[0]);
  const std::size_t end = std::min(text.rfind('#'), text.size());
  const std::size_t mark = text.substr(0, end).rfind('?');
  if (mark == std::string_view::npos) return purl;
  bool in_key = true;
  for (const char c : text.substr(mark + 1, end - mark - 1)) {
    if (in_key && c >= 'A' && c <= 'Z') return refuse("has a qualifier whose name is not in lower case");
    if (c == '=' || c == '&') in_key = c == '&';
  }
  return purl;
}

Result<std::string> purl_text(Purl purl) {
  fold(purl.type);
  fold_by_type(purl);
  for (auto& [key, value] : purl.qualifiers) fold(key);
  std::sort(purl.qualifiers.begin(), purl.qualifiers.end());
  if (const auto problems = purl_problems(purl); !problems.empty()) return refuse(problems[0]);
  std::string out = "pkg:" + purl.type + "/";
  if (!purl.name_space.empty()) {
    encode(purl.name_space, kept_in_paths, out);
    out += '/';
  }
  encode(purl.name, purl.type == "git" ? kept_in_paths : kept_in_segments, out);
  if (!purl.version.empty()) {
    out += '@';
    encode(purl.version, kept_in_segments, out);
  }
  char separator = '?';
  for (const auto& [key, value] : purl.qualifiers) {
    if (value.empty()) continue;
    out += separator + key + "=";
    encode(value, kept_in_segments, out);
    separator = '&';
  }
  if (!purl.subpath.empty()) {
    out += '#';
    encode(purl.subpath, kept_in_paths, out);
  }
  return out;
}

}  // namespace duolex::sbom
