#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

#include "sbom/structure_check.h"

namespace duolex::sbom {
namespace {

std::string_view trim(std::string_view s) {
  const std::size_t begin = std::min(s.find_first_not_of(" \t\r\n"), s.size());
  const std::size_t end = s.find_last_not_of(" \t\r\n");
  return begin == s.size() ? std::string_view() : s.substr(begin, end + 1 - begin);
}

std::size_t code_points(std::string_view s) {
  return static_cast<std::size_t>(std::count_if(s.begin(), s.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool is_number(std::string_view s, bool whole) {
  if (!s.empty() && (s[0] == '+' || s[0] == '-')) s.remove_prefix(1);
  const std::size_t dots = static_cast<std::size_t>(std::count(s.begin(), s.end(), '.'));
  if (dots > (whole ? 0U : 1U) || s.size() == dots) return false;
  return std::all_of(s.begin(), s.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

// Elements of other namespaces may stand anywhere and are passed over.
class Checker {
 public:
  Checker(const Structure& structure, std::vector<Violation>& out) : structure_(structure), out_(out) {}

  void element(const ObjectShape& shape, const Value value, const std::string& step) {
    path_.push_back(step);
    std::vector<Value> children;
    bool text_wrong = false;
    std::vector<std::string> attributes;
    for (const Value child : value.children()) {
      if (child.is(Kind::attribute)) {
        attribute(shape, child);
        attributes.emplace_back(child.plain_key());
      } else if (child.is(Kind::element)) {
        if (!child.foreign()) children.push_back(child);
      } else if (shape.find("=") == nullptr && !text_wrong) {
        text_wrong = true;
        add("type", child.begin(), child.begin() + 1, "text stands in <" + std::string(value.plain_key()) + ">, which holds elements");
      }
    }
    for (const Field& field : shape.fields)
      if (field.required && field.name[0] == '@' && std::find(attributes.begin(), attributes.end(), field.name.substr(1)) == attributes.end())
        add("required", value.begin(), value.begin() + 1, "the attribute '" + field.name.substr(1) + "' is missing in <" + std::string(value.plain_key()) + ">");
    if (const Field* own = shape.find("=")) simple(structure_.shape(own->shape), value);
    order(shape, value, children);
    std::map<std::string, std::size_t, std::less<>> numbers;
    for (const Value child : children) {
      const std::string name(child.plain_key());
      const std::size_t number = ++numbers[name];
      const Field* field = shape.find(name);
      if (field == nullptr || out_.size() > most_violations) continue;
      const Shape& child_shape = structure_.shape(field->shape);
      const std::string place = name + (repeats(shape, name) ? "[" + std::to_string(number) + "]" : "");
      if (child_shape.kind == Shape::Kind::object) {
        element(structure_.object(child_shape.ref), child, place);
      } else {
        path_.push_back(place);
        leaf(child_shape, child);
        path_.pop_back();
      }
    }
    for (const Group& group : shape.groups) rule(group, value);
    path_.pop_back();
  }

 private:
  void add(const char* rule, std::size_t begin, std::size_t end, std::string message, std::string hint = "") {
    if (out_.size() > most_violations) return;
    std::string path;
    for (const std::string& step : path_) path += "/" + step;
    out_.push_back({std::string("cyclonedx.") + rule, std::move(path), begin, end, std::move(message), std::move(hint)});
  }

  static bool repeats(const std::vector<Particle>& particles, std::string_view name, bool inside) {
    return std::any_of(particles.begin(), particles.end(), [&](const Particle& p) {
      if (p.element == name) return p.repeated || inside;
      return std::any_of(p.choices.begin(), p.choices.end(), [&](const auto& c) { return repeats(c, name, inside || p.repeated); });
    });
  }
  static bool repeats(const ObjectShape& shape, std::string_view name) { return repeats(shape.content, name, false); }

  void attribute(const ObjectShape& shape, const Value value) {
    if (value.foreign()) return;
    const std::string name = "@" + std::string(value.plain_key());
    const Field* field = shape.find(name);
    if (field == nullptr) {
      if (!shape.open) add("unknown-field", value.begin(), value.end(), "'" + name.substr(1) + "' is no attribute here");
      return;
    }
    path_.push_back(name);
    simple(structure_.shape(field->shape), value);
    path_.pop_back();
  }

  // An element that holds text alone.
  void leaf(const Shape& shape, const Value value) {
    for (const Value child : value.children()) {
      if (child.is(Kind::attribute) && !child.foreign() && shape.kind != Shape::Kind::anything)
        add("unknown-field", child.begin(), child.end(), "'" + std::string(child.plain_key()) + "' is no attribute here");
      if (child.is(Kind::element) && shape.kind != Shape::Kind::anything)
        add("type", child.begin(), child.begin() + 1, "an element stands in <" + std::string(value.plain_key()) + ">, which holds text");
    }
    simple(shape, value);
  }

  bool fits(const Shape& shape, std::string_view text) const {
    switch (shape.kind) {
      case Shape::Kind::words: {
        const auto& words = structure_.words(shape.ref).words;
        return std::binary_search(words.begin(), words.end(), text, std::less<>());
      }
      case Shape::Kind::boolean: text = trim(text); return text == "true" || text == "false" || text == "1" || text == "0";
      case Shape::Kind::integer:
      case Shape::Kind::number: {
        text = trim(text);
        if (!is_number(text, shape.kind == Shape::Kind::integer)) return false;
        const double d = std::strtod(std::string(text).c_str(), nullptr);
        return (shape.least == -1 || d >= shape.least) && (shape.most == -1 || d <= shape.most);
      }
      case Shape::Kind::text: {
        // Space around these falls away before their form counts.
        const bool trimmed = shape.like == "date" || shape.like == "xml-date-time" || shape.like == "hash" || shape.like == "mime";
        if (!shape.like.empty() && !looks_like(shape.like, trimmed ? trim(text) : text)) return false;
        if (shape.least < 0 && shape.most < 0) return true;
        const auto length = static_cast<double>(code_points(text));
        return length >= shape.least && (shape.most < 0 || length <= shape.most);
      }
      case Shape::Kind::either:
        return std::any_of(shape.alternatives.begin(), shape.alternatives.end(), [&](int a) { return fits(structure_.shape(a), text); });
      default: return true;
    }
  }

  void simple(const Shape& shape, const Value value) {
    std::string room;
    const std::string_view text = value.text(room);
    if (fits(shape, text)) return;
    const std::string what = "'" + shown_text(text) + "' ";
    const std::size_t begin = value.begin(), end = std::max(value.end(), value.begin() + 1);
    switch (shape.kind) {
      case Shape::Kind::words: {
        const Words& words = structure_.words(shape.ref);
        return add("words", begin, end, what + "is none of the words of '" + words.name + "'", word_hint(words, text));
      }
      case Shape::Kind::boolean: return add("type", begin, end, what + "stands where true or false is asked for");
      case Shape::Kind::integer: return add("range", begin, end, what + "is no whole number in range");
      case Shape::Kind::number: return add("range", begin, end, what + "is no number in range");
      case Shape::Kind::text:
        if (!shape.like.empty()) return add("form", begin, end, what + "has not the form that is asked for", describe_form(shape.like));
        return add("length", begin, end, "the text has not the length that is asked for");
      default: return add("form", begin, end, what + "has none of the forms that are asked for");
    }
  }

  // The content is deterministic, as XML Schema asks for: the next element says which way to go.
  static bool starts(const Particle& p, std::string_view name) {
    if (!p.element.empty()) return p.element == name;
    return std::any_of(p.choices.begin(), p.choices.end(), [&](const auto& choice) { return starts(choice, name); });
  }
  static bool starts(const std::vector<Particle>& sequence, std::string_view name) {
    for (const Particle& p : sequence) {
      if (starts(p, name)) return true;
      if (!may_be_empty(p)) return false;
    }
    return false;
  }
  static bool may_be_empty(const Particle& p) {
    if (p.optional) return true;
    return std::any_of(p.choices.begin(), p.choices.end(),
                       [](const auto& choice) { return std::all_of(choice.begin(), choice.end(), [](const Particle& q) { return may_be_empty(q); }); });
  }
  static std::string words_for(const Particle& p) {
    if (!p.element.empty()) return "<" + p.element + ">";
    std::string out;
    for (const auto& choice : p.choices)
      if (!choice.empty()) out += (out.empty() ? "" : " or ") + words_for(choice[0]);
    return out;
  }

  void match(const std::vector<Particle>& sequence, const Value parent, const std::vector<Value>& children, std::size_t& at) {
    for (const Particle& p : sequence) {
      std::size_t times = 0;
      while (at < children.size() && starts(p, children[at].plain_key())) {
        const std::size_t before = at;
        if (!p.element.empty()) {
          ++at;
        } else {
          for (const auto& choice : p.choices)
            if (starts(choice, children[at].plain_key())) {
              match(choice, parent, children, at);
              break;
            }
        }
        ++times;
        if (!p.repeated || at == before) break;
      }
      // One that stands elsewhere is not missing; what is left over at the end is out of order.
      const bool elsewhere = std::any_of(children.begin(), children.end(), [&](const Value child) { return starts(p, child.plain_key()); });
      if (times == 0 && !may_be_empty(p) && !elsewhere)
        add("required", parent.begin(), parent.begin() + 1, words_for(p) + " is missing in <" + std::string(parent.plain_key()) + ">");
    }
  }

  void order(const ObjectShape& shape, const Value parent, const std::vector<Value>& all) {
    std::vector<Value> children;
    for (const Value child : all) {
      if (shape.find(child.plain_key()) != nullptr) {
        children.push_back(child);
      } else {
        add("unknown-field", child.begin(), child.begin() + 1, "<" + shown_text(child.plain_key()) + "> is no element of <" + std::string(parent.plain_key()) + ">");
      }
    }
    std::size_t at = 0;
    match(shape.content, parent, children, at);
    if (at < children.size())
      add("order", children[at].begin(), children[at].begin() + 1, "<" + std::string(children[at].plain_key()) + "> stands here too often or in the wrong place");
  }

  static Value field(const Value value, std::string_view name) {
    const bool attribute = name.starts_with('@');
    if (attribute) name.remove_prefix(1);
    for (const Value child : value.children())
      if (child.is(attribute ? Kind::attribute : Kind::element) && !child.foreign() && child.plain_key() == name) return child;
    return {};
  }

  void rule(const Group& group, const Value value) {
    if (group.kind == Group::Kind::only_when) {
      const Value other = field(value, group.alternatives[1][0]);
      if (field(value, group.alternatives[0][0]) && (!other || other.text() != group.alternatives[1][1]))
        add("one-of", value.begin(), value.begin() + 1, "<" + group.alternatives[0][0] + "> stands only beside " + group.alternatives[1][0].substr(1) + "=\"" + group.alternatives[1][1] + "\"");
      return;
    }
    const auto count = std::count_if(group.alternatives.begin(), group.alternatives.end(), [&](const auto& set) {
      return std::all_of(set.begin(), set.end(), [&](const std::string& name) { return static_cast<bool>(field(value, name)); });
    });
    if (group.kind == Group::Kind::at_least_one && count == 0) add("one-of", value.begin(), value.begin() + 1, "one of several elements is missing");
  }

  const Structure& structure_;
  std::vector<Violation>& out_;
  std::vector<std::string> path_;
};

}  // namespace

void check_xml(const Structure& structure, const ObjectShape& object, const Value element, std::vector<Violation>& out) {
  Checker(structure, out).element(object, element, "bom");
}

}  // namespace duolex::sbom
