// The post-market monitoring plan, and the pack for a notified body.
#include <algorithm>

#include "workspace/joint_file/binding.h"

namespace duolex::workspace {
namespace {

using documents::BoundItem;
using documents::cited;
using documents::data;
using documents::ItemTable;
using documents::on_day;
using documents::said;
using documents::Said;

// Duties to report, with their deadlines: CRA Art. 14, AI Act Art. 73.
void deadlines(const Binding& b, BoundItem& out) {
  ItemTable t{said("Reports and their deadlines"), {said("Duty"), said("Binds from"), said("Basis")}, {}};
  for (const plan::MatrixDuty& d : b.matrix.matrix.duties) {
    if (std::none_of(d.cites.begin(), d.cites.end(), [](const std::string& c) { return c.starts_with("CRA/art/14") || c.starts_with("AIA/art/73"); })) continue;
    const auto from = parse_day(d.from);
    t.rows.push_back({d.surely ? said(d.text) : said("{duty} (if the open questions are answered so)", {{"duty", said(d.text)}}), from ? on_day(*from) : said("not said"), cited(d.cites)});
  }
  if (t.rows.empty()) return;
  out.tables.push_back(std::move(t));
  out.source = said("conclusions of the rule base; 'duolex incident clocks' counts the deadlines of an incident");
  out.substantiated = true;
}

struct Listed {
  const dossier::Artefact* file;
  Said use;
};

// Every file of the dossier, once, by path.
std::vector<Listed> all_files(const Binding& b) {
  std::vector<Listed> all;
  const auto add = [&](const dossier::Artefact& a, const Said& use) {
    if (std::none_of(all.begin(), all.end(), [&](const Listed& l) { return l.file->path == a.path; })) all.push_back({&a, use});
  };
  if (b.release() != nullptr)
    for (const dossier::Artefact& a : b.release()->artefacts)
      add(a, said(a.kind == "sbom" ? "bill of materials" : a.kind == "model" ? "model" : a.kind == "data" ? "data" : a.kind == "test_report" ? "test report" : "document"));
  for (const dossier::ControlState& c : b.s.dossier.controls)
    for (const dossier::Artefact& a : c.evidence) add(a, said("evidence for {what}", {{"what", data(c.id)}}));
  for (const dossier::ItemText& i : b.s.dossier.items)
    if (i.file) add(*i.file, said("content of {what}", {{"what", data(i.id)}}));
  for (const dossier::Risk& r : b.s.dossier.risks)
    for (const dossier::Artefact& a : r.evidence) add(a, said("evidence for {what}", {{"what", data(r.id)}}));
  std::sort(all.begin(), all.end(), [](const Listed& x, const Listed& y) { return x.file->path < y.file->path; });
  return all;
}

// How far another document is.
void document(const documents::JointFile& file, const char* name, BoundItem& out) {
  const documents::ItemCounts c = count_items(file, name);
  give(out, said("See the document '{name}' of this file.", {{"name", said(documents::document_title(name))}}), said("this file"), true);
  out.content.push_back(said("Items: {given} given, {missing} missing, {not_applicable} not applicable, {undecided} undecided.",
                             {{"given", data(std::to_string(c.given))}, {"missing", data(std::to_string(c.missing))},
                              {"not_applicable", data(std::to_string(c.not_applicable))}, {"undecided", data(std::to_string(c.undecided))}}));
  if (c.missing + c.undecided != 0) out.incomplete = true;
}

void files_table(const Binding& b, BoundItem& out, bool evidence_only) {
  ItemTable t{said("Files"), {said("File"), said("What it is"), said("SHA-256")}, {}};
  for (const Listed& l : all_files(b))
    if (!evidence_only || l.file->kind == "evidence" || l.file->kind == "test_report") t.rows.push_back({data(l.file->path), l.use, data(l.file->sha256)});
  if (t.rows.empty()) return;
  out.tables.push_back(std::move(t));
  out.source = said("the files of the dossier, hashed in this run");
  out.substantiated = true;
}

}  // namespace

void bind_monitoring(const Binding& b, const std::string& name, BoundItem& out) {
  if (name == "object") {
    const dossier::Release* r = b.release();
    if (r == nullptr || b.s.dossier.name.empty()) return;
    give(out, data(b.s.dossier.name + ", " + r->version), place("product.name, releases"), true);
    if (r->placed_on_market_on) give(out, said("From {day}", {{"day", on_day(*r->placed_on_market_on)}}), place("releases"), true);
    if (r->support_period_end) give(out, said("Until the end of the support period, {day}, and as long as it is in use", {{"day", on_day(*r->support_period_end)}}), place("releases"), true);
  } else if (name == "deadlines") {
    deadlines(b, out);
  } else if (name == "records") {
    const findings::Finding& end = b.findings["joint.retention_end"];
    if (end.status != rules::Status::unknown && end.value.kind == findings::Value::Kind::date)
      give(out, said("{what}: {value}", {{"what", said(end.label)}, {"value", value_said(end.value)}}), said("conclusions {ids}", {{"ids", data("joint.retention_end")}}), true);
    give_control(b, "control.retention_schedule", out);
  }
}

void bind_owner(const Binding& b, const std::string& control, BoundItem& out) {
  for (const dossier::ControlState& c : b.s.dossier.controls)
    if (c.id == control && !c.owner.empty()) give(out, data(c.owner), place("controls"), true);
}

void bind_application(const Binding& b, const std::string& name, const documents::JointFile& file, BoundItem& out) {
  if (name == "technical_file" || name == "risk_assessment") document(file, name.c_str(), out);
  if (name == "evidence") files_table(b, out, true);
  if (name == "index") files_table(b, out, false);
}

}  // namespace duolex::workspace
