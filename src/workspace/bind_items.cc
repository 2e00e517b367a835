#include "workspace/bind_items.h"

#include <algorithm>
#include <map>

#include "findings/value_json.h"
#include "plan/words.h"

namespace duolex::workspace {
namespace {

using documents::BoundItem;
using State = BoundItem::State;

class Binder {
 public:
  Binder(const Subject& s, const findings::Findings& findings, const documents::MatrixDocument& matrix)
      : s_(s), d_(s.dossier), findings_(findings), matrix_(matrix) {}

  void bind(const rules::DocumentItem& item, rules::Decider::Holds holds, BoundItem& out) const {
    out.id = item.id;
    out.document = item.document;
    out.part = item.part;
    out.title = item.text;
    out.german = item.german;
    for (const rules::Cite& cite : item.cites) out.cites.push_back(s_.names(cite.provision));
    if (holds == rules::Decider::Holds::no) {
      out.state = State::not_applicable;
      out.source = "the law does not ask it of this product";
      return;
    }
    if (!from_dossier(out) && !item.from.empty()) from_source(item.from, out);
    if (!out.content.empty()) out.state = State::given;
    // What is there is shown even where it is open whether the law asks for it.
    if (out.state == State::missing && holds == rules::Decider::Holds::maybe) out.state = State::undecided;
  }

 private:
  bool from_dossier(BoundItem& out) const {
    for (const dossier::ItemText& i : d_.items) {
      if (i.id != out.id) continue;
      if (!i.not_applicable.empty()) {
        out.state = State::not_applicable;
        out.waived = true;
        out.source = i.not_applicable;
      } else if (i.file) {
        give(out, "See " + i.file->path, file_source(*i.file), true);
      } else {
        give(out, i.text, "stated in the dossier, items." + i.id, false);
      }
      return true;
    }
    return false;
  }

  static std::string file_source(const dossier::Artefact& a) { return a.path + ", SHA-256 " + a.sha256; }
  static void give(BoundItem& out, const std::string& text, const std::string& source, bool substantiated) {
    // The manufacturer and the provider are mostly the same firm.
    if (text.empty() || std::find(out.content.begin(), out.content.end(), text) != out.content.end()) return;
    out.content.push_back(text);
    out.source += (out.source.empty() ? "" : "; ") + source;
    out.substantiated = out.content.size() == 1 ? substantiated : out.substantiated && substantiated;
  }

  void from_source(const std::string& from, BoundItem& out) const {
    const std::size_t dot = from.find('.');
    const std::string kind = from.substr(0, dot), name = dot == std::string::npos ? "" : from.substr(dot + 1);
    const dossier::Release* release = d_.releases.empty() ? nullptr : &d_.releases.back();
    const std::string version = release == nullptr ? "" : release->version;
    if (kind == "product") {
      if (name == "intended_purpose") give(out, d_.intended_purpose, "dossier, product.intended_purpose", true);
      if ((name == "identity" || name == "traceability") && !d_.name.empty() && !version.empty())
        give(out, d_.name + ", " + version, "dossier, product.name and releases", true);
      if (name == "traceability" && release != nullptr)
        for (const dossier::Artefact& a : release->artefacts)
          if (a.kind == "model" || a.kind == "sbom") give(out, a.kind + " " + a.path, file_source(a), true);
      if (name == "member_states") {
        std::string list;
        for (const std::string& m : d_.member_states) list += (list.empty() ? "" : ", ") + m;
        give(out, list, "dossier, product.member_states", true);
      }
    } else if (kind == "release" && release != nullptr) {
      if (name == "versions") {
        std::string list;
        for (const dossier::Release& r : d_.releases) list += (list.empty() ? "" : ", ") + r.version;
        give(out, list, "dossier, releases", true);
      }
      if (name == "support_period_end" && release->support_period_end)
        give(out, plan::in_words(*release->support_period_end), "dossier, releases", true);
    } else if (kind == "roles") {
      for (const dossier::Role& r : d_.roles)
        if (r.role == name || (name == "manufacturer" && r.role == "provider"))
          give(out, r.name + (r.address.empty() ? "" : ", " + r.address) + (r.email.empty() ? "" : ", " + r.email), "dossier, roles", true);
    } else if (kind == "artefacts" && release != nullptr) {
      for (const dossier::Artefact& a : release->artefacts)
        if (a.kind == name) give(out, a.path, file_source(a), true);
    } else if (kind == "control") {
      for (const dossier::ControlState& c : d_.controls)
        if (c.id == from)
          for (const dossier::Artefact& a : c.evidence) give(out, "See " + a.path, file_source(a), true);
    } else if (kind == "evidence") {
      article_15(out);
    } else if (kind == "standards") {
      standards(out);
    } else if (kind == "signature") {
      const dossier::Declaration& s = d_.declaration;
      if (!s.place.empty() && !s.signed_by.empty() && !s.function.empty())
        give(out, s.place + "; " + s.signed_by + ", " + s.function + (s.on_behalf_of.empty() ? "" : ", for and on behalf of " + s.on_behalf_of),
             "dossier, declaration", true);
    } else if (kind == "additional") {
      give(out, d_.declaration.additional, "dossier, declaration.additional", true);
      if (out.content.empty()) out.state = State::not_applicable, out.source = "none is given in the dossier";
    } else if (kind == "statement") {
      statement(name, out);
    } else if (kind == "document") {
      give(out, "See the document '" + name + "' of this file.", "this file", true);
    } else if (kind == "fact") {
      const rules::Index f = s_.law->base.fact(name);
      if (f != rules::no_index && s_.facts.values[f] != rules::unknown_value)
        give(out, plan::in_words(findings::value_of(s_.law->base.facts[f].type, s_.facts.values[f])), "fact " + name, true);
    } else if (kind == "items" && name == "info.declaration_address") {
      give(out, d_.declaration.address, "dossier, declaration.address", true);
    }
  }

  // The demonstration of CRA Art. 12(1)(c) rests on named files, never on a sentence alone.
  void article_15(BoundItem& out) const {
    for (const dossier::ControlState& c : d_.controls)
      if (c.id == "control.ai_attack_tests" || c.id == "control.security_objectives")
        for (const dossier::Artefact& a : c.evidence) give(out, "Demonstrated by " + a.path, file_source(a), true);
  }

  void standards(BoundItem& out) const {
    for (const dossier::Standard& s : d_.standards) {
      std::string text = s.reference + (s.title.empty() ? "" : ", " + s.title) + (s.in_full ? ", applied in full" : ", applied in part");
      text += s.official_journal.empty() ? "; its reference is not cited in the Official Journal, so nothing is presumed from it"
                                         : "; " + s.official_journal + ", " + plan::in_words(*s.cited_on);
      give(out, text, "dossier, standards", true);
    }
    if (d_.standards.empty()) {
      out.state = State::not_applicable;
      out.source = "no standard, specification or certificate is named in the dossier";
    }
  }

  [[nodiscard]] bool says(const char* conclusion, const std::string& value) const {
    const findings::Finding& f = findings_[conclusion];
    return f.status != rules::Status::unknown && to_text(f.value) == value;
  }

  // What the program says itself, in both languages.
  static void say(BoundItem& out, const std::string& english, const std::string& german) {
    give(out, english, "statement of the signatory", true);
    out.content_german.push_back(german);
  }

  // CRA Annex V and VI, AI Act Art. 47(2) and Annex V, in the words of this program.
  void statement(const std::string& name, BoundItem& out) const {
    const bool cra = says("cra.applies", "yes"), ai = says("ai.high_risk", "yes");
    const std::string en = cra && ai ? "Regulation (EU) 2024/2847 and Regulation (EU) 2024/1689" : cra ? "Regulation (EU) 2024/2847" : ai ? "Regulation (EU) 2024/1689" : "";
    const std::string de = cra && ai ? "der Verordnung (EU) 2024/2847 und der Verordnung (EU) 2024/1689" : cra ? "der Verordnung (EU) 2024/2847" : "der Verordnung (EU) 2024/1689";
    if (name == "responsibility")
      say(out, "The manufacturer and provider issues this declaration and bears sole responsibility for it.",
          "Der Hersteller und Anbieter stellt diese Erklärung aus und trägt für sie die alleinige Verantwortung.");
    if (name == "legislation" && !en.empty()) {
      say(out, "The object named in part 4 is declared to be in conformity with " + en + ".",
          "Für den in Teil 4 genannten Gegenstand wird die Konformität mit " + de + " erklärt.");
      if (ai)
        say(out, "The high-risk AI system is declared to meet the requirements of Chapter III Section 2 of Regulation (EU) 2024/1689.",
            "Es wird erklärt, dass das Hochrisiko-KI-System die Anforderungen von Kapitel III Abschnitt 2 der Verordnung (EU) 2024/1689 erfüllt.");
    }
    if (name == "data_protection")
      say(out, "The system processes personal data; it is declared to meet Regulations (EU) 2016/679 and (EU) 2018/1725 and Directive (EU) 2016/680.",
          "Das System verarbeitet personenbezogene Daten; es wird erklärt, dass es den Verordnungen (EU) 2016/679 und (EU) 2018/1725 sowie der "
          "Richtlinie (EU) 2016/680 genügt.");
    if (name == "simplified") {
      std::string who;
      for (const dossier::Role& r : d_.roles)
        if (who.empty() || r.role == "manufacturer") who = r.name;
      if (!who.empty() && !d_.name.empty() && !en.empty())
        say(out, who + " declares that the product of type " + d_.name + " is in conformity with " + en + ".",
            who + " erklärt die Konformität des Produkts vom Typ " + d_.name + " mit " + de + ".");
    }
    if (name == "procedure") {
      const findings::Finding& procedure = findings_["ai.procedure"];
      const findings::Finding& where = findings_["joint.cra_assessed_by"];
      if (where.status == rules::Status::unknown || procedure.status == rules::Status::unknown) return;
      std::string text = "Procedure: " + plan::in_words(to_text(procedure.value) == "none" ? findings_["cra.procedures"] : procedure) +
                         "; CRA requirements assessed by: " + plan::in_words(where) + ".";
      give(out, text, "conclusions ai.procedure and joint.cra_assessed_by", true);
      const dossier::Declaration& d = d_.declaration;
      const bool needs_body = !findings_["joint.bodies"].value.words.empty();
      if (needs_body && !d.body_name.empty() && !d.body_number.empty())
        give(out, "Body: " + d.body_name + ", " + d.body_number + (d.certificate.empty() ? "" : ", certificate " + d.certificate),
             "dossier, declaration", true);
      if (needs_body && (d.body_name.empty() || d.body_number.empty())) {
        out.content.clear();
        out.source.clear();
      }
    }
  }

  const Subject& s_;
  const dossier::Dossier& d_;
  const findings::Findings& findings_;
  const documents::MatrixDocument& matrix_;
};

}  // namespace

Result<documents::JointFile> joint_file_of(const Subject& s, const findings::Findings& findings, const documents::MatrixDocument& matrix) {
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
  for (const dossier::Role& r : s.dossier.roles)
    if (file.manufacturer.empty() || r.role == "manufacturer") file.manufacturer = r.name;
  rules::Decider decider(s.compiled);
  const std::vector<rules::Decider::Holds> holds = decider.items(s.facts.values);
  const Binder binder(s, findings, matrix);
  for (std::size_t i = 0; i < base.items.size(); ++i) {
    BoundItem item;
    binder.bind(base.items[i], holds[i], item);
    file.items.push_back(std::move(item));
  }
  std::stable_sort(file.items.begin(), file.items.end(), [](const BoundItem& a, const BoundItem& b) {
    return a.document == b.document && a.part < b.part;
  });
  return file;
}

}  // namespace duolex::workspace
