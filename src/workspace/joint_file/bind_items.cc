#include "workspace/joint_file/bind_items.h"

#include <algorithm>
#include <map>

#include "findings/value_json.h"
#include "workspace/joint_file/binding.h"

namespace duolex::workspace {
namespace {

using documents::BoundItem;
using documents::data;
using documents::on_day;
using documents::said;
using documents::Said;
using State = BoundItem::State;

std::string joined(const std::vector<std::string>& all) {
  std::string list;
  for (const std::string& one : all) list += (list.empty() ? "" : ", ") + one;
  return list;
}

class Binder {
 public:
  explicit Binder(const Binding& binding) : b_(binding), d_(binding.s.dossier) {}

  void bind(const rules::DocumentItem& item, rules::Decider::Holds holds, BoundItem& out) const {
    out.id = item.id;
    out.document = item.document;
    out.part = item.part;
    out.title = item.text;
    for (const rules::Cite& cite : item.cites) out.cites.push_back(b_.s.names(cite.provision));
    if (holds == rules::Decider::Holds::no) {
      out.state = State::not_applicable;
      out.source = said("the law does not ask it of this product");
      return;
    }
    if (!from_dossier(out) && !item.from.empty()) from_source(item.from, out);
    settle(out);
    // What is there is shown even where it is open whether the law asks for it.
    if (out.state == State::missing && holds == rules::Decider::Holds::maybe) out.state = State::undecided;
  }

  // Of the items that speak of the other documents.
  void bind_last(const rules::DocumentItem& item, const documents::JointFile& file, BoundItem& out) const {
    const std::string prefix = "application.";
    if (!item.from.starts_with(prefix) || out.state != State::missing || !out.content.empty()) return;
    bind_application(b_, item.from.substr(prefix.size()), file, out);
    settle(out);
  }

 private:
  bool from_dossier(BoundItem& out) const {
    for (const dossier::ItemText& i : d_.items) {
      if (i.id != out.id) continue;
      if (!i.not_applicable.empty()) {
        out.state = State::not_applicable;
        out.waived = true;
        out.source = data(i.not_applicable);
      } else if (i.file) {
        give(out, see(*i.file), file_source(*i.file), true);
      } else {
        give(out, data(i.text), said("stated in the dossier, {place}", {{"place", data("items." + i.id)}}), false);
      }
      return true;
    }
    return false;
  }

  static void settle(BoundItem& out) {
    if (out.state == State::not_applicable || out.incomplete) return;
    if (!out.content.empty() || !out.tables.empty()) out.state = State::given;
  }

  static Said see(const dossier::Artefact& a) { return said("See {file}", {{"file", data(a.path)}}); }

  void from_source(const std::string& from, BoundItem& out) const {
    const std::size_t dot = from.find('.');
    const std::string kind = from.substr(0, dot), name = dot == std::string::npos ? "" : from.substr(dot + 1);
    if (kind == "product") {
      product(name, out);
    } else if (kind == "release") {
      release(name, out);
    } else if (kind == "roles") {
      for (const dossier::Role& r : d_.roles)
        if (r.role == name || (name == "manufacturer" && r.role == "provider"))
          give(out, data(r.name + (r.address.empty() ? "" : ", " + r.address) + (r.email.empty() ? "" : ", " + r.email)), place("roles"), true);
    } else if (kind == "artefacts" && b_.release() != nullptr) {
      for (const dossier::Artefact& a : b_.release()->artefacts)
        if (a.kind == name) give(out, data(a.path), file_source(a), true);
    } else if (kind == "control") {
      give_control(b_, from, out);
    } else if (kind == "evidence") {
      article_15(out);
    } else if (kind == "standards") {
      standards(out);
    } else if (kind == "signature") {
      const dossier::Declaration& s = d_.declaration;
      // The day of issue is the day that the declaration speaks of.
      const Said who = said("{place}, {day}; {who}", {{"place", data(s.place)}, {"day", documents::on_day(b_.s.as_of)}, {"who", data(s.signed_by + ", " + s.function)}});
      if (!s.place.empty() && !s.signed_by.empty() && !s.function.empty())
        give(out, s.on_behalf_of.empty() ? who : said("{who}, for and on behalf of {whom}", {{"who", who}, {"whom", data(s.on_behalf_of)}}), place("declaration"), true);
    } else if (kind == "additional") {
      give(out, data(d_.declaration.additional), place("declaration.additional"), true);
      if (out.content.empty()) out.state = State::not_applicable, out.source = said("none is given in the dossier");
    } else if (kind == "statement") {
      bind_statement(b_, name, out);
    } else if (kind == "document") {
      give(out, said("See the document '{name}' of this file.", {{"name", said(documents::document_title(name))}}), said("this file"), true);
    } else if (kind == "fact") {
      const rules::Index f = b_.s.law->base.fact(name);
      if (f != rules::no_index && b_.s.facts.values[f] != rules::unknown_value)
        give(out, value_said(findings::value_of(b_.s.law->base.facts[f].type, b_.s.facts.values[f])), said("fact {id}", {{"id", data(name)}}), true);
    } else if (kind == "memo") {
      bind_memo(b_, name, out);
    } else if (kind == "risks") {
      bind_risks(b_, name, out);
    } else if (kind == "requirement") {
      bind_requirement(b_, name, out);
    } else if (kind == "found") {
      bind_found(b_, name, out);
    } else if (kind == "monitoring") {
      bind_monitoring(b_, name, out);
    } else if (kind == "owner") {
      bind_owner(b_, name, out);
    } else if (kind == "marking") {
      bind_marking(b_, name, out);
    } else if (kind == "items" && name == "info.declaration_address") {
      give(out, data(d_.declaration.address), place("declaration.address"), true);
    }
  }

  void product(const std::string& name, BoundItem& out) const {
    const dossier::Release* release = b_.release();
    if (name == "intended_purpose") give(out, data(d_.intended_purpose), place("product.intended_purpose"), true);
    if ((name == "identity" || name == "traceability") && !d_.name.empty() && release != nullptr && !release->version.empty())
      give(out, data(d_.name + ", " + release->version), place("product.name, releases"), true);
    if (name == "traceability" && release != nullptr)
      for (const dossier::Artefact& a : release->artefacts)
        if (a.kind == "model" || a.kind == "sbom")
          give(out, said(a.kind == "model" ? "Model {file}" : "Bill of materials {file}", {{"file", data(a.path)}}), file_source(a), true);
    if (name == "member_states") give(out, data(joined(d_.member_states)), place("product.member_states"), true);
  }

  void release(const std::string& name, BoundItem& out) const {
    const dossier::Release* release = b_.release();
    if (release == nullptr) return;
    if (name == "versions") {
      std::vector<std::string> versions;
      for (const dossier::Release& r : d_.releases) versions.push_back(r.version);
      give(out, data(joined(versions)), place("releases"), true);
    }
    if (name == "support_period_end" && release->support_period_end) give(out, on_day(*release->support_period_end), place("releases"), true);
  }

  // The demonstration of CRA Art. 12(1)(c) rests on named files, never on a sentence alone.
  void article_15(BoundItem& out) const {
    for (const dossier::ControlState& c : d_.controls)
      if (c.id == "control.ai_attack_tests" || c.id == "control.security_objectives")
        for (const dossier::Artefact& a : c.evidence) give(out, said("Demonstrated by {file}", {{"file", data(a.path)}}), file_source(a), true);
    for (const char* control : {"control.ai_attack_tests", "control.security_objectives"})
      give_ledger(b_, control, "Demonstrated by leaf {leaf} of the ledger: {what}", out);
  }

  void standards(BoundItem& out) const {
    for (const dossier::Standard& s : d_.standards) {
      const Said name = data(s.reference + (s.title.empty() ? "" : ", " + s.title));
      const Said extent = said(s.in_full ? "applied in full" : "applied in part");
      give(out,
           s.official_journal.empty()
               ? said("{standard}, {extent}; its reference is not cited in the Official Journal, so nothing is presumed from it", {{"standard", name}, {"extent", extent}})
               : said("{standard}, {extent}; {journal}, {day}", {{"standard", name}, {"extent", extent}, {"journal", data(s.official_journal)}, {"day", on_day(*s.cited_on)}}),
           place("standards"), true);
    }
    if (d_.standards.empty()) {
      out.state = State::not_applicable;
      out.source = said("no standard, specification or certificate is named in the dossier");
    }
  }

  const Binding& b_;
  const dossier::Dossier& d_;
};

}  // namespace

namespace {

// The hashes that a source names.
void hashes_in(const Said& said, std::vector<std::string>& out) {
  for (const Said& part : said.parts) hashes_in(part, out);
  constexpr std::string_view mark = "SHA-256 ";
  for (std::size_t at = 0; (at = said.text.find(mark, at)) != std::string::npos;) {
    at += mark.size();
    out.push_back(said.text.substr(at, 64));
  }
}

void point_to_ledger(const std::vector<KnownEvidence>& evidence, documents::JointFile& file) {
  for (BoundItem& item : file.items) {
    if (item.state != State::given) continue;
    std::vector<std::string> hashes;
    hashes_in(item.source, hashes);
    for (const KnownEvidence& e : evidence) {
      const evidence::EvidenceRecord& r = e.record;
      if (e.state != "current" || r.interrupted || (r.outcome != "passed" && r.outcome != "stated")) continue;
      const bool about = std::any_of(hashes.begin(), hashes.end(), [&](const std::string& h) {
        return (r.blob && r.blob->sha256 == h) || std::any_of(r.artefacts.begin(), r.artefacts.end(), [&](const evidence::HashedFile& f) { return f.sha256 == h; });
      });
      const bool there = std::any_of(item.leaves.begin(), item.leaves.end(), [&](const documents::LeafRef& l) { return l.leaf == e.index; });
      const bool named = std::find(r.answers.begin(), r.answers.end(), item.id) != r.answers.end();
      if ((about || named) && !there) item.leaves.push_back({e.index, e.leaf});
    }
  }
}

// Whether all that is there is the word of the dossier: its own entries, or answers to questions.
bool is_own(const Said& source) {
  if (source.kind == Said::Kind::phrase) return source.text == "dossier, {place}" || source.text == "fact {id}";
  return source.kind == Said::Kind::list && !source.parts.empty() && std::all_of(source.parts.begin(), source.parts.end(), is_own);
}

}  // namespace

Result<documents::JointFile> joint_file_of(const Subject& s, const findings::Findings& findings, const documents::MatrixDocument& matrix,
                                           const documents::Assessment& found, const std::vector<KnownEvidence>& evidence) {
  const rules::RuleBase& base = s.law->base;
  Diagnostics errors;
  std::vector<std::string> known;
  for (const rules::DocumentItem& i : base.items) known.push_back(i.id);
  for (const dossier::ItemText& i : s.dossier.items) {
    if (std::find(known.begin(), known.end(), i.id) != known.end()) continue;
    const std::string near = nearest_name(i.id, known);
    Diagnostic d = error_in(s.dossier.file, "the documents have no item '" + i.id + "'", near.empty() ? "" : "did you mean '" + near + "'?");
    d.span = i.span;
    errors.push_back(std::move(d));
  }
  if (!errors.empty()) return failure(std::move(errors));
  documents::JointFile file;
  file.product = s.dossier.name;
  file.as_of = s.as_of;
  file.law_sha256 = base.sha256;
  file.facts_sha256 = facts::facts_sha256(base, s.facts.values);
  if (!s.dossier.releases.empty()) file.release = s.dossier.releases.back().version;
  rules::Decider decider(s.compiled);
  const std::vector<rules::Decider::Holds> holds = decider.items(s.facts.values);
  const Binding binding{s, findings, matrix, found, evidence};
  file.manufacturer = binding.maker();
  const Binder binder(binding);
  for (std::size_t i = 0; i < base.items.size(); ++i) {
    BoundItem item;
    binder.bind(base.items[i], holds[i], item);
    file.items.push_back(std::move(item));
  }
  for (std::size_t i = 0; i < base.items.size(); ++i) binder.bind_last(base.items[i], file, file.items[i]);
  // A declaration is the word of who signs it, from the first line to the last.
  for (BoundItem& item : file.items) item.own = item.substantiated && item.document != "declaration" && item.document != "simplified_declaration" && is_own(item.source);
  point_to_ledger(evidence, file);
  std::stable_sort(file.items.begin(), file.items.end(), [](const BoundItem& a, const BoundItem& b) {
    return a.document == b.document && a.part < b.part;
  });
  return file;
}

}  // namespace duolex::workspace
