#include "workspace/verdict/explain.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "documents/citation.h"
#include "documents/plain.h"
#include "documents/tree_text.h"
#include "facts/fact_value.h"
#include "findings/value_json.h"
#include "plan/questions.h"
#include "rules/questions.h"
#include "workspace/verdict/subject.h"

namespace duolex::workspace {
namespace {

using findings::Explanation;
using nlohmann::ordered_json;

ExitCode bad_input(const Diagnostics& errors, std::ostream& err) {
  err << render(errors);
  return ExitCode::bad_input;
}

ordered_json question_json(const Subject& s, rules::Index fact) {
  const rules::Fact& f = s.law->base.facts[fact];
  ordered_json j;
  j["fact"] = f.id;
  j["question"] = f.ask;
  if (!f.help.empty()) j["help"] = f.help;
  j["answer"] = facts::expected_form(f.type);
  j["cites"] = ordered_json::array();
  for (const rules::Cite& cite : f.cites) j["cites"].push_back(s.names(cite.provision));
  return j;
}

ordered_json tree_json(const Explanation& e) {
  static const char* const kinds[] = {"rule", "fact", "state", "split", "not", "reading"};
  ordered_json j;
  j["kind"] = kinds[static_cast<int>(e.kind)];
  if (!e.id.empty()) j["id"] = e.id;
  if (!e.text.empty()) j["text"] = e.text;
  if (!e.by.empty()) j["by"] = e.by;
  if (!e.place.empty()) j["place"] = e.place;
  if (!e.cites.empty()) j["cites"] = e.cites;
  if (!e.because.empty()) {
    j["because"] = ordered_json::array();
    for (const Explanation& b : e.because) j["because"].push_back(tree_json(b));
  }
  return j;
}

}  // namespace

ExitCode ask(const AskRequest& request, std::ostream& out, std::ostream& err) {
  const auto s = open_subject(request.subject, request.as_of, request.law);
  if (!s) return bad_input(s.error(), err);
  const rules::RuleBase& base = s->law->base;
  const rules::Questions q = rules::questions(*s->compiled, s->facts.values, route_conclusions(base));
  if (request.json) {
    ordered_json j;
    j["as_of"] = to_string(request.as_of);
    j["smallest"] = ordered_json::array();
    for (const rules::Index f : q.smallest) j["smallest"].push_back(question_json(*s, f));
    j["proven_smallest"] = q.proven_smallest;
    j["open"] = ordered_json::array();
    for (const rules::Index f : q.open) j["open"].push_back(question_json(*s, f));
    out << j.dump(2) << "\n";
  } else if (q.open.empty()) {
    out << "Nothing that could be asked would change the route.\n";
  } else {
    const TextStyle& style = request.style;
    out << documents::wrapped(std::to_string(q.open.size()) + (q.open.size() == 1 ? " question" : " questions") +
                                  " can still change the route; " + (q.proven_smallest ? "no fewer than " : "as few as found: ") +
                                  std::to_string(q.smallest.size()) + (q.smallest.size() == 1 ? " answer" : " answers") +
                                  " can settle it" + (q.smallest.empty() ? "." : ":"),
                              "", "", style.width);
    for (const rules::Index f : q.smallest) out << "  " << base.facts[f].id << "\n";
    out << "\nMost decisive first:\n";
    const findings::Findings found = findings::find(*s->compiled, s->facts.values, s->names);
    for (std::size_t i = 0; i < q.open.size(); ++i) {
      const rules::Fact& f = base.facts[q.open[i]];
      std::string cites, matters;
      for (const rules::Cite& cite : f.cites) cites += (cites.empty() ? " [" : "; ") + documents::citation(s->names(cite.provision));
      if (!cites.empty()) cites += "]";
      const std::vector<std::string> labels = plan::can_change(found, f.id);
      for (std::size_t n = 0; n < labels.size() && n < 4; ++n) matters += (n == 0 ? "" : "; ") + labels[n];
      if (labels.size() > 4) matters += "; and " + std::to_string(labels.size() - 4) + " more";
      const std::string number = std::to_string(i + 1) + ". ", indent(number.size(), ' ');
      out << "\n" << documents::wrapped(f.ask + cites, number, indent, style.width);
      if (!f.help.empty()) out << documents::wrapped(f.help, indent, indent, style.width);
      out << documents::wrapped(f.id + ": " + facts::expected_form(f.type), indent, indent + "  ", style.width);
      if (!matters.empty()) out << documents::wrapped("can change: " + matters, indent, indent + "  ", style.width);
    }
  }
  return q.open.empty() ? ExitCode::clear : ExitCode::undecided;
}

ExitCode explain(const ExplainRequest& request, std::ostream& out, std::ostream& err) {
  const auto s = open_subject(request.subject, request.as_of, request.law);
  if (!s) return bad_input(s.error(), err);
  const rules::RuleBase& base = s->law->base;
  const rules::Index rule = base.rule(request.conclusion);
  if (rule == rules::no_index || !base.rules[rule].is_conclusion) {
    std::vector<std::string> known;
    for (const rules::Index c : base.conclusions) known.push_back(base.rules[c].id);
    const std::string near = nearest_name(request.conclusion, known);
    err << "error: there is no conclusion '" << request.conclusion << "'" << (near.empty() ? "; 'duolex decide " + request.subject.string() + "' names them all" : "; did you mean '" + near + "'?") << "\n";
    return ExitCode::usage;
  }
  const findings::Findings found = findings::find(*s->compiled, s->facts.values, s->names);
  const findings::Finding& f = found[request.conclusion];
  const Explanation why = findings::explain(*s->compiled, s->facts.values, request.conclusion, s->names);
  const auto others = findings::explain_others(*s->compiled, s->facts.values, request.conclusion, s->names);
  const auto turns = findings::what_would_change(*s->compiled, s->facts.values, request.conclusion);
  if (request.json) {
    ordered_json j;
    j["as_of"] = to_string(request.as_of);
    j["conclusion"] = request.conclusion;
    j["finding"] = findings::to_json(f);
    j["why"] = tree_json(why);
    j["why_not"] = ordered_json::array();
    for (const Explanation& e : others) j["why_not"].push_back(tree_json(e));
    j["would_change_it"] = ordered_json::array();
    for (const findings::Turn& t : turns)
      j["would_change_it"].push_back({{"fact", t.fact}, {"answer", findings::to_json(t.answer)}, {"value", findings::to_json(t.value)}});
    out << j.dump(2) << "\n";
  } else {
    out << documents::explanation_text({f, why, others, turns}, request.style);
  }
  return f.status == rules::Status::settled ? ExitCode::clear
         : f.status == rules::Status::contested ? ExitCode::finding : ExitCode::undecided;
}

}  // namespace duolex::workspace
