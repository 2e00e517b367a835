#include "workspace/joint_file/plan.h"

#include <algorithm>
#include <ostream>

#include "base/file.h"
#include "documents/matrix.h"
#include "workspace/joint_file/languages.h"
#include "workspace/joint_file/matrix_of.h"
#include "workspace/verdict/subject.h"

namespace duolex::workspace {
namespace {

// What a role means in facts about the actor.
struct RoleFacts {
  const char* role;
  std::vector<std::pair<const char*, const char*>> facts;
};
const std::vector<RoleFacts>& roles() {
  static const std::vector<RoleFacts> all = {
      {"manufacturer", {{"actor.cra_position", "manufacturer"}, {"actor.ai_position", "provider"}}},
      {"importer", {{"actor.cra_position", "importer"}, {"actor.ai_position", "importer"}}},
      {"distributor", {{"actor.cra_position", "distributor"}, {"actor.ai_position", "distributor"}}},
      {"representative", {{"actor.cra_position", "other"}, {"actor.ai_position", "other"}, {"actor.represents_manufacturer", "yes"},
                          {"actor.represents_provider", "yes"}}},
      {"deployer", {{"actor.cra_position", "other"}, {"actor.ai_position", "deployer"}}},
      {"steward", {{"actor.cra_position", "other"}, {"actor.ai_position", "other"}, {"actor.systematic_foss_support", "yes"}}}};
  return all;
}

// In another role than the dossier's, nothing is known of what that other one does with the product besides.
void take_role(const rules::RuleBase& base, const std::string& role, rules::FactValues& values) {
  for (rules::Index f = 0; f < base.facts.size(); ++f)
    if (base.facts[f].id.starts_with("actor.")) values[f] = rules::unknown_value;
  for (const RoleFacts& r : roles()) {
    if (r.role != role) continue;
    for (const auto& [id, value] : r.facts) {
      const rules::Index f = base.fact(id);
      if (f == rules::no_index) continue;
      const std::vector<std::string>& list = base.facts[f].type.values;
      const auto it = std::find(list.begin(), list.end(), value);
      values[f] = it != list.end() ? it - list.begin() : 1;
    }
  }
  for (const char* other : {"actor.own_name_or_trademark", "actor.modified_product", "actor.changed_ai_purpose_to_high_risk",
                            "actor.represents_manufacturer", "actor.represents_provider"})
    if (const rules::Index f = base.fact(other); f != rules::no_index && role != "manufacturer" && values[f] == rules::unknown_value)
      values[f] = 0;
}

}  // namespace

const std::vector<std::string>& plan_roles() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list;
    for (const RoleFacts& r : roles()) list.emplace_back(r.role);
    return list;
  }();
  return names;
}

ExitCode plan(const PlanRequest& request, std::ostream& out, std::ostream& err) {
  auto s = open_subject(request.subject, request.as_of, request.law);
  if (!s) {
    err << render(s.error());
    return ExitCode::bad_input;
  }
  if (!request.role.empty()) take_role(s->law->base, request.role, s->facts.values);
  auto document = matrix_of(*s, findings::find(*s->compiled, s->facts.values, s->names), request.role);
  if (!document) {
    err << render(document.error());
    return ExitCode::bad_input;
  }
  if (request.format == "oscal" && document->matrix.rows.empty()) {
    // By its schema a mapping collection maps something; `docs` leaves it out as well.
    err << "No duty binds on these facts, so there is nothing that an OSCAL mapping collection could hold: nothing was written.\n";
    return ExitCode::clear;
  }
  const auto tongue = tongue_for(*s, request.language);
  if (!tongue) {
    err << render(tongue.error());
    return ExitCode::bad_input;
  }
  std::string bytes;
  if (request.format == "xlsx") {
    if (!request.out) {
      err << render(error_in("", "a workbook needs a place", "name a file with --out"));
      return ExitCode::usage;
    }
    std::filesystem::path scratch = *request.out;
    scratch += ".part";
    auto written = documents::write_matrix_xlsx(*document, scratch);
    std::error_code error;
    if (written) std::filesystem::rename(scratch, *request.out, error);
    if (!written || error) {
      std::filesystem::remove(scratch, error);
      err << render(written ? error_in(request.out->string(), "cannot be written") : written.error()[0]);
      return ExitCode::cannot_write;
    }
  } else {
    bytes = request.format == "json"    ? documents::matrix_json(*document)
            : request.format == "html"  ? documents::matrix_html(*document, *tongue)
            : request.format == "csv"   ? documents::matrix_csv(*document)
            : request.format == "oscal" ? documents::matrix_oscal(*document)
                                        : documents::matrix_text(*document, request.style);
    if (request.out) {
      if (const auto written = write_file_atomically(*request.out, bytes); !written) {
        err << render(written.error());
        return ExitCode::cannot_write;
      }
    } else {
      out << bytes;
    }
  }
  if (request.out) out << documents::matrix_sentence(document->matrix) << "\nwritten: " << request.out->string() << "\n";
  out.flush();
  if (!out) return ExitCode::cannot_write;
  return document->matrix.open() == 0 ? ExitCode::clear : ExitCode::finding;
}

}  // namespace duolex::workspace
