// The compiled form behind CompiledLaw. Internal to src/rules.
#pragma once

#include <map>
#include <vector>

#include "rules/decide.h"
#include "rules/diagram.h"

namespace duolex::rules {

// One decision variable. A yes/no or one-of fact is one variable; a set has one for each member;
// a date or number is cut into the classes between the days or numbers it is compared with.
struct Variable {
  Source source = Source::fact;
  Index index = no_index;
  int member = -1;
  std::vector<Value> cuts;  // class k holds the values from cuts[k-1] up to cuts[k]-1
  bool has_never = false;   // then the last class is `never`
  [[nodiscard]] std::uint16_t classes() const {
    return static_cast<std::uint16_t>(cuts.size() + 1 + (has_never ? 1 : 0));
  }
};

inline constexpr std::uint8_t open_class = 0xff;

// What decides a conclusion: a guard, a clause, an exception, `otherwise`.
struct Ground {
  const Cites* cites = nullptr;
  std::string label;  // as in docs/formats/proof.md
  Span span;
};

struct ConclusionGrounds {
  std::vector<Ground> grounds;
  Ref which = leaf_bit;      // not for sets: leaf value is an index into grounds
  std::vector<Ref> applies;  // sets: for each ground
};

struct ReadingContext {
  Index ambiguity = no_index, reading = no_index;
  std::map<Index, std::vector<Ref>> rules;  // only those the reading can change
};

struct CompiledLaw::Diagrams {
  explicit Diagrams(std::vector<std::uint16_t> arities) : diagram(std::move(arities)) {}

  Diagram diagram;
  std::vector<Variable> variables;
  std::vector<std::vector<std::uint32_t>> of_fact;  // variables by fact; empty: in no condition
  std::vector<std::vector<std::uint32_t>> of_state;
  std::vector<std::vector<Ref>> rules;  // default readings; one root, for sets one for each member
  // By conclusion position: of a set the whole of it, so that one walk finds all its members. Leaves are masks.
  // Only where the law is compiled for every product; otherwise empty.
  std::vector<Ref> whole;
  std::vector<ReadingContext> contexts;
  std::vector<Ref> live;                // by ambiguity
  std::vector<std::vector<Index>> contexts_of;  // by conclusion position: contexts that touch it
  std::vector<ConclusionGrounds> grounds;       // by conclusion position
  std::vector<Ref> warnings, notes, duties, items;
  std::vector<Value> state_values;
  std::vector<bool> state_projected;

  // Every reference into the diagram that is held here; the conclusions' come first, so that they lie together.
  [[nodiscard]] std::vector<Ref*> roots_of(const RuleBase& base);
  [[nodiscard]] const std::vector<Ref>& roots(const ReadingContext* context, Index rule) const {
    if (context != nullptr)
      if (const auto it = context->rules.find(rule); it != context->rules.end()) return it->second;
    return rules[rule];
  }
};

// The class of a known value of a variable's fact.
[[nodiscard]] std::uint8_t class_of(const Variable& variable, Kind kind, Value value);
// Lowest and highest value of a class of a date or number; never for the class of never.
[[nodiscard]] std::pair<Value, Value> bounds_of(const Variable& variable, Kind kind, std::uint32_t k);

}  // namespace duolex::rules
