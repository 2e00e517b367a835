// Everything an assessment found, ready for print: the one input of all report writers. Plain data; no
// writer looks into the engine.
#pragma once

#include <string>
#include <vector>

#include "findings/findings.h"
#include "plan/route.h"
#include "plan/timeline.h"

namespace duolex::documents {

struct FactRow {
  std::string id, question, value, source, on;
  std::vector<std::string> cites;
  std::uint32_t line = 0;  // in duolex.yaml
  bool assumed = false;
};

struct QuestionRow {
  std::string id, question, help, answer;
  std::vector<std::string> cites;
  bool in_smallest = false;
};

// A fact that an artefact suggests. It counts only once a person has taken it over.
struct ProposalRow {
  std::string fact, value, because, artefact;
};

struct ArtefactRow {
  std::string path, kind, sha256, note;
};

// What stands between the product and a signed declaration.
struct OpenPoint {
  std::string what, how;
  std::vector<std::string> cites;
};

struct ReadingRow {
  std::string ambiguity, question, chosen, chosen_by;  // chosen: the reading recorded in the dossier
  struct Option {
    std::string reading, because;
    bool is_default = false;
    std::vector<std::pair<std::string, std::string>> values;  // conclusion label, value
  };
  std::vector<Option> options;
  std::vector<std::string> cites;
};

struct ProofRow {
  std::string conclusion, label, value;
  findings::Explanation tree;
  std::vector<findings::Explanation> others;
};

struct Assessment {
  std::string program_version;
  std::string dossier_file;  // as named by the user
  std::string product, description, intended_purpose, manufacturer, release;
  findings::Findings findings;
  std::string facts_sha256;
  std::string sign_off;      // "none", "valid: …", "stale: …"
  std::string route;         // one sentence
  std::vector<plan::RouteOption> routes;
  std::vector<ReadingRow> readings;
  std::vector<plan::TimelineDay> timeline;
  std::vector<QuestionRow> questions;
  bool smallest_proven = false;
  std::vector<FactRow> facts;
  std::vector<ProposalRow> proposals;
  std::vector<ArtefactRow> artefacts;
  std::vector<OpenPoint> open_points;
  std::vector<ProofRow> proofs;
  std::vector<std::string> not_checked;
};

// assessment.json (schemas/assessment.schema.json).
[[nodiscard]] std::string assessment_json(const Assessment& assessment);
// report.html: self-contained, no script, readable on paper.
[[nodiscard]] std::string report_html(const Assessment& assessment);
// findings.sarif (SARIF 2.1.0) for CI.
[[nodiscard]] std::string sarif(const Assessment& assessment);
// What a terminal shows.
[[nodiscard]] std::string summary_text(const Assessment& assessment);

// "important_1" → "important, class I"; words without an entry stay as they are.
[[nodiscard]] std::string in_words(const std::string& value);
[[nodiscard]] std::string in_words(const findings::Finding& finding);

}  // namespace duolex::documents
