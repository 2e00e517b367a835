// law_mutants LAW_FOLDER CASES [--show]: how well the worked cases and the invariants hold the rules.
//
// Each guard, clause, exception and reading item is deleted, each condition negated, each clause freed
// from its text and days, and each day of the law moved by one, in turn. A mutant is caught when a case
// comes out differently, when the rules then contradict themselves or have a gap, or when an invariant
// breaks. Exit 1 when less than 98 of 100 are caught. Some cannot be: a guard that says again what its
// clauses imply changes nothing when it goes.
//
// The same for duties: each condition negated, and each part of it left out, in turn.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <iostream>
#include <map>
#include <set>
#include <thread>

#include "case_file.h"
#include "rules/partial.h"

namespace duolex::cases {
namespace {

using namespace rules;

struct Place {
  Index rule;  // day: into RuleBase::days
  enum class What : std::uint8_t { guard, clause, under, day } what;
  std::vector<std::size_t> path;  // clause, then exceptions
  std::string label;
  Span span;
};

void add_clauses(Index rule, const std::vector<Clause>& clauses, const Place& parent, std::vector<Place>& out) {
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    Place p = parent;
    p.rule = rule;
    p.path.push_back(i);
    p.label += (parent.path.empty() ? "clause " : " except ") + std::to_string(i + 1);
    p.span = clauses[i].span;
    out.push_back(p);
    add_clauses(rule, clauses[i].exceptions, p, out);
  }
}

std::vector<Place> places(const RuleBase& base) {
  std::vector<Place> out;
  for (Index r = 0; r < base.rules.size(); ++r) {
    const Rule& rule = base.rules[r];
    for (std::size_t g = 0; g < rule.guards.size(); ++g)
      out.push_back({r, Place::What::guard, {g}, "guard " + std::to_string(g + 1), rule.guards[g].span});
    add_clauses(r, rule.clauses, {r, Place::What::clause, {}, "", {}}, out);
    for (std::size_t u = 0; u < rule.unders.size(); ++u)
      out.push_back({r, Place::What::under, {u}, "under item " + std::to_string(u + 1), rule.unders[u].span});
  }
  for (Index d = 0; d < base.days.size(); ++d)
    for (std::size_t e = 0; e < base.days[d].entries.size(); ++e)
      out.push_back({d, Place::What::day, {e}, "entry " + std::to_string(e + 1), base.days[d].span});
  return out;
}

Condition negated(Condition c) {
  Condition n;
  n.op = Condition::Op::negation;
  n.children.push_back(std::move(c));
  return n;
}

enum class Change : std::uint8_t { deleted, negated, untimed, moved };
constexpr const char* change_names[] = {" deleted", " negated", " freed from text and days", " moved by a day"};

const Clause& clause_at(const RuleBase& base, const Place& p) {
  const Clause* clause = &base.rules[p.rule].clauses[p.path[0]];
  for (std::size_t i = 1; i < p.path.size(); ++i) clause = &clause->exceptions[p.path[i]];
  return *clause;
}

std::vector<Change> changes_of(const RuleBase& base, const Place& p) {
  if (p.what == Place::What::day) return {Change::moved};
  std::vector<Change> changes{Change::deleted, Change::negated};
  if (p.what == Place::What::clause) {
    const InForce& f = clause_at(base, p).in_force;
    if (f.text != no_index || f.from || f.until) changes.push_back(Change::untimed);
  }
  return changes;
}

RuleBase mutant(const RuleBase& base, const Place& p, Change change) {
  RuleBase m = base;
  if (change == Change::moved) {
    m.days[p.rule].entries[p.path[0]].day.number += 1;
    return m;
  }
  Rule& rule = m.rules[p.rule];
  const bool negate = change == Change::negated;
  if (p.what == Place::What::guard) {
    if (negate) {
      rule.guards[p.path[0]].when = negated(rule.guards[p.path[0]].when);
    } else {
      rule.guards.erase(rule.guards.begin() + static_cast<std::ptrdiff_t>(p.path[0]));
    }
    return m;
  }
  if (p.what == Place::What::under) {
    if (negate) {
      rule.unders[p.path[0]].when = negated(rule.unders[p.path[0]].when);
    } else {
      rule.unders.erase(rule.unders.begin() + static_cast<std::ptrdiff_t>(p.path[0]));
    }
    return m;
  }
  std::vector<Clause>* list = &rule.clauses;
  for (std::size_t i = 0; i + 1 < p.path.size(); ++i) list = &(*list)[p.path[i]].exceptions;
  Clause& clause = (*list)[p.path.back()];
  if (change == Change::untimed) {
    clause.in_force = {};
  } else if (negate) {
    clause.when = negated(clause.when);
  } else {
    list->erase(list->begin() + static_cast<std::ptrdiff_t>(p.path.back()));
  }
  return m;
}

bool fails(const Case& c, const RuleBase& base) {
  const auto law = CompiledLaw::compile_for(base, c.as_of, c.facts);
  if (!law) return true;
  Decider decider(*law);
  if (!check(c, base, decider.decide(c.facts)).empty()) return true;
  if (!base.items.empty() && !check_items(c, base, decider.items(c.facts)).empty()) return true;
  return !base.duties.empty() && !check_duties(c, base, decider.duties(c.facts)).empty();
}

bool tells_of_duties(const Case& c) {
  return !c.duties.empty() || !c.may_bind.empty() || !c.no_duties.empty() || !c.binds_exactly.empty();
}

// The invariants as conclusions, so that "can be violated" is an answer of the engine.
RuleBase with_invariants(RuleBase base) {
  for (const Invariant& i : base.invariants) {
    Rule r;
    r.id = "invariant " + i.title;
    r.is_conclusion = true;
    Clause c;
    c.gives.constant = 1;
    c.when = i.violated;
    r.clauses.push_back(std::move(c));
    r.otherwise.emplace();
    base.conclusions.push_back(static_cast<Index>(base.rules.size()));
    base.rules.push_back(std::move(r));
  }
  return base;
}

bool breaks_invariant(const RuleBase& mutated) {
  const RuleBase base = with_invariants(mutated);
  for (const char* day : {"2025-06-01", "2026-11-24", "2027-12-05", "2028-09-01"}) {
    const auto law = CompiledLaw::compile(base, *parse_day(day));
    if (!law) return true;
    Decider decider(*law);
    for (unsigned assume = 0; assume < 2; ++assume) {
      FactValues facts(base.facts.size(), unknown_value);
      for (Index f = 0; f < facts.size(); ++f)
        if (base.facts[f].overrides_state != no_index) facts[f] = assume;
      const auto& outcomes = decider.decide(facts, {false, false, false});
      for (std::size_t i = 0; i < base.conclusions.size(); ++i)
        if (base.conclusions[i] >= mutated.rules.size() && !(outcomes[i].status == Status::settled && outcomes[i].value == 0))
          return true;
    }
  }
  return false;
}

// A duty's condition, otherwise than the law has it.
struct Duty {
  Index duty;
  Condition when;
  std::string change;
  bool caught = false;
};

std::vector<Duty> duty_mutants(const RuleBase& base) {
  std::vector<Duty> out;
  for (Index d = 0; d < base.duties.size(); ++d) {
    const Condition& when = base.duties[d].when;
    out.push_back({d, negated(when), "negated"});
    if (when.op != Condition::Op::all_of && when.op != Condition::Op::any_of) continue;
    for (std::size_t i = 0; i < when.children.size(); ++i) {
      Condition less = when;
      less.children.erase(less.children.begin() + static_cast<std::ptrdiff_t>(i));
      out.push_back({d, std::move(less), "without part " + std::to_string(i + 1)});
    }
  }
  return out;
}

// One law holds one mutant of every duty that still has one: they do not touch each other.
std::vector<Duty> tried_duties(const RuleBase& base, const std::vector<Case>& all) {
  std::vector<Duty> mutants = duty_mutants(base);
  std::vector<const Case*> telling;
  for (const Case& c : all)
    if (tells_of_duties(c)) telling.push_back(&c);
  std::set<std::size_t> left;
  for (std::size_t m = 0; m < mutants.size(); ++m) left.insert(m);
  while (!left.empty()) {
    RuleBase law = base;
    std::vector<std::size_t> round;
    std::set<Index> taken;
    for (const std::size_t m : left)
      if (taken.insert(mutants[m].duty).second) round.push_back(m);
    for (const std::size_t m : round) {
      law.duties[mutants[m].duty].when = mutants[m].when;
      left.erase(m);
    }
    for (const Case* c : telling) {
      const auto compiled = CompiledLaw::compile_for(law, c->as_of, c->facts);
      if (!compiled) continue;
      Decider decider(*compiled);
      const std::vector<Decider::Holds> holds = decider.duties(c->facts);
      const std::vector<std::string> wrongs = check_duties(*c, base, holds);
      for (const std::size_t m : round) {
        // What the case says of this duty alone.
        const std::string id = "duty " + base.duties[mutants[m].duty].id + " ";
        for (const std::string& wrong : wrongs)
          if (wrong.find(id) != std::string::npos) mutants[m].caught = true;
      }
    }
  }
  return mutants;
}

int run(const char* folder, const char* where, bool show) {
  auto base = load_rule_base(read_law(folder));
  if (!base) {
    std::cerr << render(base.error());
    return 65;
  }
  std::vector<std::string> errors;
  const std::vector<Case> all = read_cases(where, *base, errors);
  if (!errors.empty() || all.empty()) {
    std::cerr << "the cases cannot be read\n";
    return 65;
  }
  base->controls.clear();
  const RuleBase with_duties = *base;
  const std::vector<Duty> duties = tried_duties(*base, all);
  const auto seen = static_cast<std::size_t>(std::count_if(duties.begin(), duties.end(), [](const Duty& d) { return d.caught; }));
  for (const Duty& d : duties)
    if (!d.caught && show)
      std::cout << base->duties[d.duty].span.file << ":" << base->duties[d.duty].span.line << ": " << base->duties[d.duty].id << " "
                << d.change << ": nothing notices\n";
  std::cout << duties.size() << " mutants of duties, " << seen << " caught\n";
  // Nothing below looks at these.
  base->notes.clear();
  base->duties.clear();
  base->items.clear();
  base->warnings.clear();
  // A moved day is seen by the cases that stand at it: they come first.
  const auto stands_at = [&](const Case& c, Day day) {
    const auto near = [&](long long number) { return number >= day.number - 1 && number <= day.number + 1; };
    bool found = near(c.as_of.number);
    for (Index f = 0; f < c.facts.size(); ++f)
      found = found || (base->facts[f].type.kind == Kind::date && c.facts[f] != unknown_value && near(c.facts[f]));
    return found;
  };
  const auto by_day = [&](Day day) {
    std::vector<const Case*> cases;
    for (const bool at : {true, false})
      for (const Case& c : all)
        if (stands_at(c, day) == at) cases.push_back(&c);
    return cases;
  };
  // Rules that duties or items alone use: the cases on these see them.
  std::set<Index> of_conclusions;
  for (const Index c : base->conclusions)
    for (const Index r : base->dependencies(c)) of_conclusions.insert(r);
  std::vector<const Case*> on_duties;
  for (const Case& c : all)
    if (tells_of_duties(c) || !c.items.empty() || !c.no_items.empty()) on_duties.push_back(&c);
  // Which cases can see a rule at all, those that use it in their reasons first.
  std::vector<std::vector<const Case*>> seeing(base->rules.size());
  std::map<std::pair<Index, std::string>, std::vector<const Case*>> using_item;
  for (const Case& c : all) {
    Partial partial(*base, c.as_of);
    partial.start(c.facts);
    std::set<Index> sees;
    for (const Expectation& e : c.expect)
      for (const Index r : base->dependencies(base->rule(e.conclusion))) sees.insert(r);
    for (const Index r : sees) {
      seeing[r].push_back(&c);
      if (base->rules[r].type.kind != Kind::set_of) {
        if (const Step* s = partial.step(r)) using_item[{r, s->label}].push_back(&c);
      } else {
        for (std::uint32_t m = 0; m < base->rules[r].type.values.size(); ++m)
          if (const Step* s = partial.member_step(r, m)) using_item[{r, s->label}].push_back(&c);
      }
    }
  }
  const auto is_caught = [&](const Place& p, Change change) {
    const bool for_duties = p.what != Place::What::day && !of_conclusions.contains(p.rule);
    const RuleBase m = mutant(for_duties ? with_duties : *base, p, change);
    std::set<const Case*> tried;
    const auto any_fails = [&](const auto& cases) {
      return std::any_of(cases.begin(), cases.end(),
                         [&](const Case* c) { return tried.insert(c).second && fails(*c, m); });
    };
    if (for_duties) return any_fails(on_duties) || breaks_invariant(m);
    if (change == Change::moved)
      return any_fails(by_day(base->days[p.rule].entries[p.path[0]].day)) || breaks_invariant(m);
    const auto item = using_item.find({p.rule, p.label});
    return (item != using_item.end() && any_fails(item->second)) || any_fails(seeing[p.rule]) || breaks_invariant(m);
  };

  struct Job {
    Place place;
    Change change;
    bool caught = false;
  };
  std::vector<Job> jobs;
  for (const Place& p : places(*base))
    for (const Change change : changes_of(*base, p)) jobs.push_back({p, change});
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < std::max(1U, std::thread::hardware_concurrency()); ++t)
    threads.emplace_back([&] {
      for (std::size_t i = next++; i < jobs.size(); i = next++) jobs[i].caught = is_caught(jobs[i].place, jobs[i].change);
    });
  for (std::thread& t : threads) t.join();

  std::size_t caught = 0;
  for (const Job& job : jobs) {
    caught += job.caught ? 1 : 0;
    if (!job.caught && show)
      std::cout << job.place.span.file << ":" << job.place.span.line << ": "
                << (job.change == Change::moved ? base->days[job.place.rule].id : base->rules[job.place.rule].id) << ", "
                << job.place.label << change_names[static_cast<std::size_t>(job.change)] << ": nothing notices\n";
  }
  std::cout << jobs.size() << " mutants, " << caught << " caught, " << jobs.size() - caught << " not ("
            << 100.0 * static_cast<double>(caught) / static_cast<double>(jobs.size()) << " %), " << all.size()
            << " cases, " << base->invariants.size() << " invariants\n";
  return caught * 100 >= jobs.size() * 98 && seen * 100 >= duties.size() * 98 ? 0 : 1;
}

}  // namespace
}  // namespace duolex::cases

int main(int argc, char** argv) {
  const bool show = argc == 4 && std::strcmp(argv[3], "--show") == 0;
  if (argc != 3 && !show) {
    std::cerr << "usage: law_mutants LAW_FOLDER CASES [--show]\n";
    return 64;
  }
  return duolex::cases::run(argv[1], argv[2], show);
}
