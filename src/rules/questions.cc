#include "rules/questions.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "rules/restrict.h"

namespace duolex::rules {
namespace {

constexpr std::size_t search_limit = 400'000;
constexpr double usual_share = 0.95;  // of products that give the usual answer

// Looks for answers to at most `budget` facts under which every root is constant. A state holds, for
// each root, the places in its diagram that completions of the facts left open can reach; all of them
// must come to one value.
class Search {
 public:
  Search(const CompiledLaw& law, const Known& known, std::vector<Ref> roots)
      : d_(law.diagrams()), known_(known), pool_(d_.diagram.pool()), roots_(std::move(roots)) {}

  bool find(std::size_t budget) {
    failed_.clear();
    chosen_.clear();
    State state;
    for (std::uint32_t r = 0; r < roots_.size(); ++r) state.emplace_back(r, roots_[r]);
    return go(std::move(state), budget);
  }
  [[nodiscard]] bool gave_up() const { return steps_ > search_limit; }
  [[nodiscard]] const std::vector<Index>& chosen() const { return chosen_; }

 private:
  using State = std::vector<std::pair<std::uint32_t, Ref>>;

  // Skips what is known, drops duplicates; false when a root already has two values.
  bool settle(State& state) const {
    for (auto& [root, at] : state)
      while (!is_leaf(at) && known_.of_variable(pool_[at]) != open_class) at = pool_[at + 1 + known_.of_variable(pool_[at])];
    std::sort(state.begin(), state.end());
    state.erase(std::unique(state.begin(), state.end()), state.end());
    for (std::size_t i = 1; i < state.size(); ++i)
      if (state[i].first == state[i - 1].first && is_leaf(state[i].second) && is_leaf(state[i - 1].second)) return false;
    return true;
  }

  bool go(State state, std::size_t budget) {
    if (++steps_ > search_limit || !settle(state)) return false;
    std::uint32_t top = 0xffffffff;
    for (const auto& [root, at] : state)
      if (!is_leaf(at)) top = std::min(top, pool_[at]);
    if (top == 0xffffffff)
      return std::none_of(state.begin(), state.end(),
                          [&](const auto& s) { return d_.diagram.leaf(s.second).kind == Leaf::Kind::computed; });
    std::string key(reinterpret_cast<const char*>(state.data()), state.size() * sizeof(state[0]));
    for (const Index fact : chosen_) key += std::to_string(fact) + ",";
    key += std::to_string(budget);
    if (failed_.contains(key)) return false;

    const Index fact = d_.variables[top].index;
    const bool already = std::find(chosen_.begin(), chosen_.end(), fact) != chosen_.end();
    const std::uint32_t n = d_.diagram.arity(top);
    if (already || budget > 0) {
      if (!already) chosen_.push_back(fact);
      for (std::uint32_t k = 0; k < n; ++k) {
        State next = state;
        for (auto& [root, at] : next)
          if (!is_leaf(at) && pool_[at] == top) at = pool_[at + 1 + k];
        if (go(std::move(next), already ? budget : budget - 1)) return true;
      }
      if (!already) chosen_.pop_back();
    }
    if (!already) {
      State next;
      for (const auto& [root, at] : state) {
        if (is_leaf(at) || pool_[at] != top) {
          next.emplace_back(root, at);
        } else {
          for (std::uint32_t k = 0; k < n; ++k) next.emplace_back(root, pool_[at + 1 + k]);
        }
      }
      if (go(std::move(next), budget)) return true;
    }
    failed_.insert(std::move(key));
    return false;
  }

  const CompiledLaw::Diagrams& d_;
  const Known& known_;
  const std::uint32_t* pool_;
  std::vector<Ref> roots_;
  std::vector<Index> chosen_;
  std::unordered_set<std::string> failed_;
  std::size_t steps_ = 0;
};

std::vector<Ref> roots_of(const CompiledLaw& law, const std::vector<Index>& conclusions) {
  std::vector<Ref> roots;
  for (const Index c : conclusions)
    roots.insert(roots.end(), law.diagrams().rules[c].begin(), law.diagrams().rules[c].end());
  return roots;
}

// Answers that stand for all answers to a fact: one of each class of each of its variables.
std::vector<Value> answers(const CompiledLaw& law, Index fact) {
  const Type& type = law.base().facts[fact].type;
  std::vector<Value> result;
  switch (type.kind) {
    case Kind::yes_no: return {0, 1};
    case Kind::one_of:
      for (std::size_t i = 0; i < type.values.size(); ++i) result.push_back(static_cast<Value>(i));
      return result;
    case Kind::set_of:
      result.push_back(0);
      for (std::size_t i = 0; i < type.values.size(); ++i) result.push_back(static_cast<Value>(std::uint64_t{1} << i));
      return result;
    case Kind::date:
    case Kind::whole: {
      const Variable& v = law.diagrams().variables[law.diagrams().of_fact[fact][0]];
      for (std::uint32_t k = 0; k < v.classes(); ++k) {
        const auto [low, high] = bounds_of(v, type.kind, k);
        result.push_back(k == 0 ? high : low);
      }
      return result;
    }
  }
  return result;
}

}  // namespace

std::vector<Index> by_decisiveness(const CompiledLaw& law, const FactValues& facts,
                                   const std::vector<Index>& conclusions) {
  const std::vector<Ref> roots = roots_of(law, conclusions);
  Known known(law);
  known.set(facts);
  std::vector<Index> open;
  known.support(roots, open);
  std::vector<std::pair<double, Index>> ranked;
  for (const Index fact : open) {
    FactValues with = facts;
    double left = 0;
    const std::vector<Value> all = answers(law, fact);
    const std::optional<Value> usual = law.base().facts[fact].usual;
    for (const Value answer : all) {
      with[fact] = answer;
      known.set(with);
      std::vector<Index> still;
      known.support(roots, still);
      const double even = 1.0 / static_cast<double>(all.size());
      const double weight = !usual ? even : answer == *usual ? usual_share : (1 - usual_share) * even;
      left += weight * static_cast<double>(still.size());
    }
    ranked.emplace_back(left, fact);
  }
  std::sort(ranked.begin(), ranked.end());
  for (std::size_t i = 0; i < ranked.size(); ++i) open[i] = ranked[i].second;
  return open;
}

Questions questions(const CompiledLaw& law, const FactValues& facts, const std::vector<Index>& conclusions) {
  Questions result;
  result.open = by_decisiveness(law, facts, conclusions);
  if (result.open.empty()) {
    result.proven_smallest = true;
    return result;
  }
  Known known(law);
  known.set(facts);
  Search search(law, known, roots_of(law, conclusions));
  bool proven = true;
  for (std::size_t budget = 1; budget <= result.open.size(); ++budget) {
    if (search.find(budget)) {
      result.smallest = search.chosen();
      break;
    }
    if (search.gave_up()) {
      proven = false;
      // Beyond the limit: answer the most decisive fact, whichever way leaves least, until all is settled.
      FactValues with = facts;
      for (std::vector<Index> open = result.open; !open.empty();) {
        const Index fact = open.front();
        result.smallest.push_back(fact);
        std::vector<Index> best = open;
        Value best_answer = unknown_value;
        for (const Value answer : answers(law, fact)) {
          with[fact] = answer;
          known.set(with);
          std::vector<Index> still;
          known.support(roots_of(law, conclusions), still);
          if (best_answer == unknown_value || still.size() < best.size()) {
            best = std::move(still);
            best_answer = answer;
          }
        }
        with[fact] = best_answer;
        open = by_decisiveness(law, with, conclusions);
      }
      break;
    }
  }
  result.proven_smallest = proven;
  const auto rank = [&](Index fact) { return std::find(result.open.begin(), result.open.end(), fact) - result.open.begin(); };
  std::sort(result.smallest.begin(), result.smallest.end(), [&](Index a, Index b) { return rank(a) < rank(b); });
  return result;
}

}  // namespace duolex::rules
