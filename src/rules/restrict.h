// Diagrams under what is known of a product: which leaves can still be reached, and which facts
// still matter. Internal to src/rules.
#pragma once

#include <unordered_map>
#include <vector>

#include "rules/diagrams.h"

namespace duolex::rules {

class Known {
 public:
  explicit Known(const CompiledLaw& law);

  // Takes over a product's facts, applies assumed defaults, overrides and legal state.
  void set(const FactValues& facts);
  // What the last set() made of a fact: its value with the default applied, or unknown.
  [[nodiscard]] Value fact(Index fact) const { return facts_[fact]; }
  [[nodiscard]] std::uint8_t of_variable(std::uint32_t v) const { return classes_[v]; }

  // As far as what is known leads from each root, several at a time.
  void lead(const std::vector<Ref>& roots, std::vector<Ref>& ends) const;
  // True when all completions lead to one value.
  [[nodiscard]] bool single(Ref root, Value& value) { return single_at(walk(root), value); }
  // The same from where walk() or lead() ended.
  [[nodiscard]] bool single_at(Ref at, Value& value) {
    if (!is_leaf(at) || leaf_values_[at & ~leaf_bit] == unknown_value) return single_from(at, value);
    value = leaf_values_[at & ~leaf_bit];
    return true;
  }
  [[nodiscard]] bool can_hold(Ref root);
  // Every value still possible; open_ended when some can't be listed.
  void values(Ref root, std::vector<Value>& out, bool& open_ended);
  // The sets that remain, by members; false when there are too many to list.
  [[nodiscard]] bool sets(const std::vector<Ref>& roots, std::vector<Value>& out);
  // Facts that can still change one of the values, sorted.
  void support(const std::vector<Ref>& roots, std::vector<Index>& facts);
  [[nodiscard]] bool rests_on_projected_state(const std::vector<Ref>& roots,
                                              const std::vector<bool>& projected);

 private:
  // A leaf under what is known: a value, or a reference that stands for "still to be computed".
  [[nodiscard]] bool leaf_value(Ref leaf, Value& value) const;
  [[nodiscard]] std::pair<Value, Value> range(const Computed& computed) const;
  void add_computed_facts(const Computed& computed);
  [[nodiscard]] Ref restricted(Ref root);
  [[nodiscard]] Ref temporary_node(std::uint32_t variable, const Ref* children);
  void next_round();
  // As far as what is known leads.
  [[nodiscard]] Ref walk(Ref at) const {
    while (!is_leaf(at)) {
      const std::uint8_t k = classes_[pool_[at]];
      if (k == open_class) break;
      at = pool_[at + 1 + k];
    }
    return at;
  }
  [[nodiscard]] bool single_from(Ref at, Value& value);

  const CompiledLaw& law_;
  const CompiledLaw::Diagrams& d_;
  const std::uint32_t* pool_;
  std::vector<Value> facts_;
  std::vector<std::uint8_t> classes_;
  std::vector<Value> leaf_values_;  // by leaf; unknown_value where it is still to be computed
  std::unordered_map<Value, Ref> leaf_of_value_;
  std::vector<Ref> computed_leaves_;
  // What set() needs of facts and states, side by side.
  struct Choice {  // a fact whose value is the class of its one variable
    Index fact;
    std::uint32_t variable;
    Value assumed;
  };
  struct Set {  // its members' variables stand one after the other
    Index fact;
    std::uint32_t first, members;
    Value assumed;
  };
  struct Ordered {  // a date or number, or a fact that no condition asks for
    Index fact;
    Kind kind;
    const Variable* cut;  // null: none
    std::uint32_t variable;
    Value assumed;
  };
  struct StateClass {
    std::uint32_t variable;
    Index assumed_by;
    Value value;
  };
  std::vector<Choice> choices_;
  std::vector<Set> sets_;
  std::vector<Ordered> ordered_;
  std::vector<StateClass> states_;

  std::vector<std::uint32_t> seen_;  // by pool offset: the round it was last visited in
  std::uint32_t round_ = 0;
  std::vector<Ref> stack_;

  std::vector<Ref> memo_;  // by pool offset, valid in memo_round_
  std::vector<std::uint32_t> memo_round_;
  std::vector<std::uint32_t> temporary_;  // nodes made while restricting
  std::vector<Ref> temporary_table_;
  std::vector<std::uint32_t> used_slots_;
  std::vector<bool> supported_;
  std::vector<Index> supported_list_;
};

}  // namespace duolex::rules
