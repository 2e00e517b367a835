// The structure of a format as a table: objects with their fields, types, words, and rules between fields.
// The tables are the text files of structure/, built into the program; docs/formats/sbom.md has their language.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace duolex::sbom {

struct Shape {
  enum class Kind { anything, text, integer, number, boolean, words, object, list, either };
  Kind kind = Kind::anything;
  int ref = -1;                   // words, object: index; list: shape of the items
  double least = -1, most = -1;   // length of a text or list, value of a number; -1 where there is none
  std::string like;               // a name that looks_like knows
  bool unique = false;
  bool exactly_one = false;       // of the alternatives; otherwise at least one
  std::vector<int> alternatives;  // shapes
};

struct Field {
  std::string name;
  int shape = 0;
  bool required = false;
};

// A rule between fields. Each alternative is a set of fields.
struct Group {
  enum class Kind { exactly_one, at_least_one, not_both, only_when };
  Kind kind = Kind::exactly_one;
  std::vector<std::vector<std::string>> alternatives;  // only_when: {field}, {other, its value}
};

// XML: which elements stand in an element, in which order. A sequence is a choice of one.
struct Particle {
  std::string element;  // empty for a group
  bool optional = false, repeated = false;
  std::vector<std::vector<Particle>> choices;
};

struct ObjectShape {
  std::string name;
  bool open = false;  // may have fields that are not named
  // XML: a child by its name, an attribute as "@name", the element's own text as "=".
  std::vector<Field> fields;
  std::vector<Group> groups;
  std::vector<Particle> content;  // XML

  [[nodiscard]] const Field* find(std::string_view field) const;
};

struct Words {
  std::string name;
  std::vector<std::string> words;  // sorted
};

class Structure {
 public:
  // The tables, as they hold for one version ("1.6"). Fails on a table that cannot be read.
  [[nodiscard]] static Result<Structure> compile(const std::vector<std::string_view>& tables, const std::string& version);

  [[nodiscard]] const Shape& shape(int index) const { return shapes_[static_cast<std::size_t>(index)]; }
  [[nodiscard]] const ObjectShape& object(int index) const { return objects_[static_cast<std::size_t>(index)]; }
  [[nodiscard]] const Words& words(int index) const { return words_[static_cast<std::size_t>(index)]; }
  [[nodiscard]] const ObjectShape* find_object(std::string_view name) const;

 private:
  friend class StructureReader;
  std::vector<Shape> shapes_;
  std::vector<ObjectShape> objects_;
  std::vector<Words> words_;
};

// Whether a text has the form that a name stands for; true for a name that is not known.
[[nodiscard]] bool looks_like(std::string_view form, std::string_view text);
[[nodiscard]] bool is_form(std::string_view form);
// What the form is, for people.
[[nodiscard]] std::string describe_form(std::string_view form);

}  // namespace duolex::sbom
