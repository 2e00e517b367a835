// The forms that texts of a bill have. No expressions of a library: they can take time without bound.
#include <algorithm>
#include <array>
#include <chrono>

#include "sbom/structure.h"

namespace duolex::sbom {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_lower_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

bool all(std::string_view s, bool (*one)(char)) { return !s.empty() && std::all_of(s.begin(), s.end(), one); }

bool take(std::string_view& s, std::string_view prefix) {
  if (!s.starts_with(prefix)) return false;
  s.remove_prefix(prefix.size());
  return true;
}

bool uuid(std::string_view s, bool (*digit)(char)) {
  constexpr std::array groups = {8, 4, 4, 4, 12};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto n = static_cast<std::size_t>(groups[i]);
    if (s.size() < n || !all(s.substr(0, n), digit)) return false;
    s.remove_prefix(n);
    if (i + 1 < groups.size() && !take(s, "-")) return false;
  }
  return s.empty();
}

bool serial_number(std::string_view s) { return take(s, "urn:uuid:") && uuid(s, is_lower_hex); }
// The XML schemas also let a bare UUID in braces pass.
bool serial_number_braces(std::string_view s) {
  if (s.starts_with('{') && s.ends_with('}')) return uuid(s.substr(1, s.size() - 2), is_lower_hex);
  return serial_number(s);
}

// urn:cdx:UUID/VERSION, and with an element "#…".
bool bom_link(std::string_view s, bool element) {
  if (!take(s, "urn:cdx:") || s.size() < 37 || !uuid(s.substr(0, 36), is_lower_hex) || s[36] != '/') return false;
  s.remove_prefix(37);
  const std::size_t hash = std::min(s.find('#'), s.size());
  if (!all(s.substr(0, hash), is_digit) || s[0] == '0') return false;
  return element ? hash + 1 < s.size() : hash == s.size();
}

bool hash(std::string_view s) {
  return (s.size() == 32 || s.size() == 40 || s.size() == 64 || s.size() == 96 || s.size() == 128) && all(s, is_hex);
}

// cpe:/a:vendor:product… of 2.2, cpe:2.3:a:vendor:product:… with eleven parts of 2.3.
bool cpe(std::string_view s) {
  const auto plain = [](char c) { return is_digit(c) || is_lower(c) || is_upper(c) || c == '.' || c == '_' || c == '-' || c == '~' || c == '%'; };
  if (s.size() >= 5 && (s[0] | 0x20) == 'c' && (s[1] | 0x20) == 'p' && (s[2] | 0x20) == 'e' && s.substr(3, 2) == ":/") {
    s.remove_prefix(5);
    if (!s.empty() && std::string_view("AHOaho").find(s[0]) != std::string_view::npos) s.remove_prefix(1);
    return std::count(s.begin(), s.end(), ':') <= 6 && (s.empty() || s[0] == ':') && std::all_of(s.begin(), s.end(), [&](char c) { return plain(c) || c == ':'; });
  }
  if (!take(s, "cpe:2.3:") || s.empty() || std::string_view("aho*-").find(s[0]) == std::string_view::npos) return false;
  s.remove_prefix(1);
  int parts = 0;
  while (take(s, ":")) {
    ++parts;
    std::size_t length = 0;
    for (; length < s.size() && s[length] != ':'; ++length) {
      if (s[length] == '\\') ++length;
      else if (!plain(s[length]) && s[length] != '*' && s[length] != '?') return false;
    }
    if (length == 0 || length > s.size()) return false;
    s.remove_prefix(length);
  }
  return parts == 10 && s.empty();
}

bool mime(std::string_view s) {
  const std::size_t slash = s.find('/');
  const auto part = [](char c) { return is_lower(c) || is_digit(c) || c == '-' || c == '+' || c == '.'; };
  return slash != std::string_view::npos && all(s.substr(0, slash), part) && all(s.substr(slash + 1), part);
}

bool locale(std::string_view s) {
  if (s.size() != 2 && s.size() != 5) return false;
  return all(s.substr(0, 2), is_lower) && (s.size() == 2 || (s[2] == '-' && all(s.substr(3), is_upper)));
}

bool cre(std::string_view s) {
  if (!take(s, "CRE:")) return false;
  const std::size_t dash = s.find('-');
  return dash != std::string_view::npos && all(s.substr(0, dash), is_digit) && all(s.substr(dash + 1), is_digit);
}

bool patent_number(std::string_view s) {
  const auto end = [](char c) { return is_digit(c) || is_lower(c) || is_upper(c); };
  if (s.size() < 2 || s.size() > 30 || !end(s.front()) || !end(s.back())) return false;
  return std::all_of(s.begin(), s.end(), [&](char c) { return end(c) || std::string_view("-/.() \t\n\r\f\v").find(c) != std::string_view::npos; });
}

bool two_digits(std::string_view s, std::size_t at, int most) {
  return at + 2 <= s.size() && is_digit(s[at]) && is_digit(s[at + 1]) && (s[at] - '0') * 10 + (s[at + 1] - '0') <= most;
}

bool date(std::string_view s) {
  if (s.size() != 10 || !all(s.substr(0, 4), is_digit) || s[4] != '-' || s[7] != '-' || !two_digits(s, 5, 12) || !two_digits(s, 8, 31)) return false;
  const auto number = [&](std::size_t at, std::size_t n) {
    int out = 0;
    for (std::size_t i = at; i < at + n; ++i) out = out * 10 + (s[i] - '0');
    return out;
  };
  return std::chrono::year_month_day(std::chrono::year(number(0, 4)), std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                     std::chrono::day(static_cast<unsigned>(number(8, 2)))).ok();
}

// The time behind the 'T'. In JSON with its offset from UTC, in XML also without.
bool time(std::string_view s, bool offset_needed) {
  if (s.size() < 8 || !two_digits(s, 0, 24) || s[2] != ':' || !two_digits(s, 3, 59) || s[5] != ':' || !two_digits(s, 6, 60)) return false;
  s.remove_prefix(8);
  if (take(s, ".")) {
    const std::size_t digits = std::min(s.find_first_not_of("0123456789"), s.size());
    if (digits == 0) return false;
    s.remove_prefix(digits);
  }
  if (s.empty()) return !offset_needed;
  if (s == "Z" || s == "z") return true;
  return s.size() == 6 && (s[0] == '+' || s[0] == '-') && two_digits(s, 1, 23) && s[3] == ':' && two_digits(s, 4, 59);
}

bool date_time(std::string_view s, bool offset_needed) {
  return s.size() > 11 && date(s.substr(0, 10)) && (s[10] == 'T' || (offset_needed && s[10] == 't')) && time(s.substr(11), offset_needed);
}

// A reference of the general form: no space, no control characters, none of the characters that never stand
// in one, escapes of two digits.
bool iri(std::string_view s) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    const auto c = static_cast<unsigned char>(s[i]);
    if (c <= 0x20 || c == 0x7f || std::string_view("<>\"{}|\\^`").find(s[i]) != std::string_view::npos) return false;
    if (c == '%' && (i + 2 >= s.size() || !is_hex(s[i + 1]) || !is_hex(s[i + 2]))) return false;
  }
  return std::count(s.begin(), s.end(), '#') <= 1;
}

bool email(std::string_view s) {
  const std::size_t at = s.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < s.size() && s.find_first_of(" \t\r\n") == std::string_view::npos;
}

// With a scheme, as RFC 3986 has it.
bool uri(std::string_view s) {
  const std::size_t colon = s.find(':');
  const auto scheme = [](char c) { return is_digit(c) || is_lower(c) || is_upper(c) || c == '+' || c == '-' || c == '.'; };
  return colon != std::string_view::npos && colon > 0 && (is_lower(s[0]) || is_upper(s[0])) && std::all_of(s.begin(), s.begin() + static_cast<std::ptrdiff_t>(colon), scheme) && iri(s);
}

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Neither end is a blank or, where `signs`, one of "-_.".
bool trimmed(std::string_view s, bool signs) {
  const auto end = [&](char c) { return !is_blank(c) && !(signs && (c == '-' || c == '_' || c == '.')); };
  return !s.empty() && end(s.front()) && end(s.back());
}

bool whole_number(std::string_view s) { return all(s, is_digit) && (s.size() == 1 || s[0] != '0'); }

// A whole number, or three with perhaps pre-release and build as SemVer has them.
bool csaf_version(std::string_view s) {
  if (whole_number(s)) return true;
  const auto identifiers = [](std::string_view list, bool numbers) {
    while (true) {
      const std::size_t dot = std::min(list.find('.'), list.size());
      const std::string_view one = list.substr(0, dot);
      if (!all(one, [](char c) { return is_digit(c) || is_lower(c) || is_upper(c) || c == '-'; })) return false;
      if (numbers && all(one, is_digit) && !whole_number(one)) return false;
      if (dot == list.size()) return true;
      list.remove_prefix(dot + 1);
    }
  };
  if (const std::size_t plus = s.find('+'); plus != std::string_view::npos) {
    if (!identifiers(s.substr(plus + 1), false)) return false;
    s = s.substr(0, plus);
  }
  if (const std::size_t dash = s.find('-'); dash != std::string_view::npos) {
    if (!identifiers(s.substr(dash + 1), true)) return false;
    s = s.substr(0, dash);
  }
  for (int i = 0; i < 3; ++i) {
    const std::size_t dot = std::min(s.find('.'), s.size());
    if (!whole_number(s.substr(0, dot)) || (dot == s.size()) != (i == 2)) return false;
    s.remove_prefix(std::min(dot + 1, s.size()));
  }
  return true;
}

bool cve(std::string_view s) { return take(s, "CVE-") && s.size() >= 9 && all(s.substr(0, 4), is_digit) && s[4] == '-' && all(s.substr(5), is_digit); }
bool cwe(std::string_view s) { return take(s, "CWE-") && s.size() <= 6 && whole_number(s) && s != "0"; }
bool purl_like(std::string_view s) {
  const std::size_t slash = s.find('/');
  return s.starts_with("pkg:") && slash != std::string_view::npos && slash > 4 && !is_digit(s[4]) && slash + 1 < s.size() &&
         all(s.substr(4, slash - 4), [](char c) { return is_digit(c) || is_lower(c) || is_upper(c) || c == '.' || c == '-' || c == '+'; }) && iri(s);
}

struct Form {
  std::string_view name;
  bool (*test)(std::string_view);
  std::string_view words;
};

constexpr std::array forms = {
    Form{"serial-number", serial_number, "'urn:uuid:' and a UUID in lower case"},
    Form{"serial-number-braces", serial_number_braces, "'urn:uuid:' and a UUID in lower case"},
    Form{"bom-link", [](std::string_view s) { return bom_link(s, false); }, "'urn:cdx:', a UUID, '/' and a version"},
    Form{"bom-link-element", [](std::string_view s) { return bom_link(s, true); }, "'urn:cdx:', a UUID, '/', a version, '#' and an element"},
    Form{"bom-link-any", [](std::string_view s) { return bom_link(s, false) || bom_link(s, true); }, "'urn:cdx:', a UUID, '/', a version and perhaps '#' and an element"},
    Form{"hash", hash, "32, 40, 64, 96 or 128 hexadecimal digits"},
    Form{"cpe", cpe, "a CPE of 2.2 or 2.3"},
    Form{"mime", mime, "a media type in lower case"},
    Form{"locale", locale, "a language like 'en' or 'en-US'"},
    Form{"cre", cre, "'CRE:' and two numbers with '-'"},
    Form{"patent-number", patent_number, "2 to 30 letters, digits and signs"},
    Form{"country", [](std::string_view s) { return s.size() == 2 && all(s, is_upper); }, "two capital letters"},
    Form{"date", date, "a day like 2026-01-31"},
    Form{"date-time", [](std::string_view s) { return date_time(s, true); }, "a time like 2026-01-31T12:00:00Z"},
    Form{"xml-date-time", [](std::string_view s) { return date_time(s, false); }, "a time like 2026-01-31T12:00:00Z"},
    Form{"iri", iri, "an address without spaces"},
    Form{"uri", uri, "an absolute address, such as https://example.org/"},
    Form{"csaf-category", [](std::string_view s) { return trimmed(s, true); }, "a text that neither begins nor ends with a blank or one of '-_.'"},
    Form{"csaf-id", [](std::string_view s) { return trimmed(s, false); }, "a text without blanks at its ends"},
    Form{"csaf-version", csaf_version, "a whole number, or a version as SemVer has it"},
    Form{"csaf-purl", purl_like, "a package URL"},
    Form{"csaf-hash", [](std::string_view s) { return s.size() >= 32 && all(s, is_hex); }, "at least 32 hexadecimal digits"},
    Form{"cve", cve, "an id like CVE-2026-12345"},
    Form{"cwe", cwe, "an id like CWE-79"},
    Form{"language-tag", [](std::string_view s) { return s.size() >= 2 && all(s, [](char c) { return is_digit(c) || is_lower(c) || is_upper(c) || c == '-'; }); }, "a language tag such as en or de-AT"},
    Form{"email", email, "an address with '@'"},
};

const Form* find(std::string_view name) {
  for (const Form& form : forms)
    if (form.name == name) return &form;
  return nullptr;
}

}  // namespace

bool looks_like(std::string_view form, std::string_view text) {
  const Form* found = find(form);
  return found == nullptr || found->test(text);
}
bool is_form(std::string_view form) { return find(form) != nullptr; }
std::string describe_form(std::string_view form) {
  const Form* found = find(form);
  return found == nullptr ? "" : std::string(found->words);
}

}  // namespace duolex::sbom
