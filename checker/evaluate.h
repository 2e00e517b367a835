// What rules give for a product, as decision diagrams over all that is not known of it. Diagrams are ordered, reduced and
// shared, so that two of them are the same function exactly when they are the same reference.
#pragma once

#include <functional>
#include <span>
#include <unordered_map>

#include "checker/law.h"

namespace duolex::checker {

// What stands at the end of a diagram. One that varies is a date or number, never null, between low and high, still to
// be computed from facts as `form` says.
struct Result {
  enum class Is : std::uint8_t { definite, varies, open } is = Is::open;
  Value value = 0, low = 0, high = 0;
  Node form = {};
};
struct Variable {  // a choice or a member of a set; or a date or number, cut where tests cut it
  int fact;
  std::vector<Knowledge> classes;
};
using Ref = int;  // a node, or an end: below zero

class Diagrams {
 public:
  Diagrams() : no(definite(0)), yes(definite(1)), open(end({})) {}
  Ref end(const Result& result);
  Ref definite(Value v) { return end({Result::Is::definite, v, v, v}); }
  Ref node(int variable, const std::vector<Ref>& children);
  static bool is_end(Ref a) { return a < 0; }
  const Result& at(Ref end) const { return ends_[~end]; }
  int variable(Ref node) const { return nodes_[node].first; }
  std::span<const Ref> children(Ref node) const {
    const std::size_t begin = nodes_[node].second, next = static_cast<std::size_t>(node) + 1;
    return {pool_.data() + begin, (next < nodes_.size() ? nodes_[next].second : pool_.size()) - begin};
  }

  // End by end; neither function depends on anything but the ends.
  Ref map(Ref a, const std::function<Ref(Ref)>& f);
  Ref combine(Ref a, Ref b, const std::function<Ref(Ref, Ref)>& f);
  Ref negated(Ref a);
  Ref both(Ref a, Ref b);  // of three values: yes, no, open
  Ref either(Ref a, Ref b) { return negated(both(negated(a), negated(b))); }
  // Each variable kept to those of its classes that `allowed` has a bit for, and each end replaced.
  Ref narrowed(Ref a, const std::vector<std::uint64_t>& allowed, const std::function<Ref(Ref)>& f);
  std::set<int> variables(Ref a) const;  // that it depends on

 private:
  using Memo = std::unordered_map<std::uint64_t, Ref>;
  Ref combine(Ref a, Ref b, const std::function<Ref(Ref, Ref)>& f, Memo& memo);
  std::vector<Ref> pool_;                              // of each node its children
  std::vector<std::pair<int, std::size_t>> nodes_;     // variable, and where the children begin
  std::unordered_multimap<std::size_t, Ref> known_nodes_;  // by hash
  std::vector<Result> ends_;
  std::unordered_map<Value, Ref> definite_;
  std::map<std::string, Ref> known_ends_;
  Memo both_, negated_;

 public:
  const Ref no, yes, open;
};

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
  void forget();  // all but what is given
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
  std::vector<std::vector<int>> variables_;  // by fact, from its first test on
  std::vector<Variable> all_variables_;
  std::vector<std::uint64_t> allowed_;       // by variable: classes that what is known leaves
  int ambiguity_ = -1, reading_ = -1, depth_ = 0;
  std::map<int, Ref> sets_;                  // whole, by their first member's rule, in the reading at hand
  std::map<std::pair<int, bool>, Ref> memo_;  // by rule and departing; in a step's world what it uses
};

}  // namespace duolex::checker
