#include "sbom/purl.h"

#include <algorithm>

#include "text/utf8.h"

namespace duolex::sbom {
namespace {

constexpr std::size_t longest = 4096;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

int hex(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Failure refuse(const std::string& why) { return failure(error_in("", "the package URL " + why)); }

bool decode(std::string_view text, std::string& out) {
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

// Segments between slashes, decoded, empty ones left out; with `no_dots` also "." and "..".
bool segments(std::string_view text, bool no_dots, std::string& out) {
  out.clear();
  while (!text.empty()) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    std::string part;
    if (!decode(text.substr(0, slash), part)) return false;
    text.remove_prefix(std::min(slash + 1, text.size()));
    if (part.empty() || (no_dots && (part == "." || part == ".."))) continue;
    out += (out.empty() ? "" : "/") + part;
  }
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

}  // namespace

std::string Purl::full_name() const { return name_space.empty() ? name : name_space + "/" + name; }

Result<Purl> parse_purl(std::string_view text) {
  if (text.size() > longest) return refuse("is longer than 4096 bytes");
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || lower(text.substr(0, colon)) != "pkg") return refuse("does not begin with 'pkg:'");
  text.remove_prefix(colon + 1);
  while (!text.empty() && text.front() == '/') text.remove_prefix(1);
  Purl purl;
  if (const std::size_t hash = text.rfind('#'); hash != std::string_view::npos) {
    if (!segments(text.substr(hash + 1), true, purl.subpath)) return refuse("has a subpath that cannot be decoded");
    text = text.substr(0, hash);
  }
  if (const std::size_t mark = text.rfind('?'); mark != std::string_view::npos) {
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
  const std::size_t last = text.rfind('/');
  const std::size_t at = text.rfind('@');
  if (at != std::string_view::npos && (last == std::string_view::npos || at > last)) {
    if (!decode(text.substr(at + 1), purl.version)) return refuse("has a version that cannot be decoded");
    text = text.substr(0, at);
  }
  const std::size_t before_name = text.rfind('/');
  const std::string_view name = before_name == std::string_view::npos ? text : text.substr(before_name + 1);
  if (!decode(name, purl.name)) return refuse("has a name that cannot be decoded");
  if (purl.name.empty()) return refuse("has no name");
  if (before_name != std::string_view::npos && !segments(text.substr(0, before_name), false, purl.name_space))
    return refuse("has a namespace that cannot be decoded");
  return purl;
}

}  // namespace duolex::sbom
