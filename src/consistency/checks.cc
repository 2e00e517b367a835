#include "consistency/checks.h"

#include <algorithm>
#include <set>

#include "rules/walk.h"

namespace duolex::consistency {

using namespace rules;

namespace {
std::string quoted(const std::string& text) { return "'" + text + "'"; }
}  // namespace

// Something in the rule base that ought to speak for some product, and when it does.
struct Speaker {
  const Span* span;
  std::string what;
  std::vector<Term> when;  // in the default readings, then in the others
};

Checker::Checker(const RuleBase& base) : base_(base), e_(s_, base), explorer_(s_, base, e_) {}

Report Checker::run() {
  contradictions_and_gaps();
  dead();
  invariants();
  ambiguities();
  meetings();
  idle();
  std::stable_sort(report_.findings.begin(), report_.findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.span.file, a.span.line, a.span.column) < std::tie(b.span.file, b.span.line, b.span.column);
  });
  report_.queries = s_.queries();
  return std::move(report_);
}

bool Checker::possible(const Term& goal, const Span& span, const std::string& what) {
  switch (s_.possible({goal})) {
    case Session::Answer::yes: return true;
    case Session::Answer::no: return false;
    case Session::Answer::undecided: break;
  }
  find(Check::undecided, span, "the solver gave up on whether " + what);
  return false;
}

Finding& Checker::find(Check check, const Span& span, std::string message) {
  Finding finding;
  finding.check = check;
  finding.span = span;
  finding.message = std::move(message);
  report_.findings.push_back(std::move(finding));
  return report_.findings.back();
}

void Checker::show(Finding& finding, const Term& goal) { finding.witness = explorer_.witness(goal); }

std::string Checker::in_reading(std::size_t reading) const {
  if (reading == Encoding::usual) return "";
  const Reading& r = e_.readings()[reading];
  const Ambiguity& a = base_.ambiguities[r.ambiguity];
  return " in the reading " + a.id + " " + a.readings[r.reading].id;
}

void Checker::contradictions_and_gaps() {
  for (Index r = 0; r < base_.rules.size(); ++r) {
    const std::size_t before = report_.findings.size();
    rule_in(r, Encoding::usual);
    for (std::size_t reading = 0; reading < e_.readings().size() && report_.findings.size() == before; ++reading)
      if (e_.readings()[reading].rules.contains(r)) rule_in(r, reading);
    report_.proven.rules += report_.findings.size() == before;
  }
}

void Checker::rule_in(Index index, std::size_t reading) {
  const Rule& rule = base_.rules[index];
  if (rule.type.kind == Kind::set_of) return;
  const RuleTerms& terms = e_.rule(index, reading);
  // Where an `under` item speaks, it does not matter what stands below it.
  Term open = s_.yes();
  for (const RuleTerms::Departure& d : terms.departures) open = s_.both(open, s_.negate(d.speaks));
  contradictions(rule, terms, open, reading);
  if (rule.otherwise) return;
  const Term nothing = s_.literal(s_.both(open, *terms.otherwise));
  if (!possible(nothing, rule.span, quoted(rule.id) + " has a gap")) return;
  Finding& gap = find(Check::gap, rule.span, quoted(rule.id) + " gives no value where no clause applies" + in_reading(reading));
  show(gap, nothing);
}

void Checker::contradictions(const Rule& rule, const RuleTerms& terms, const Term& open, std::size_t reading) {
  struct Pair {
    const Clause *first, *second;
    Term meet;
  };
  std::vector<Pair> pairs;
  Term any = s_.no();
  for (std::size_t i = 0; i < terms.leaves.size(); ++i)
    for (std::size_t j = i + 1; j < terms.leaves.size(); ++j) {
      const Term differ = s_.negate(e_.equal(terms.leaves[i].gives, terms.leaves[j].gives).simplify());
      const Term meet =
          s_.both(open, s_.both(s_.both(terms.leaves[i].speaks, terms.leaves[j].speaks), differ)).simplify();
      if (meet.is_false()) continue;
      pairs.push_back({terms.leaves[i].clause, terms.leaves[j].clause, meet});
      any = s_.either(any, meet);
    }
  const std::string what = quoted(rule.id) + " contradicts itself";
  if (!possible(s_.literal(any), rule.span, what)) return;
  for (const Pair& pair : pairs) {
    const Term meet = s_.literal(pair.meet);
    if (!possible(meet, rule.span, what)) continue;
    Finding& f = find(Check::contradiction, pair.second->span,
                      "two clauses of " + quoted(rule.id) + " apply at once and give different values" + in_reading(reading));
    f.related.push_back({pair.first->span, "the other clause", ""});
    show(f, meet);
  }
}

namespace {

void name_clauses(const Clause& clause, const std::string& name, std::vector<std::pair<const Clause*, std::string>>& out) {
  out.emplace_back(&clause, name);
  for (std::size_t i = 0; i < clause.exceptions.size(); ++i)
    name_clauses(clause.exceptions[i], "exception " + std::to_string(i + 1) + " of " + name, out);
}

}  // namespace

void Checker::dead() {
  std::vector<Speaker> speakers;
  for (Index index = 0; index < base_.rules.size(); ++index) {
    const Rule& rule = base_.rules[index];
    std::vector<const RuleTerms*> all{&e_.rule(index)};
    for (const Reading& reading : e_.readings()) {
      const auto it = reading.rules.find(index);
      if (it != reading.rules.end()) all.push_back(&it->second);
    }
    std::vector<std::pair<const Clause*, std::string>> names;
    for (std::size_t i = 0; i < rule.clauses.size(); ++i) name_clauses(rule.clauses[i], "clause " + std::to_string(i + 1), names);
    const std::string of = " of " + quoted(rule.id);
    for (std::size_t i = 0; i < all[0]->leaves.size(); ++i) {
      const auto name = std::find_if(names.begin(), names.end(), [&](const auto& n) { return n.first == all[0]->leaves[i].clause; });
      Speaker s{&name->first->span, name->second + of, {}};
      for (const RuleTerms* terms : all) s.when.push_back(terms->leaves[i].speaks);
      speakers.push_back(std::move(s));
    }
    for (std::size_t g = 0; g < rule.guards.size(); ++g) {
      Speaker s{&rule.guards[g].span, "guard " + std::to_string(g + 1) + of, {}};
      for (const RuleTerms* terms : all) s.when.push_back(terms->guards[g].speaks);
      speakers.push_back(std::move(s));
    }
    if (rule.otherwise) {
      Speaker s{&rule.otherwise_span, "'otherwise'" + of, {}};
      for (const RuleTerms* terms : all) s.when.push_back(*terms->otherwise);
      speakers.push_back(std::move(s));
    }
    for (const RuleTerms* terms : all)
      for (const RuleTerms::Departure& d : terms->departures)
        speakers.push_back({&d.under->span, "'under " + base_.ambiguities[d.under->ambiguity].id + "'" + of, {d.speaks}});
  }
  const auto shown = [&](const Span& span, const std::string& what, const Condition& when) {
    speakers.push_back({&span, what, {s_.literal(e_.condition(when))}});
  };
  for (const Warning& w : base_.warnings) shown(w.span, "this warning", w.when);
  for (const Note& n : base_.notes) shown(n.span, "the note " + quoted(n.id), n.when);
  for (const Duty& d : base_.duties) shown(d.span, "the duty " + quoted(d.id), d.when);
  for (const DocumentItem& i : base_.items) shown(i.span, "the item " + quoted(i.id), i.when);
  speaking(speakers);
}

// One product may let many speak: whoever a model lets speak needs no question of its own.
void Checker::speaking(const std::vector<Speaker>& speakers) {
  std::vector<bool> heard(speakers.size(), false);
  for (std::size_t i = 0; i < speakers.size(); ++i) {
    for (std::size_t k = 0; k < speakers[i].when.size() && !heard[i]; ++k) {
      if (!possible(speakers[i].when[k], *speakers[i].span, speakers[i].what + " can speak")) continue;
      for (std::size_t j = i; j < speakers.size(); ++j)
        for (const Term& when : speakers[j].when) heard[j] = heard[j] || s_.is_true(when);
    }
    if (heard[i]) {
      ++report_.proven.clauses;
    } else {
      find(Check::dead, *speakers[i].span, speakers[i].what + " never applies, for any product on any day");
    }
  }
}

std::vector<bool> Checker::reachable_facts() const {
  std::vector<bool> facts(base_.facts.size(), false), states(base_.states.size(), false);
  std::set<Index> rules;
  const auto use = [&](const Operand& o) {
    if (o.source == Source::fact) facts[o.index] = true;
    if (o.source == Source::state && base_.states[o.index].assumed_by != no_index) facts[base_.states[o.index].assumed_by] = true;
  };
  for (const Index conclusion : base_.conclusions)
    for (const Index rule : base_.dependencies(conclusion)) rules.insert(rule);
  for (const Index rule : rules) for_each_operand(base_, base_.rules[rule], use);
  return facts;
}

void Checker::idle() {
  // Two products on one day: a fact matters when two that differ in it alone get different answers.
  Encoding other(s_, base_, nullptr, &e_);
  std::vector<Term> same;
  for (Index f = 0; f < base_.facts.size(); ++f) same.push_back(s_.literal(e_.equal(e_.fact(f), other.fact(f))));
  Term differs = s_.no();
  for (const Index conclusion : base_.conclusions) {
    differs = s_.either(differs, s_.negate(e_.equal(e_.answer(conclusion), other.answer(conclusion))));
    for (std::size_t r = 0; r < e_.readings().size(); ++r)
      if (&e_.answer(conclusion, r) != &e_.answer(conclusion))
        differs = s_.either(differs, s_.negate(e_.equal(e_.answer(conclusion, r), other.answer(conclusion, r))));
  }
  differs = s_.literal(differs);
  const std::vector<bool> reachable = reachable_facts();
  for (Index f = 0; f < base_.facts.size(); ++f) {
    if (reachable[f]) {
      fact(f, other, same, differs);
    } else if (!base_.facts[f].explanatory) {
      find(Check::idle, base_.facts[f].span, "no conclusion asks for the fact " + quoted(base_.facts[f].id) + "; it is not marked 'explanatory'");
    } else {
      ++report_.proven.facts;
    }
  }
}

void Checker::fact(Index index, Encoding& other, const std::vector<Term>& same, const Term& differs) {
  const Fact& fact = base_.facts[index];
  std::vector<Term> asked{differs};
  Term but_one = differs;
  for (Index g = 0; g < same.size(); ++g)
    if (g != index) asked.push_back(same[g]);
  const Session::Answer answer = s_.possible(asked);
  if (answer == Session::Answer::undecided) {
    find(Check::undecided, fact.span, "the solver gave up on whether the fact " + quoted(fact.id) + " can matter");
  } else if (answer == Session::Answer::no && !fact.explanatory) {
    find(Check::idle, fact.span, "no conclusion depends on the fact " + quoted(fact.id) + "; it is not marked 'explanatory'");
  } else if (answer == Session::Answer::yes && fact.explanatory) {
    const Value now = e_.value(fact.type, e_.fact(index)), then = other.value(fact.type, other.fact(index));
    Finding& f = find(Check::idle, fact.span, "the fact " + quoted(fact.id) + " is marked 'explanatory' and matters: " +
                                                  to_text(fact.type, now) + " and " + to_text(fact.type, then) +
                                                  " give different answers");
    for (Index g = 0; g < same.size(); ++g)
      if (g != index) but_one = s_.both(but_one, same[g]);
    const Term here = s_.both(e_.is(fact.type, e_.fact(index), now), other.is(fact.type, other.fact(index), then));
    show(f, s_.literal(s_.both(but_one, here)));
  } else {
    ++report_.proven.facts;
  }
}

}  // namespace duolex::consistency
