#include "rules/diagram.h"

#include <algorithm>
#include <tuple>

namespace duolex::rules {
namespace {
constexpr Ref no_ref = 0xffffffff;
constexpr std::size_t pool_limit = std::size_t{1} << 26;  // 256 MiB of nodes
constexpr std::uint32_t negate_tag = 0xf0000000, choose_tag_bit = 0x10000000;
}  // namespace

bool Computed::operator<(const Computed& other) const {
  const auto key = [](const Computed& c) { return std::tie(c.op, c.fact, c.low, c.high, c.periods); };
  if (key(*this) != key(other)) return key(*this) < key(other);
  return std::lexicographical_compare(parts.begin(), parts.end(), other.parts.begin(), other.parts.end());
}

Diagram::Diagram(std::vector<std::uint16_t> arities)
    : arities_(std::move(arities)), table_(1 << 16, no_ref), cache_(1 << 16) {
  no_ = value(0);
  yes_ = value(1);
}

Ref Diagram::value(Value value) {
  const auto [it, fresh] = leaf_by_value_.emplace(value, leaf_bit | static_cast<Ref>(leaves_.size()));
  if (fresh) leaves_.push_back({Leaf::Kind::value, value, {}});
  return it->second;
}

Ref Diagram::computed(const Computed& computed) {
  for (const auto& [known, ref] : leaf_by_computed_)
    if (known == computed) return ref;
  const Ref ref = leaf_bit | static_cast<Ref>(leaves_.size());
  leaves_.push_back({Leaf::Kind::computed, 0, computed});
  leaf_by_computed_.emplace_back(computed, ref);
  return ref;
}

Ref Diagram::special(Leaf::Kind kind) {
  for (std::size_t i = 0; i < leaves_.size(); ++i)
    if (leaves_[i].kind == kind) return leaf_bit | static_cast<Ref>(i);
  leaves_.push_back({kind, 0, {}});
  return leaf_bit | static_cast<Ref>(leaves_.size() - 1);
}

Ref Diagram::node(std::uint32_t variable, const Ref* children) {
  const std::uint16_t n = arities_[variable];
  bool all_equal = true;
  std::uint64_t hash = variable * 0x9e3779b97f4a7c15ull;
  for (std::uint16_t k = 0; k < n; ++k) {
    all_equal = all_equal && children[k] == children[0];
    hash = (hash ^ children[k]) * 0xff51afd7ed558ccdull;
    hash ^= hash >> 29;
  }
  if (all_equal) return children[0];
  std::size_t slot = hash & (table_.size() - 1);
  for (; table_[slot] != no_ref; slot = (slot + 1) & (table_.size() - 1)) {
    const Ref at = table_[slot];
    if (pool_[at] == variable && std::equal(children, children + n, pool_.begin() + at + 1)) return at;
  }
  if (pool_.size() + n + 1 > pool_limit) {
    overflowed_ = true;
    return children[0];
  }
  const Ref at = static_cast<Ref>(pool_.size());
  pool_.push_back(variable);
  pool_.insert(pool_.end(), children, children + n);
  table_[slot] = at;
  if (++nodes_ * 2 > table_.size()) grow_table();
  return at;
}

void Diagram::grow_table() {
  std::vector<Ref> larger(table_.size() * 2, no_ref);
  for (const Ref at : table_) {
    if (at == no_ref) continue;
    const std::uint16_t n = arities_[pool_[at]];
    std::uint64_t hash = pool_[at] * 0x9e3779b97f4a7c15ull;
    for (std::uint16_t k = 0; k < n; ++k) {
      hash = (hash ^ pool_[at + 1 + k]) * 0xff51afd7ed558ccdull;
      hash ^= hash >> 29;
    }
    std::size_t slot = hash & (larger.size() - 1);
    while (larger[slot] != no_ref) slot = (slot + 1) & (larger.size() - 1);
    larger[slot] = at;
  }
  table_ = std::move(larger);
}

Ref Diagram::test(std::uint32_t variable, const std::vector<bool>& holds) {
  std::vector<Ref> children;
  for (const bool h : holds) children.push_back(h ? yes_ : no_);
  return node(variable, children.data());
}

Ref Diagram::negate(Ref a) {
  if (is_leaf(a)) return a == yes_ ? no_ : a == no_ ? yes_ : a;
  if (const Remembered& r = slot(a, negate_tag); r.ab == a && r.c == negate_tag) return r.result;
  const std::uint32_t variable = pool_[a];
  Ref children[66];
  for (std::uint32_t k = 0; k < arities_[variable]; ++k) children[k] = negate(pool_[a + 1 + k]);
  const Ref result = node(variable, children);
  slot(a, negate_tag) = {a, negate_tag, result};
  return result;
}

Ref Diagram::both(Ref a, Ref b) { return apply(Operation::both, std::min(a, b), std::max(a, b)); }
Ref Diagram::either(Ref a, Ref b) { return apply(Operation::either, std::min(a, b), std::max(a, b)); }
Ref Diagram::merge(Ref a, Ref b) { return apply(Operation::merge, std::min(a, b), std::max(a, b)); }
Ref Diagram::over(Ref a, Ref b) { return apply(Operation::over, a, b); }

// The result where it is known without looking further, else no_ref.
Ref Diagram::apply_leaf(Operation operation, Ref a, Ref b) {
  switch (operation) {
    case Operation::both:
      if (a == no_ || b == no_) return no_;
      if (a == yes_ || a == b) return b;
      if (b == yes_) return a;
      return is_leaf(a) && is_leaf(b) ? (a == no_ ? b : a) : no_ref;
    case Operation::either:
      if (a == yes_ || b == yes_) return yes_;
      if (a == no_ || a == b) return b;
      if (b == no_) return a;
      return is_leaf(a) && is_leaf(b) ? a : no_ref;
    case Operation::merge:
      if (a == b) return a;
      if (is_leaf(a) && leaf(a).kind == Leaf::Kind::nothing) return b;
      if (is_leaf(b) && leaf(b).kind == Leaf::Kind::nothing) return a;
      return is_leaf(a) && is_leaf(b) ? special(Leaf::Kind::conflict) : no_ref;
    case Operation::over:
      if (a == b) return a;
      if (is_leaf(a)) return leaf(a).kind == Leaf::Kind::nothing ? b : a;
      return no_ref;
  }
  return no_ref;
}

Ref Diagram::apply(Operation operation, Ref a, Ref b) {
  if (const Ref known = apply_leaf(operation, a, b); known != no_ref) return known;
  const std::uint64_t ab = static_cast<std::uint64_t>(a) << 32 | b, c = static_cast<std::uint64_t>(operation) + 1;
  if (const Remembered& r = slot(ab, c); r.ab == ab && r.c == c) return r.result;
  const std::uint32_t variable = std::min(top(a), top(b));
  Ref children[66];
  for (std::uint32_t k = 0; k < arities_[variable]; ++k)
    children[k] = apply(operation, child(a, variable, k), child(b, variable, k));
  const Ref result = node(variable, children);
  slot(ab, c) = {ab, c, result};
  return result;
}

Ref Diagram::choose(Ref condition, Ref then, Ref otherwise) {
  if (condition == yes_ || then == otherwise) return then;
  if (condition == no_) return otherwise;
  if (is_leaf(condition)) return condition;  // a conflict or gap below: it is reported there
  const std::uint64_t ab = static_cast<std::uint64_t>(then) << 32 | otherwise,
                      c = static_cast<std::uint64_t>(condition) << 32 | choose_tag_bit;
  if (const Remembered& r = slot(ab, c); r.ab == ab && r.c == c) return r.result;
  const std::uint32_t variable = std::min({top(condition), top(then), top(otherwise)});
  Ref children[66];
  for (std::uint32_t k = 0; k < arities_[variable]; ++k)
    children[k] = choose(child(condition, variable, k), child(then, variable, k),
                         child(otherwise, variable, k));
  const Ref result = node(variable, children);
  slot(ab, c) = {ab, c, result};
  return result;
}

void Diagram::new_walk() const {
  walk_result_.resize(pool_.size());
  walk_mark_.resize(pool_.size(), 0);
  ++walk_;
}

Ref Diagram::map(Ref root, const std::function<Ref(Ref)>& on_leaf) {
  if (is_leaf(root)) return on_leaf(root);
  new_walk();
  const auto go = [&](const auto& self, Ref a) -> Ref {
    if (is_leaf(a)) return on_leaf(a);
    if (walk_mark_[a] == walk_) return walk_result_[a];
    const std::uint32_t variable = pool_[a];
    Ref children[66];
    for (std::uint32_t k = 0; k < arities_[variable]; ++k) children[k] = self(self, pool_[a + 1 + k]);
    const Ref result = node(variable, children);
    walk_mark_[a] = walk_;
    walk_result_[a] = result;
    return result;
  };
  return go(go, root);
}

Ref Diagram::mask(const std::vector<Ref>& bits) {
  if (bits.size() == 1) return bits[0];
  Ref result = value(0);
  for (std::size_t n = 0; n < bits.size(); ++n)
    result = combine(result, bits[n], [&](Ref a, Ref b) {
      return value(static_cast<Value>(static_cast<std::uint64_t>(leaf(a).value) | static_cast<std::uint64_t>(leaf(b).value) << n));
    });
  return result;
}

Ref Diagram::combine(Ref root_a, Ref root_b, const std::function<Ref(Ref, Ref)>& on_leaf) {
  std::unordered_map<std::uint64_t, Ref> done;
  const std::function<Ref(Ref, Ref)> go = [&](Ref a, Ref b) -> Ref {
    if (is_leaf(a) && is_leaf(b)) return on_leaf(a, b);
    const std::uint64_t key = static_cast<std::uint64_t>(a) << 32 | b;
    if (const auto it = done.find(key); it != done.end()) return it->second;
    const std::uint32_t variable = std::min(top(a), top(b));
    Ref children[66];
    for (std::uint32_t k = 0; k < arities_[variable]; ++k)
      children[k] = go(child(a, variable, k), child(b, variable, k));
    const Ref result = node(variable, children);
    done.emplace(key, result);
    return result;
  };
  return go(root_a, root_b);
}

bool Diagram::find(Ref root, Leaf::Kind kind, std::vector<int>& way) const {
  way.assign(arities_.size(), -1);
  if (std::none_of(leaves_.begin(), leaves_.end(), [&](const Leaf& l) { return l.kind == kind; })) return false;
  new_walk();
  const auto go = [&](const auto& self, Ref a) -> bool {
    if (is_leaf(a)) return leaf(a).kind == kind;
    if (walk_mark_[a] == walk_) return false;
    const std::uint32_t variable = pool_[a];
    for (std::uint32_t k = 0; k < arities_[variable]; ++k) {
      way[variable] = static_cast<int>(k);
      if (self(self, pool_[a + 1 + k])) return true;
    }
    way[variable] = -1;
    walk_mark_[a] = walk_;
    return false;
  };
  return go(go, root);
}

void Diagram::compact(const std::vector<Ref*>& roots) {
  std::vector<std::uint32_t> fresh;
  fresh.reserve(pool_.size());
  new_walk();
  const auto go = [&](const auto& self, Ref a) -> Ref {
    if (is_leaf(a)) return a;
    if (walk_mark_[a] == walk_) return walk_result_[a];
    const Ref at = static_cast<Ref>(fresh.size());
    const std::uint32_t n = arities_[pool_[a]];
    fresh.push_back(pool_[a]);
    fresh.resize(fresh.size() + n);
    walk_mark_[a] = walk_;
    walk_result_[a] = at;
    for (std::uint32_t k = 0; k < n; ++k) {
      const Ref child = self(self, pool_[a + 1 + k]);
      fresh[at + 1 + k] = child;
    }
    return at;
  };
  for (Ref* root : roots) *root = go(go, *root);
  pool_ = std::move(fresh);
  table_ = {};
  cache_ = {};
  walk_result_ = {};
  walk_mark_ = {};
  leaf_by_value_ = {};
  leaf_by_computed_ = {};
}

}  // namespace duolex::rules
