// What rules give for a product, as decision diagrams over all that is not known of it.
#pragma once

#include "checker/diagram.h"

namespace duolex::checker {

struct Ground {  // an item that may give a rule's value
  const Item* item;
  Ref gives;    // it applies, and nothing that goes before all clauses speaks
  Ref decides;  // and no clause before it in the file applies
};
struct Whole {  // a function of what is not known: its values, and the facts it depends on
  Ref root = 0;
  std::set<Value> values = {};
  bool varies = false;  // some value is still to be computed, so the values cannot be listed
  std::set<int> facts = {};
  bool definite() const { return !varies && values.size() == 1; }
};

class World {
 public:
  World(Diagrams& diagrams, const Law& law, const std::map<int, Value>& given);
  // The same law and reading with nothing known but what a step uses: every diagram is an end, and may be open.
  World(const World& other, const std::map<int, Knowledge>& facts, const std::map<std::pair<int, bool>, Value>& rules);
  void start_again();  // nothing but what is given is known, in the default readings
  bool known(int fact) const { return known_[fact]; }  // given, assumed or a state
  const Knowledge& fact(int fact) const { return facts_[fact]; }
  void know(int fact, const Knowledge& knowledge);
  void depart(int ambiguity, int reading);  // -1: to the default readings
  bool reaches(int rule) const { return !reached_.empty() && reached_[rule]; }  // whether the reading can change it

  // `departing`: under the reading, as far as it reaches. Legal state that was last checked before as_of is left open.
  Ref definite(Value v) const { return d_.definite(v); }
  Ref rule(int rule, bool departing);
  Ref conclusion(const Conclusion& c);  // of a set the mask
  std::vector<Ground> grounds(int rule, bool departing);
  Ref expression(const Node& e, bool departing);
  // The one value it has under what is known now, if it has one.
  std::optional<Value> value(Ref function) const;
  // The function under what is known now; with `late_states_open` it may depend on those as well.
  Whole here(Ref function, bool late_states_open = false);

 private:
  bool is_variable(int fact) const { return !local_ && (!known_[fact] || late_[fact]); }
  const std::vector<int>& variables(int fact);
  Ref fact_node(int fact, std::size_t which, const std::function<Ref(const Knowledge&)>& of);
  Ref condition(const Node& c, bool departing);
  Ref test_fact(const Node& c);
  Ref visit(const Item& item, const Ground& context, bool set, bool departing, std::vector<Ground>* out);
  Result compute(const Node& form) const;
  std::uint64_t allowed(const Variable& v) const;

  Diagrams& d_;
  const Law& law_;
  bool local_ = false;
  std::vector<Knowledge> given_, facts_;
  std::vector<bool> known_, late_, reached_;
  std::vector<std::set<Value>> cuts_;        // by fact: the first values of upper parts
  std::vector<std::vector<int>> variables_;  // by fact, from its first test on
  std::vector<Variable> all_variables_;
  std::vector<std::uint64_t> allowed_;       // by variable: classes that what is known leaves
  int ambiguity_ = -1, reading_ = -1, depth_ = 0;
  std::map<int, Ref> sets_;                  // whole, by their first member's rule, in the reading at hand
  std::map<std::pair<int, bool>, Ref> memo_;  // by rule and departing; in a step's world what it uses
};

}  // namespace duolex::checker
