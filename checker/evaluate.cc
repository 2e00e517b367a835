#include "checker/evaluate.h"

#include <algorithm>
#include <bit>

namespace duolex::checker {
namespace {

constexpr int chain_limit = 200;  // of rules that read rules
constexpr std::size_t node_limit = 1 << 20;
using Op = Node::Op;
using Is = Result::Is;

std::string to_text(const Node& e) {
  std::string text = "(" + std::to_string(static_cast<int>(e.op));
  for (const Value v : {Value{e.fact}, e.value, e.months, e.days, e.low, e.high}) text += " " + std::to_string(v);
  for (const Node& child : e.children) text += to_text(child);
  return text + ")";
}

Result definite(Value v) { return {Is::definite, v, v, v}; }

Result varying(Node form, Value low, Value high) {
  if (low == high) return definite(low);
  form.low = low, form.high = high;
  return {Is::varies, 0, low, high, std::move(form)};
}

// A date or number as an expression takes it: `never` makes it null.
Result computed(int fact, const Knowledge& k) {
  if (k.high < k.low) return definite(null_value);
  return k.never ? Result{} : varying({.op = Op::operand, .fact = fact}, k.low, k.high);
}

bool is_null(const Result& r) { return r.is == Is::definite && r.value == null_value; }

Result plus(const Result& r, Value months, Value days) {
  if (r.is == Is::open || is_null(r)) return r;
  Node moved{.op = Op::plus, .months = months, .days = days, .children = {r.form}};
  return varying(std::move(moved), add(r.low, months, days), add(r.high, months, days));
}

// Whether `a` is never before `b`, as far as bounds, periods and the parts of either tell.
bool never_before(const Node& a, const Node& b) {
  const auto a_after = [&](const Node& part) { return never_before(a, part); };
  const auto b_before = [&](const Node& part) { return never_before(part, b); };
  if (a.low >= b.high || to_text(a) == to_text(b)) return true;
  if (b.op == Op::later) return std::all_of(b.children.begin(), b.children.end(), a_after);
  if (a.op == Op::earlier) return std::all_of(a.children.begin(), a.children.end(), b_before);
  if (b.op == Op::earlier) return std::any_of(b.children.begin(), b.children.end(), a_after);
  if (a.op == Op::later) return std::any_of(a.children.begin(), a.children.end(), b_before);
  if (a.op == Op::plus && b.op == Op::plus && a.months >= b.months && a.days >= b.days) return never_before(a.children[0], b.children[0]);
  return a.op == Op::plus && never_before(a.children[0], b);
}

// The later or the earlier of two. A part that another surely overtakes moves nothing.
Result extreme(Op op, const Result& a, const Result& b) {
  if (is_null(a) || is_null(b)) return definite(null_value);
  if (a.is == Is::open || b.is == Is::open) return {};
  const auto pick = [&](Value x, Value y) { return op == Op::later ? std::max(x, y) : std::min(x, y); };
  std::map<std::string, Node> parts;
  for (const Result* r : {&a, &b}) {
    const Node part = r->is == Is::definite ? Node{.op = Op::constant, .low = r->low, .high = r->high, .value = r->value} : r->form;
    for (const Node& inner : part.op == op ? part.children : std::vector<Node>{part}) parts.emplace(to_text(inner), inner);
  }
  for (auto it = parts.begin(); it != parts.end();) {
    const bool idle = std::any_of(parts.begin(), parts.end(), [&](const auto& other) {
      return other.first != it->first && (op == Op::later ? never_before(other.second, it->second) : never_before(it->second, other.second));
    });
    it = idle ? parts.erase(it) : std::next(it);
  }
  Node form{.op = op};
  for (const auto& [text, part] : parts) form.children.push_back(part);
  if (form.children.size() == 1) form = Node(form.children[0]);
  return varying(std::move(form), pick(a.low, b.low), pick(a.high, b.high));
}

// Leaves out bounds, and adds the facts it is computed from.
Node stripped(Node form, std::set<int>& facts) {
  form.low = form.high = 0;
  if (form.fact >= 0) facts.insert(form.fact);
  for (Node& child : form.children) child = stripped(std::move(child), facts);
  return form;
}

}  // namespace

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

World::World(Diagrams& diagrams, const Law& law, const std::map<int, Value>& given)
    : d_(diagrams), law_(law), known_(law.facts.size(), true), late_(law.facts.size()),
      variables_(law.facts.size()) {
  for (std::size_t f = 0; f < law.facts.size(); ++f) {
    const Fact& fact = law.facts[f];
    const Fact* partner = fact.partner < 0 ? nullptr : &law.facts[fact.partner];
    std::optional<Value> value = fact.assumed;
    if (const Fact* state = fact.state ? &fact : partner) value = std::get<2>(*state->entry);  // never unknown
    if (fact.state && given.contains(fact.partner)) value = given.at(fact.partner);
    if (given.contains(static_cast<int>(f))) value = given.at(static_cast<int>(f));
    known_[f] = value.has_value();
    late_[f] = fact.state && !given.contains(fact.partner) && fact.checked < law.as_of;
    facts_.push_back(value ? exactly(fact.type, *value) : nothing_known(fact.type));
  }
  given_ = facts_;
}
World::World(const World& other, const std::map<int, Knowledge>& facts, const std::map<std::pair<int, bool>, Value>& rules)
    : d_(other.d_), law_(other.law_), local_(true), reached_(other.reached_), ambiguity_(other.ambiguity_), reading_(other.reading_) {
  for (const Fact& fact : law_.facts) facts_.push_back(nothing_known(fact.type));
  for (const auto& [fact, k] : facts) facts_[fact] = k;
  for (const auto& [rule, value] : rules) memo_[rule] = d_.definite(value);
}

void World::forget() {
  for (std::size_t f = 0; f < given_.size(); ++f) know(static_cast<int>(f), given_[f]);
}

void World::know(int fact, const Knowledge& knowledge) {
  facts_[fact] = knowledge;
  for (const int v : variables_[fact]) allowed_[v] = allowed(all_variables_[v]);
}

void World::depart(int ambiguity, int reading) {
  if (ambiguity == ambiguity_ && reading == reading_) return;
  ambiguity_ = ambiguity, reading_ = reading;
  std::erase_if(memo_, [](const auto& entry) { return entry.first.second; });
  sets_.clear();
  reached_.clear();
  if (ambiguity < 0) return;
  for (const Rule& rule : law_.rules) reached_.push_back(rule.readings.contains({ambiguity, reading}));
  reached_ = law_.depending_on(reached_);
  for (const Ambiguity& a : law_.ambiguities) reached_[a.rule] = false;  // triggers see the default readings
}

std::uint64_t World::allowed(const Variable& v) const {
  std::uint64_t mask = 0;
  for (std::size_t k = 0; k < v.classes.size(); ++k)
    if (overlap(law_.facts[v.fact].type, v.classes[k], facts_[v.fact])) mask |= std::uint64_t{1} << k;
  return mask;
}

// The order of the variables is that in which rules first ask for their facts.
const std::vector<int>& World::variables(int fact) {
  std::vector<int>& mine = variables_[fact];
  if (!mine.empty()) return mine;
  const Type& type = law_.facts[fact].type;
  std::vector<Variable> added{{fact, {}}};
  if (type.kind == Kind::set) added.assign(type.values.size(), {fact, {}});
  for (std::size_t i = 0; type.kind == Kind::set && i < added.size(); ++i)
    added[i].classes = {{type.all() & ~(std::uint64_t{1} << i)}, {type.all(), std::uint64_t{1} << i}};
  for (std::size_t v = 0; type.kind == Kind::choice && v < type.values.size(); ++v)
    added[0].classes.push_back(exactly(type, static_cast<Value>(v)));
  Knowledge rest = nothing_known(type);
  rest.never = false;
  for (const Value cut : law_.facts[fact].cuts)
    if (rest.low < cut && cut <= rest.high) {
      added[0].classes.push_back({0, 0, rest.low, cut - 1});
      rest.low = cut;
    }
  if (type.kind == Kind::date || type.kind == Kind::whole) added[0].classes.push_back(rest);
  if (type.never) added[0].classes.push_back(exactly(type, never_value));
  for (Variable& v : added) {
    if (v.classes.size() > 64) throw Unreadable{law_.facts[fact].id + ": compared with too many days or numbers"};
    mine.push_back(static_cast<int>(all_variables_.size()));
    allowed_.push_back(allowed(v));
    all_variables_.push_back(std::move(v));
  }
  return mine;
}

Ref World::fact_node(int fact, std::size_t which, const std::function<Ref(const Knowledge&)>& of) {
  if (!is_variable(fact)) return of(facts_[fact]);
  const int v = variables(fact)[which];
  std::vector<Ref> parts;
  for (const Knowledge& k : all_variables_[v].classes) parts.push_back(of(k));
  return d_.node(v, parts);
}

Ref World::test_fact(const Node& c) {
  const Kind kind = law_.facts[c.fact].type.kind;
  const auto choice = [&](const Knowledge& k) { return (k.may & c.mask) == 0 ? d_.no : (k.may & ~c.mask) == 0 ? d_.yes : d_.open; };
  const auto interval = [&](const Knowledge& k) {
    if (k.high < k.low || k.high < c.low || k.low > c.high) return d_.no;
    return c.low <= k.low && k.high <= c.high && !k.never ? d_.yes : d_.open;
  };
  if (kind == Kind::choice) return fact_node(c.fact, 0, choice);
  if (kind != Kind::set) return fact_node(c.fact, 0, interval);
  Ref any = d_.no;
  for (std::size_t m = law_.facts[c.fact].type.values.size(); m-- > 0;) {
    const std::uint64_t bit = c.mask & std::uint64_t{1} << m;
    const auto member = [&](const Knowledge& k) { return (k.has & bit) != 0 ? d_.yes : (k.may & bit) == 0 ? d_.no : d_.open; };
    if (bit != 0) any = d_.either(fact_node(c.fact, m, member), any);
  }
  return any;
}

Ref World::condition(const Node& c, bool departing) {
  if (c.op == Op::negation) return d_.negated(condition(c.children[0], departing));
  if (c.op != Op::test) {
    Ref result = c.op == Op::all ? d_.yes : d_.no;
    for (const Node& child : c.children) {
      const Ref next = condition(child, departing);
      result = c.op == Op::all ? d_.both(result, next) : d_.either(result, next);
    }
    return result;
  }
  if (c.rule < 0) return test_fact(c);
  const bool choice = law_.rules[c.rule].type.kind == Kind::choice;
  return d_.map(rule(c.rule, departing), [&](Ref end) {
    const Result& r = d_.at(end);
    if (r.is == Is::open) return d_.open;
    if (choice) return (c.mask >> r.value & 1) != 0 ? d_.yes : d_.no;
    if (is_null(r) || r.high < c.low || r.low > c.high) return d_.no;
    return c.low <= r.low && r.high <= c.high ? d_.yes : d_.open;
  });
}

Ref World::expression(const Node& e, bool departing) {
  if (e.op == Op::constant) return d_.definite(e.value);
  if (e.op == Op::operand && e.rule >= 0) return rule(e.rule, departing);
  if (e.op == Op::operand) return fact_node(e.fact, 0, [&](const Knowledge& k) { return d_.end(computed(e.fact, k)); });
  Ref result = expression(e.children[0], departing);
  if (e.op == Op::plus) return d_.map(result, [&](Ref end) { return d_.end(plus(d_.at(end), e.months, e.days)); });
  for (std::size_t i = 1; i < e.children.size(); ++i)
    result = d_.combine(result, expression(e.children[i], departing),
                        [&](Ref a, Ref b) { return d_.end(extreme(e.op, d_.at(a), d_.at(b))); });
  return result;
}

Result World::compute(const Node& form) const {
  if (form.op == Op::constant) return checker::definite(form.value);
  if (form.op == Op::operand) return varying(form, facts_[form.fact].low, facts_[form.fact].high);
  Result result = compute(form.children[0]);
  if (form.op == Op::plus) return plus(result, form.months, form.days);
  for (std::size_t i = 1; i < form.children.size(); ++i) result = extreme(form.op, result, compute(form.children[i]));
  return result;
}

// Whether the item's place is taken: by the item or by an exception of it.
Ref World::visit(const Item& item, const Ground& context, bool set, bool departing, std::vector<Ground>* out) {
  const Ref when = item.in_force ? condition(item.when, departing) : d_.no;
  if (when == d_.no) return when;
  const Ground self{&item, d_.both(context.gives, when), d_.both(context.decides, when)};
  Ref kept = d_.yes;
  for (const Item& exception : item.exceptions) {
    const Ground inner{nullptr, self.gives, d_.both(self.decides, kept)};
    kept = d_.both(kept, d_.negated(visit(exception, inner, set, departing, set ? nullptr : out)));
  }
  if (out != nullptr) out->push_back({&item, d_.both(self.gives, kept), d_.both(self.decides, kept)});
  return set ? d_.both(when, kept) : when;
}

std::vector<Ground> World::grounds(int index, bool departing) {
  const Rule& r = law_.rules[index];
  std::vector<Ground> out;
  Ref hold = d_.yes, left = d_.yes;  // nothing before all clauses speaks; no clause so far applies
  for (const Item& item : r.first) {
    if (item.ambiguity >= 0 && (!departing || item.ambiguity != ambiguity_ || item.reading != reading_)) continue;
    const Ref when = condition(item.when, departing), speaks = d_.both(hold, when);
    out.push_back({&item, speaks, speaks});
    hold = d_.both(hold, d_.negated(when));
    if (hold == d_.no) return out;
  }
  for (const Item& clause : r.clauses) {
    const Ground context{nullptr, hold, r.member ? hold : d_.both(hold, left)};
    left = d_.both(left, d_.negated(visit(clause, context, r.member, departing, &out)));
  }
  for (const Item& last : r.otherwise) out.push_back({&last, d_.both(hold, left), d_.both(hold, left)});
  return out;
}

Ref World::rule(int index, bool departing) {
  departing = departing && reaches(index);
  if (const auto it = memo_.find({index, departing}); it != memo_.end()) return it->second;
  if (local_) return d_.open;
  if (++depth_ > chain_limit) throw Unreadable{"rule '" + law_.rules[index].id + "' depends on itself"};
  Ref result = d_.open;  // where nothing gives a value
  for (const Ground& g : grounds(index, departing)) {
    if (g.gives == d_.no) continue;
    const Ref mine = d_.combine(g.gives, expression(g.item->gives, departing), [&](Ref when, Ref v) { return when == d_.yes ? v : d_.open; });
    result = d_.combine(result, mine, [&](Ref a, Ref b) {
      if (a != d_.open && b != d_.open && a != b) throw Unreadable{"rule '" + law_.rules[index].id + "': clauses contradict each other"};
      return a != d_.open ? a : b;
    });
  }
  --depth_;
  return memo_[{index, departing}] = result;
}

Ref World::conclusion(const Conclusion& c) {
  if (c.type.kind != Kind::set) return rule(c.first, true);
  const auto [it, fresh] = sets_.try_emplace(c.first, d_.no);
  for (std::size_t m = 0; fresh && m < c.type.rules(); ++m)
    it->second = d_.combine(it->second, rule(c.first + static_cast<int>(m), true), [&](Ref a, Ref b) {
      return d_.definite(d_.at(a).value | static_cast<Value>(static_cast<std::uint64_t>(d_.at(b).value) << m));
    });
  return it->second;
}

Whole World::here(Ref function, bool late_states_open) {
  std::vector<std::uint64_t> classes = allowed_;
  for (std::size_t v = 0; v < classes.size(); ++v)
    if (late_states_open && late_[all_variables_[v].fact]) classes[v] = 3;
  Whole whole;
  whole.root = d_.narrowed(function, classes, [&](Ref end) {
    Result r = d_.at(end).is == Is::varies ? compute(d_.at(end).form) : d_.at(end);
    if (r.is == Is::open) throw Unreadable{"a rule gives no value for this product"};
    if (r.is == Is::definite) return whole.values.insert(r.value), d_.definite(r.value);
    whole.varies = true;
    return d_.end({Is::varies, 0, 0, 0, stripped(std::move(r.form), whole.facts)});
  });
  for (const int v : d_.variables(whole.root)) whole.facts.insert(all_variables_[v].fact);
  return whole;
}

}  // namespace duolex::checker
