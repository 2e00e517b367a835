// The compiled form behind CompiledLaw. Internal to src/rules.
#pragma once

#include <map>
#include <vector>

#include "rules/decide.h"
#include "rules/diagram.h"
#include "rules/variables.h"

namespace duolex::rules {

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
  std::vector<Index> readings;              // by ambiguity: this one in its reading, the others in those taken
  std::map<Index, std::vector<Ref>> rules;  // only those the readings can change
};

struct CompiledLaw::Diagrams {
  explicit Diagrams(std::vector<std::uint16_t> arities) : diagram(std::move(arities)) {}

  Diagram diagram;
  std::vector<Variable> variables;
  std::vector<std::vector<std::uint32_t>> of_fact;  // as in Variables; empty: in no condition
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

}  // namespace duolex::rules
