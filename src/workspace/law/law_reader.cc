#include "workspace/law/law_reader.h"

#include <algorithm>
#include <set>

#include "law/citations.h"
#include "rules/walk.h"

namespace duolex::workspace {
namespace {

using namespace rules;

std::string name_of(const RuleBase& base, const Operand& o) {
  switch (o.source) {
    case Source::fact: return base.facts[o.index].id;
    case Source::state: return base.states[o.index].id;
    case Source::rule: break;
  }
  return base.rules[o.index].id;
}

// Calls f(what, id or title, part) for everything in a rule base that has conditions.
template <class F>
void for_each_user(const RuleBase& base, F&& f) {
  for (const Ambiguity& a : base.ambiguities) f("ambiguity", a.id, a.live_when);
  for (const Invariant& i : base.invariants) f("invariant", "\"" + i.title + "\"", i.violated);
  for (const Warning& w : base.warnings) f("warning", "\"" + w.text + "\"", w.when);
  for (const Note& n : base.notes) f("note", n.id, n.when);
  for (const Duty& d : base.duties) f("duty", d.id, d.when);
  for (const DocumentItem& i : base.items) f("item", i.id, i.when);
}

class Reader {
 public:
  Reader(const law::Law& law, const std::string& id) : law_(law), base_(law.base), id_(id) {}

  std::optional<Shown> run() {
    if (!find()) return std::nullopt;
    if (const std::string* const text = law_.text_of(shown_.span.file)) shown_.source = declaration(*text, shown_.span);
    for (const law::Citation& c : law::citations(base_))
      if (c.what == shown_.what && c.id == id_) cites_.insert(c.cite->provision);
    users();
    shown_.uses.assign(uses_.begin(), uses_.end());
    shown_.facts.assign(facts_.begin(), facts_.end());
    shown_.used_by.assign(used_by_.begin(), used_by_.end());
    shown_.cites.assign(cites_.begin(), cites_.end());
    return std::move(shown_);
  }

 private:
  void be(const std::string& what, const Span& span, const std::string& label = "") {
    shown_.what = what;
    shown_.id = id_;
    shown_.label = label;
    shown_.span = span;
  }

  void use(const Operand& o) {
    uses_.insert(name_of(base_, o));
    if (o.source == Source::rule) {
      for (const Index rule : base_.dependencies(o.index)) for_each_operand(base_, base_.rules[rule], [&](const Operand& d) { fact(d); });
    } else {
      fact(o);
    }
  }

  void fact(const Operand& o) {
    if (o.source == Source::fact) facts_.insert(base_.facts[o.index].id);
    if (o.source == Source::state && base_.states[o.index].assumed_by != no_index)
      facts_.insert(base_.facts[base_.states[o.index].assumed_by].id);
  }

  void use(const Condition& condition) {
    for_each_operand(condition, [&](const Operand& o) { use(o); });
  }

  bool find() {
    for (Index i = 0; i < base_.rules.size(); ++i) {
      const Rule& r = base_.rules[i];
      if (r.id != id_) continue;
      be(r.is_conclusion ? "conclusion" : "definition", r.span, r.label);
      for_each_operand(base_, r, [&](const Operand& o) { use(o); });
      return true;
    }
    for (const Fact& f : base_.facts)
      if (f.id == id_) return be("fact", f.span, f.ask), true;
    for (const State& s : base_.states)
      if (s.id == id_) {
        be("state", s.span);
        if (s.assumed_by != no_index) uses_.insert(base_.facts[s.assumed_by].id);
        return true;
      }
    for (const NamedDay& d : base_.days)
      if (d.id == id_) return be("day", d.span), true;
    for (const Text& t : base_.texts)
      if (t.id == id_) return be("text", t.span, t.title), true;
    for (const Ambiguity& a : base_.ambiguities)
      if (a.id == id_) {
        use(a.live_when);
        return be("ambiguity", a.span, a.question), true;
      }
    for (const Note& n : base_.notes)
      if (n.id == id_) {
        use(n.when);
        return be("note", n.span), true;
      }
    for (const Duty& d : base_.duties)
      if (d.id == id_) {
        use(d.when);
        if (d.from_by != no_index) uses_.insert(base_.rules[d.from_by].id);
        for (const Control& c : base_.controls)
          for (const Answer& a : c.answers)
            if (base_.duties[a.duty].id == id_) used_by_.insert("control " + c.id);
        return be("duty", d.span, d.text), true;
      }
    for (const DocumentItem& i : base_.items)
      if (i.id == id_) {
        use(i.when);
        return be("item", i.span, i.text), true;
      }
    for (const Control& c : base_.controls)
      if (c.id == id_) {
        for (const Answer& a : c.answers) uses_.insert(base_.duties[a.duty].id);
        return be("control", c.span, c.text), true;
      }
    return false;
  }

  void users() {
    for (const Rule& r : base_.rules)
      for_each_operand(base_, r, [&](const Operand& o) {
        if (name_of(base_, o) == id_) used_by_.insert((r.is_conclusion ? "conclusion " : "definition ") + r.id);
      });
    for_each_user(base_, [&](const std::string& what, const std::string& name, const Condition& condition) {
      for_each_operand(condition, [&](const Operand& o) {
        if (name_of(base_, o) == id_) used_by_.insert(what + " " + name);
      });
    });
    for (const Ambiguity& a : base_.ambiguities)
      for (const Index touched : a.touches)
        if (base_.rules[touched].id == id_) used_by_.insert("ambiguity " + a.id + " (touches it)");
    for (const Note& n : base_.notes)
      for (const Index on : n.on)
        if (base_.rules[on].id == id_) used_by_.insert("note " + n.id + " (stands beside it)");
    for (const State& s : base_.states)
      if (s.assumed_by != no_index && base_.facts[s.assumed_by].id == id_) used_by_.insert("state " + s.id);
    if (shown_.what == "ambiguity")
      for (const Rule& r : base_.rules)
        for (const Under& u : r.unders)
          if (base_.ambiguities[u.ambiguity].id == id_) used_by_.insert((r.is_conclusion ? "conclusion " : "definition ") + r.id);
  }

  const law::Law& law_;
  const RuleBase& base_;
  const std::string& id_;
  Shown shown_;
  std::set<std::string> uses_, facts_, used_by_, cites_;
};

bool ends_with_comma(const std::string& line) {
  const std::size_t last = line.find_last_not_of(" \r");
  return last != std::string::npos && line[last] == ',';
}

}  // namespace

std::optional<Shown> look_up(const law::Law& law, const std::string& id) { return Reader(law, id).run(); }

std::vector<std::string> all_ids(const RuleBase& base) {
  std::vector<std::string> ids;
  const auto add = [&](const auto& things) {
    for (const auto& thing : things) ids.push_back(thing.id);
  };
  add(base.texts);
  add(base.facts);
  add(base.states);
  add(base.days);
  add(base.rules);
  add(base.ambiguities);
  add(base.notes);
  add(base.duties);
  add(base.controls);
  add(base.items);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

std::string declaration(const std::string& text, const Span& span) {
  std::size_t at = span.begin == 0 ? std::string::npos : text.rfind('\n', span.begin - 1);
  at = at == std::string::npos ? 0 : at + 1;
  std::string result, held;  // held: blank lines and comments that may follow the declaration
  bool first = true, continues = false;
  while (at < text.size()) {
    std::size_t end = text.find('\n', at);
    if (end == std::string::npos) end = text.size();
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    const bool blank = line.find_first_not_of(" \r") == std::string::npos;
    const bool comment = !line.empty() && line[0] == '#';
    if (blank || comment) {
      held += line + "\n";
      continue;
    }
    if (!first && !continues && line[0] != ' ' && line[0] != '"') break;
    result += held + line + "\n";
    held.clear();
    continues = ends_with_comma(line);
    first = false;
  }
  return result;
}

}  // namespace duolex::workspace
