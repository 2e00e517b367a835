#include "rules/completions.h"

#include <algorithm>
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
  [[nodiscard]] Value value_of(const Leaf& leaf, const With& with) const {
    if (leaf.kind != Leaf::Kind::computed) return leaf.value;
    return evaluate(leaf.computed, [&](const Computed& part) {
      if (part.fact == no_index) return part.low;
      if (facts[part.fact] != unknown_value) return facts[part.fact];
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

  const CompiledLaw& law;
  const CompiledLaw::Diagrams& d;
  const RuleBase& base;
  Known known;
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
      if (!set) value = in.value_of(leaf, with);
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

}  // namespace duolex::rules
