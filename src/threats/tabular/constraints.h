// What of a row of a table can be changed, and how: written by the maker, part of the plan of a test.
// docs/formats/constraints.md.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace duolex::threats::tabular {

enum class Direction { both, up, down };

struct Rule {
  std::string feature;            // its name, or its number from 0
  bool fixed = false;             // never changes
  bool integer = false;           // changes to whole numbers only
  Direction direction = Direction::both;
  std::optional<double> low{}, high{};   // changed values lie within
  std::optional<double> budget{};        // the change that counts as 1 under the norm "budgets"
};

// Features of which one is 1 and the others are 0.
struct OneHot {
  std::vector<std::string> features;
  bool fixed = false;
};

struct Constraints {
  std::vector<Rule> rules;
  Rule otherwise{};  // for features without a rule
  std::vector<OneHot> one_hot;
};

// YAML or JSON by name. Refused with a place: unknown keys, a feature with two rules, numbers that are none, ranges the
// wrong way round, budgets below 0.
[[nodiscard]] Result<Constraints> read_constraints(const std::string& file, const std::string& bytes);
// In the form that is read.
[[nodiscard]] nlohmann::ordered_json to_json(const Constraints& constraints);

// For each feature of a model its rule, and groups as indices.
struct Applied {
  std::vector<Rule> features;
  struct Group {
    std::vector<std::size_t> members;
    bool fixed = false;
  };
  std::vector<Group> groups;
};
// Refuses a feature that the model does not have, or that is in two groups. `names` may be empty.
[[nodiscard]] Result<Applied> apply(const std::string& file, const Constraints& constraints, const std::vector<std::string>& names, std::size_t features);

}  // namespace duolex::threats::tabular
