#include "workspace/joint_file/blockers.h"

#include <algorithm>
#include <map>
#include <set>

#include "workspace/joint_file/change_blockers.h"
#include "workspace/joint_file/reach.h"

namespace duolex::workspace {
namespace {

using documents::data;
using documents::said;
using documents::listed;
using documents::Said;
using documents::told;

using rules::Status;

// The official languages of the Union that a Member State has, by its code. Facts, checked 2026-11-22.
const std::map<std::string, std::vector<std::string>>& languages_of() {
  static const std::map<std::string, std::vector<std::string>> all = {
      {"AT", {"de"}}, {"BE", {"nl", "fr", "de"}}, {"BG", {"bg"}}, {"CY", {"el"}}, {"CZ", {"cs"}}, {"DE", {"de"}}, {"DK", {"da"}},
      {"EE", {"et"}}, {"ES", {"es"}}, {"FI", {"fi", "sv"}}, {"FR", {"fr"}}, {"GR", {"el"}}, {"HR", {"hr"}}, {"HU", {"hu"}},
      {"IE", {"en"}}, {"IT", {"it"}}, {"LT", {"lt"}}, {"LU", {"fr", "de"}}, {"LV", {"lv"}}, {"MT", {"mt", "en"}}, {"NL", {"nl"}},
      {"PL", {"pl"}}, {"PT", {"pt"}}, {"RO", {"ro"}}, {"SE", {"sv"}}, {"SI", {"sl"}}, {"SK", {"sk"}}};
  return all;
}

class Blockers {
 public:
  Blockers(const Subject& s, const findings::Findings& findings) : s_(s), findings_(findings) {}

  std::vector<Blocker> all(const documents::MatrixDocument& matrix, const documents::JointFile& file, const documents::Assessment& found,
                           const std::map<std::string, Said>& lacking) {
    const Standing standing = standing_of(s_, findings_);
    route(standing);
    readings();
    if (standing.reach == Standing::Reach::outside) return std::move(found_);
    const std::string signed_off = sign_off_state(s_, file.facts_sha256);
    if (!signed_off.starts_with("valid"))
      add(said("The classification is not signed off ({state})", {{"state", sign_off_said(s_, file.facts_sha256)}}), said("A named person signs it off with 'duolex sign-off'"));
    if (says("ai.prohibited", "yes"))
      add(said("A prohibited practice is met"), said("The product may not be placed on the market as described"), findings_["ai.prohibited"].cites);
    for (const documents::OpenPoint& p : found.open_points) found_.push_back({p.what, p.how, p.cites, p.what_said, p.how_said, p.undecided, p.line});
    if (standing.declaration) {
      bodies();
      presumption();
      standards();
      items(file);
    }
    controls(matrix);
    if (standing.declaration) {
      languages(lacking);
      for (Blocker& b : change_blockers(s_, found.change)) found_.push_back(std::move(b));
    }
    if (standing.reach == Standing::Reach::unknown)
      for (Blocker& b : found_) b.undecided = true;
    return std::move(found_);
  }

 private:
  void add(const Said& what, const Said& close, std::vector<std::string> cites = {}) {
    found_.push_back({documents::in_english(what), documents::in_english(close), std::move(cites), what, close});
  }
  void undecided(const Said& what, const Said& close, std::vector<std::string> cites = {}) {
    add(what, close, std::move(cites));
    found_.back().undecided = true;
  }
  // The same, where English says it more shortly than the sentence that is translated.
  void add(std::string what, std::string close, std::vector<std::string> cites, Said what_said, Said close_said) {
    found_.push_back({std::move(what), std::move(close), std::move(cites), std::move(what_said), std::move(close_said)});
  }
  [[nodiscard]] std::uint32_t line_of(const std::string& fact) const {
    const auto given = std::find_if(s_.dossier.facts.begin(), s_.dossier.facts.end(), [&](const dossier::GivenFact& f) { return f.id == fact; });
    return given == s_.dossier.facts.end() ? 0 : given->key.span.line;
  }
  template <class Listed>  // by id
  [[nodiscard]] static std::uint32_t line_of(const std::vector<Listed>& all, const std::string& id) {
    const auto one = std::find_if(all.begin(), all.end(), [&](const Listed& l) { return l.id == id; });
    return one == all.end() ? 0 : one->span.line;
  }
  [[nodiscard]] bool says(const char* conclusion, const std::string& value) const {
    const findings::Finding& f = findings_[conclusion];
    return f.status != Status::unknown && to_text(f.value) == value;
  }

  void route(const Standing& standing) {
    std::vector<const char*> deciding = {"cra.applies", "ai.applies", "ai.prohibited", "cra.class", "ai.high_risk", "ai.procedure", "joint.cra_assessed_by",
                                         "cra.procedures", "joint.bodies"};
    // Where nothing else reaches the product, a general-purpose model does, or does not.
    if (standing.reach == Standing::Reach::unknown) deciding.push_back("ai.gpai");
    for (const char* id : deciding) {
      const findings::Finding& f = findings_[id];
      if (f.status != Status::unknown) continue;
      std::string missing;
      for (std::size_t i = 0; i < f.missing.size() && i < 5; ++i) missing += (i == 0 ? "" : ", ") + f.missing[i];
      if (f.missing.size() > 5) missing += ", …";
      add(f.label + " is undecided", "Answer " + missing + "; 'duolex ask' has the questions", {}, said("Undecided: {what}", {{"what", said(f.label)}}),
          said("Answer {facts}; 'duolex ask' has the questions", {{"facts", data(missing)}}));
      found_.back().undecided = true;
      for (std::size_t i = 0; i < f.missing.size() && found_.back().line == 0; ++i) found_.back().line = line_of(f.missing[i]);
    }
  }

  void readings() {
    std::set<std::string> chosen, live;
    for (const dossier::ReadingChoice& c : s_.dossier.readings) chosen.insert(c.ambiguity);
    for (const findings::Finding& f : findings_.conclusions)
      for (const findings::ReadingFinding& r : f.readings) live.insert(r.ambiguity);
    for (const std::string& a : live)
      if (!chosen.contains(a)) add(said("{reading} is contested and no reading is recorded", {{"reading", data(a)}}), said("Record a choice with its reason under 'readings' in duolex.yaml"));
  }

  void bodies() {
    const std::size_t before = found_.size();
    if (says("joint.nb_competence", "not_competent"))
      add(said("The body may not control the CRA requirements"), said("Choose a body assessed against Article 39 CRA"), findings_["joint.nb_competence"].cites);
    if (findings_["joint.nb_competence"].status == Status::unknown)
      undecided(said("It is not known whether the body may control the CRA requirements"), said("Answer {fact}", {{"fact", data("nb.cra_art39_assessed")}}), {"CRA/art/12/2"});
    if (found_.size() > before) found_.back().line = line_of("nb.cra_art39_assessed");
  }

  void presumption() {
    const auto must_hold = [&](const char* fact, const char* cite) {
      const rules::Index f = s_.law->base.fact(fact);
      if (f == rules::no_index || s_.facts.values[f] == 1) return;
      const std::pair<std::string, Said> question{"question", said(s_.law->base.facts[f].ask)};
      add(s_.facts.values[f] == rules::unknown_value ? said("{question} It is not known.", {question}) : said("{question} No.", {question}),
          said("Meet it, and answer {fact}", {{"fact", data(fact)}}), {cite});
      found_.back().undecided = s_.facts.values[f] == rules::unknown_value;
      found_.back().line = line_of(fact);
    };
    if (!says("cra.applies", "yes")) return;
    must_hold("cra.annex_i_part_i_met", "CRA/anx/I/PartI");
    must_hold("cra.annex_i_part_ii_met", "CRA/anx/I/PartII");
    if (says("joint.art12_applies", "yes")) must_hold("joint.declaration_shows_art15_level", "CRA/art/12/1/c");
  }

  // A standard presumes conformity only when its reference is cited: CRA Art. 27(1), AI Act Art. 40(1).
  void standards() {
    const auto claims = [&](const char* fact) {
      const rules::Index f = s_.law->base.fact(fact);
      return f != rules::no_index && s_.facts.values[f] != rules::unknown_value && s_.law->base.facts[f].type.values[static_cast<std::size_t>(s_.facts.values[f])] == "full";
    };
    const bool cited = std::any_of(s_.dossier.standards.begin(), s_.dossier.standards.end(),
                                   [](const dossier::Standard& s) { return s.in_full && !s.official_journal.empty(); });
    for (const char* fact : {"cra.standards_applied", "ai.standards_applied"})
      if (claims(fact) && !cited) {
        add(said("{fact} is full, and the dossier names no standard applied in full with its reference in the Official Journal", {{"fact", data(fact)}}),
            said("List it under 'standards' with official_journal and cited_on"), {fact[0] == 'c' ? "CRA/art/27/1" : "AIA/art/40/1"});
        found_.back().line = line_of(fact);
      }
  }

  void items(const documents::JointFile& file) {
    for (const documents::BoundItem& i : file.items) {
      const bool counts = i.document == "declaration" || i.document == "technical_file" || i.document == "instructions" ||
                          i.document == "risk_assessment" || i.document == "monitoring_plan";
      // Nothing that the law asks of a declaration can be waived, and nothing in it rests on a sentence alone.
      const bool in_declaration = i.document == "declaration";
      if (in_declaration && (i.waived || (i.state == documents::BoundItem::State::given && !i.substantiated))) {
        const std::pair<std::string, Said> item{"item", said(i.title)};
        add(i.waived ? said("'{item}' is left out of the declaration", {item}) : said("'{item}' is not substantiated in the declaration", {item}),
            said("Remove {place} from the dossier, or name a file there", {{"place", data("items." + i.id)}}), i.cites);
        found_.back().line = line_of(s_.dossier.items, i.id);
        continue;
      }
      if (!counts || i.by_control || i.state == documents::BoundItem::State::given ||
          i.state == documents::BoundItem::State::not_applicable)
        continue;
      const bool missing = i.state == documents::BoundItem::State::missing;
      const std::vector<std::pair<std::string, Said>> names = {{"item", said(i.title)}, {"document", said(documents::document_title(i.document))}};
      add("'" + i.title + "' is " + (missing ? "missing" : "undecided") + " in the " + i.document, "Give it, or say why it does not apply, under items." + i.id, i.cites,
          missing ? said("Missing in '{document}': {item}", names) : said("Undecided in '{document}': {item}", names),
          said("Give it, or say why it does not apply, under {place}", {{"place", data("items." + i.id)}}));
      found_.back().undecided = !missing;
      found_.back().line = line_of(s_.dossier.items, i.id);
      // Where to give what no item of the dossier may give.
      if (i.id == "declaration.body") {
        found_.back().close = "Name the procedure that was carried out under declaration.procedure, and the body with its number where one took part";
        found_.back().close_said = said("Name the procedure that was carried out under {place}, and the body with its number where one took part", {{"place", data("declaration.procedure")}});
      }
    }
  }

  void controls(const documents::MatrixDocument& matrix) {
    for (const plan::MatrixRow& row : matrix.matrix.rows) {
      if (row.status == plan::Progress::Status::done || row.status == plan::Progress::Status::not_applicable) continue;
      const bool waived = row.refused && row.status_because.starts_with("said not to apply");
      std::vector<std::string> cites;
      bool before = false;
      for (const plan::MatrixAnswer& a : row.answers) {
        const plan::MatrixDuty& d = matrix.matrix.duties[a.duty];
        // What the declaration itself does is not asked for before it.
        if (!waived && (d.id == "cra.declaration" || d.id == "ai.declaration" || d.id == "cra.ce_marking" || d.id == "ai.ce_marking")) continue;
        if (!d.surely || d.id.starts_with("gdpr.") || (!waived && (d.stage == "after_placing" || d.stage == "placing"))) continue;
        before = true;
        cites.insert(cites.end(), d.cites.begin(), d.cites.end());
      }
      if (!before) continue;
      const Said what = said(row.text), why = told(row.status_because), place = data("controls." + row.id);
      if (waived)
        add(said("'{what}' is {why}", {{"what", what}, {"why", why}}), said("Do it, or remove {place} from the dossier", {{"place", place}}), cites);
      else
        add(row.refused ? said("Not done: {what} ({why})", {{"what", what}, {"why", why}}) : said("Not done: {what}", {{"what", what}}),
            said("Do it, and record it with its evidence under {place}", {{"place", place}}), cites);
      found_.back().line = line_of(s_.dossier.controls, row.id);
    }
  }

  // Which of several official languages a Member State asks for is for that State to say: one of them must be there.
  void languages(const std::map<std::string, Said>& lacking) {
    const std::vector<std::string> cites = {"CRA/art/28/2", "AIA/art/47/2"};
    for (const std::string& state : s_.dossier.member_states) {
      const auto it = languages_of().find(state);
      if (it == languages_of().end()) {
        add(said("'{state}' is no Member State", {{"state", data(state)}}), said("Write the two letters of a Member State under product.member_states"), cites);
        continue;
      }
      std::string list;
      bool given = false;
      Said why = listed({}, "; ");
      for (const std::string& language : it->second) {
        list += (list.empty() ? "'" : ", '") + language + "'";
        if (std::find(s_.dossier.languages.begin(), s_.dossier.languages.end(), language) == s_.dossier.languages.end()) continue;
        const auto short_of = lacking.find(language);
        given = given || short_of == lacking.end();
        if (short_of != lacking.end()) why.parts.push_back(short_of->second);
      }
      const std::vector<std::pair<std::string, Said>> names = {{"state", data(state)}, {"languages", data(list)}};
      if (!given)
        add(why.parts.empty() ? said("The documents are in no official language of {state} ({languages})", names)
                              : said("The documents are in no official language of {state} ({languages}); {why}", {names[0], names[1], {"why", why}}),
            said("Add one to product.languages, with its catalogue under product.catalogues where the program has none ('duolex catalogue' writes what it must hold), and check which the State requires"), cites);
    }
    if (s_.dossier.member_states.empty())
      add(said("It is not said in which Member States the product is supplied"), said("List them under product.member_states"), {"CRA/art/28/2"});
  }

  const Subject& s_;
  const findings::Findings& findings_;
  std::vector<Blocker> found_;
};

}  // namespace

std::vector<Blocker> declaration_blockers(const Subject& s, const findings::Findings& findings, const documents::MatrixDocument& matrix,
                                          const documents::JointFile& file, const documents::Assessment& found,
                                          const std::map<std::string, Said>& lacking) {
  return Blockers(s, findings).all(matrix, file, found, lacking);
}

std::string sign_off_state(const Subject& s, const std::string& facts_sha256) { return documents::in_english(sign_off_said(s, facts_sha256)); }

Said sign_off_said(const Subject& s, const std::string& facts_sha256) {
  const auto found = std::find_if(s.dossier.sign_offs.rbegin(), s.dossier.sign_offs.rend(), [](const dossier::SignOff& o) { return o.of == "classification"; });
  if (found == s.dossier.sign_offs.rend()) return said("none");
  const dossier::SignOff& last = *found;
  const bool facts_changed = last.facts_sha256 != facts_sha256, law_changed = last.law_sha256 != s.law->base.sha256;
  const Said by = data(last.by + (last.role.empty() ? "" : ", " + last.role) + (last.on ? ", " + to_string(*last.on) : ""));
  if (facts_changed && law_changed) return said("stale: facts and law have changed since {who}", {{"who", by}});
  if (facts_changed) return said("stale: the facts or the readings chosen have changed since {who}", {{"who", by}});
  if (law_changed) return said("stale: the law has changed since {who}", {{"who", by}});
  return said("valid: {who}", {{"who", by}});
}

}  // namespace duolex::workspace
