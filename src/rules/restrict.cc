#include "rules/restrict.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "rules/computed.h"

namespace duolex::rules {
namespace {
constexpr std::size_t set_limit = 4096;
constexpr std::size_t tuple_limit = 200'000;
constexpr std::size_t corner_limit = 8;
constexpr Ref no_ref = 0xffffffff;

}  // namespace

Known::Known(const CompiledLaw& law)
    : law_(law), d_(law.diagrams()), pool_(d_.diagram.pool()), facts_(law.base().facts.size(), unknown_value),
      classes_(d_.variables.size(), open_class), seen_(d_.diagram.size(), 0), memo_(d_.diagram.size(), 0),
      memo_round_(d_.diagram.size(), 0), temporary_table_(1 << 10, no_ref),
      supported_(d_.variables.size(), false) {
  for (std::size_t i = 0; i < d_.diagram.leaf_count(); ++i) {
    const Leaf& leaf = d_.diagram.leaf(leaf_bit | static_cast<Ref>(i));
    leaf_values_.push_back(leaf.kind == Leaf::Kind::value ? leaf.value : unknown_value);
    if (leaf.kind == Leaf::Kind::value) leaf_of_value_.emplace(leaf.value, leaf_bit | static_cast<Ref>(i));
    if (leaf.kind == Leaf::Kind::computed) computed_leaves_.push_back(leaf_bit | static_cast<Ref>(i));
  }
  const RuleBase& base = law_.base();
  for (Index f = 0; f < base.facts.size(); ++f) {
    const Kind kind = base.facts[f].type.kind;
    const std::vector<std::uint32_t>& of = d_.of_fact[f];
    const Value assumed = base.facts[f].assumed.value_or(unknown_value);
    if (of.empty()) {
      ordered_.push_back({f, kind, nullptr, 0, assumed});
    } else if (kind == Kind::yes_no || kind == Kind::one_of) {
      choices_.push_back({f, of[0], assumed});
    } else if (kind == Kind::set_of) {
      sets_.push_back({f, of[0], static_cast<std::uint32_t>(of.size()), assumed});
    } else {
      ordered_.push_back({f, kind, &d_.variables[of[0]], of[0], assumed});
    }
  }
  for (Index s = 0; s < base.states.size(); ++s)
    for (const std::uint32_t v : d_.of_state[s]) states_.push_back({v, base.states[s].assumed_by, d_.state_values[s]});
}

void Known::set(const FactValues& facts) {
  const auto taken = [&](Index fact, Value assumed) {
    const Value value = facts[fact] == unknown_value ? assumed : facts[fact];
    facts_[fact] = value;
    return value;
  };
  for (const Choice& c : choices_) {
    const Value value = taken(c.fact, c.assumed);
    classes_[c.variable] = value == unknown_value ? open_class : static_cast<std::uint8_t>(value);
  }
  for (const Set& s : sets_) {
    const Value value = taken(s.fact, s.assumed);
    for (std::uint32_t m = 0; m < s.members; ++m)
      classes_[s.first + m] = value == unknown_value ? open_class : static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> m & 1);
  }
  for (const Ordered& o : ordered_) {
    const Value value = taken(o.fact, o.assumed);
    if (o.cut != nullptr) classes_[o.variable] = value == unknown_value ? open_class : class_of(*o.cut, o.kind, value);
  }
  for (const StateClass& s : states_) {
    const bool assumed = s.assumed_by != no_index && facts[s.assumed_by] != unknown_value;
    classes_[s.variable] = static_cast<std::uint8_t>(assumed ? facts[s.assumed_by] : s.value);
  }
}

std::pair<Value, Value> Known::range(const Computed& c) const {
  const auto known = [&](const Computed& part) { return part.fact != no_index && facts_[part.fact] != unknown_value; };
  return {evaluate(c, [&](const Computed& part) { return known(part) ? facts_[part.fact] : part.low; }),
          evaluate(c, [&](const Computed& part) { return known(part) ? facts_[part.fact] : part.high; })};
}

bool Known::leaf_value(Ref leaf, Value& value) const {
  const Leaf& l = d_.diagram.leaf(leaf);
  if (l.kind == Leaf::Kind::value) {
    value = l.value;
    return true;
  }
  const auto [low, high] = range(l.computed);
  value = low;
  return low == high;
}

void Known::next_round() {
  if (++round_ == 0) {
    std::fill(seen_.begin(), seen_.end(), 0);
    std::fill(memo_round_.begin(), memo_round_.end(), 0);
    round_ = 1;
  }
}

// A walk waits for memory at every step, so four go side by side; each stands still where it ends.
void Known::lead(const std::vector<Ref>& roots, std::vector<Ref>& ends) const {
  const std::uint32_t* const pool = pool_;
  const std::uint8_t* const classes = classes_.data();
  ends.resize(roots.size());
  // One step; false where the walk ends.
  const auto step = [pool, classes](Ref& at) {
    if (is_leaf(at)) return false;
    const std::uint8_t k = classes[pool[at]];
    if (k == open_class) return false;
    at = pool[at + 1 + k];
    return true;
  };
  std::size_t first = 0;
  for (; first + 4 <= roots.size(); first += 4) {
    Ref a = roots[first], b = roots[first + 1], c = roots[first + 2], d = roots[first + 3];
    while (step(a) | step(b) | step(c) | step(d)) {
    }
    ends[first] = a, ends[first + 1] = b, ends[first + 2] = c, ends[first + 3] = d;
  }
  for (; first < roots.size(); ++first) ends[first] = walk(roots[first]);
}

bool Known::single_from(Ref at, Value& value) {
  if (is_leaf(at)) return leaf_value(at, value);

  next_round();
  bool any = false;
  stack_.assign(1, at);
  while (!stack_.empty()) {
    Ref here = stack_.back();
    stack_.pop_back();
    while (!is_leaf(here) && classes_[pool_[here]] != open_class) here = pool_[here + 1 + classes_[pool_[here]]];
    if (is_leaf(here)) {
      Value v = 0;
      if (!leaf_value(here, v) || (any && v != value)) return false;
      value = v;
      any = true;
      continue;
    }
    if (seen_[here] == round_) continue;
    seen_[here] = round_;
    const std::uint32_t n = d_.diagram.arity(pool_[here]);
    for (std::uint32_t k = 0; k < n; ++k) stack_.push_back(pool_[here + 1 + k]);
  }
  return true;
}

bool Known::can_hold(Ref root) {
  Value value = 0;
  return !single(root, value) || value != 0;
}

void Known::values(Ref root, std::vector<Value>& out, bool& open_ended) {
  next_round();
  stack_.assign(1, root);
  while (!stack_.empty()) {
    Ref here = stack_.back();
    stack_.pop_back();
    while (!is_leaf(here) && classes_[pool_[here]] != open_class) here = pool_[here + 1 + classes_[pool_[here]]];
    if (is_leaf(here)) {
      Value v = 0;
      const Leaf::Kind kind = d_.diagram.leaf(here).kind;
      if (kind == Leaf::Kind::nothing) continue;
      if (!leaf_value(here, v)) {
        open_ended = true;
      } else if (std::find(out.begin(), out.end(), v) == out.end()) {
        out.push_back(v);
      }
      continue;
    }
    if (seen_[here] == round_) continue;
    seen_[here] = round_;
    const std::uint32_t n = d_.diagram.arity(pool_[here]);
    for (std::uint32_t k = 0; k < n; ++k) stack_.push_back(pool_[here + 1 + k]);
  }
}

bool Known::sets(const std::vector<Ref>& roots, std::vector<Value>& out) {
  std::unordered_set<std::string> seen;
  std::unordered_set<Value> found;
  std::vector<std::vector<Ref>> stack{roots};
  while (!stack.empty()) {
    std::vector<Ref> tuple = std::move(stack.back());
    stack.pop_back();
    std::uint32_t top = 0xffffffff;
    for (Ref& r : tuple) {
      while (!is_leaf(r) && classes_[pool_[r]] != open_class) r = pool_[r + 1 + classes_[pool_[r]]];
      if (!is_leaf(r)) top = std::min(top, pool_[r]);
    }
    if (top == 0xffffffff) {
      std::uint64_t mask = 0;
      for (std::size_t m = 0; m < tuple.size(); ++m)
        mask |= static_cast<std::uint64_t>(d_.diagram.leaf(tuple[m]).value) << m;
      if (found.insert(static_cast<Value>(mask)).second) out.push_back(static_cast<Value>(mask));
      if (out.size() > set_limit) return false;
      continue;
    }
    if (!seen.emplace(reinterpret_cast<const char*>(tuple.data()), tuple.size() * sizeof(Ref)).second) continue;
    if (seen.size() > tuple_limit) return false;
    for (std::uint32_t k = 0; k < d_.diagram.arity(top); ++k) {
      std::vector<Ref> next = tuple;
      for (Ref& r : next)
        if (!is_leaf(r) && pool_[r] == top) r = pool_[r + 1 + k];
      stack.push_back(std::move(next));
    }
  }
  return true;
}

Ref Known::temporary_node(std::uint32_t variable, const Ref* children) {
  const std::uint32_t n = d_.diagram.arity(variable);
  bool all_equal = true;
  std::uint64_t hash = variable * 0x9e3779b97f4a7c15ull;
  for (std::uint32_t k = 0; k < n; ++k) {
    all_equal = all_equal && children[k] == children[0];
    hash = (hash ^ children[k]) * 0xff51afd7ed558ccdull;
    hash ^= hash >> 29;
  }
  if (all_equal) return children[0];
  if (used_slots_.size() * 2 > temporary_table_.size()) {
    std::vector<Ref> larger(temporary_table_.size() * 4, no_ref);
    std::vector<std::uint32_t> slots;
    for (const std::uint32_t old : used_slots_) {
      const Ref at = temporary_table_[old];
      std::uint64_t h = temporary_[at] * 0x9e3779b97f4a7c15ull;
      for (std::uint32_t k = 0; k < d_.diagram.arity(temporary_[at]); ++k) {
        h = (h ^ temporary_[at + 1 + k]) * 0xff51afd7ed558ccdull;
        h ^= h >> 29;
      }
      std::size_t slot = h & (larger.size() - 1);
      while (larger[slot] != no_ref) slot = (slot + 1) & (larger.size() - 1);
      larger[slot] = at;
      slots.push_back(static_cast<std::uint32_t>(slot));
    }
    temporary_table_ = std::move(larger);
    used_slots_ = std::move(slots);
  }
  std::size_t slot = hash & (temporary_table_.size() - 1);
  for (; temporary_table_[slot] != no_ref; slot = (slot + 1) & (temporary_table_.size() - 1)) {
    const Ref at = temporary_table_[slot];
    if (temporary_[at] == variable && std::equal(children, children + n, temporary_.begin() + at + 1)) return at;
  }
  const Ref at = static_cast<Ref>(temporary_.size());
  temporary_.push_back(variable);
  temporary_.insert(temporary_.end(), children, children + n);
  temporary_table_[slot] = at;
  used_slots_.push_back(static_cast<std::uint32_t>(slot));
  if (!supported_[variable]) {
    supported_[variable] = true;
    supported_list_.push_back(variable);
  }
  return at;
}

// The reduced diagram of what is left once known variables are fixed. Every node made here is part
// of the result, so the variables of the nodes made are exactly those that still matter.
Ref Known::restricted(Ref at) {
  while (!is_leaf(at) && classes_[pool_[at]] != open_class) at = pool_[at + 1 + classes_[pool_[at]]];
  if (is_leaf(at)) {
    const Leaf& l = d_.diagram.leaf(at);
    if (l.kind != Leaf::Kind::computed) return at;
    Value value = 0;
    if (!leaf_value(at, value)) {
      add_computed_facts(l.computed);
      return at;
    }
    // The leaf of that value if there is one, else the first that comes to it: equal values, one leaf.
    if (const auto it = leaf_of_value_.find(value); it != leaf_of_value_.end()) return it->second;
    for (const Ref other : computed_leaves_)
      if (Value same = 0; leaf_value(other, same) && same == value) return other;
    return at;
  }
  if (memo_round_[at] == round_) return memo_[at];
  const std::uint32_t variable = pool_[at];
  Ref children[66];
  for (std::uint32_t k = 0; k < d_.diagram.arity(variable); ++k) children[k] = restricted(pool_[at + 1 + k]);
  const Ref result = temporary_node(variable, children);
  memo_[at] = result;
  memo_round_[at] = round_;
  return result;
}

void Known::add_computed_facts(const Computed& c) {
  std::vector<const Computed*> facts;
  facts_of(c, facts);
  std::erase_if(facts, [&](const Computed* f) { return facts_[f->fact] != unknown_value; });
  for (std::size_t i = 0; i < facts.size(); ++i) {
    bool matters = facts.size() > corner_limit;
    for (std::uint32_t corner = 0; !matters && corner < (1u << facts.size()); ++corner) {
      if ((corner >> i & 1) != 0) continue;
      const auto at = [&](bool high) {
        return evaluate(c, [&](const Computed& part) {
          if (part.fact == no_index) return part.low;
          if (facts_[part.fact] != unknown_value) return facts_[part.fact];
          for (std::size_t j = 0; j < facts.size(); ++j)
            if (facts[j]->fact == part.fact)
              return (j == i ? high : (corner >> j & 1) != 0) ? part.high : part.low;
          return part.low;
        });
      };
      matters = at(false) != at(true);
    }
    const std::uint32_t variable = d_.of_fact[facts[i]->fact][0];
    if (matters && !supported_[variable]) {
      supported_[variable] = true;
      supported_list_.push_back(variable);
    }
  }
}

void Known::support(const std::vector<Ref>& roots, std::vector<Index>& facts) {
  next_round();
  temporary_.clear();
  for (const std::uint32_t slot : used_slots_) temporary_table_[slot] = no_ref;
  used_slots_.clear();
  for (const Ref root : roots) (void)restricted(root);
  for (const Index v : supported_list_) {
    supported_[v] = false;
    if (d_.variables[v].source == Source::fact) facts.push_back(d_.variables[v].index);
  }
  supported_list_.clear();
  std::sort(facts.begin(), facts.end());
  facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
}

bool Known::rests_on_projected_state(const std::vector<Ref>& roots, const std::vector<bool>& projected) {
  std::vector<std::pair<std::uint32_t, std::uint8_t>> kept;
  for (Index s = 0; s < projected.size(); ++s) {
    const Index by = law_.base().states[s].assumed_by;
    if (!projected[s] || (by != no_index && facts_[by] != unknown_value)) continue;
    for (const std::uint32_t v : d_.of_state[s]) {
      kept.emplace_back(v, classes_[v]);
      classes_[v] = open_class;
    }
  }
  bool rests = false;
  if (!kept.empty()) {
    bool all_single = true;
    Value value = 0;
    for (const Ref root : roots) all_single = all_single && single(root, value);
    if (!all_single) {
      next_round();
      temporary_.clear();
      for (const std::uint32_t slot : used_slots_) temporary_table_[slot] = no_ref;
      used_slots_.clear();
      for (const Ref root : roots) (void)restricted(root);
      for (const Index v : supported_list_) {
        supported_[v] = false;
        rests = rests || d_.variables[v].source == Source::state;
      }
      supported_list_.clear();
    }
  }
  for (const auto& [v, k] : kept) classes_[v] = k;
  return rests;
}

}  // namespace duolex::rules
