// Decision diagrams: what a condition, an expression or a rule gives, by what the unknown facts may be. Ordered,
// reduced and shared, so that two of them are the same function exactly when they are the same reference.
#pragma once

#include <functional>
#include <span>
#include <unordered_map>

#include "checker/knowledge.h"

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
  // All that stands in it: its ends, and the variables it depends on.
  void reach(Ref a, std::set<Ref>& ends, std::set<int>& variables) const;

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

std::string to_text(const Node& form);  // the same for equal forms

}  // namespace duolex::checker
