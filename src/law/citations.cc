#include "law/citations.h"

namespace duolex::law {
namespace {

using namespace rules;

class Collector {
 public:
  explicit Collector(const RuleBase& base) {
    for (const Fact& f : base.facts) all("fact", f.id, f.cites);
    for (const State& s : base.states) all("state", s.id, s.cites);
    for (const NamedDay& d : base.days)
      for (const DayEntry& e : d.entries) all("day", d.id, e.cites, e.text);
    for (const Rule& r : base.rules) rule(r);
    for (const Ambiguity& a : base.ambiguities) all("ambiguity", a.id, a.cites);
    for (const Invariant& i : base.invariants) all("invariant", i.title, i.cites);
    for (const Warning& w : base.warnings) all("warning", w.text, w.cites);
    for (const Note& n : base.notes) all("note", n.id, n.cites);
    for (const Duty& d : base.duties) {
      all("duty", d.id, d.cites);
      all("duty", d.id, d.may_not_apply);
    }
    for (const DocumentItem& i : base.items) all("item", i.id, i.cites);
    for (const Control& c : base.controls) all("control", c.id, c.cites);
  }

  std::vector<Citation> found;

 private:
  void all(const std::string& what, const std::string& id, const Cites& cites, Index text = no_index) {
    for (const Cite& cite : cites) found.push_back({what, id, &cite, text});
  }

  void rule(const Rule& r) {
    const std::string what = r.is_conclusion ? "conclusion" : "definition";
    all(what, r.id, r.cites);
    for (const Guard& g : r.guards) all(what, r.id, g.cites);
    for (const Clause& c : r.clauses) clause(what, r.id, c, no_index);
    all(what, r.id, r.otherwise_cites);
    for (const Under& u : r.unders) all(what, r.id, u.cites);
  }

  void clause(const std::string& what, const std::string& id, const Clause& c, Index around) {
    const Index text = c.in_force.text == no_index ? around : c.in_force.text;
    all(what, id, c.cites, text);
    for (const Clause& e : c.exceptions) clause(what, id, e, text);
  }
};

}  // namespace

std::vector<Citation> citations(const RuleBase& base) { return std::move(Collector(base).found); }

}  // namespace duolex::law
