#include "sbom/structure.h"

#include <algorithm>
#include <charconv>

namespace duolex::sbom {

// A table is read line by line; lines that do not hold for the version are left out.
class StructureReader {
 public:
  explicit StructureReader(const std::string& version) : version_(version) {}

  Result<Structure> read(const std::vector<std::string_view>& tables) {
    for (const std::string_view table : tables) {
      std::size_t begin = 0;
      for (line_ = 1; begin < table.size(); ++line_) {
        const std::size_t end = std::min(table.find('\n', begin), table.size());
        line(table.substr(begin, end - begin));
        begin = end + 1;
      }
    }
    resolve();
    if (!wrong_.empty()) return failure(std::move(wrong_));
    return std::move(out_);
  }

 private:
  using Kind = Shape::Kind;

  void complain(const std::string& what) { wrong_.push_back(error_in("structure table", "line " + std::to_string(line_) + ": " + what)); }

  // Words between blanks, quoted words and parentheses apart.
  static std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < text.size();) {
      if (text[i] == ' ') {
        ++i;
      } else if (text[i] == '(' || text[i] == ')') {
        out.emplace_back(1, text[i++]);
      } else {
        std::string word;
        bool quoted = false;
        for (; i < text.size() && (quoted || (text[i] != ' ' && text[i] != '(' && text[i] != ')')); ++i) {
          if (text[i] == '"') quoted = !quoted;
          else word += text[i];
        }
        out.push_back(std::move(word));
      }
    }
    return out;
  }

  // Takes "since V" and "until V" from the end; false when the line does not hold.
  bool holds(std::vector<std::string>& words) const {
    bool out = true;
    while (words.size() >= 2 && (words[words.size() - 2] == "since" || words[words.size() - 2] == "until")) {
      out = out && (words[words.size() - 2] == "since" ? version_ >= words.back() : version_ <= words.back());
      words.resize(words.size() - 2);
    }
    return out;
  }

  void line(std::string_view text) {
    if (text.empty() || text[0] == '#') return;
    if (text[0] == ' ') return in_words_ ? add_words(text) : in_object_ ? add_field(split(text)) : void();
    auto words = split(text);
    const bool here = holds(words);
    in_words_ = in_object_ = false;
    if (words.size() >= 2 && words[0] == "object") {
      if (!here) return;
      in_object_ = true;
      out_.objects_.push_back({words[1], words.size() > 2 && words[2] == "open", {}, {}, {}});
      objects_[words[1]] = static_cast<int>(out_.objects_.size() - 1);
    } else if (words.size() >= 2 && words[0] == "words") {
      if (!here) return;
      in_words_ = true;
      out_.words_.push_back({words[1], {}});
      words_[words[1]] = static_cast<int>(out_.words_.size() - 1);
    } else if (words.size() >= 4 && words[0] == "type" && words[2] == "=") {
      if (here) types_[words[1]] = type({words.begin() + 3, words.end()});
    } else {
      complain("neither object, words nor type");
    }
  }

  // "word@1.5" since 1.5, "word@-1.4" until 1.4.
  void add_words(std::string_view text) {
    for (std::string word : split(text)) {
      bool here = true;
      for (std::size_t at = word.rfind('@'); at != std::string::npos && at > 0; at = word.rfind('@')) {
        const std::string bound = word.substr(at + 1);
        here = here && (bound.starts_with('-') ? version_ <= bound.substr(1) : version_ >= bound);
        word.resize(at);
      }
      if (here) out_.words_.back().words.push_back(std::move(word));
    }
  }

  void add_field(std::vector<std::string> words) {
    if (!holds(words) || words.empty()) return;
    ObjectShape& object = out_.objects_.back();
    if (words[0] == "open") {
      object.open = true;
    } else if (words[0] == "content") {
      std::size_t at = 1;
      for (Particle& particle : sequence(words, at)) object.content.push_back(std::move(particle));
      if (at != words.size()) complain("parentheses do not pair");
    } else if (words[0] == "exactly" || words[0] == "at" || words[0] == "not") {
      add_group(words, words[0] == "exactly" ? Group::Kind::exactly_one : words[0] == "at" ? Group::Kind::at_least_one : Group::Kind::not_both);
    } else if (words.size() == 5 && words[1] == "only") {
      object.groups.push_back({Group::Kind::only_when, {{words[0]}, {words[3], words[4]}}});
    } else if (words[0].ends_with(':') && words.size() > 1) {
      Field field;
      field.name = words[0].substr(0, words[0].size() - 1);
      if (words.back() == "required") {
        field.required = true;
        words.pop_back();
      }
      field.shape = type({words.begin() + 1, words.end()});
      object.fields.push_back(std::move(field));
    } else {
      complain("neither a field nor a rule");
    }
  }

  // "?*+" and versions behind a particle; false when it does not hold.
  bool take_marks(std::string_view marks, Particle& particle) const {
    bool here = true;
    while (!marks.empty()) {
      if (marks[0] == '@') {
        const std::size_t next = std::min(marks.find('@', 1), marks.size());
        const std::string_view bound = marks.substr(1, next - 1);
        here = here && (bound.starts_with('-') ? version_ <= bound.substr(1) : version_ >= bound);
        marks.remove_prefix(next);
        continue;
      }
      if (marks[0] == '?' || marks[0] == '*') particle.optional = true;
      if (marks[0] == '+' || marks[0] == '*') particle.repeated = true;
      marks.remove_prefix(1);
    }
    return here;
  }

  // Particles up to ")", "|" or the end.
  std::vector<Particle> sequence(const std::vector<std::string>& words, std::size_t& at) {
    std::vector<Particle> out;
    while (at < words.size() && words[at] != ")" && words[at] != "|") {
      Particle particle;
      bool here = true;
      if (words[at] == "(") {
        do {
          ++at;
          particle.choices.push_back(sequence(words, at));
        } while (at < words.size() && words[at] == "|");
        if (at >= words.size()) return complain("a parenthesis does not close"), out;
        ++at;
        if (at < words.size() && std::string_view("?*+@").find(words[at][0]) != std::string_view::npos) here = take_marks(words[at++], particle);
      } else {
        const std::size_t name = std::min(words[at].find_first_of("?*+@"), words[at].size());
        particle.element = words[at].substr(0, name);
        here = take_marks(std::string_view(words[at]).substr(name), particle);
        ++at;
      }
      if (here) out.push_back(std::move(particle));
    }
    return out;
  }

  // "exactly one of a / b+c", "at least one of …", "not both a / b"
  void add_group(const std::vector<std::string>& words, Group::Kind kind) {
    Group group;
    group.kind = kind;
    std::size_t i = kind == Group::Kind::not_both ? 2 : kind == Group::Kind::exactly_one ? 3 : 4;
    for (; i < words.size(); ++i) {
      if (words[i] == "/") continue;
      std::vector<std::string> set;
      std::size_t begin = 0;
      while (begin <= words[i].size()) {
        const std::size_t plus = std::min(words[i].find('+', begin), words[i].size());
        set.push_back(words[i].substr(begin, plus - begin));
        begin = plus + 1;
      }
      group.alternatives.push_back(std::move(set));
    }
    out_.objects_.back().groups.push_back(std::move(group));
  }

  int add(Shape shape) {
    out_.shapes_.push_back(std::move(shape));
    return static_cast<int>(out_.shapes_.size() - 1);
  }

  int type(const std::vector<std::string>& words) {
    // Alternatives first; the words inside parentheses belong together.
    std::vector<std::vector<std::string>> parts(1);
    int depth = 0;
    bool exactly = true;
    for (const std::string& word : words) {
      if (word == "(") ++depth;
      if (word == ")") --depth;
      if (depth == 0 && (word == "or" || word == "and-or")) {
        exactly = word == "or";
        parts.emplace_back();
      } else {
        parts.back().push_back(word);
      }
    }
    if (parts.size() == 1) return single(parts[0]);
    Shape shape;
    shape.kind = Kind::either;
    shape.exactly_one = exactly;
    for (const auto& part : parts) shape.alternatives.push_back(single(part));
    return add(std::move(shape));
  }

  int single(std::vector<std::string> words) {
    if (words.size() >= 2 && words.front() == "(" && words.back() == ")") return type({words.begin() + 1, words.end() - 1});
    if (words.empty()) return complain("a type is missing"), add({});
    Shape shape;
    bool more = true;
    while (more && words.size() >= 2) {
      const std::size_t n = words.size();
      more = false;
      if (words.back() == "unique") {
        shape.unique = more = true;
        words.pop_back();
      } else if (n >= 4 && words[n - 3] == "at" && (words[n - 2] == "least" || words[n - 2] == "most")) {
        (words[n - 2] == "least" ? shape.least : shape.most) = number(words.back());
        words.resize(n - 3);
        more = true;
      } else if (words[n - 2] == "from" || words[n - 2] == "to") {
        (words[n - 2] == "from" ? shape.least : shape.most) = number(words.back());
        words.resize(n - 2);
        more = true;
      } else if (words[n - 2] == "like") {
        shape.like = words.back();
        if (!is_form(shape.like)) complain("the form '" + shape.like + "' is not known");
        words.resize(n - 2);
        more = true;
      }
    }
    if (words[0] == "list") {
      shape.kind = Kind::list;
      shape.ref = type({words.begin() + 2, words.end()});
      return add(std::move(shape));
    }
    if (words.size() != 1) return complain("'" + words[0] + " " + words[1] + "' is no type"), add({});
    static const std::map<std::string_view, Kind> simple = {
        {"anything", Kind::anything}, {"text", Kind::text}, {"integer", Kind::integer}, {"number", Kind::number}, {"boolean", Kind::boolean}};
    const int index = add(shape);
    if (const auto at = simple.find(words[0]); at != simple.end()) out_.shapes_.back().kind = at->second;
    else named_.push_back({index, words[0]});
    return index;
  }

  double number(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) complain("'" + text + "' is no number");
    return value;
  }

  // Names become what they stand for; a name of a type may stand for another one.
  void resolve() {
    for (const auto& [index, first] : named_) {
      std::string name = first;
      for (int steps = 0; steps < 10; ++steps) {
        Shape& shape = out_.shapes_[static_cast<std::size_t>(index)];
        if (const auto object = objects_.find(name); object != objects_.end()) {
          shape.kind = Kind::object;
          shape.ref = object->second;
        } else if (const auto words = words_.find(name); words != words_.end()) {
          shape.kind = Kind::words;
          shape.ref = words->second;
        } else if (const auto alias = types_.find(name); alias != types_.end()) {
          const auto again = std::find_if(named_.begin(), named_.end(), [&](const auto& n) { return n.first == alias->second; });
          if (again != named_.end()) {
            name = again->second;
            continue;
          }
          shape = out_.shapes_[static_cast<std::size_t>(alias->second)];
        } else {
          line_ = 0;
          complain("'" + name + "' is not defined in " + version_);
        }
        break;
      }
    }
    for (Words& words : out_.words_) std::sort(words.words.begin(), words.words.end());
  }

  const std::string& version_;
  Structure out_;
  Diagnostics wrong_;
  std::size_t line_ = 0;
  bool in_object_ = false, in_words_ = false;
  std::map<std::string, int, std::less<>> objects_, words_, types_;
  std::vector<std::pair<int, std::string>> named_;
};

const Field* ObjectShape::find(std::string_view field) const {
  for (const Field& f : fields)
    if (f.name == field) return &f;
  return nullptr;
}

Result<Structure> Structure::compile(const std::vector<std::string_view>& tables, const std::string& version) {
  return StructureReader(version).read(tables);
}

const ObjectShape* Structure::find_object(std::string_view name) const {
  for (const ObjectShape& object : objects_)
    if (object.name == name) return &object;
  return nullptr;
}

}  // namespace duolex::sbom
