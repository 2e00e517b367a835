#include "workspace/joint_file/assess.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/file.h"
#include "base/version.h"
#include "documents/assessment.h"
#include "documents/law_said.h"
#include "facts/from_bill.h"
#include "findings/value_json.h"
#include "rules/questions.h"
#include "sbom/quality.h"
#include "sbom/sbom.h"
#include "workspace/evidence/evidence_place.h"
#include "workspace/joint_file/bind_items.h"
#include "workspace/joint_file/blockers.h"
#include "workspace/joint_file/compare_releases.h"
#include "workspace/joint_file/languages.h"
#include "workspace/joint_file/matrix_of.h"
#include "workspace/joint_file/reach.h"
#include "workspace/joint_file/report_folder.h"
#include "workspace/joint_file/tested_of.h"
#include "workspace/probes/model_artefacts.h"
#include "workspace/verdict/subject.h"
#include "workspace/vulnerabilities/known_vulnerabilities.h"

namespace duolex::workspace {
namespace {

using documents::Assessment;
using documents::data;
using documents::listed;
using documents::said;
using documents::Said;
using documents::told;
using findings::Finding;

constexpr int years_shown = 8;  // of the timeline, from as_of

std::vector<std::string> shown(const rules::Cites& cites, const findings::CiteNames& names) {
  std::vector<std::string> ids;
  for (const rules::Cite& cite : cites) ids.push_back(names(cite.provision));
  return ids;
}

Said by_whom(const dossier::Source& s) {
  const std::pair<std::string, Said> who{"who", data(s.by)};
  Said how = s.kind == "measured"   ? s.by.empty() ? said("measured") : said("measured by {who}", {who})
             : s.kind == "document" ? s.by.empty() ? said("document") : said("document by {who}", {who})
             : s.by.empty()         ? said("stated")
                                    : said("stated by {who}", {who});
  std::string more;
  if (!s.artefact.empty()) more += ", " + s.artefact;
  if (!s.note.empty()) more += " (" + s.note + ")";
  return more.empty() ? how : listed({std::move(how), data(more)}, "");
}

void add_facts(const Subject& s, Assessment& a) {
  const rules::RuleBase& base = s.law->base;
  for (const facts::KnownFact& k : s.facts.known) {
    const rules::Fact& f = base.facts[k.fact];
    a.facts.push_back({f.id, f.ask, to_text(findings::value_of(f.type, s.facts.values[k.fact])), by_whom(k.source),
                       k.source.on ? to_string(*k.source.on) : "", shown(f.cites, s.names), k.line, false});
  }
  for (const std::string& id : a.findings.assumed) {
    const rules::Fact& f = base.facts[base.fact(id)];
    if (!f.assumed) continue;
    a.facts.push_back({f.id, f.ask, to_text(findings::value_of(f.type, *f.assumed)), {}, "", shown(f.cites, s.names), 0, true});
  }
}

void add_questions(const Subject& s, Assessment& a) {
  const rules::Questions q = rules::questions(*s.compiled, s.facts.values, route_conclusions(s.law->base));
  a.smallest_proven = q.proven_smallest;
  for (const rules::Index i : q.open) {
    const rules::Fact& f = s.law->base.facts[i];
    a.questions.push_back({f.id, f.ask, f.help, documents::answers_said(f.type), shown(f.cites, s.names),
                           std::find(q.smallest.begin(), q.smallest.end(), i) != q.smallest.end(),
                           plan::can_change(a.findings, f.id)});
  }
}

void add_readings(const Subject& s, Assessment& a) {
  for (const rules::Ambiguity& amb : s.law->base.ambiguities) {
    documents::ReadingRow row;
    row.ambiguity = amb.id;
    row.question = amb.question;
    row.cites = shown(amb.cites, s.names);
    for (const rules::Reading& r : amb.readings)
      row.options.push_back({r.id, r.because, r.id == amb.readings[amb.default_reading].id, r.id == amb.readings[amb.taken].id, {}});
    bool contested = false;
    for (const Finding& f : a.findings.conclusions)
      for (const findings::ReadingFinding& r : f.readings) {
        if (r.ambiguity != amb.id || r.is_default) continue;
        contested = true;
        for (documents::ReadingRow::Option& o : row.options)
          if (o.reading == r.reading) {
            o.values.push_back({f.label, r.varies ? "varies" : documents::in_words(r.value), r.varies ? said("varies") : documents::value_said(r.value)});
          } else if (o.is_taken) {
            o.values.push_back({f.label, documents::in_words(f), documents::finding_said(f)});
          }
      }
    if (!contested) continue;
    for (const dossier::ReadingChoice& c : s.dossier.readings)
      if (c.ambiguity == amb.id) {
        row.chosen = c.reading;
        row.chosen_by = c.by;
      }
    a.readings.push_back(std::move(row));
  }
}

// All that stands between the product and a signed declaration: what `duolex declare` would refuse it for.
Result<void> add_open_points(const Subject& s, Assessment& a) {
  const auto matrix = matrix_of(s, a.findings, "");
  if (!matrix) return tl::unexpected(matrix.error());
  const auto evidence = known_evidence(s.dossier, s.as_of, s.law->base.sha256);
  if (!evidence) return tl::unexpected(evidence.error());
  const auto file = joint_file_of(s, a.findings, *matrix, a, *evidence);
  if (!file) return tl::unexpected(file.error());
  const auto in = languages_for(s, *file, {});
  if (!in) return tl::unexpected(in.error());
  std::vector<documents::OpenPoint> points;
  for (const Blocker& b : declaration_blockers(s, a.findings, *matrix, *file, a, in->lacking)) points.push_back({b.what, b.close, b.cites, b.what_said, b.close_said, b.undecided, b.line});
  a.open_points = std::move(points);
  Standing standing = standing_of(s, a.findings);
  a.standing = standing_said(standing);
  a.standing_because = std::move(standing.because);
  return {};
}

void add_proofs(const Subject& s, Assessment& a) {
  for (const char* id : {"joint.cra_assessed_by", "joint.derogation_12_3", "cra.applies", "cra.class", "cra.procedures", "ai.applies",
                         "ai.high_risk", "ai.procedure", "joint.bodies", "joint.presumption", "joint.regime_now"}) {
    const Finding& f = a.findings[id];
    a.proofs.push_back({id, f.label, documents::in_words(f), findings::explain(*s.compiled, s.facts.values, id, s.names),
                        findings::explain_others(*s.compiled, s.facts.values, id, s.names)});
  }
}

// What the bills of materials hold, lack and suggest. What the dossier answers is not proposed again.
void add_bills(const Subject& s, Assessment& a) {
  for (documents::ArtefactRow& row : a.artefacts) {
    if (row.kind != "sbom") continue;
    const std::filesystem::path path = std::filesystem::path(s.dossier.file).parent_path() / row.path;
    const auto bytes = read_file(path);
    const Result<sbom::Sbom> bill = bytes ? sbom::read_sbom(row.path, *bytes) : Result<sbom::Sbom>(tl::unexpected(bytes.error()));
    if (!bill) {
      row.note = said("cannot be read: {why}", {{"why", told(bill.error()[0].message)}});
      continue;
    }
    const std::pair<std::string, Said> read{"read", said("{format}; components parsed {parsed} = stored {stored} + rejected {rejected}",
                                                         {{"format", data(std::string(sbom::name_of(bill->encoding)) + " " + bill->spec_version)},
                                                          {"parsed", data(std::to_string(bill->parsed))},
                                                          {"stored", data(std::to_string(bill->components.size()))},
                                                          {"rejected", data(std::to_string(bill->rejected_components))}})};
    std::string lacking;
    for (const sbom::QualityCheck& check : sbom::check_quality(*bill))
      if (!check.holds() && check.basis[0] == "CRA/anx/I/PartII/1") lacking += (lacking.empty() ? "" : ", ") + check.id;
    row.note = lacking.empty() ? read.second : said("{read}; lacking of CRA/anx/I/PartII/1: {list}", {read, {"list", data(lacking)}});
    for (facts::Proposal& p : facts::proposals(*bill, s.law->base)) {
      const auto fact = std::find_if(s.law->base.facts.begin(), s.law->base.facts.end(), [&](const rules::Fact& f) { return f.id == p.fact; });
      if (s.facts.values[static_cast<std::size_t>(fact - s.law->base.facts.begin())] == rules::unknown_value)
        a.proposals.push_back({p.fact, p.value, p.because, row.path});
    }
  }
}

Result<Assessment> assessment_of(const Subject& s) {
  Assessment a;
  a.program_version = program_version;
  a.dossier_file = s.dossier.file;
  a.product = s.dossier.name.empty() ? "Product without a name" : s.dossier.name;
  a.description = s.dossier.description;
  a.intended_purpose = s.dossier.intended_purpose;
  for (const dossier::Role& r : s.dossier.roles)
    if (a.manufacturer.empty() || r.role == "manufacturer") a.manufacturer = r.name;
  if (!s.dossier.releases.empty()) {
    a.release = s.dossier.releases.back().version;
    for (const dossier::Artefact& f : s.dossier.releases.back().artefacts) add_artefact(s.dossier, f, a);
  }
  a.findings = findings::find(*s.compiled, s.facts.values, s.names);
  a.facts_sha256 = facts::facts_sha256(s.law->base, s.facts.values);
  a.sign_off = sign_off_said(s, a.facts_sha256);
  a.route = plan::route_sentence(a.findings);
  a.route_reasons = plan::route_reasons(*s.compiled, s.facts.values, a.findings, s.names);
  a.routes = plan::compare_routes(*s.compiled, s.facts.values, a.findings, s.names);
  auto timeline = plan::timeline(s.law->base, s.facts.values, s.as_of, plus_months(s.as_of, 12 * years_shown),
                                 [&](Day day) { return s.law->names(day); });
  if (!timeline) return tl::unexpected(timeline.error());
  a.timeline = std::move(*timeline);
  a.fixed_days = plan::fixed_days(s.law->base, s.facts.values, a.findings, s.names);
  const Finding& presumption = a.findings["joint.presumption"];
  if (presumption.status == rules::Status::unknown || to_text(presumption.value) != "not_applicable")
    a.conditions = plan::required_facts(s.law->base, s.facts.values, presumption.conclusion, s.names);
  for (const rules::Text& t : s.law->base.texts)
    if (t.from <= s.as_of && s.as_of <= t.until) a.law_texts.push_back({t.id, t.title});
  for (const dossier::GivenFact& f : s.dossier.facts) a.lines.emplace(f.id, f.key.span.line);
  add_bills(s, a);
  add_facts(s, a);
  add_questions(s, a);
  add_readings(s, a);
  add_proofs(s, a);
  a.not_checked = {
      said("Whether the facts are true: they are taken from the dossier with their stated source."),
      said("Whether the product meets the essential cybersecurity requirements of CRA Annex I, or Articles 8 to 15 AI Act."),
      said("National law, and Union law other than the acts named in the provisions above."),
  };
  return a;
}

// What a failing says of a fact that nobody has answered. A test that passed shows no fact: it looked at some of it.
void propose_from(const Subject& s, const documents::EvidenceRow& e, Assessment& a) {
  const bool part_i = e.test == "scan" || e.test == "model.file", level = e.test == "model.evasion" || e.test == "model.backdoor" || e.test.starts_with("llm.");
  if (!part_i && !level) return;
  const char* const fact = part_i ? "cra.annex_i_part_i_met" : "joint.declaration_shows_art15_level";
  const rules::Index f = s.law->base.fact(fact);
  if (f == rules::no_index || s.facts.values[f] != rules::unknown_value) return;
  a.proposals.push_back({fact, "no", e.test + " found a failing: " + e.detail, "leaf " + std::to_string(e.leaf) + " of the ledger, " + e.hash.substr(0, 16)});
}

// What the ledger has. What a test on record found failing stands between the product and a declaration.
Result<void> add_evidence(const Subject& s, Assessment& a) {
  const auto known = known_evidence(s.dossier, s.as_of, s.law->base.sha256);
  if (!known) return tl::unexpected(known.error());
  std::error_code ec;
  a.tested = tested_of(s.dossier, *known, std::filesystem::exists(ledger_folder(s.dossier.folder) / "log", ec));
  for (const documents::EvidenceRow& e : a.tested.evidence) {
    if (e.state == "current" && e.outcome == "failed" && !e.speaks_to.empty()) propose_from(s, e, a);
  }
  add_failed_tests(a);
  for (const std::string& model : a.tested.untested_models) a.not_checked.push_back(said("Attacks on {model}: no test of it that counts is on record.", {{"model", data(model)}}));
  return {};
}

}  // namespace

namespace {

// What `decide` answers, with proofs for duolex-check, both of which know the default readings.
Result<std::string> answer(const Subject& s) {
  std::shared_ptr<const rules::CompiledLaw> compiled = s.compiled;
  if (s.law != s.law_by_default) {
    auto by_default = rules::CompiledLaw::compile(s.law_by_default->base, s.as_of);
    if (!by_default) return failure(by_default.error());
    compiled = *by_default;
  }
  nlohmann::ordered_json j = findings::to_json(findings::find(*compiled, s.facts.values, s.names));
  j["proofs"] = findings::prove(*compiled, s.facts.values, s.names);
  return j.dump(2) + "\n";
}

}  // namespace

ExitCode assess(const AssessRequest& request, std::ostream& out, std::ostream& err) {
  const auto s = open_subject(request.dossier, request.as_of, request.law);
  if (!s) {
    err << render(s.error());
    return ExitCode::bad_input;
  }
  if (!s->has_dossier) {
    err << render(error_in(request.dossier.string(), "is no dossier", "name a folder with a file duolex.yaml"));
    return ExitCode::bad_input;
  }
  const auto tongue = tongue_for(*s, request.language);
  if (!tongue) {
    err << render(tongue.error());
    return ExitCode::bad_input;
  }
  auto a = assessment_of(*s);
  if (!a) {
    err << render(a.error());
    return ExitCode::internal;
  }
  if (const auto checked = add_known_vulnerabilities(*s, request.index, *a); !checked) {
    err << render(checked.error());
    return ExitCode::bad_input;
  }
  if (const auto checked = add_evidence(*s, *a); !checked) {
    err << render(checked.error());
    return ExitCode::bad_input;
  }
  a->change = check_change(*s);
  if (const auto added = add_open_points(*s, *a); !added) {
    err << render(added.error());
    return ExitCode::bad_input;
  }
  const auto answered = answer(*s);
  if (!answered) {
    err << render(answered.error());
    return ExitCode::internal;
  }
  const std::string summary = summary_text(*a);
  std::map<std::string, std::string> files = {{"assessment.json", assessment_json(*a)},
                                              {"answer.json", *answered},
                                              {"report.html", report_html(*a, *tongue)},
                                              {"findings.sarif", sarif(*a)},
                                              {"summary.txt", summary}};
  if (request.default_out) files.emplace(ignore_name, ignore_all);
  const auto written = write_report_folder(request.out, files);
  if (!written) {
    err << render(written.error());
    return ExitCode::cannot_write;
  }
  if (request.json) {
    out << assessment_json(*a);
  } else {
    out << summary_text(*a, request.style) << "\nWritten:\n";
    for (const char* name : {"report.html", "assessment.json", "answer.json", "findings.sarif", "summary.txt"})
      out << "  " << (request.out / name).string() << "\n";
  }
  out.flush();
  if (!out) return ExitCode::cannot_write;
  if (!a->questions.empty()) return ExitCode::undecided;
  // A contested reading is an open point until a choice is recorded.
  if (a->open_points.empty()) return ExitCode::clear;
  const bool gap = std::any_of(a->open_points.begin(), a->open_points.end(), [](const documents::OpenPoint& p) { return !p.undecided; });
  return gap ? ExitCode::finding : ExitCode::undecided;
}

}  // namespace duolex::workspace
