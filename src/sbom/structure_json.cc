#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <functional>

#include "sbom/structure_check.h"

namespace duolex::sbom {
namespace {

std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  return x ^ x >> 33;
}

// Equal values have equal numbers, whatever the order of keys.
std::uint64_t fingerprint(const Value value) {
  std::string room;
  switch (value.kind()) {
    case Kind::array: {
      std::uint64_t out = 3;
      for (const Value item : value.children()) out = mix(out + fingerprint(item));
      return mix(out);
    }
    case Kind::object: {
      std::uint64_t out = 5;
      for (const Value item : value.children()) out += mix(std::hash<std::string>()(item.key()) ^ mix(fingerprint(item)));
      return mix(out);
    }
    case Kind::number: return mix(std::hash<double>()(std::strtod(value.text().c_str(), nullptr)) + 7);
    default: return mix(std::hash<std::string_view>()(value.text(room)) + static_cast<std::uint64_t>(value.kind()));
  }
}

bool equal(const Value a, const Value b) {
  if (a.kind() != b.kind()) return false;
  std::string left, right;
  switch (a.kind()) {
    case Kind::array: {
      Value x = a.first(), y = b.first();
      for (; x && y; x = x.next(), y = y.next())
        if (!equal(x, y)) return false;
      return !x && !y;
    }
    case Kind::object: {
      std::size_t count = 0;
      for (const Value item : a.children()) {
        ++count;
        const Value other = b.find(item.key());
        if (!other || !equal(item, other)) return false;
      }
      for ([[maybe_unused]] const Value item : b.children()) --count;
      return count == 0;
    }
    case Kind::number: return std::strtod(a.text().c_str(), nullptr) == std::strtod(b.text().c_str(), nullptr);
    default: return a.text(left) == b.text(right);
  }
}

std::size_t code_points(std::string_view s) {
  return static_cast<std::size_t>(std::count_if(s.begin(), s.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string escaped(std::string key) {
  std::string out;
  for (const char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

std::string number(double value) {
  return value == std::floor(value) ? std::to_string(static_cast<long long>(value)) : std::to_string(value);
}

class Checker {
 public:
  Checker(const Structure& structure, std::vector<Violation>& out, const char* rules) : structure_(structure), out_(&out), rules_(rules) {}

  void object(const ObjectShape& shape, const Value value) {
    std::vector<bool> seen(shape.fields.size());
    for (const Value member : value.children()) {
      const std::string key = member.key();
      const Field* field = shape.find(key);
      if (field == nullptr) {
        if (!shape.open) add("unknown-field", member.key_begin(), member.end(), "'" + shown_text(key) + "' is no field of " + noun(shape), near(shape, key));
        continue;
      }
      const auto at = static_cast<std::size_t>(field - shape.fields.data());
      if (seen[at]) add("twice", member.key_begin(), member.end(), "'" + key + "' is given twice");
      seen[at] = true;
      check(structure_.shape(field->shape), member, escaped(key));
    }
    for (std::size_t i = 0; i < shape.fields.size(); ++i)
      if (shape.fields[i].required && !seen[i])
        add("required", value.begin(), value.begin() + 1, "'" + shape.fields[i].name + "' is missing in " + noun(shape));
    for (const Group& group : shape.groups) rule(shape, group, value);
  }

 private:
  using Shapes = Shape::Kind;

  static std::string noun(const ObjectShape& shape) {
    std::string name = shape.name;
    std::replace(name.begin(), name.end(), '.', ' ');
    std::erase(name, '[');
    std::erase(name, ']');
    return "'" + name + "'";
  }

  static std::string near(const ObjectShape& shape, const std::string& key) {
    if (key.size() > 60) return "";
    std::vector<std::string> names;
    for (const Field& field : shape.fields) names.push_back(field.name);
    const std::string name = nearest_name(key, names);
    return name.empty() ? "" : "did you mean '" + name + "'?";
  }

  void add(const char* rule, std::size_t begin, std::size_t end, std::string message, std::string hint = "") {
    if (out_->size() > most_violations) return;
    std::string path;
    for (const std::string& step : path_) path += "/" + step;
    out_->push_back({std::string(rules_) + "." + rule, std::move(path), begin, end, std::move(message), std::move(hint)});
  }

  void wrong_kind(const Value value, const std::string& wanted) {
    add("type", value.begin(), value.end(), std::string(describe(value.kind())) + " stands where " + wanted + " is asked for");
  }

  // Bounded by the depth of the tree.
  void check(const Shape& shape, const Value value, std::string step) {
    if (out_->size() > most_violations) return;
    path_.push_back(std::move(step));
    switch (shape.kind) {
      case Shapes::anything: break;
      case Shapes::text: text(shape, value); break;
      case Shapes::integer:
      case Shapes::number: a_number(shape, value); break;
      case Shapes::boolean:
        if (!value.is(Kind::boolean)) wrong_kind(value, "true or false");
        break;
      case Shapes::words: word(structure_.words(shape.ref), value); break;
      case Shapes::object:
        if (value.is(Kind::object)) object(structure_.object(shape.ref), value);
        else wrong_kind(value, "an object");
        break;
      case Shapes::list: list(shape, value); break;
      case Shapes::either: either(shape, value); break;
    }
    path_.pop_back();
  }

  void text(const Shape& shape, const Value value) {
    if (!value.is(Kind::text)) return wrong_kind(value, "text");
    std::string room;
    const std::string_view text = value.text(room);
    if (!shape.like.empty() && !looks_like(shape.like, text))
      add("form", value.begin(), value.end(), "'" + shown_text(text) + "' has not the form that is asked for", describe_form(shape.like));
    if (shape.least < 0 && shape.most < 0) return;
    const auto length = static_cast<double>(code_points(text));
    if (length < shape.least) add("length", value.begin(), value.end(), "a text of at least " + number(shape.least) + " characters is asked for");
    if (shape.most >= 0 && length > shape.most) add("length", value.begin(), value.end(), "a text of at most " + number(shape.most) + " characters is asked for");
  }

  void a_number(const Shape& shape, const Value value) {
    const bool whole = shape.kind == Shapes::integer;
    if (!value.is(Kind::number)) return wrong_kind(value, whole ? "a whole number" : "a number");
    const double d = std::strtod(value.text().c_str(), nullptr);
    if (whole && d != std::floor(d)) return add("type", value.begin(), value.end(), "a whole number is asked for");
    if ((shape.least != -1 && d < shape.least) || (shape.most != -1 && d > shape.most))
      add("range", value.begin(), value.end(), "the number is out of range",
          (shape.least == -1 ? "" : "from " + number(shape.least)) + (shape.most == -1 ? "" : " to " + number(shape.most)));
  }

  void word(const Words& words, const Value value) {
    if (!value.is(Kind::text)) return wrong_kind(value, "a word of a list");
    std::string room;
    const std::string_view text = value.text(room);
    if (std::binary_search(words.words.begin(), words.words.end(), text, std::less<>())) return;
    add("words", value.begin(), value.end(), "'" + shown_text(text) + "' is none of the words of '" + words.name + "'", word_hint(words, text));
  }

  void list(const Shape& shape, const Value value) {
    if (!value.is(Kind::array)) return wrong_kind(value, "a list");
    const Shape& item_shape = structure_.shape(shape.ref);
    std::vector<std::pair<std::uint64_t, Value>> prints;
    std::size_t count = 0;
    for (const Value item : value.children()) {
      check(item_shape, item, std::to_string(count++));
      if (shape.unique) prints.emplace_back(fingerprint(item), item);
    }
    if (static_cast<double>(count) < shape.least) add("length", value.begin(), value.end(), "a list of at least " + number(shape.least) + " is asked for");
    if (shape.most >= 0 && static_cast<double>(count) > shape.most)
      add("length", value.begin(), value.end(), "a list of at most " + number(shape.most) + " is asked for");
    std::stable_sort(prints.begin(), prints.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 1; i < prints.size(); ++i)
      if (prints[i].first == prints[i - 1].first && equal(prints[i].second, prints[i - 1].second))
        add("unique", prints[i].second.begin(), prints[i].second.end(), "this stands in the list twice");
  }

  static bool may_be(const Shape& shape, Kind kind) {
    switch (shape.kind) {
      case Shapes::object: return kind == Kind::object;
      case Shapes::list: return kind == Kind::array;
      case Shapes::text:
      case Shapes::words: return kind == Kind::text;
      default: return true;
    }
  }

  void either(const Shape& shape, const Value value) {
    std::vector<std::vector<Violation>> tries;
    std::size_t fitting = 0;
    for (const int alternative : shape.alternatives) {
      const Shape& one = structure_.shape(alternative);
      if (!may_be(one, value.kind())) continue;
      std::vector<Violation> found;
      std::vector<Violation>* const before = out_;
      out_ = &found;
      check(one, value, "");
      out_ = before;
      fitting += found.empty();
      tries.push_back(std::move(found));
    }
    if (tries.empty()) return wrong_kind(value, "something else");
    if (fitting == 1 || (fitting > 1 && !shape.exactly_one)) return;
    if (fitting > 1) return add("one-of", value.begin(), value.end(), "this can be read in more than one way");
    // What was meant is most likely what fits best.
    auto& best = *std::min_element(tries.begin(), tries.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
    for (Violation& v : best) {
      // The empty step of the alternative is none of the path.
      if (const std::size_t at = v.path.find("//"); at != std::string::npos) v.path.erase(at, 1);
      if (v.path.ends_with('/')) v.path.pop_back();
      out_->push_back(std::move(v));
    }
  }

  static bool has(const Value value, const std::vector<std::string>& fields) {
    return std::all_of(fields.begin(), fields.end(), [&](const std::string& f) { return static_cast<bool>(value.find(f)); });
  }

  static std::string listed(const Group& group) {
    std::string out;
    for (const auto& set : group.alternatives) {
      if (!out.empty()) out += ", ";
      for (std::size_t i = 0; i < set.size(); ++i) out += (i == 0 ? "'" : " with '") + set[i] + "'";
    }
    return out;
  }

  void rule(const ObjectShape& shape, const Group& group, const Value value) {
    const auto count = std::count_if(group.alternatives.begin(), group.alternatives.end(), [&](const auto& set) { return has(value, set); });
    const std::size_t begin = value.begin(), end = value.begin() + 1;
    switch (group.kind) {
      case Group::Kind::exactly_one:
        if (count != 1) add("one-of", begin, end, noun(shape) + " has " + (count == 0 ? "none" : "more than one") + " of " + listed(group), "exactly one of them");
        break;
      case Group::Kind::at_least_one:
        if (count == 0) add("one-of", begin, end, noun(shape) + " has none of " + listed(group), "at least one of them");
        break;
      case Group::Kind::not_both:
        if (count > 1) add("one-of", begin, end, noun(shape) + " has more than one of " + listed(group), "at most one of them");
        break;
      case Group::Kind::only_when: {
        const Value other = value.find(group.alternatives[1][0]);
        if (has(value, group.alternatives[0]) && (!other || other.text() != group.alternatives[1][1]))
          add("one-of", begin, end, "'" + group.alternatives[0][0] + "' stands only beside '" + group.alternatives[1][0] + "': " + group.alternatives[1][1]);
        break;
      }
    }
  }

  const Structure& structure_;
  std::vector<Violation>* out_;
  const char* rules_;
  std::vector<std::string> path_;
};

}  // namespace

std::string shown_text(std::string_view text) {
  return text.size() <= 60 ? std::string(text) : std::string(text.substr(0, 57)) + "...";
}

std::string word_hint(const Words& words, std::string_view text) {
  constexpr std::size_t most_listed = 24;
  std::string out;
  if (words.words.size() <= most_listed) {
    for (const std::string& w : words.words) out += (out.empty() ? "one of " : ", ") + w;
  } else if (text.size() <= 60) {
    const std::string name = nearest_name(std::string(text), words.words);
    if (!name.empty()) out = "did you mean '" + name + "'?";
  }
  return out;
}

void check_json(const Structure& structure, const ObjectShape& object, const Value value, std::vector<Violation>& out, const char* rules) {
  Checker(structure, out, rules).object(object, value);
}

}  // namespace duolex::sbom
