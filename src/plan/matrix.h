// The duty matrix: every duty that binds (or may bind), what answers it, with what evidence, and what is left.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "findings/findings.h"
#include "rules/rule_base.h"

namespace duolex::plan {

// What the people who keep the dossier say of a control or of a duty that stands alone.
struct Progress {
  enum class Status { open, in_progress, done, not_applicable } status = Status::open;
  std::string owner;
  std::string due;                    // YYYY-MM-DD, empty: none set
  std::string because;                // why it does not apply
  std::vector<std::string> evidence;  // files, each with its hash appended by the caller
};
[[nodiscard]] const char* name_of(Progress::Status status);

// One record of the ledger that speaks to a row.
struct RowEvidence {
  std::uint64_t leaf = 0;
  std::string hash, test, shows;
  std::string outcome;        // passed, failed, inconclusive, stated
  std::string state;          // current, stale, expired
  std::string because;        // why it does not count
  bool interrupted = false;
  bool whole = true;          // false: it speaks to a part of the duty only
  [[nodiscard]] bool counts() const { return state == "current" && !interrupted && (outcome == "passed" || outcome == "stated"); }
};
using LedgerEvidence = std::map<std::string, std::vector<RowEvidence>>;  // by the id of a control or duty

struct MatrixDuty {
  std::string id, text, binds, stage;
  std::string from;  // YYYY-MM-DD, empty: none stated
  std::vector<std::string> cites;
  bool surely = false;  // false: it binds only for some answers to open questions
  std::vector<std::string> may_not_apply;  // provisions that let a justified "does not apply" stand
};

struct MatrixAnswer {
  std::size_t duty = 0;  // index into Matrix::duties
  std::string relation;  // "equal", "subsumes", "intersects"; "alone" where a duty answers itself
  std::string leaves;    // what an intersecting control does not do
};

struct MatrixRow {
  enum class Kind { joint, alone, rest } kind = Kind::joint;
  std::string id;      // of the control; of the duty where it stands alone
  std::string text, because;
  std::vector<std::string> leaves;  // of a rest: what the joint controls leave, as `because` says it in one sentence
  std::string owner;   // the function that looks after it, or the person named
  std::string due;     // as set, or the first day on which one of its duties binds this product
  bool due_is_set = false;
  std::vector<std::string> expected;  // what would show that it is done
  std::vector<std::string> given;     // the evidence named
  std::vector<RowEvidence> ledger;    // what the ledger has on it, in its order
  // failed: a record that counts today found a failing; stale: there are records, and none counts any more;
  // inconclusive: none that counts says that it holds; fresh; named: files of the dossier alone; none.
  std::string evidence_state = "none";
  std::vector<std::string> tests;     // tests of this program that the law names for it
  std::vector<std::string> untested;  // those of them without a result that counts
  std::vector<MatrixAnswer> answers;
  std::vector<std::string> cites;     // of the control
  // What is said of it, unless that cannot stand: `done` needs evidence that counts, `not applicable` a reason and a
  // provision that admits it for each duty that surely binds. Otherwise it is open, and status_because says why.
  Progress::Status status = Progress::Status::open;
  std::string status_because;
  bool refused = false;               // what is said does not stand
};

struct Matrix {
  std::vector<MatrixDuty> duties;
  std::vector<MatrixRow> rows;  // joint controls, then what they leave, then duties that stand alone
  std::size_t joint = 0, rests = 0, alone = 0;
  std::vector<std::string> unknown_ids;  // of `progress`, that name no row

  [[nodiscard]] std::size_t with_evidence(const std::string& state) const;  // rows of that evidence_state
  [[nodiscard]] std::size_t open() const;  // rows neither done nor not applicable
};

// Every duty of `findings` is answered: it is `equal`ed or `subsume`d by a control, or what all its partial answers
// leave has a row of its own (id "DUTY.rest"), or it stands alone. A control is shown when it answers a duty that
// binds; with one such duty only it is no joint control, and the duty stands alone under it. `placing`: YYYY-MM-DD on
// which the product is placed on the market; nothing is due before it. Empty: not known.
[[nodiscard]] Matrix duty_matrix(const rules::RuleBase& base, const findings::Findings& findings, const findings::CiteNames& names,
                                 const std::map<std::string, Progress>& progress, const std::string& placing = "",
                                 const LedgerEvidence& ledger = {});

// Duties that no row answers, or that are lost: always empty, by construction; checked in every run and by tests.
[[nodiscard]] std::vector<std::string> lost_duties(const Matrix& matrix);

}  // namespace duolex::plan
