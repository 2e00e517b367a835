#include "checker/evaluate.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>

namespace duolex::checker {
namespace {

constexpr int chain_limit = 200;  // of rules that read rules
using Op = Node::Op;

bool is_interval(const Type& t) { return t.kind == Kind::date || t.kind == Kind::whole; }

// A list of different values, as a mask.
std::optional<std::uint64_t> read_mask(Type type, const Json& json) {
  type.kind = Kind::choice;
  std::uint64_t mask = 0;
  for (const Json& element : json.is_array() ? json : Json{nullptr}) {
    const std::optional<Value> v = read_value(type, element);
    if (!v || (mask >> *v & 1) != 0) return std::nullopt;
    mask |= std::uint64_t{1} << *v;
  }
  return mask;
}

Result definite(Value v) { return {Result::Is::definite, v, v, v}; }
Result open(const Open& why) { return {.why = why}; }
Result negated(Result a) { return a.definite() ? definite(1 - a.value) : a; }
Result both(const Result& a, const Result& b) { return a.no() || b.no() ? definite(0) : a.open() ? a : b; }
Result either(const Result& a, const Result& b) { return a.yes() || b.yes() ? definite(1) : a.open() ? a : b; }

// A date or number as an expression takes it: `never` makes it null.
Result computed(int fact, const std::string& id, const Knowledge& k) {
  if (k.high < k.low) return definite(null_value);
  if (k.low == k.high && !k.never) return definite(k.low);
  const Open why{fact, 0, k.low + (k.high - k.low) / 2 + 1};
  return k.never ? open(why) : Result{Result::Is::varies, 0, k.low, k.high, id, {fact}, why};
}

// The later or the earlier of several. A part that another surely overtakes moves nothing.
Result extreme(const std::vector<Result>& parts, bool later) {
  for (const Result& p : parts)
    if (p.definite() && p.value == null_value) return p;
  for (const Result& p : parts)
    if (p.open()) return p;
  const auto pick = [&](Value a, Value b) { return later ? std::max(a, b) : std::min(a, b); };
  Result r{Result::Is::varies, 0, parts[0].low, parts[0].high, later ? "later of" : "earlier of"};
  for (const Result& p : parts) r.low = pick(r.low, p.low), r.high = pick(r.high, p.high);
  for (const Result& p : parts) {
    if (later ? p.high <= r.low && p.low < r.low : p.low >= r.high && p.high > r.high) continue;
    r.form += " (" + (p.definite() ? std::to_string(p.value) : p.form) + ")";
    r.facts.insert(p.facts.begin(), p.facts.end());
    if (!p.definite()) r.why = p.why;
  }
  return r.low == r.high ? definite(r.low) : r;
}

// Whether a day or number lies within the test; one that may be `never` is not surely within.
Result between(const Node& test, Value low, Value high, bool never, Open why) {
  if (high < low || high < test.low || low > test.high) return definite(0);
  if (test.low <= low && high <= test.high && !never) return definite(1);
  if (test.fact >= 0) why.cut = low < test.low ? test.low : test.high + 1;
  return open(why);
}

}  // namespace

Knowledge nothing_known(const Type& t) {
  if (!is_interval(t)) return {t.all()};
  return {0, 0, t.kind == Kind::date ? first_day : 0, t.kind == Kind::date ? last_day : whole_max, t.never};
}
Knowledge exactly(const Type& t, Value v) {
  if (t.kind == Kind::choice) return {std::uint64_t{1} << v};
  if (t.kind == Kind::set) return {static_cast<std::uint64_t>(v), static_cast<std::uint64_t>(v)};
  return v == never_value ? Knowledge{0, 0, 0, -1, true} : Knowledge{0, 0, v, v};
}
bool within(const Type& t, const Knowledge& a, const Knowledge& b) {
  if (!is_interval(t)) return (a.may & ~b.may) == 0 && (b.has & ~a.has) == 0;
  return (!a.never || b.never) && (a.high < a.low || (b.low <= a.low && a.high <= b.high));
}
bool overlap(const Type& t, const Knowledge& a, const Knowledge& b) {
  if (t.kind == Kind::choice) return (a.may & b.may) != 0;
  if (t.kind == Kind::set) return ((a.has & ~b.may) | (b.has & ~a.may)) == 0;
  return (a.never && b.never) || std::max(a.low, b.low) <= std::min(a.high, b.high);
}
Count count(const Type& t, const Knowledge& k) {
  if (t.kind == Kind::choice) return static_cast<Count>(std::popcount(k.may));
  if (t.kind == Kind::set) return (k.has & ~k.may) != 0 ? 0 : static_cast<Count>(1) << std::popcount(k.may & ~k.has);
  return static_cast<Count>(k.high < k.low ? 0 : k.high - k.low + 1) + (k.never ? 1 : 0);
}
std::pair<Knowledge, Knowledge> split(const Type& t, const Knowledge& k, const Open& open) {
  Knowledge first = k, second = k;
  if (t.kind == Kind::choice) first.may &= open.mask;
  if (t.kind == Kind::set) first.has |= open.mask;
  if (!is_interval(t)) second.may &= ~open.mask;
  if (k.never) first = exactly(t, never_value), second.never = false;
  if (is_interval(t) && !k.never) first.high = open.cut - 1, second.low = open.cut;
  return {first, second};
}

std::optional<Value> read_value(const Type& t, const Json& json) {
  if (t.yes_no) return json.is_boolean() ? std::optional<Value>(json == true ? 1 : 0) : std::nullopt;
  if (t.null && json.is_null()) return null_value;
  if (t.never && json == "never") return never_value;
  if (t.kind == Kind::date && json.is_string()) return parse_day(json.get<std::string>());
  const auto at = std::find(t.values.begin(), t.values.end(), json.is_string() ? json.get<std::string>() : "");
  if (t.kind == Kind::choice && at != t.values.end()) return at - t.values.begin();
  if (t.kind == Kind::set)
    if (const auto mask = read_mask(t, json)) return static_cast<Value>(*mask);
  if (t.kind == Kind::whole && json.is_number_unsigned() && json <= whole_max) return json.get<Value>();
  return std::nullopt;
}
std::optional<Knowledge> read_knowledge(const Type& t, const Json& json) {
  Knowledge k = nothing_known(t);
  if (!json.is_object()) {
    const std::optional<Value> v = read_value(t, json);
    return v ? std::optional<Knowledge>(exactly(t, *v)) : std::nullopt;
  }
  k.never = false;
  for (const auto& [key, part] : json.items()) {
    const bool lists = t.kind == Kind::choice ? key == "one_of" : t.kind == Kind::set && (key == "has" || key == "lacks");
    const auto mask = lists ? read_mask(t, part) : std::nullopt;
    const bool bounds = is_interval(t) && (key == "from" || key == "until");
    const auto value = bounds ? read_value({t.kind, false, false, false, {}}, part) : std::nullopt;
    if (!mask && !value) return std::nullopt;
    if (mask) (key == "has" ? k.has : k.may) = key == "lacks" ? k.may & ~*mask : *mask;
    if (value) (key == "from" ? k.low : k.high) = *value;
  }
  return count(t, k) == 0 ? std::nullopt : std::optional<Knowledge>(k);
}

World::World(const Law& law, const std::map<int, Value>& given)
    : law_(law), known_(law.facts.size(), true), memo_(2 * law.rules.size()) {
  for (std::size_t f = 0; f < law.facts.size(); ++f) {
    const Fact& fact = law.facts[f];
    const Fact* partner = fact.partner < 0 ? nullptr : &law.facts[fact.partner];
    std::optional<Value> value = fact.assumed;
    if (const Fact* state = fact.state ? &fact : partner) value = std::get<2>(*state->entry);  // never unknown
    if (fact.state && given.contains(fact.partner)) value = given.at(fact.partner);
    if (given.contains(static_cast<int>(f))) value = given.at(static_cast<int>(f));
    known_[f] = value.has_value();
    facts_.push_back(value ? exactly(fact.type, *value) : nothing_known(fact.type));
  }
}
World::World(const World& other, const std::map<int, Knowledge>& facts, const std::map<std::pair<int, bool>, Value>& rules)
    : law_(other.law_), reached_(other.reached_), ambiguity_(other.ambiguity_), reading_(other.reading_) {
  for (const Fact& fact : law_.facts) facts_.push_back(nothing_known(fact.type));
  for (const auto& [fact, k] : facts) facts_[fact] = k;
  for (const auto& [rule, value] : rules) used_[rule] = definite(value);
}

void World::depart(int ambiguity, int reading) {
  ambiguity_ = ambiguity, reading_ = reading, ++epoch_;
  reached_.clear();
  if (ambiguity < 0) return;
  for (const Rule& rule : law_.rules) reached_.push_back(rule.readings.contains({ambiguity, reading}));
  reached_ = law_.depending_on(reached_);
  for (const Ambiguity& a : law_.ambiguities) reached_[a.rule] = false;  // triggers see the default readings
}

Result World::condition(const Node& c, bool departing) {
  if (c.op == Op::negation) return negated(condition(c.children[0], departing));
  if (c.op != Op::test) {
    Result result = definite(c.op == Op::all ? 1 : 0);
    for (const Node& child : c.children) {
      result = c.op == Op::all ? both(result, condition(child, departing)) : either(result, condition(child, departing));
      if (c.op == Op::all ? result.no() : result.yes()) break;
    }
    return result;
  }
  if (c.rule >= 0) {
    const Result& r = rule(c.rule, departing);
    if (r.open()) return r;
    if (law_.rules[c.rule].type.kind == Kind::choice) return definite(static_cast<Value>(c.mask >> r.value & 1));
    return r.definite() && r.value == null_value ? definite(0) : between(c, r.low, r.high, false, r.why);
  }
  const Knowledge& k = facts_[c.fact];
  const Kind kind = law_.facts[c.fact].type.kind;
  if (kind == Kind::date || kind == Kind::whole) return between(c, k.low, k.high, k.never, {c.fact, 0, 0});
  const std::uint64_t in = k.may & c.mask;
  if (in == 0) return definite(0);
  if (kind == Kind::choice) return in == k.may ? definite(1) : open({c.fact, c.mask, 0});
  return (k.has & c.mask) != 0 ? definite(1) : open({c.fact, in & (~in + 1), 0});
}

Result World::expression(const Node& e, bool departing) {
  if (e.op == Op::constant) return definite(e.value);
  if (e.op == Op::operand) return e.rule >= 0 ? rule(e.rule, departing) : computed(e.fact, law_.facts[e.fact].id, facts_[e.fact]);
  std::vector<Result> parts;
  for (const Node& child : e.children) parts.push_back(expression(child, departing));
  if (e.op != Op::plus) return extreme(parts, e.op == Op::later);
  Result r = parts[0];
  if (r.open() || (r.definite() && r.value == null_value)) return r;
  r.low = add(r.low, e.months, e.days), r.high = add(r.high, e.months, e.days);
  r.form = "(" + r.form + ") plus " + std::to_string(e.months) + "m " + std::to_string(e.days) + "d";
  return r.low == r.high ? definite(r.low) : r;
}

// Whether the item's place is taken: by the item or by an exception of it.
Result World::visit(const Item& item, const Ground& context, bool set, bool departing, std::vector<Ground>* out) {
  const Result when = item.in_force ? condition(item.when, departing) : definite(0);
  if (when.no()) return when;
  const Ground self{&item, both(context.gives, when), both(context.decides, when)};
  Result kept = definite(1);
  for (const Item& exception : item.exceptions) {
    const Ground inner{nullptr, self.gives, both(self.decides, kept)};
    kept = both(kept, negated(visit(exception, inner, set, departing, set ? nullptr : out)));
  }
  if (out != nullptr) out->push_back({&item, both(self.gives, kept), both(self.decides, kept)});
  return set ? both(when, kept) : when;
}

std::vector<Ground> World::grounds(int index, bool departing) {
  const Rule& r = law_.rules[index];
  std::vector<Ground> out;
  Result hold = definite(1), left = definite(1);  // nothing before all clauses speaks; no clause so far applies
  for (const Item& item : r.first) {
    if (item.ambiguity >= 0 && (!departing || item.ambiguity != ambiguity_ || item.reading != reading_)) continue;
    const Result when = condition(item.when, departing), speaks = both(hold, when);
    out.push_back({&item, speaks, speaks});
    hold = both(hold, negated(when));
    if (hold.no()) return out;
  }
  for (const Item& clause : r.clauses) {
    const Ground context{nullptr, hold, r.member ? hold : both(hold, left)};
    left = both(left, negated(visit(clause, context, r.member, departing, &out)));
  }
  for (const Item& last : r.otherwise) out.push_back({&last, both(hold, left), both(hold, left)});
  return out;
}

const Result& World::rule(int index, bool departing) {
  departing = departing && reaches(index);
  if (memo_.empty()) return used_[{index, departing}];  // open when it is not used
  auto& [epoch, result] = memo_[2 * index + (departing ? 1 : 0)];
  if (epoch == epoch_) return result;
  if (++depth_ > chain_limit) throw Unreadable{"rule '" + law_.rules[index].id + "' depends on itself"};
  Result best;
  for (const Ground& g : grounds(index, departing)) {
    if (g.gives.no()) continue;
    Result mine = g.gives.yes() ? expression(g.item->gives, departing) : g.gives;
    if (mine.definite() && best.definite() && mine.value != best.value)
      throw Unreadable{"rule '" + law_.rules[index].id + "': clauses contradict each other for this product"};
    if (mine.is < best.is || (best.open() && best.why.fact < 0)) best = std::move(mine);
  }
  --depth_;
  epoch = epoch_;
  return result = std::move(best);
}

Result World::conclusion(const Conclusion& c) {
  if (c.type.kind != Kind::set) return rule(c.first, true);
  std::uint64_t mask = 0;
  for (std::size_t m = 0; m < c.type.rules(); ++m) {
    const Result& member = rule(c.first + static_cast<int>(m), true);
    if (member.open()) return member;
    mask |= static_cast<std::uint64_t>(member.value) << m;
  }
  return definite(static_cast<Value>(mask));
}

}  // namespace duolex::checker
