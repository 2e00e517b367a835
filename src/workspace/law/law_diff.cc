#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "consistency/load.h"
#include "consistency/witness_file.h"
#include "findings/value_json.h"
#include "text/json_out.h"
#include "workspace/law/law_commands.h"
#include "workspace/law/law_output.h"

namespace duolex::workspace {
namespace {

ExitCode refused(const Diagnostics& errors, std::ostream& err, ExitCode code = ExitCode::bad_input) {
  err << render(errors);
  return code;
}

std::string reading_of(const rules::RuleBase& base, const consistency::Change& change) {
  if (change.ambiguity == rules::no_index) return "";
  const rules::Ambiguity& a = base.ambiguities[change.ambiguity];
  return a.id + " " + a.readings[change.reading].id;
}

nlohmann::ordered_json ids(const rules::RuleBase& base, const std::vector<rules::Index>& rules) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const rules::Index r : rules) list.push_back(base.rules[r].id);
  return list;
}

struct Shown {
  std::string text;
  nlohmann::ordered_json json;
};

Shown show(const rules::RuleBase& base, const consistency::Change& c, const std::optional<std::string>& file) {
  const rules::Rule& rule = base.rules[c.conclusion];
  const std::string reading = reading_of(base, c);
  Shown s;
  s.text = "  " + rule.id + ": " + to_text(rule.type, c.before) + " → " + to_text(rule.type, c.after) +
           (reading.empty() ? "" : "  (only in the reading " + reading + ")") + "\n      for " +
           consistency::witness_line(base, c.witness) + "\n";
  if (file) s.text += "      product: " + *file + "\n";
  s.json = {{"conclusion", rule.id},
            {"before", findings::to_json(rule.type, c.before)},
            {"after", findings::to_json(rule.type, c.after)}};
  if (!reading.empty())
    s.json["reading"] = {{"ambiguity", base.ambiguities[c.ambiguity].id},
                         {"reading", base.ambiguities[c.ambiguity].readings[c.reading].id}};
  s.json["witness"] = to_json(base, c.witness);
  s.json["witness"].erase("as_of");
  if (file) s.json["witness"]["file"] = *file;
  return s;
}

}  // namespace

ExitCode law_diff(const LawDiffRequest& request, std::ostream& out, std::ostream& err) {
  const auto law = law::load(request.law);
  if (!law) return refused(law.error(), err);
  const rules::RuleBase& base = (*law)->base;
  const auto folder = WitnessFolder::open(request.witness);
  if (!folder) return refused(folder.error(), err, ExitCode::cannot_write);
  const auto prover = consistency::load_prover();
  if (!prover) return refused(prover.error(), err, ExitCode::internal);

  const consistency::Difference difference = (*prover)->diff(base, request.first, request.second);
  const std::string days = to_string(request.first) + " and " + to_string(request.second);
  std::string text;
  nlohmann::ordered_json changes = nlohmann::ordered_json::array();
  for (const consistency::Change& c : difference.changes) {
    const rules::Rule& rule = base.rules[c.conclusion];
    const std::string about = rule.id + " is " + to_text(rule.type, c.before) + " on " + to_string(request.first) + " and " +
                              to_text(rule.type, c.after) + " on " + to_string(request.second) +
                              (c.ambiguity == rules::no_index ? "" : ", in the reading " + reading_of(base, c));
    const auto file = folder->write(rule.id, base, c.witness, about);
    if (!file) return refused(file.error(), err, ExitCode::cannot_write);
    Shown shown = show(base, c, *file);
    text += shown.text;
    changes.push_back(std::move(shown.json));
  }
  if (request.json) {
    nlohmann::ordered_json json = {{"law_sha256", base.sha256},
                                   {"first", to_string(request.first)},
                                   {"second", to_string(request.second)},
                                   {"changes", std::move(changes)},
                                   {"same", ids(base, difference.same)},
                                   {"undecided", ids(base, difference.undecided)}};
    out << text::to_json_text(json, text::JsonLayout::pretty);
  } else {
    out << difference.changes.size() << " of " << base.conclusions.size() << " conclusions differ for some product between "
        << days << (difference.changes.empty() ? ".\n" : ":\n") << text;
    if (!difference.same.empty()) out << "The same for every product:";
    for (std::size_t i = 0; i < difference.same.size(); ++i) out << (i == 0 ? " " : ", ") << base.rules[difference.same[i]].id;
    if (!difference.same.empty()) out << "\n";
    for (const rules::Index r : difference.undecided) out << "The solver gave up on " << base.rules[r].id << ".\n";
  }
  out.flush();
  if (!out) {
    err << "error: the answer cannot be written\n";
    return ExitCode::cannot_write;
  }
  return difference.changes.empty() && difference.undecided.empty() ? ExitCode::clear : ExitCode::finding;
}

}  // namespace duolex::workspace
