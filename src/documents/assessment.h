// Everything an assessment found, ready for print: the one input of all report writers. Plain data; no
// writer looks into the engine.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text_style.h"
#include "changes/assessment.h"
#include "documents/tested.h"
#include "documents/tongue.h"
#include "findings/findings.h"
#include "plan/questions.h"
#include "plan/route.h"
#include "plan/timeline.h"
#include "plan/words.h"

namespace duolex::documents {

struct FactRow {
  std::string id, question, value;
  Said source;  // how it is known and by whom
  std::string on;
  std::vector<std::string> cites;
  std::uint32_t line = 0;  // in duolex.yaml
  bool assumed = false;
};

struct QuestionRow {
  std::string id, question, help;
  Said answer;  // how it may be answered
  std::vector<std::string> cites;
  bool in_smallest = false;
  std::vector<std::string> can_change;  // labels of conclusions
};

// A fact that an artefact suggests. It counts only once a person has taken it over.
struct ProposalRow {
  std::string fact, value, because, artefact;
};

struct ArtefactRow {
  std::string path, kind, sha256;
  Said note;
  std::string verdict;  // on a model file: executes_code, suspicious, no_code_found, unreadable
  std::vector<std::string> found, not_checked;
};

// What stands between the product and a signed declaration.
struct OpenPoint {
  std::string what, how;
  std::vector<std::string> cites;
  Said what_said = {}, how_said = {};  // the same for other languages
  bool undecided = false;              // an answer is missing, or nobody looked; nothing was found lacking
  std::uint32_t line = 0;              // of duolex.yaml, where it speaks of it; 0: it does not
};
[[nodiscard]] OpenPoint open_point(Said what, Said how, std::vector<std::string> cites);
// Both in one line, in English.
[[nodiscard]] inline std::string text_of(const OpenPoint& p) { return p.what + (p.what.ends_with('.') ? " " : ": ") + p.how; }

struct ReadingRow {
  std::string ambiguity, question, chosen, chosen_by;  // chosen: the reading recorded in the dossier
  struct Option {
    std::string reading, because;
    bool is_default = false;
    bool is_taken = false;  // the values are those of the findings: the default, or what the dossier chose
    struct Value {
      std::string label, value;  // of the conclusion; the value in English words
      Said said;                 // the value
    };
    std::vector<Value> values;
  };
  std::vector<Option> options;
  std::vector<std::string> cites;
};

struct ProofRow {
  std::string conclusion, label, value;
  findings::Explanation tree;
  std::vector<findings::Explanation> others;
};

// A known vulnerability that a component of the release has, or may have.
struct VulnerabilityRow {
  std::string component, advisory, status, because;
  std::string exploited;  // "CVE-2023-4863, known to be exploited since 2023-09-13"; empty: not known to be
  std::string where;      // file:line:column
  std::string score = {};  // "CVSS 3.1 base score 7.8 (HIGH)", or ""
};
// What the release's bills of materials were held against.
struct VulnerabilityCheck {
  bool checked = false;
  std::size_t advisories = 0;
  std::string newest;               // day of the newest advisory
  Said against;                     // the index and its newest record, or why nothing was checked
  std::vector<Said> bills;          // how many components of each were read and looked up
  std::vector<VulnerabilityRow> rows;  // exploited ones first
  std::vector<VulnerabilityRow> closed;  // by what the release's VEX documents state; exploited ones first
  std::vector<std::string> stated;     // what of these documents was not applied, and remarks
  std::size_t of_known_kinds = 0;      // components for whose kind there are advisories
};

// A conclusion that says why no act asks a declaration of the actor.
struct StandingRow {
  std::string label, value;  // in English words
  Said said;                 // the value for other languages
  std::vector<std::string> cites;
};

// The release against the last one before it with a declaration.
struct ChangeCheck {
  std::string against;  // the baseline, or why there is none to compare with
  Said against_said;    // the same for other languages
  std::string before, after;         // the versions; empty where there is no baseline
  std::string not_compared_because;  // a file of one of them that cannot be read
  std::optional<changes::Assessment> change;
  // Where the ledger lists the keys of two people or more: those whose keys stand over one leaf with this very assessment.
  std::optional<std::vector<std::string>> approved_by;
};

// A text of the law that is in force on the day of the assessment.
struct LawText {
  std::string id, title;
};

struct Assessment {
  std::string program_version;
  std::string dossier_file;  // as named by the user
  std::string product, description, intended_purpose, manufacturer, release;
  findings::Findings findings;
  std::string facts_sha256;
  Said sign_off;             // "none", "valid: …", "stale: …"
  std::string route;         // one sentence
  std::vector<plan::Reason> route_reasons;
  std::vector<plan::RouteOption> routes;
  std::vector<ReadingRow> readings;
  std::vector<plan::RequiredFact> conditions;  // of the presumption of CRA Art. 12(1); empty where it has no object
  std::vector<plan::TimelineDay> timeline;
  std::vector<plan::FixedDay> fixed_days;
  std::vector<QuestionRow> questions;
  bool smallest_proven = false;
  std::vector<FactRow> facts;
  std::map<std::string, std::uint32_t> lines;  // of every fact that the dossier speaks of, answered or not
  std::vector<ProposalRow> proposals;
  std::vector<ArtefactRow> artefacts;
  Said standing;                         // empty where a declaration is asked of the actor, or may be; else what is
  std::vector<StandingRow> standing_because;
  std::vector<OpenPoint> open_points;
  VulnerabilityCheck vulnerabilities;
  Tested tested;
  ChangeCheck change;
  std::vector<ProofRow> proofs;
  std::vector<LawText> law_texts;
  std::vector<Said> not_checked;
};

// assessment.json (schemas/assessment.schema.json).
[[nodiscard]] std::string assessment_json(const Assessment& assessment);
// report.html: self-contained, no script, readable on paper.
// In a language of the documents; what its catalogue lacks is printed in English and marked as such.
[[nodiscard]] std::string report_html(const Assessment& assessment, const Tongue& tongue = {});
// findings.sarif (SARIF 2.1.0) for CI.
[[nodiscard]] std::string sarif(const Assessment& assessment);
// What a terminal shows: the first open points; and summary.txt, with all of them.
[[nodiscard]] std::string summary_text(const Assessment& assessment, const TextStyle& style);
[[nodiscard]] std::string summary_text(const Assessment& assessment);

using plan::in_words;

}  // namespace duolex::documents
