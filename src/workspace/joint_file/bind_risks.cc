// The risk assessment: the register of the dossier, what was found by scan and by looking at model files, and each
// point of CRA Annex I with what the plan says of it.
#include <algorithm>

#include "plan/words.h"
#include "workspace/joint_file/binding.h"

namespace duolex::workspace {
namespace {

using documents::BoundItem;
using documents::data;
using documents::ItemTable;
using documents::listed;
using documents::on_day;
using documents::said;
using documents::Said;
using dossier::Risk;

Said word_or(const std::string& word, const char* otherwise) { return word.empty() ? said(otherwise) : said(plan::in_words(word)); }

Said goods_of(const Risk& r) {
  Said goods = listed({});
  for (const std::string& good : r.protects) goods.parts.push_back(said(good == "health_safety" ? "health and safety" : good == "security" ? "security" : "fundamental rights"));
  return goods.parts.empty() ? said("not said") : goods;
}

Said treatment_of(const Risk& r) {
  Said t = listed({word_or(r.treatment, "not said")}, "; ");
  if (!r.measures.empty()) t.parts.push_back(data(r.measures));
  for (const std::string& c : r.controls) t.parts.push_back(data(c));
  return t;
}

// A technique of the risk and one of a record are the same, or one is a part of the other (AML.T0043, AML.T0043.000).
bool same_technique(const std::string& one, const std::string& other) { return one == other || one.starts_with(other + ".") || other.starts_with(one + "."); }

bool speaks_to(const evidence::EvidenceRecord& record, const Risk& r) {
  for (const std::string& technique : r.atlas)
    if (std::any_of(record.atlas.begin(), record.atlas.end(), [&](const std::string& of) { return same_technique(technique, of); })) return true;
  for (const dossier::Artefact& file : r.evidence)
    if ((record.blob && record.blob->sha256 == file.sha256) ||
        std::any_of(record.artefacts.begin(), record.artefacts.end(), [&](const evidence::HashedFile& f) { return f.sha256 == file.sha256; }))
      return true;
  return std::any_of(r.controls.begin(), r.controls.end(), [&](const std::string& id) { return std::find(record.answers.begin(), record.answers.end(), id) != record.answers.end(); });
}

// What the ledger has on a risk. A record that counts and did not fail shows it; a file that is named shows that there is one.
struct Spoken {
  Said words = listed({}, "; ");
  bool shown = false, contradicted = false;
  std::vector<documents::LeafRef> leaves;
};

Said state_said(const std::string& state) {
  if (state == "passed") return said("passed");
  if (state == "failed") return said("found a failing");
  if (state == "stated") return said("stated by a person");
  if (state == "inconclusive") return said("says nothing");
  if (state == "interrupted") return said("did not reach its end");
  return state == "expired" ? said("no longer good") : said("stale");
}

Spoken spoken_of(const Binding& b, const Risk& r) {
  Spoken out;
  for (const KnownEvidence& e : b.evidence) {
    if (e.state == "replaced" || e.state == "other_release" || !speaks_to(e.record, r)) continue;
    const std::string state = e.state != "current" ? e.state : e.record.interrupted ? "interrupted" : e.record.outcome;
    const std::string what = e.record.test.empty() ? e.record.shows : e.record.test;
    out.words.parts.push_back(said("leaf {leaf} of the ledger, {what}: {state}", {{"leaf", data(std::to_string(e.index))}, {"what", documents::told(what)}, {"state", state_said(state)}}));
    if (state == "failed") out.contradicted = true;
    if (state != "passed" && state != "stated") continue;
    out.shown = true;
    out.leaves.push_back({e.index, e.leaf});
  }
  for (const dossier::Artefact& file : r.evidence) {
    out.words.parts.push_back(said("file {file}", {{"file", data(file.path)}}));
    out.shown = true;
  }
  if (out.words.parts.empty()) out.words = said("unsubstantiated");
  out.shown = out.shown && !out.contradicted;
  return out;
}

std::string name_of(const Risk& r) { return r.id + ": " + r.threat; }

// What the chosen risks say; the item is shown by the register once one of them is there.
template <class Choose>
void register_of(const Binding& b, BoundItem& out, const Choose& choose) {
  ItemTable t{said("Risk register"),
              {said("Risk"), said("What it is about"), said("Likelihood"), said("Impact"), said("Treatment"), said("What speaks to it"), said("What remains"), said("Who answers for it")},
              {}};
  bool shown = true;
  Said sources = listed({place("risks")}, "; ");
  for (const Risk& r : b.s.dossier.risks) {
    if (!choose(r)) continue;
    Spoken spoken = spoken_of(b, r);
    t.rows.push_back({data(name_of(r)), goods_of(r), word_or(r.likelihood, "not said"), word_or(r.impact, "not said"), treatment_of(r), std::move(spoken.words),
                      word_or(r.residual, "not said"), r.owner.empty() ? said("nobody is named") : data(r.owner)});
    shown = shown && spoken.shown;
    for (const documents::LeafRef& leaf : spoken.leaves)
      if (std::none_of(out.leaves.begin(), out.leaves.end(), [&](const documents::LeafRef& l) { return l.leaf == leaf.leaf; })) out.leaves.push_back(leaf);
    for (const dossier::Artefact& e : r.evidence)
      if (std::find(sources.parts.begin(), sources.parts.end(), file_source(e)) == sources.parts.end()) sources.parts.push_back(file_source(e));
  }
  if (t.rows.empty()) return;
  out.tables.push_back(std::move(t));
  out.source = std::move(sources);
  out.substantiated = shown;
}

void residual(const Binding& b, BoundItem& out) {
  give_control(b, "control.residual_risk", out);
  ItemTable t{said("What remains"), {said("Risk"), said("What remains"), said("Accepted by"), said("Day")}, {}};
  bool all = true;
  for (const Risk& r : b.s.dossier.risks) {
    all = all && !r.residual.empty() && r.accepted_on.has_value();
    t.rows.push_back({data(name_of(r)), word_or(r.residual, "not said"), r.accepted_by.empty() ? said("nobody yet") : data(r.accepted_by),
                      r.accepted_on ? on_day(*r.accepted_on) : said("not said")});
  }
  if (t.rows.empty()) return;
  out.tables.push_back(std::move(t));
  if (out.source.empty()) out.source = place("risks");
  if (!all) {
    out.content.push_back(said("Not every remaining risk is named and accepted."));
    out.incomplete = true;
  } else {
    out.substantiated = true;
  }
}

}  // namespace

void bind_risks(const Binding& b, const std::string& name, BoundItem& out) {
  if (name == "all") {
    give_control(b, "control.risk_register", out);
    register_of(b, out, [](const Risk&) { return true; });
  } else if (name.starts_with("AML.")) {
    register_of(b, out, [&](const Risk& r) {
      return std::any_of(r.atlas.begin(), r.atlas.end(), [&](const std::string& id) { return id == name || id.starts_with(name + "."); });
    });
  } else if (name == "health_safety" || name == "fundamental_rights") {
    register_of(b, out, [&](const Risk& r) { return std::find(r.protects.begin(), r.protects.end(), name) != r.protects.end(); });
  } else if (name == "goods") {
    ItemTable t{said("What the risks are about"), {said("Risk"), said("What it is about")}, {}};
    for (const Risk& r : b.s.dossier.risks)
      if (!r.protects.empty()) t.rows.push_back({data(name_of(r)), goods_of(r)});
    if (t.rows.empty()) return;
    out.tables.push_back(std::move(t));
    out.source = place("risks");
    out.substantiated = true;
  } else if (name == "duration") {
    if (b.release() != nullptr && b.release()->support_period_end)
      give(out, said("End of the support period: {day}", {{"day", on_day(*b.release()->support_period_end)}}), place("releases"), true);
    const rules::Index years = b.s.law->base.fact("product.expected_use_years");
    if (years != rules::no_index && b.s.facts.values[years] != rules::unknown_value)
      give(out, said("Expected use in years: {years}", {{"years", data(std::to_string(b.s.facts.values[years]))}}),
           said("fact {id}", {{"id", data("product.expected_use_years")}}), true);
  } else if (name == "residual") {
    residual(b, out);
  }
}

// Applicable and shown, applicable and not shown yet, or not applicable with the reason that CRA Art. 13(4) asks for.
void bind_requirement(const Binding& b, const std::string& duty, BoundItem& out) {
  using Status = plan::Progress::Status;
  const auto& duties = b.matrix.matrix.duties;
  const auto at = std::find_if(duties.begin(), duties.end(), [&](const plan::MatrixDuty& d) { return d.id == duty; });
  if (at == duties.end()) return;
  const auto index = static_cast<std::size_t>(at - duties.begin());
  Said open = listed({}), why = listed({}, "; ");
  std::size_t rows = 0, done = 0, waived = 0;
  for (const plan::MatrixRow& row : b.matrix.matrix.rows) {
    if (std::none_of(row.answers.begin(), row.answers.end(), [&](const plan::MatrixAnswer& a) { return a.duty == index; })) continue;
    ++rows;
    if (row.status == Status::done) {
      ++done;
      give(out, said("Applies. Shown by {control}", {{"control", data(row.id)}}), listed({}, "; "), true);
      for (const std::string& e : row.given) give(out, said("See {file}", {{"file", data(e)}}), data(e), true);
    } else if (row.status == Status::not_applicable) {
      ++waived;
      why.parts.push_back(data(row.id + ": " + row.status_because));
    } else {
      open.parts.push_back(data(row.id));
    }
  }
  if (rows != 0 && waived == rows) {
    out.state = BoundItem::State::not_applicable;
    out.waived = true;
    out.source = why;
    out.content.clear();
    return;
  }
  if (done + waived == rows && done != 0) {
    Said sources = listed({place("controls")}, "; ");
    for (Said& part : out.source.parts)
      if (!part.empty()) sources.parts.push_back(std::move(part));
    out.source = std::move(sources);
    return;
  }
  out.content.push_back(said("Applies. Not shown yet; open in the plan: {controls}", {{"controls", open}}));
  out.incomplete = true;
  out.by_control = true;
}

void bind_found(const Binding& b, const std::string& name, BoundItem& out) {
  if (name == "vulnerabilities") {
    const documents::VulnerabilityCheck& check = b.found.vulnerabilities;
    if (!check.checked) {
      out.content.push_back(said("Nothing was checked: no advisory data was given (--index)."));
      out.incomplete = true;
      return;
    }
    ItemTable t{said("Known vulnerabilities"), {said("Component"), said("Advisory"), said("Status"), said("Exploited"), said("Where")}, {}};
    for (const documents::VulnerabilityRow& r : check.rows)
      t.rows.push_back({data(r.component), data(r.advisory), said(r.status == "affected" ? "affected" : "unknown whether affected"),
                        r.exploited.empty() ? said("not known to be") : said("known to be exploited: {cve}", {{"cve", data(r.exploited.substr(0, r.exploited.find(',')))}}),
                        data(r.where)});
    give(out, said("{found} known vulnerabilities were found or could not be ruled out, against {advisories} advisories, the newest of {newest}.",
                   {{"found", data(std::to_string(check.rows.size()))}, {"advisories", data(std::to_string(check.advisories))}, {"newest", data(check.newest.empty() ? "?" : check.newest)}}),
         said("the scan of the release's bills of materials"), true);
    if (!t.rows.empty()) out.tables.push_back(std::move(t));
  } else if (name == "models") {
    ItemTable t{said("Model files"), {said("File"), said("Verdict"), said("What was found")}, {}};
    for (const documents::ArtefactRow& row : b.found.artefacts) {
      if (row.verdict.empty()) continue;
      Said found = listed({}, "; ");
      for (const std::string& f : row.found) found.parts.push_back(documents::told(f));
      if (found.parts.empty()) found = said("nothing that runs when it is loaded");
      t.rows.push_back({data(row.path + ", SHA-256 " + row.sha256), said(plan::in_words(row.verdict)), found});
    }
    if (t.rows.empty()) return;
    out.tables.push_back(std::move(t));
    out.source = said("the look at the release's model files");
    out.substantiated = true;
  }
}

}  // namespace duolex::workspace
