// Multi-valued decision diagrams: ordered, reduced, shared. One diagram is one function of the
// variables; two functions are equal exactly when their references are. Internal to src/rules.
//
// A reference is the offset of a node in one flat pool ([variable, child 0, child 1, …]) or, with
// the top bit set, a leaf. Evaluation is a walk through the pool.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/value.h"

namespace duolex::rules {

using Ref = std::uint32_t;
inline constexpr Ref leaf_bit = 0x80000000u;
[[nodiscard]] inline bool is_leaf(Ref ref) { return (ref & leaf_bit) != 0; }

// A date or number that is still to be computed from facts when a leaf is reached: one fact, moved
// by periods, or the later or earlier of several. `low` and `high` bound the fact on the way here.
struct Computed {
  enum class Op : std::uint8_t { fact, later_of, earlier_of } op = Op::fact;
  std::uint32_t fact = 0;
  Value low = 0, high = 0;
  std::vector<std::pair<std::int32_t, std::int32_t>> periods;  // months, then days; in order
  std::vector<Computed> parts;
  bool operator==(const Computed&) const = default;
  bool operator<(const Computed& other) const;  // any strict order
};

struct Leaf {
  enum class Kind : std::uint8_t { value, computed, nothing, conflict, gap } kind = Kind::value;
  Value value = 0;
  Computed computed;
};

class Diagram {
 public:
  explicit Diagram(std::vector<std::uint16_t> arities);

  [[nodiscard]] Ref value(Value value);
  [[nodiscard]] Ref computed(const Computed& computed);
  [[nodiscard]] Ref special(Leaf::Kind kind);
  [[nodiscard]] Ref yes() { return yes_; }
  [[nodiscard]] Ref no() { return no_; }

  // The function that is child k when `variable` has value k.
  [[nodiscard]] Ref node(std::uint32_t variable, const Ref* children);
  [[nodiscard]] Ref test(std::uint32_t variable, const std::vector<bool>& holds);

  [[nodiscard]] Ref negate(Ref a);
  [[nodiscard]] Ref both(Ref a, Ref b);
  [[nodiscard]] Ref either(Ref a, Ref b);
  [[nodiscard]] Ref choose(Ref condition, Ref then, Ref otherwise);
  // Two clauses side by side: nothing gives way, equal values agree, others are a conflict.
  [[nodiscard]] Ref merge(Ref a, Ref b);
  // `a`, or `b` where `a` is nothing.
  [[nodiscard]] Ref over(Ref a, Ref b);
  // The same diagram with each leaf replaced.
  [[nodiscard]] Ref map(Ref a, const std::function<Ref(Ref)>& leaf);
  // Leaf by leaf, for what has no algebra of its own.
  [[nodiscard]] Ref combine(Ref a, Ref b, const std::function<Ref(Ref, Ref)>& leaf);

  // Yes/no functions as one: bit n of its value is function n. A single function is itself.
  [[nodiscard]] Ref mask(const std::vector<Ref>& bits);

  [[nodiscard]] const Leaf& leaf(Ref ref) const { return leaves_[ref & ~leaf_bit]; }
  [[nodiscard]] std::size_t leaf_count() const { return leaves_.size(); }
  [[nodiscard]] std::uint16_t arity(std::uint32_t variable) const { return arities_[variable]; }
  [[nodiscard]] const std::uint32_t* pool() const { return pool_.data(); }
  [[nodiscard]] std::size_t size() const { return pool_.size(); }
  [[nodiscard]] bool overflowed() const { return overflowed_; }

  // Finds values of the variables on a way to a leaf of this kind; false when there is none.
  // Variables not on the way are left at -1.
  [[nodiscard]] bool find(Ref root, Leaf::Kind kind, std::vector<int>& way) const;

  // Drops everything `roots` do not need, renumbers them, and lays nodes out in the order of a walk.
  void compact(const std::vector<Ref*>& roots);

 private:
  enum class Operation : std::uint8_t { both, either, merge, over };
  Ref apply(Operation operation, Ref a, Ref b);
  [[nodiscard]] Ref apply_leaf(Operation operation, Ref a, Ref b);
  [[nodiscard]] std::uint32_t top(Ref a) const { return is_leaf(a) ? no_variable : pool_[a]; }
  [[nodiscard]] Ref child(Ref a, std::uint32_t variable, std::uint32_t k) const {
    return top(a) == variable ? pool_[a + 1 + k] : a;
  }
  void grow_table();

  static constexpr std::uint32_t no_variable = 0xffffffff;
  // Results of operations already done. It forgets: a slot keeps the latest one only.
  struct Remembered {
    std::uint64_t ab = ~std::uint64_t{0}, c = 0;
    Ref result = 0;
  };
  [[nodiscard]] Remembered& slot(std::uint64_t ab, std::uint64_t c) {
    std::uint64_t h = (ab ^ (c * 0x9e3779b97f4a7c15ull)) * 0xff51afd7ed558ccdull;
    return cache_[(h ^ (h >> 29)) & (cache_.size() - 1)];
  }
  // Marks of one walk over the pool, by offset.
  void new_walk() const;

  std::vector<std::uint16_t> arities_;
  std::vector<std::uint32_t> pool_;
  std::vector<Ref> table_;
  std::size_t nodes_ = 0;
  std::vector<Leaf> leaves_;
  std::unordered_map<Value, Ref> leaf_by_value_;
  std::vector<std::pair<Computed, Ref>> leaf_by_computed_;
  std::vector<Remembered> cache_;
  mutable std::vector<Ref> walk_result_;
  mutable std::vector<std::uint32_t> walk_mark_;
  mutable std::uint32_t walk_ = 0;
  Ref yes_ = 0, no_ = 0;
  bool overflowed_ = false;
};

}  // namespace duolex::rules
