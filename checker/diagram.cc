#include "checker/evaluate.h"

#include <algorithm>
#include <bit>

namespace duolex::checker {

constexpr std::size_t node_limit = 1 << 20;

std::string to_text(const Node& e) {
  std::string text = "(" + std::to_string(static_cast<int>(e.op));
  for (const Value v : {Value{e.fact}, e.value, e.months, e.days, e.low, e.high}) text += " " + std::to_string(v);
  for (const Node& child : e.children) text += to_text(child);
  return text + ")";
}

Ref Diagrams::end(const Result& result) {
  const Ref fresh = ~static_cast<Ref>(ends_.size());
  const bool definite = result.is == Result::Is::definite;
  const std::string text = definite ? "" : result.is == Result::Is::open ? "open" : to_text(result.form);
  Ref& ref = definite ? definite_.try_emplace(result.value, fresh).first->second : known_ends_.try_emplace(text, fresh).first->second;
  if (ref == fresh) ends_.push_back(result);
  return ref;
}

Ref Diagrams::node(int variable, const std::vector<Ref>& children) {
  if (std::count(children.begin(), children.end(), children[0]) == static_cast<std::ptrdiff_t>(children.size())) return children[0];
  std::size_t hash = static_cast<std::size_t>(variable);
  for (const Ref child : children) hash = (hash ^ static_cast<std::uint32_t>(child)) * 0x9e3779b97f4a7c15u, hash ^= hash >> 32;
  const auto [first, last] = known_nodes_.equal_range(hash);
  for (auto it = first; it != last; ++it)
    if (this->variable(it->second) == variable && std::ranges::equal(this->children(it->second), children)) return it->second;
  if (nodes_.size() > node_limit) throw Unreadable{"the rules need too large a decision diagram"};
  nodes_.emplace_back(variable, pool_.size());
  pool_.insert(pool_.end(), children.begin(), children.end());
  return known_nodes_.emplace(hash, static_cast<Ref>(nodes_.size()) - 1)->second;
}

Ref Diagrams::combine(Ref a, Ref b, const std::function<Ref(Ref, Ref)>& f, Memo& memo) {
  if (is_end(a) && is_end(b)) return f(a, b);
  const std::uint64_t key = static_cast<std::uint64_t>(static_cast<std::uint32_t>(a)) << 32 | static_cast<std::uint32_t>(b);
  if (const auto it = memo.find(key); it != memo.end()) return it->second;
  const int top = is_end(a) ? variable(b) : is_end(b) ? variable(a) : std::min(variable(a), variable(b));
  const bool in_a = !is_end(a) && variable(a) == top, in_b = !is_end(b) && variable(b) == top;
  std::vector<Ref> parts(children(in_a ? a : b).size());
  for (std::size_t k = 0; k < parts.size(); ++k) parts[k] = combine(in_a ? children(a)[k] : a, in_b ? children(b)[k] : b, f, memo);
  return memo[key] = node(top, parts);
}
Ref Diagrams::combine(Ref a, Ref b, const std::function<Ref(Ref, Ref)>& f) {
  Memo memo;
  return combine(a, b, f, memo);
}
Ref Diagrams::map(Ref a, const std::function<Ref(Ref)>& f) {
  return combine(a, no, [&](Ref end, Ref) { return f(end); });
}
Ref Diagrams::negated(Ref a) {
  return combine(a, no, [&](Ref end, Ref) { return end == yes ? no : end == no ? yes : open; }, negated_);
}
Ref Diagrams::both(Ref a, Ref b) {
  if (a == no || b == no) return no;
  if (a == yes || b == yes || a == b) return a == yes ? b : a;
  return combine(a, b, [&](Ref x, Ref y) { return x == no || y == no ? no : x == yes ? y : x; }, both_);
}

Ref Diagrams::narrowed(Ref a, const std::vector<std::uint64_t>& allowed, const std::function<Ref(Ref)>& f) {
  Memo memo;
  const std::function<Ref(Ref)> inner = [&](Ref at) {
    if (is_end(at)) return f(at);
    if (const auto it = memo.find(static_cast<std::uint64_t>(at)); it != memo.end()) return it->second;
    std::vector<Ref> parts(children(at).begin(), children(at).end());
    const std::uint64_t mask = allowed[variable(at)];
    const Ref other = inner(parts[std::countr_zero(mask)]);
    for (std::size_t k = 0; k < parts.size(); ++k) parts[k] = (mask >> k & 1) != 0 ? inner(parts[k]) : other;
    return memo[static_cast<std::uint64_t>(at)] = node(variable(at), parts);
  };
  return inner(a);
}

std::set<int> Diagrams::variables(Ref a) const {
  std::set<int> found;
  std::set<Ref> seen;
  for (std::vector<Ref> left{a}; !left.empty();) {
    const Ref at = left.back();
    left.pop_back();
    if (is_end(at) || !seen.insert(at).second) continue;
    found.insert(variable(at));
    left.insert(left.end(), children(at).begin(), children(at).end());
  }
  return found;
}

}  // namespace duolex::checker
