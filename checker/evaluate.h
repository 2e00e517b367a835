// What rules give for a product, as decision diagrams over all that is not known of it: ordered by fact, reduced and
// shared, so that two of them are the same function exactly when they are the same reference.
#pragma once

#include <tuple>
#include <unordered_map>
#include <utility>

#include "checker/law.h"

namespace duolex::checker {

// What stands at an end: a constant; a date or number still to be computed from facts, never null; or open: anything.
struct End {
  enum class Is : std::uint8_t { open, constant, fact, plus, later, earlier } is = Is::open;
  Values values = {};  // what it may be
  int fact = -1;
  Value months = 0, days = 0;
  std::vector<End> parts = {};
  auto key() const { return std::tie(is, values, fact, months, days, parts); }
  bool operator<(const End& other) const { return key() < other.key(); }
  bool operator==(const End&) const = default;
};

class Diagrams {
 public:
  Ref end(const End& value) {
    const Ref fresh = ~static_cast<Ref>(ends_.size()), ref = known_ends_.try_emplace(value, fresh).first->second;
    if (ref == fresh) ends_.push_back(value);
    return ref;
  }
  Ref constant(const Values& values) { return end({.is = End::Is::constant, .values = values}); }
  Ref node(int fact, const std::vector<Ref>& children) {
    if (std::ranges::count(children, children[0]) == std::ssize(children)) return children[0];
    const auto [it, fresh] = known_nodes_.try_emplace({fact, children}, static_cast<Ref>(nodes_.size()));
    if (fresh) nodes_.push_back(&it->first);
    if (nodes_.size() > node_limit) throw Verdict{65, "the rules need too large a decision diagram"};
    return it->second;
  }
  static bool is_end(Ref a) { return a < 0; }
  const End& at(Ref end) const { return ends_[~end]; }
  int fact(Ref node) const { return nodes_[node]->first; }
  const std::vector<Ref>& children(Ref node) const { return nodes_[node]->second; }
  using Memo = std::unordered_map<std::uint64_t, Ref>;
  // End by end. What `f` gives depends on nothing but the ends; `memo` keeps what it gave.
  Ref combine(Ref a, Ref b, const std::function<Ref(Ref, Ref)>& f, Memo& memo) {
    if (is_end(a) && is_end(b)) return f(a, b);
    const std::uint64_t key = static_cast<std::uint64_t>(a) << 32 | static_cast<std::uint32_t>(b);
    if (const auto it = memo.find(key); it != memo.end()) return it->second;
    const int top = is_end(a) ? fact(b) : is_end(b) ? fact(a) : std::min(fact(a), fact(b));
    const bool in_a = !is_end(a) && fact(a) == top, in_b = !is_end(b) && fact(b) == top;
    std::vector<Ref> parts(children(in_a ? a : b).size());
    for (std::size_t k = 0; k < parts.size(); ++k)
      parts[k] = combine(in_a ? children(a)[k] : a, in_b ? children(b)[k] : b, f, memo);
    return memo[key] = node(top, parts);
  }
  Ref combine(Ref a, Ref b, const std::function<Ref(Ref, Ref)>& f, Memo&& memo = {}) { return combine(a, b, f, memo); }
  Ref map(Ref a, const std::function<Ref(Ref)>& f) { return combine(a, no, [&](Ref end, Ref) { return f(end); }); }
  // Of three values: yes, no, open.
  Ref negated(Ref a) {
    return combine(a, no, [&](Ref end, Ref) { return end == yes ? no : end == no ? yes : open; }, negated_);
  }
  Ref both(Ref a, Ref b) {
    if (a == no || b == no) return no;
    if (a == yes || b == yes || a == b) return a == yes ? b : a;
    return combine(a, b, [&](Ref x, Ref y) { return x == no || y == no ? no : x == yes ? y : x; }, both_);
  }

 private:
  static constexpr std::size_t node_limit = 1 << 20;
  std::map<std::pair<int, std::vector<Ref>>, Ref> known_nodes_;
  std::vector<const std::pair<int, std::vector<Ref>>*> nodes_;  // the keys of those: fact and, by its classes, children
  std::map<End, Ref> known_ends_;
  std::vector<End> ends_;
  Memo both_, negated_;

 public:
  const Ref no = constant({1}), yes = constant({2}), open = end({});
};
struct Ground {  // an item that may give a rule's value
  const Item* item;
  Ref gives;    // it applies, and nothing that goes before all clauses speaks
  Ref decides;  // and no clause before it in the file applies
};
struct Whole {  // a function of what is not known: its values, and the facts it depends on
  Ref root = 0;
  std::set<Value> values = {};
  bool varies = false;  // some value is still to be computed, so the values cannot be listed
  std::set<int> facts = {};
  bool definite() const { return !varies && values.size() == 1; }
};

inline bool is_null(const End& date) { return date.values.mask != 0 && date.values.high < date.values.low; }
inline bool is_open(const End& date) { return date.is == End::Is::open || (date.values.mask != 0 && !is_null(date)); }
// Whether `a` is never before `b`, as far as bounds, periods and the parts of either tell.
inline bool never_before(const End& a, const End& b) {
  const auto a_after = [&](const End& part) { return never_before(a, part); };
  const auto b_before = [&](const End& part) { return never_before(part, b); };
  if (a.values.low >= b.values.high || a == b) return true;
  if (b.is == End::Is::later) return std::ranges::all_of(b.parts, a_after);
  if (a.is == End::Is::earlier) return std::ranges::all_of(a.parts, b_before);
  if (b.is == End::Is::earlier) return std::ranges::any_of(b.parts, a_after);
  if (a.is == End::Is::later) return std::ranges::any_of(a.parts, b_before);
  if (a.is == End::Is::plus && b.is == End::Is::plus && a.months >= b.months && a.days >= b.days)
    return never_before(a.parts[0], b.parts[0]);
  return a.is == End::Is::plus && never_before(a.parts[0], b);
}
// A sum, or the later or earlier of several, with its bounds: a constant where they meet, null where a part is. A part
// that another surely overtakes moves nothing and is left out.
inline End made(End form) {
  if (const auto null = std::ranges::find_if(form.parts, is_null); null != form.parts.end()) return End(*null);
  if (std::ranges::any_of(form.parts, is_open)) return {};
  const bool later = form.is == End::Is::later, sum = form.is == End::Is::plus;
  const auto pick = [&](Value a, Value b) { return later ? std::max(a, b) : std::min(a, b); };
  Values bounds = form.parts[0].values;
  std::set<End> parts;
  for (const End& side : form.parts) {
    bounds = {0, pick(bounds.low, side.values.low), pick(bounds.high, side.values.high)};
    for (const End& part : side.is == form.is && !sum ? side.parts : std::vector{side}) parts.insert(part);
  }
  if (sum) bounds = {0, add(bounds.low, form.months, form.days), add(bounds.high, form.months, form.days)};
  for (auto it = parts.begin(); it != parts.end();) {
    const bool idle = std::ranges::any_of(parts, [&](const End& other) {
      return other != *it && (later ? never_before(other, *it) : never_before(*it, other));
    });
    it = idle ? parts.erase(it) : std::next(it);
  }
  form.parts.assign(parts.begin(), parts.end());
  if (form.parts.size() == 1 && !sum) form = End(form.parts[0]);
  if (bounds.low == bounds.high) form = {.is = End::Is::constant};
  form.values = bounds;
  return form;
}
// Leaves out bounds, and adds the facts it is computed from.
inline End stripped(End form, std::set<int>& facts) {
  if (form.is != End::Is::constant) form.values = {0, 0, 1};
  if (form.is == End::Is::fact) facts.insert(form.fact);
  for (End& part : form.parts) part = stripped(std::move(part), facts);
  return form;
}

class World {
 public:
  using Uses = std::map<std::pair<int, bool>, Ref>;  // of facts and ~rules, and whether under the reading
  World(Diagrams& diagrams, const Law& law, const std::map<int, Values>& given) : d(diagrams), law_(law) {
    for (int f = 0; f < std::ssize(law.facts); ++f) {
      const Fact& fact = law.facts[f];
      const bool overridden = fact.state && given.contains(fact.partner);
      const auto stated = given.find(overridden ? fact.partner : f);
      const std::optional<Value> value = (fact.state || fact.partner < 0 ? fact : law.facts[fact.partner]).assumed;
      known_.push_back(value || stated != given.end());
      late_.push_back(fact.state && !overridden && fact.checked < law.as_of);
      Values rest = fact.type.every();
      given_.push_back(stated != given.end() ? stated->second : value ? fact.type.only(*value) : rest);
      std::vector<Values>& classes = classes_.emplace_back();
      for (int v = 0; v < 64; ++v)
        if ((rest.mask >> v & 1) != 0) classes.push_back({std::uint64_t{1} << v});
      for (const Value cut : fact.cuts)
        if (rest.low < cut && cut <= rest.high) classes.push_back({0, std::exchange(rest.low, cut), cut - 1});
      if (rest.low <= rest.high) classes.push_back({0, rest.low, rest.high});
    }
    facts_ = given_;
  }
  // The same law and reading with nothing known but what a step uses: every diagram is an end, and may be open.
  World(const World& other, Uses uses)
      : d(other.d), law_(other.law_), local_(true), reached_(other.reached_), ambiguity_(other.ambiguity_),
        reading_(other.reading_), memo_(std::move(uses)) {}
  bool known(const Named& fact) const { return known_[fact.first]; }  // given, assumed or a state
  Knowledge fact(const Named& fact) const {
    return {facts_.begin() + fact.first, facts_.begin() + fact.first + fact.type.parts()};
  }
  void know(const Named& fact, const Knowledge& now) { std::ranges::copy(now, facts_.begin() + fact.first); }
  void forget() { facts_ = given_; }  // all but what is given
  bool reaches(int rule) const { return !reached_.empty() && reached_[rule]; }  // whether the reading can change it
  // -1: to the default readings.
  void depart(int ambiguity, int reading) {
    ambiguity_ = ambiguity, reading_ = reading;
    std::erase_if(memo_, [](const auto& entry) { return entry.first.second; });
    reached_.clear();
    if (ambiguity < 0) return;
    for (const Rule& rule : law_.rules) reached_.push_back(rule.readings.contains({ambiguity, reading}));
    reached_ = law_.depending_on(reached_);
    for (const Ambiguity& a : law_.ambiguities) reached_[a.rule] = false;  // triggers see the default readings
  }
  // `departing`: under the reading, as far as it reaches. Legal state that was last checked before as_of is left open.
  Ref operand(int of, bool departing) {
    departing = departing && of < 0 && reaches(~of);
    const auto memo = memo_.find({of, departing});
    if (memo != memo_.end()) return memo->second;
    if (local_) return of < 0 ? d.open : used(of, law_.facts[of].type.every());
    const Ref ref = of < 0 ? rule(~of, departing) : fact(of);
    return memo_[{of, departing}] = ref;
  }
  Ref test(int of, const Values& holds_for, bool departing) {
    return d.map(operand(of, departing), [&](Ref end) {
      const Values& may = d.at(end).values;
      if (end == d.open || (overlap(may, holds_for) && !within(may, holds_for))) return d.open;
      return overlap(may, holds_for) ? d.yes : d.no;
    });
  }
  Ref plus(Ref dates, Value months, Value days) {
    const auto sum = [&](Ref end) { return d.end(made({End::Is::plus, {}, -1, months, days, {d.at(end)}})); };
    return d.map(dates, sum);
  }
  Ref extreme(End::Is which, Ref a, Ref b) {
    return d.combine(a, b, [&](Ref x, Ref y) { return d.end(made({.is = which, .parts = {d.at(x), d.at(y)}})); });
  }
  Ref used(int fact, const Values& known) { return d.end(computed(fact, known)); }
  Ref value(const Type& type, Value value) { return d.constant(type.only(value)); }
  Ref conclusion(const Named& c) {  // of a set the mask
    if (c.type.kind != Kind::set) return operand(~c.first, true);
    Ref set = value(c.type, 0);
    for (int m = 0; m < c.type.parts(); ++m)
      set = d.combine(set, operand(~(c.first + m), true), [&](Ref a, Ref b) {
        return value(c.type, d.at(a).values.low | (b == d.yes ? Value{1} << m : 0));
      });
    return set;
  }
  std::vector<Ground> grounds(int index, bool departing) {
    const Rule& r = law_.rules[index];
    std::vector<Ground> out;
    std::vector<std::pair<const Item*, Ref>> places;  // and where they are taken: not by exceptions in sets
    Ref hold = d.yes, left = d.yes;                   // nothing before all clauses speaks; no place so far is taken
    for (const Item& item : r.items) {
      if (item.ambiguity >= 0 && (!departing || item.ambiguity != ambiguity_ || item.reading != reading_)) continue;
      const bool clause = item.rank == 0, inner = r.member && !item.except_of.empty();
      Ref kept = d.yes;  // from its exceptions
      for (const auto& [exception, taken] : places)
        if (exception->except_of == item.label) kept = d.both(kept, d.negated(taken));
      const auto holds = [&](const Function& f) { return f == nullptr ? d.yes : f(*this, departing); };
      const Ref own = holds(item.when), when = d.both(holds(item.within), own);
      places.emplace_back(&item, r.member ? d.both(own, kept) : own);
      const Ref applies = d.both(when, kept), gives = d.both(hold, applies);
      const Ref decides = r.member && clause ? gives : d.both(left, gives);
      if (!inner) out.push_back({&item, clause ? gives : decides, decides});
      if (item.rank < 0) hold = d.both(hold, d.negated(when));
      else if (!inner) left = d.both(left, d.negated(r.member ? applies : when));
    }
    return out;
  }
  // The function under what is known now; with `late_states_open` it may depend on those as well.
  Whole here(const Type& type, Ref function, bool late_states_open = false) {
    Whole whole;
    std::unordered_map<Ref, Ref> memo;
    const std::function<Ref(Ref)> narrowed = [&](Ref at) {
      if (at == d.open) throw Verdict{65, "a rule gives no value for this product"};
      if (Diagrams::is_end(at)) {
        const End end = computed(d.at(at));
        end.is == End::Is::constant ? void(whole.values.insert(type.value(end.values))) : void(whole.varies = true);
        return d.end(stripped(end, whole.facts));
      }
      if (const auto it = memo.find(at); it != memo.end()) return it->second;
      const int fact = d.fact(at);
      std::vector<Ref> parts;
      for (std::size_t k = 0; k < classes_[fact].size(); ++k) {
        const bool can_be = overlap(classes_[fact][k], facts_[fact]) || (late_states_open && late_[fact]);
        parts.push_back(can_be ? narrowed(d.children(at)[k]) : d.open);
      }
      std::ranges::replace(parts, d.open, *std::ranges::find_if(parts, [&](Ref part) { return part != d.open; }));
      const Ref result = d.node(fact, parts);
      if (result != parts[0]) whole.facts.insert(fact);
      return memo[at] = result;
    };
    whole.root = narrowed(function);
    return whole;
  }
  Diagrams& d;

 private:
  // A fact as conditions and expressions take it: `never` stands as null does, whose bit it has.
  static End computed(int fact, const Values& known) {
    const bool varies = known.mask == 0 && known.low < known.high;
    return {.is = varies ? End::Is::fact : End::Is::constant, .values = known, .fact = varies ? fact : -1};
  }
  // With the bounds that what is known now gives it.
  End computed(End form) const {
    if (form.is == End::Is::fact) return computed(form.fact, {0, facts_[form.fact].low, facts_[form.fact].high});
    for (End& part : form.parts) part = computed(part);
    return form.parts.empty() ? form : made(std::move(form));
  }
  Ref fact(int fact) {
    if (known_[fact] && !late_[fact]) return used(fact, facts_[fact]);
    std::vector<Ref> parts;
    for (const Values& one : classes_[fact]) parts.push_back(used(fact, one));
    return d.node(fact, parts);
  }
  Ref rule(int index, bool departing) {
    const std::string name = "rule '" + law_.rules[index].id + "': ";
    if (++depth_ > chain_limit) throw Verdict{65, name + "depends on itself"};
    Ref result = d.open;  // where nothing gives a value
    for (const Ground& g : grounds(index, departing)) {
      const Ref gives = g.gives == d.no ? d.open : g.item->gives(*this, departing);
      const Ref mine = d.combine(g.gives, gives, [&](Ref when, Ref v) { return when == d.yes ? v : d.open; });
      result = d.combine(result, mine, [&](Ref a, Ref b) {
        if (a != d.open && b != d.open && a != b) throw Verdict{65, name + "clauses contradict each other"};
        return a != d.open ? a : b;
      });
    }
    --depth_;
    return result;
  }
  static constexpr int chain_limit = 200;  // of rules that read rules
  const Law& law_;
  bool local_ = false;
  std::vector<Values> given_, facts_;
  std::vector<bool> known_, late_, reached_;
  std::vector<std::vector<Values>> classes_;  // by fact: what tests tell apart
  int ambiguity_ = -1, reading_ = -1, depth_ = 0;
  Uses memo_;  // in a step's world what it uses
};

}  // namespace duolex::checker
