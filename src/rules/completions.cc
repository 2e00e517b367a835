#include "rules/completions.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <unordered_set>

#include "rules/computed.h"
#include "rules/diagrams.h"
#include "rules/restrict.h"

namespace duolex::rules {
namespace {

using With = std::map<Index, Knowledge>;
using Way = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  // variable, class

constexpr std::size_t search_limit = 200'000;

}  // namespace

std::pair<Knowledge, Knowledge> split(const Type& type, const Knowledge& known, const OpenTest& test) {
  Knowledge yes = known, no = known;
  switch (type.kind) {
    case Kind::yes_no:
    case Kind::one_of:
      yes.may = known.may & test.mask;
      no.may = known.may & ~test.mask;
      break;
    case Kind::set_of:
      yes.has |= std::uint64_t{1} << test.member;
      no.lacks |= std::uint64_t{1} << test.member;
      break;
    case Kind::date:
    case Kind::whole:
      if (test.split_never) {
        yes.low = 1;
        yes.high = 0;
        no.may_be_never = false;
      } else {
        yes.high = test.cut - 1;
        no.low = test.cut;
      }
      break;
  }
  return {yes, no};
}

struct Completions::Inner {
  Inner(const CompiledLaw& l, const FactValues& f)
      : law(l), d(l.diagrams()), base(l.base()), known(l), facts(f) {
    known.set(facts);
  }

  [[nodiscard]] Ref skip_known(Ref at) const {
    const std::uint32_t* pool = d.diagram.pool();
    while (!is_leaf(at) && known.of_variable(pool[at]) != open_class) at = pool[at + 1 + known.of_variable(pool[at])];
    return at;
  }

  void add_way(const Way& way, With& with) const {
    for (const auto& [variable, k] : way) {
      const Variable& v = d.variables[variable];
      if (v.source != Source::fact) continue;
      const Type& type = base.facts[v.index].type;
      const auto [it, fresh] = with.emplace(v.index, nothing_known(type));
      narrow(it->second, v, type, k);
    }
  }

  static void narrow(Knowledge& knowledge, const Variable& v, const Type& type, std::uint32_t k) {
    if (v.member >= 0) {
      (k != 0 ? knowledge.has : knowledge.lacks) |= std::uint64_t{1} << v.member;
    } else if (type.kind == Kind::date || type.kind == Kind::whole) {
      const auto [low, high] = bounds_of(v, type.kind, k);
      if (low == never_value) {
        knowledge = exactly(type, never_value);
      } else {
        knowledge.low = low;
        knowledge.high = high;
        knowledge.may_be_never = false;
      }
    } else {
      knowledge.may = std::uint64_t{1} << k;
    }
  }

  // What a leaf comes to when every fact it is still computed from is known exactly.
  [[nodiscard]] Value value_of(const Leaf& leaf, const With& with, Index apart, const Knowledge& own) const {
    if (leaf.kind != Leaf::Kind::computed) return leaf.value;
    return evaluate(leaf.computed, [&](const Computed& part) {
      if (part.fact == no_index) return part.low;
      if (facts[part.fact] != unknown_value) return facts[part.fact];
      if (part.fact == apart) return own.low;
      const auto it = with.find(part.fact);
      return it == with.end() ? part.low : it->second.low;
    });
  }

  // Calls on_end(way, leaves) at each distinct end of the tuple of roots, until it returns false.
  template <class F>
  void explore(const std::vector<Ref>& roots, F&& on_end) {
    struct Frame {
      std::vector<Ref> tuple;
      Way way;
    };
    std::unordered_set<std::string> seen;
    std::vector<Frame> stack{{roots, {}}};
    const std::uint32_t* pool = d.diagram.pool();
    while (!stack.empty() && seen.size() < search_limit) {
      Frame frame = std::move(stack.back());
      stack.pop_back();
      std::uint32_t top = 0xffffffff;
      for (Ref& r : frame.tuple) {
        r = skip_known(r);
        if (!is_leaf(r)) top = std::min(top, pool[r]);
      }
      if (!seen.emplace(reinterpret_cast<const char*>(frame.tuple.data()), frame.tuple.size() * sizeof(Ref)).second)
        continue;
      if (top == 0xffffffff) {
        if (!on_end(frame.way, frame.tuple)) return;
        continue;
      }
      for (std::uint32_t k = d.diagram.arity(top); k-- > 0;) {
        Frame next = frame;
        for (Ref& r : next.tuple)
          if (!is_leaf(r) && pool[r] == top) r = pool[r + 1 + k];
        next.way.emplace_back(top, k);
        stack.push_back(std::move(next));
      }
    }
  }

  // A node on the shortest way from a root, and how it was come to.
  struct Visit {
    Ref at;
    std::size_t from;
    std::uint32_t k;
  };
  struct Both {  // two nodes, reached by one way from the two children of a node
    Ref a, b;
    std::size_t from;
    std::uint32_t variable, k;
  };
  static constexpr std::size_t no_visit = ~std::size_t{0};

  [[nodiscard]] std::uint32_t top(Ref r) const { return is_leaf(r) ? 0xffffffff : d.diagram.pool()[r]; }
  [[nodiscard]] Ref child(Ref r, std::uint32_t variable, std::uint32_t k) const {
    return skip_known(top(r) == variable ? d.diagram.pool()[r + 1 + k] : r);
  }

  // The one class of a variable that knowledge leaves, if it leaves one.
  [[nodiscard]] std::optional<std::uint32_t> class_under(const Variable& v, const Knowledge& k) const {
    const Kind kind = base.facts[v.index].type.kind;
    if (v.member >= 0) {
      if ((k.has >> v.member & 1) != 0) return 1;
      return (k.lacks >> v.member & 1) != 0 ? std::optional<std::uint32_t>(0) : std::nullopt;
    }
    if (kind != Kind::date && kind != Kind::whole)
      return std::has_single_bit(k.may) ? std::optional<std::uint32_t>(std::countr_zero(k.may)) : std::nullopt;
    if (k.high < k.low) return class_of(v, kind, never_value);
    const std::uint32_t first = class_of(v, kind, k.low);
    return !k.may_be_never && first == class_of(v, kind, k.high) ? std::optional(first) : std::nullopt;
  }

  void walk(Index rule) {
    walked = rule;
    visits.clear();
    nodes_of.assign(d.variables.size(), {});
    std::unordered_set<Ref> seen;
    for (const Ref root : d.rules[rule])
      if (const Ref at = skip_known(root); !is_leaf(at) && seen.insert(at).second) visits.push_back({at, no_visit, 0});
    for (std::size_t i = 0; i < visits.size(); ++i) {
      const Ref at = visits[i].at;
      nodes_of[top(at)].push_back(i);
      for (std::uint32_t k = 0; k < d.diagram.arity(top(at)); ++k)
        if (const Ref next = child(at, top(at), k); !is_leaf(next) && seen.insert(next).second)
          visits.push_back({next, i, k});
    }
  }

  // The class of a variable on either side of a pair, where the pair says it.
  [[nodiscard]] std::optional<std::uint32_t> said(std::uint32_t variable, Index fact, const CompletionPair& pair,
                                                  bool second) const {
    const Variable& v = d.variables[variable];
    if (v.source != Source::fact) return std::nullopt;
    if (v.index == fact) return class_under(v, second ? pair.second : pair.first);
    const auto it = pair.with.find(v.index);
    return it == pair.with.end() ? std::nullopt : class_under(v, it->second);
  }
  void say(std::uint32_t variable, std::uint32_t c, Index fact, CompletionPair& pair) const {
    if (d.variables[variable].index != fact) return add_way({{variable, c}}, pair.with);
    for (Knowledge* side : {&pair.first, &pair.second}) narrow(*side, d.variables[variable], base.facts[fact].type, c);
  }

  // Adds to a pair what makes its sides come to different ends of one root, the shortest way.
  bool told_apart(Ref root, Index fact, CompletionPair& pair, bool fresh) const {
    std::unordered_set<std::uint64_t> seen;
    std::vector<Both> queue;
    const auto add = [&](Ref a, Ref b, std::size_t from, std::uint32_t variable, std::uint32_t c) {
      if (seen.insert(static_cast<std::uint64_t>(a) << 32 | b).second) queue.push_back({a, b, from, variable, c});
    };
    add(skip_known(root), skip_known(root), no_visit, 0, 0);
    for (std::size_t i = 0; i < queue.size() && i < search_limit; ++i) {
      const Both here = queue[i];
      const std::uint32_t next = std::min(top(here.a), top(here.b));
      if (next != 0xffffffff) {
        const auto first = said(next, fact, pair, false), second = said(next, fact, pair, true);
        if (first && second) add(child(here.a, next, *first), child(here.b, next, *second), i, no_index, 0);
        for (std::uint32_t c = 0; !first && c < d.diagram.arity(next); ++c)
          add(child(here.a, next, c), child(here.b, next, c), i, next, c);
        continue;
      }
      const Leaf &a = d.diagram.leaf(here.a), &b = d.diagram.leaf(here.b);
      const bool computed = a.kind == Leaf::Kind::computed || b.kind == Leaf::Kind::computed;
      if (computed ? !fresh : here.a == here.b) continue;
      CompletionPair found = pair;
      for (std::size_t v = i; queue[v].from != no_visit; v = queue[v].from)
        if (queue[v].variable != no_index) say(queue[v].variable, queue[v].k, fact, found);
      if (computed && !exactly_apart(fact, found, a, b)) continue;
      pair = std::move(found);
      return true;
    }
    return false;
  }

  // Ends every root on both sides: where the pair does not say, at the first class.
  void close(Index rule, Index fact, CompletionPair& pair) const {
    for (const Ref root : d.rules[rule])
      for (const bool second : {false, true})
        for (Ref at = skip_known(root); !is_leaf(at);) {
          if (!said(top(at), fact, pair, second)) say(top(at), 0, fact, pair);
          at = child(at, top(at), *said(top(at), fact, pair, second));
        }
  }

  // Chooses days or numbers under which two ends that are still to be computed differ.
  bool exactly_apart(Index fact, CompletionPair& pair, const Leaf& a, const Leaf& b) const {
    const Type& type = base.facts[fact].type;
    std::vector<const Computed*> parts;
    for (const Leaf* leaf : {&a, &b})
      if (leaf->kind == Leaf::Kind::computed) facts_of(leaf->computed, parts);
    std::erase_if(parts, [&](const Computed* c) { return facts[c->fact] != unknown_value || c->fact == fact; });
    const bool interval = type.kind == Kind::date || type.kind == Kind::whole;
    for (std::uint32_t corner = 0; corner < (1u << std::min<std::size_t>(parts.size(), 6)); ++corner)
      for (const bool upwards : {false, true}) {
        CompletionPair exact = pair;
        for (std::size_t i = 0; i < parts.size(); ++i)
          exact.with[parts[i]->fact] =
              exactly(base.facts[parts[i]->fact].type, (corner >> i & 1) != 0 ? parts[i]->high : parts[i]->low);
        for (Knowledge* side : {&exact.first, &exact.second})
          if (interval && side->low <= side->high)
            *side = exactly(type, (side == &exact.first) == upwards ? side->low : side->high);
        if (value_of(a, exact.with, fact, exact.first) == value_of(b, exact.with, fact, exact.second)) continue;
        pair = std::move(exact);
        return true;
      }
    return false;
  }

  const CompiledLaw& law;
  const CompiledLaw::Diagrams& d;
  const RuleBase& base;
  Known known;
  Index walked = no_index;
  std::vector<Visit> visits;
  std::vector<std::vector<std::size_t>> nodes_of;  // visits by variable, nearest first
  const FactValues& facts;
};

Completions::Completions(const CompiledLaw& law, const FactValues& facts)
    : inner_(std::make_unique<Inner>(law, facts)) {}
Completions::~Completions() = default;

std::vector<Completion> Completions::witnesses(Index rule, Index ambiguity, Index reading, std::size_t limit) {
  Inner& in = *inner_;
  const ReadingContext* context = nullptr;
  for (const ReadingContext& c : in.d.contexts)
    if (c.ambiguity == ambiguity && c.reading == reading) context = &c;
  std::vector<Completion> found;
  std::unordered_set<Value> values;
  const bool set = in.base.rules[rule].type.kind == Kind::set_of;
  in.explore(in.d.roots(context, rule), [&](const Way& way, const std::vector<Ref>& ends) {
    With with;
    in.add_way(way, with);
    const Leaf& leaf = in.d.diagram.leaf(ends[0]);
    std::vector<const Computed*> computed;
    if (!set && leaf.kind == Leaf::Kind::computed) facts_of(leaf.computed, computed);
    std::erase_if(computed, [&](const Computed* c) { return in.facts[c->fact] != unknown_value; });
    for (const bool high : {false, true}) {
      for (const Computed* c : computed) with[c->fact] = exactly(in.base.facts[c->fact].type, high ? c->high : c->low);
      Value value = 0;
      if (!set) value = in.value_of(leaf, with, no_index, {});
      for (std::size_t m = 0; set && m < ends.size(); ++m)
        value |= static_cast<Value>(static_cast<std::uint64_t>(in.d.diagram.leaf(ends[m]).value) << m);
      if (found.size() < limit && values.insert(value).second) found.push_back({with, value});
    }
    return found.size() < limit;
  });
  std::sort(found.begin(), found.end(), [](const Completion& a, const Completion& b) {
    return static_cast<std::uint64_t>(a.value) < static_cast<std::uint64_t>(b.value);
  });
  return found;
}

std::optional<Completion> Completions::live(Index ambiguity) {
  Inner& in = *inner_;
  std::optional<Completion> result;
  in.explore({in.d.live[ambiguity]}, [&](const Way& way, const std::vector<Ref>& ends) {
    if (in.d.diagram.leaf(ends[0]).value == 0) return true;
    Completion c;
    c.value = 1;
    in.add_way(way, c.with);
    result = std::move(c);
    return false;
  });
  return result;
}

bool Completions::shows(Index rule, Index fact, CompletionPair& pair) const {
  const Inner& in = *inner_;
  std::array<Value, 2> values{};
  for (const bool second : {false, true}) {
    const Knowledge& own = second ? pair.second : pair.first;
    for (std::size_t m = 0; m < in.d.rules[rule].size(); ++m) {
      Ref at = in.skip_known(in.d.rules[rule][m]);
      while (!is_leaf(at)) {
        const auto k = in.said(in.top(at), fact, pair, second);
        if (!k) return false;
        at = in.child(at, in.top(at), *k);
      }
      const Leaf& leaf = in.d.diagram.leaf(at);
      std::vector<const Computed*> parts;
      if (leaf.kind == Leaf::Kind::computed) facts_of(leaf.computed, parts);
      for (const Computed* part : parts) {
        if (in.facts[part->fact] != unknown_value) continue;
        const auto it = pair.with.find(part->fact);
        if (part->fact != fact && it == pair.with.end()) return false;
        const Knowledge& k = part->fact == fact ? own : it->second;
        if (k.low != k.high) return false;
      }
      const bool set = in.base.rules[rule].type.kind == Kind::set_of;
      const Value value = in.value_of(leaf, pair.with, fact, own);
      values[second] = set ? values[second] | static_cast<Value>(static_cast<std::uint64_t>(value) << m) : value;
    }
  }
  pair.first_value = values[0], pair.second_value = values[1];
  return values[0] != values[1];
}

bool Completions::extend(Index rule, Index fact, CompletionPair& pair, bool fresh) const {
  for (const Ref root : inner_->d.rules[rule]) {
    CompletionPair longer = pair;
    if (!inner_->told_apart(root, fact, longer, fresh)) continue;
    inner_->close(rule, fact, longer);
    if (!shows(rule, fact, longer)) continue;
    pair = std::move(longer);
    return true;
  }
  return false;
}

std::optional<CompletionPair> Completions::pair(Index rule, Index fact) {
  Inner& in = *inner_;
  if (in.walked != rule) in.walk(rule);
  const Type& type = in.base.facts[fact].type;
  for (const std::uint32_t variable : in.d.of_fact[fact])
    for (const std::size_t node : in.nodes_of[variable])
      for (std::uint32_t k = 0; k < in.d.diagram.arity(variable); ++k)
        for (std::uint32_t j = k + 1; j < in.d.diagram.arity(variable); ++j) {
          CompletionPair found;
          found.first = found.second = nothing_known(type);
          for (std::size_t v = node; in.visits[v].from != Inner::no_visit; v = in.visits[v].from)
            in.say(in.top(in.visits[in.visits[v].from].at), in.visits[v].k, fact, found);
          Inner::narrow(found.first, in.d.variables[variable], type, k);
          Inner::narrow(found.second, in.d.variables[variable], type, j);
          if (extend(rule, fact, found, true)) return found;
        }
  return std::nullopt;
}

}  // namespace duolex::rules
