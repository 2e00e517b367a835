#include "rules/completions.h"

#include <algorithm>
#include <set>
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
      : law(l), d(l.diagrams()), base(l.base()), known(l), partial(l.base(), l.as_of()), facts(f) {
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

  void load(const With& with) {
    partial.start(facts);
    for (const auto& [fact, knowledge] : with) partial.know(fact, knowledge);
  }

  // Closes what strong evaluation still leaves open, always on the first side; `apart` is a fact
  // that is refined in `own` instead of in `with`.
  bool settle(Index rule, With& with, Index apart, Knowledge* own) {
    for (int i = 0; i < 400; ++i) {
      load(with);
      if (own != nullptr) partial.know(apart, *own);
      if (partial.value(rule)) return true;
      const std::optional<OpenTest> test = partial.open_test(rule);
      if (!test) return false;
      const Type& type = base.facts[test->fact].type;
      const Knowledge side = split(type, partial.known(test->fact), *test).first;
      if (test->fact == apart && own != nullptr) {
        *own = side;
      } else {
        with[test->fact] = side;
      }
    }
    return false;
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
  Partial partial;
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
  in.partial.read_under(ambiguity, reading);
  std::vector<Completion> found;
  const auto add = [&](With with) {
    if (!in.settle(rule, with, no_index, nullptr)) return;
    const Value value = *in.partial.value(rule);
    if (std::none_of(found.begin(), found.end(), [&](const Completion& c) { return c.value == value; }))
      found.push_back({std::move(with), value});
  };
  in.explore(in.d.roots(context, rule), [&](const Way& way, const std::vector<Ref>& ends) {
    With with;
    in.add_way(way, with);
    std::vector<const Computed*> computed;
    for (const Ref end : ends)
      if (in.d.diagram.leaf(end).kind == Leaf::Kind::computed) facts_of(in.d.diagram.leaf(end).computed, computed);
    if (computed.empty()) {
      add(with);
    } else {
      for (const bool high : {false, true}) {
        With exact = with;
        for (const Computed* c : computed)
          if (in.facts[c->fact] == unknown_value)
            exact[c->fact] = exactly(in.base.facts[c->fact].type, high ? c->high : c->low);
        add(std::move(exact));
      }
    }
    return found.size() < limit;
  });
  in.partial.read_under(no_index, no_index);
  std::sort(found.begin(), found.end(), [](const Completion& a, const Completion& b) {
    return static_cast<std::uint64_t>(a.value) < static_cast<std::uint64_t>(b.value);
  });
  if (found.size() > limit) found.resize(limit);
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
    for (int i = 0; i < 400; ++i) {
      in.load(c.with);
      if (const Step* step = in.partial.live_step(ambiguity); step != nullptr) break;
      const std::optional<OpenTest> test = in.partial.open_test_of_live(ambiguity);
      if (!test) return false;
      c.with[test->fact] = split(in.base.facts[test->fact].type, in.partial.known(test->fact), *test).first;
    }
    result = std::move(c);
    return false;
  });
  return result;
}

std::optional<CompletionPair> Completions::pair(Index rule, Index fact) {
  Inner& in = *inner_;
  const std::vector<std::uint32_t>& mine = in.d.of_fact[fact];
  const Type& type = in.base.facts[fact].type;
  const std::uint32_t* pool = in.d.diagram.pool();
  std::optional<CompletionPair> result;

  // The fact's two sides must settle the rule under the same other facts, and differ.
  const auto finish = [&](With with, Knowledge first, Knowledge second) {
    with.erase(fact);
    for (int i = 0; i < 8; ++i) {
      const With before = with;
      if (!in.settle(rule, with, fact, &first) || !in.settle(rule, with, fact, &second)) return false;
      if (with == before) break;
    }
    in.load(with);
    in.partial.know(fact, first);
    const auto a = in.partial.value(rule);
    in.partial.know(fact, second);
    const auto b = in.partial.value(rule);
    if (!a || !b || *a == *b) return false;
    result = CompletionPair{std::move(with), first, second, *a, *b};
    return true;
  };

  // Two copies of each diagram walked side by side: all variables agree but those of the fact.
  for (const Ref root : in.d.rules[rule]) {
    struct Frame {
      Ref a, b;
      Way way, way_a, way_b;
    };
    std::set<std::pair<Ref, Ref>> seen;
    std::vector<Frame> stack{{root, root, {}, {}, {}}};
    while (!stack.empty() && seen.size() < search_limit) {
      Frame f = std::move(stack.back());
      stack.pop_back();
      f.a = in.skip_known(f.a);
      f.b = in.skip_known(f.b);
      if (!seen.emplace(f.a, f.b).second) continue;
      const std::uint32_t top_a = is_leaf(f.a) ? 0xffffffff : pool[f.a];
      const std::uint32_t top_b = is_leaf(f.b) ? 0xffffffff : pool[f.b];
      const std::uint32_t top = std::min(top_a, top_b);
      if (top == 0xffffffff) {
        const Leaf& la = in.d.diagram.leaf(f.a);
        const Leaf& lb = in.d.diagram.leaf(f.b);
        if (f.a == f.b && la.kind != Leaf::Kind::computed) continue;
        With with;
        in.add_way(f.way, with);
        Knowledge first = nothing_known(type), second = first;
        const auto side = [&](const Way& way, Knowledge& k) {
          for (const auto& [variable, c] : way) Inner::narrow(k, in.d.variables[variable], type, c);
        };
        side(f.way_a, first);
        side(f.way_b, second);
        std::vector<const Computed*> computed;
        for (const Leaf* l : {&la, &lb})
          if (l->kind == Leaf::Kind::computed) facts_of(l->computed, computed);
        std::erase_if(computed, [&](const Computed* c) { return in.facts[c->fact] != unknown_value; });
        if (computed.empty()) {
          if (finish(with, first, second)) return result;
          continue;
        }
        for (std::uint32_t corner = 0; corner < (1u << std::min<std::size_t>(computed.size(), 6)); ++corner) {
          With exact = with;
          for (std::size_t i = 0; i < computed.size(); ++i)
            if (computed[i]->fact != fact)
              exact[computed[i]->fact] = exactly(in.base.facts[computed[i]->fact].type,
                                                 (corner >> i & 1) != 0 ? computed[i]->high : computed[i]->low);
          for (const bool same_order : {false, true}) {
            Knowledge x = first, y = second;
            if (type.kind == Kind::date || type.kind == Kind::whole) {
              if (x.low <= x.high && !x.may_be_never) x = exactly(type, same_order ? x.low : x.high);
              if (y.low <= y.high && !y.may_be_never) y = exactly(type, same_order ? y.high : y.low);
            }
            if (finish(exact, x, y)) return result;
          }
        }
        continue;
      }
      const bool own = std::find(mine.begin(), mine.end(), top) != mine.end();
      const std::uint32_t n = in.d.diagram.arity(top);
      const auto child = [&](Ref r, std::uint32_t t, std::uint32_t k) { return t == top ? pool[r + 1 + k] : r; };
      for (std::uint32_t k = n; k-- > 0;)
        for (std::uint32_t j = own ? 0 : k; j <= (own ? n - 1 : k); ++j) {
          Frame next = f;
          next.a = child(f.a, top_a, k);
          next.b = child(f.b, top_b, j);
          if (own) {
            next.way_a.emplace_back(top, k);
            next.way_b.emplace_back(top, j);
          } else {
            next.way.emplace_back(top, k);
          }
          stack.push_back(std::move(next));
        }
    }
  }
  return result;
}

}  // namespace duolex::rules
