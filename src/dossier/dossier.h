// The dossier: a folder with duolex.yaml and the artefacts it points to. Product, roles, releases,
// facts with their source, recorded choices of reading, sign-offs (docs/formats/dossier.md).
//
// The dossier knows no law: facts stay nodes with places here and get their types in src/facts.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/day.h"
#include "base/result.h"
#include "text/node.h"

namespace duolex::dossier {

struct Role {
  std::string role;  // manufacturer, provider, authorised_representative, importer, distributor, deployer, steward
  std::string name, address, email;
};

struct Artefact {
  std::string path;    // relative to the dossier, as written
  std::string kind;    // sbom, model, data, test_report, document, software, predictions, declaration, vex
  std::string sha256;  // of the file as found
  Span span;
  std::string metric = {};  // of predictions: what "correct" counts
};

// With what a release works, as far as no file shows it.
struct Operation {
  std::vector<std::pair<std::string, std::string>> thresholds;  // name, value as written
  std::vector<std::string> labels, interfaces, data_sources;
};

// A change that the first conformity assessment foresaw (AI Act 3(23), 43(4), Annex IV(2)(f)).
struct ForeseenChange {
  std::string id;
  std::vector<std::string> of;  // components model_weights model_structure thresholds labels data data_sources
  std::string metric;           // what must hold afterwards; empty: nothing is measured
  double at_least = 0;          // share of correct answers
  Span span;
};

// What people found of a change under one act: whether it is a substantial modification, and why.
struct ChangeJudgement {
  std::string act;  // "cra", "ai_act"
  bool substantial = false;
  std::string by, because;
  std::optional<Day> on;
  std::vector<Artefact> evidence;  // kind "evidence"
  Span span;
};

// A duty that binds again after a change: done again, with what shows it, or why it need not be.
struct RedoneDuty {
  std::string duty;  // its id in the law
  std::string by, because;
  std::optional<Day> on;
  std::vector<Artefact> evidence;  // kind "evidence"; empty: argued by `because`
  Span span;
};

// What the maker states of the change that led to a release.
struct ChangeStatement {
  std::string by, because;
  std::optional<Day> on;
  std::vector<std::string> closes;      // vulnerabilities that a security update closes
  std::vector<std::string> components;  // that it renews, as `duolex diff` names them
  std::vector<std::string> foreseen;    // ids of foreseen changes of the release before
  Span span;
  std::vector<ChangeJudgement> judged = {};  // at most one for each act
  std::vector<RedoneDuty> redone = {};
};

struct Release {
  std::string version;
  std::optional<Day> placed_on_market_on, support_period_end;
  std::vector<Artefact> artefacts;
  Operation operation;
  std::vector<ForeseenChange> foreseen_changes;
  std::optional<ChangeStatement> change;
};

struct Source {
  std::string kind = "person";  // person, measured, document
  std::string by, note, artefact;
  std::optional<Day> on;
};

struct GivenFact {
  std::string id;
  text::Node key, value;
  Source source;
};

struct ReadingChoice {
  std::string ambiguity, reading, by, because;
  std::optional<Day> on;
  Span span;
};

// What is said of a joint control, or of a duty that stands alone, by its id in the law.
struct ControlState {
  std::string id;
  std::string status = "open";  // open, in_progress, done, not_applicable
  std::string owner, because;
  std::optional<Day> due;
  std::vector<Artefact> evidence;  // kind "evidence"
  Span span;
};

// What the dossier says under one item of a document, in place of where the law says it is taken from.
struct ItemText {
  std::string id, text;
  std::optional<Artefact> file;  // kind "document"
  std::string not_applicable;    // why
  Span span;
};

// One risk of the register: CRA Art. 13(2) and (3), AI Act Art. 9(2). What is not said yet is empty.
struct Risk {
  std::string id, threat;
  std::vector<std::string> protects;  // security, health_safety, fundamental_rights
  std::vector<std::string> atlas;     // MITRE ATLAS techniques: AML.T0043, AML.T0024.000
  std::string likelihood;             // rare, unlikely, possible, likely, almost_certain
  std::string impact;                 // negligible, minor, moderate, major, severe
  std::string treatment;              // avoid, reduce, share, accept
  std::string measures;
  std::vector<std::string> controls;  // of the plan, that carry the measures
  std::vector<Artefact> evidence;     // kind "evidence"
  std::string residual;               // low, medium, high
  std::string owner, accepted_by;
  std::optional<Day> accepted_on;
  Span span;
};

// A harmonised standard, common specification or certificate that was applied.
struct Standard {
  std::string reference, title;
  std::string official_journal;  // "OJ L, 2027/123"; empty: not cited
  std::optional<Day> cited_on;
  bool in_full = false;
};

// What the EU declaration of conformity says besides what is said elsewhere.
struct Declaration {
  std::string place, signed_by, function, on_behalf_of, address, additional;
  std::string body_name, body_number, certificate;
  std::string procedure;  // of Article 32 CRA, as it was carried out; empty: not said
};

// The sentences of the documents in a language that the program does not have (docs/formats/documents.md).
struct Catalogue {
  std::string language;
  Artefact file;
};

struct SignOff {
  std::string of, by, role, facts_sha256, law_sha256;
  std::optional<Day> on;
};

struct Dossier {
  std::filesystem::path folder;
  std::string file;   // the path of duolex.yaml as given in messages
  std::string bytes;  // of duolex.yaml
  std::string name, description, intended_purpose;
  std::vector<std::string> member_states, languages;
  std::vector<Catalogue> catalogues;
  std::vector<Role> roles;
  std::vector<Release> releases;
  std::vector<GivenFact> facts;
  std::vector<ReadingChoice> readings;
  std::vector<SignOff> sign_offs;
  std::vector<ControlState> controls;
  std::vector<ItemText> items;
  std::vector<Risk> risks;
  std::vector<Standard> standards;
  Declaration declaration;
};

// What could be read, with every mistake in the file. Artefacts are opened and hashed, or left alone, with no hash:
// a report of an incident must not wait for a model file.
enum class Artefacts { open, leave };
struct Loaded {
  Dossier dossier;
  Diagnostics errors;
};
[[nodiscard]] Loaded load(const std::filesystem::path& folder, Artefacts artefacts = Artefacts::open);

}  // namespace duolex::dossier
