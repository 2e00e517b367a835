#include "vulnerabilities/vers/vers.h"

#include <algorithm>
#include <array>
#include <optional>

namespace duolex::vulnerabilities::vers {
namespace {

using Order = std::optional<std::strong_ordering>;

struct Type {
  std::string_view name;
  Scheme scheme;
};
// Sorted.
constexpr auto types = std::to_array<Type>({
    {"alpine", Scheme::apk},   {"apk", Scheme::apk},         {"bioconductor", Scheme::cran}, {"bitnami", Scheme::semver}, {"cargo", Scheme::semver},
    {"composer", Scheme::packagist}, {"cran", Scheme::cran}, {"dart", Scheme::pub},          {"deb", Scheme::dpkg},       {"gem", Scheme::rubygems},
    {"go", Scheme::go},        {"golang", Scheme::go},       {"hackage", Scheme::hackage},   {"hex", Scheme::hex},        {"intdot", Scheme::cran},
    {"julia", Scheme::semver}, {"maven", Scheme::maven},     {"npm", Scheme::semver},        {"nuget", Scheme::nuget},    {"pub", Scheme::pub},
    {"pypi", Scheme::pep440},  {"rpm", Scheme::rpm},         {"semver", Scheme::semver},     {"swift", Scheme::semver},
});

bool is_lower(Comparator c) { return c == Comparator::greater || c == Comparator::greater_or_equal; }
bool is_upper(Comparator c) { return c == Comparator::less || c == Comparator::less_or_equal; }
bool is_point(Comparator c) { return c == Comparator::equal || c == Comparator::not_equal; }

// Of intdot, what is not a digit or a dot ends the version.
std::string_view comparable(std::string_view type, std::string_view version) {
  if (type != "intdot") return version;
  version = version.substr(0, version.find_first_not_of("0123456789."));
  while (version.ends_with('.')) version.remove_suffix(1);
  return version;
}

Order order_of(const Range& range, std::string_view a, std::string_view b) {
  if (range.type == "lexicographic") return a <=> b;  // std::char_traits<char> compares bytes without a sign
  return compare(range.scheme, comparable(range.type, a), comparable(range.type, b));
}
bool has_order(const Range& range) { return range.scheme != Scheme::none || range.type == "lexicographic"; }

int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

// Decoded once; nothing where it is not the one form that the specification has for a version.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (std::string_view("<>=!*").find(text[i]) != std::string_view::npos) return std::nullopt;
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) return std::nullopt;
    const char c = static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    if (c <= ' ' || c == 0x7f) return std::nullopt;
    out += c;
    i += 2;
  }
  return out.empty() ? std::nullopt : std::optional(out);
}

Failure refused(const std::string& why) { return failure(error_in("", why)); }

Constraint begin_of(std::string_view& text) {
  static constexpr std::pair<std::string_view, Comparator> signs[] = {
      {">=", Comparator::greater_or_equal}, {"<=", Comparator::less_or_equal}, {"!=", Comparator::not_equal}, {">", Comparator::greater}, {"<", Comparator::less},
  };
  for (const auto& [sign, comparator] : signs)
    if (text.starts_with(sign)) {
      text.remove_prefix(sign.size());
      return {comparator, ""};
    }
  return {};
}

// "" when each version is there once and the comparators follow one another as they may.
std::string what_is_wrong_with_order(const std::vector<Constraint>& constraints, const Range& range) {
  for (std::size_t i = 1; i < constraints.size(); ++i)
    if (order_of(range, constraints[i - 1].version, constraints[i].version) == std::strong_ordering::equal) return "it names the version " + constraints[i].version + " twice";
  const Constraint* before = nullptr;   // of all but !=
  const Constraint* bound = nullptr;    // of < <= > >= alone
  for (const Constraint& c : constraints) {
    if (c.comparator == Comparator::not_equal) continue;
    const std::string here = "'" + c.version + "' follows '";
    if (before != nullptr && before->comparator == Comparator::equal && is_upper(c.comparator)) return "an upper end at " + here + before->version + "', which is alone";
    if (before != nullptr && is_lower(before->comparator) && c.comparator == Comparator::equal) return "a single version " + here + before->version + "', which includes it";
    if (is_point(c.comparator)) {
      before = &c;
      continue;
    }
    if (bound != nullptr && is_lower(bound->comparator) == is_lower(c.comparator)) return "two " + std::string(is_lower(c.comparator) ? "lower" : "upper") + " ends follow one another: " + here + bound->version + "'";
    before = bound = &c;
  }
  return "";
}

}  // namespace

bool Range::bounded() const {
  if (any) return type == "none";
  bool includes = false, open = false;
  for (const Constraint& c : constraints) {
    includes = includes || c.comparator != Comparator::not_equal;
    if (!is_point(c.comparator)) open = is_lower(c.comparator);
  }
  return includes && !open;
}

bool looks_like_range(std::string_view text) { return text.starts_with("vers:"); }

Scheme scheme_of_type(std::string_view type) {
  const auto found = std::lower_bound(types.begin(), types.end(), type, [](const Type& t, std::string_view name) { return t.name < name; });
  return found != types.end() && found->name == type ? found->scheme : Scheme::none;
}

Result<Range> read_range(std::string_view text) {
  if (text.size() > longest_range) return refused("it is longer than " + std::to_string(longest_range) + " bytes");
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c <= ' ' || c >= 0x7f; })) return refused("it has blanks or other bytes that are no printable ASCII");
  if (!looks_like_range(text)) return refused("it does not begin with vers:");
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return refused("it names no versions");
  Range out;
  out.text = text;
  out.type = text.substr(5, slash - 5);
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  if (out.type.empty() || !letter(out.type.front()) || std::any_of(out.type.begin(), out.type.end(), [&](char c) { return !letter(c) && !(c >= '0' && c <= '9') && c != '.' && c != '-'; }))
    return refused("'" + out.type + "' is no type of versions");
  out.scheme = scheme_of_type(out.type);
  std::string_view rest = text.substr(slash + 1);
  if (rest == "*") {
    out.any = true;
    return out;
  }
  if (out.type == "all" || out.type == "none") return refused("of the type '" + out.type + "' only '*' can be said");
  for (;;) {
    const std::size_t pipe = rest.find('|');
    std::string_view one = rest.substr(0, pipe);
    if (one.empty()) return refused("there is nothing between two '|', or at an end");
    Constraint c = begin_of(one);
    auto version = decoded(one);
    if (!version) return refused("'" + std::string(one) + "' is no version as it is written in a range");
    c.version = std::move(*version);
    if (has_order(out) && !order_of(out, c.version, c.version)) return refused("'" + c.version + "' cannot be read as a version of the type '" + out.type + "'");
    if (out.constraints.size() >= most_constraints) return refused("it has more than " + std::to_string(most_constraints) + " constraints");
    out.constraints.push_back(std::move(c));
    if (pipe == std::string_view::npos) break;
    rest.remove_prefix(pipe + 1);
  }
  if (!has_order(out)) return out;
  std::stable_sort(out.constraints.begin(), out.constraints.end(), [&](const Constraint& a, const Constraint& b) { return order_of(out, a.version, b.version) == std::strong_ordering::less; });
  if (const std::string wrong = what_is_wrong_with_order(out.constraints, out); !wrong.empty()) return refused(wrong);
  return out;
}

Contained contains(const Range& range, std::string_view version, std::string_view purl_type) {
  if (range.any) return {range.type == "none" ? Answer::outside : Answer::inside, ""};
  if (version.empty()) return {Answer::unknown, "the component has no version"};
  const Scheme of_package = scheme_of_type(purl_type);
  if (purl_type != range.type && of_package != Scheme::none && has_order(range) && of_package != range.scheme)
    return {Answer::unknown, "it is a range of '" + range.type + "' versions, and the package is one of '" + std::string(purl_type) + "'"};
  if (!has_order(range)) return {Answer::unknown, "the order of '" + range.type + "' versions is not known here"};
  if (!order_of(range, version, version)) return {Answer::unknown, "'" + std::string(version) + "' cannot be read as a version of the type '" + range.type + "'"};
  const Constraint* below = nullptr;  // the last lower or upper end below the version
  bool above = false;                 // the first end above it is an upper one
  for (const Constraint& c : range.constraints) {
    const Order order = order_of(range, c.version, version);
    if (!order) return {Answer::unknown, "'" + std::string(version) + "' and '" + c.version + "' have no order"};
    if (*order == std::strong_ordering::equal) {
      const bool in = c.comparator == Comparator::equal || c.comparator == Comparator::less_or_equal || c.comparator == Comparator::greater_or_equal;
      return {in ? Answer::inside : Answer::outside, ""};
    }
    if (is_point(c.comparator)) continue;
    if (*order == std::strong_ordering::less) {
      below = &c;
      continue;
    }
    above = is_upper(c.comparator);
    break;
  }
  // Ends alternate: between a lower and an upper one it is in, and so before a first upper and after a last lower one.
  bool ended = false;
  for (const Constraint& c : range.constraints) ended = ended || !is_point(c.comparator);
  const bool in = ended && (below != nullptr ? is_lower(below->comparator) : above);
  // What names versions to leave out alone, and nothing else, means all others.
  const bool leaves_out = std::all_of(range.constraints.begin(), range.constraints.end(), [](const Constraint& c) { return c.comparator == Comparator::not_equal; });
  return {in || leaves_out ? Answer::inside : Answer::outside, ""};
}

}  // namespace duolex::vulnerabilities::vers
