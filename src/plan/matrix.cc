#include "plan/matrix.h"

#include <algorithm>

namespace duolex::plan {
namespace {

using Relation = rules::Answer::Relation;

const char* name_of(Relation relation) {
  static const char* const names[] = {"equal", "subsumes", "intersects"};
  return names[static_cast<int>(relation)];
}

class Builder {
 public:
  Builder(const rules::RuleBase& base, const findings::CiteNames& names, const std::map<std::string, Progress>& progress,
          const std::string& placing, const LedgerEvidence& ledger)
      : base_(base), names_(names), progress_(progress), placing_(placing), ledger_(ledger) {}

  Matrix build(const findings::Findings& findings) {
    for (const findings::ShownDuty& d : findings.duties) {
      place_[d.id] = matrix_.duties.size();
      matrix_.duties.push_back({d.id, d.text, d.binds, d.stage, d.from, d.cites, d.surely, {}});
      if (const auto known = base_.duty_by_id.find(d.id); known != base_.duty_by_id.end())
        for (const rules::Cite& cite : base_.duties[known->second].may_not_apply) matrix_.duties.back().may_not_apply.push_back(names_(cite.provision));
    }
    for (const rules::Control& c : base_.controls) add_control(c);
    add_rests();
    for (std::size_t d = 0; d < matrix_.duties.size(); ++d)
      if (!answered_.contains(d)) add_alone(d);
    for (const auto& [id, said] : progress_)
      if (!used_.contains(id)) matrix_.unknown_ids.push_back(id);
    return std::move(matrix_);
  }

 private:
  void add_control(const rules::Control& c) {
    MatrixRow row;
    row.kind = MatrixRow::Kind::joint;
    row.id = c.id;
    row.text = c.text;
    row.because = c.because;
    row.owner = c.owner;
    row.expected = c.evidence;
    row.tests = c.tested_by;
    for (const rules::Cite& cite : c.cites) row.cites.push_back(names_(cite.provision));
    for (const rules::Answer& a : c.answers) {
      const auto it = place_.find(base_.duties[a.duty].id);
      if (it == place_.end()) continue;
      row.answers.push_back({it->second, name_of(a.relation), a.leaves});
    }
    // One duty alone: the control merges nothing, and what it would leave is the duty itself.
    if (row.answers.size() < 2) return;
    for (const MatrixAnswer& a : row.answers) {
      Answered& answered = answered_[a.duty];
      answered.whole = answered.whole || a.relation != name_of(Relation::intersects);
      if (!a.leaves.empty()) answered.leaves.push_back(a.leaves);
    }
    finish(std::move(row));
    ++matrix_.joint;
  }

  void add_rests() {
    for (const auto& [duty, answered] : answered_) {
      if (answered.whole) continue;
      const MatrixDuty& d = matrix_.duties[duty];
      MatrixRow row;
      row.kind = MatrixRow::Kind::rest;
      row.id = d.id + ".rest";
      row.text = d.text;
      for (const std::string& rest : answered.leaves) row.because += (row.because.empty() ? "" : "; ") + rest;
      row.because = "What the joint controls leave of it: " + row.because;
      row.leaves = answered.leaves;
      row.answers.push_back({duty, "alone", ""});
      finish(std::move(row));
      ++matrix_.rests;
    }
  }

  void add_alone(std::size_t duty) {
    const MatrixDuty& d = matrix_.duties[duty];
    MatrixRow row;
    row.kind = MatrixRow::Kind::alone;
    row.id = d.id;
    row.text = d.text;
    row.answers.push_back({duty, "alone", ""});
    finish(std::move(row));
    ++matrix_.alone;
  }

  void finish(MatrixRow row) {
    for (const MatrixAnswer& a : row.answers) {
      // Days in this form are in order as texts.
      const std::string& from = std::max(matrix_.duties[a.duty].from, placing_);
      if (!from.empty() && (row.due.empty() || from < row.due)) row.due = from;
    }
    const auto said = progress_.find(row.id);
    if (said != progress_.end()) {
      used_[row.id] = true;
      if (!said->second.owner.empty()) row.owner = said->second.owner;
      if (!said->second.due.empty()) {
        row.due = said->second.due;
        row.due_is_set = true;
      }
      row.status = said->second.status;
      row.status_because = said->second.because;
      row.given = said->second.evidence;
    }
    look_into_ledger(row);
    hold_to_what_is_said(row);
    matrix_.rows.push_back(std::move(row));
  }

  void look_into_ledger(MatrixRow& row) {
    const std::string id = row.kind == MatrixRow::Kind::rest ? row.id.substr(0, row.id.size() - 5) : row.id;
    const auto found = ledger_.find(id);
    if (found != ledger_.end())
      for (const RowEvidence& e : found->second)
        // What joint controls leave of a duty is not what a test of one of them speaks to.
        if (row.kind != MatrixRow::Kind::rest) row.ledger.push_back(e);
    if (row.kind == MatrixRow::Kind::rest)
      if (const auto own = ledger_.find(row.id); own != ledger_.end()) row.ledger = own->second;
    const auto any = [&](auto&& is) { return std::any_of(row.ledger.begin(), row.ledger.end(), is); };
    row.evidence_state = any([](const RowEvidence& e) { return e.state == "current" && e.outcome == "failed"; }) ? "failed"
                         : any([](const RowEvidence& e) { return e.state != "current"; })                       ? "stale"
                         : any([](const RowEvidence& e) { return e.counts() && e.whole; })                      ? "fresh"
                         : !row.ledger.empty()                                                                   ? "inconclusive"
                         : !row.given.empty()                                                                    ? "named"
                                                                                                                 : "none";
    for (const std::string& test : row.tests)
      if (!any([&](const RowEvidence& e) { return e.test == test && e.state == "current" && !e.interrupted && e.outcome != "inconclusive"; })) row.untested.push_back(test);
  }

  // The first record that keeps the row open.
  static std::string against(const MatrixRow& row) {
    for (const RowEvidence& e : row.ledger) {
      const bool failed = e.state == "current" && e.outcome == "failed";
      if (row.evidence_state == "failed" ? failed : !e.counts())
        return "leaf " + std::to_string(e.leaf) + " of the ledger " + (failed ? "found a failing" : e.state != "current" ? "is " + e.state + ": " + e.because : "is inconclusive");
    }
    return "nothing shows it";
  }

  void hold_to_what_is_said(MatrixRow& row) const {
    if (row.status == Progress::Status::done) {
      const bool shown = row.evidence_state == "fresh" || row.evidence_state == "named" || (row.evidence_state == "inconclusive" && !row.given.empty());
      if (shown) return;
      row.status_because = "said to be done, but " + against(row);
    } else if (row.status == Progress::Status::not_applicable) {
      std::string binding;
      for (const MatrixAnswer& a : row.answers) {
        const MatrixDuty& d = matrix_.duties[a.duty];
        if (d.surely && d.may_not_apply.empty()) binding += (binding.empty() ? "" : ", ") + d.id;
      }
      if (binding.empty() && !row.status_because.empty()) return;
      row.status_because = binding.empty() ? "said not to apply, without a reason"
                                           : "said not to apply (" + row.status_because + "), but " + binding + " binds, and the law admits no such reason";
    } else {
      return;
    }
    row.status = Progress::Status::open;
    row.refused = true;
  }

  struct Answered {
    bool whole = false;
    std::vector<std::string> leaves;
  };
  const rules::RuleBase& base_;
  const findings::CiteNames& names_;
  const std::map<std::string, Progress>& progress_;
  const std::string& placing_;
  const LedgerEvidence& ledger_;
  Matrix matrix_;
  std::map<std::string, std::size_t> place_;
  std::map<std::size_t, Answered> answered_;
  std::map<std::string, bool> used_;
};

}  // namespace

const char* name_of(Progress::Status status) {
  static const char* const names[] = {"open", "in progress", "done", "not applicable"};
  return names[static_cast<int>(status)];
}

std::size_t Matrix::with_evidence(const std::string& state) const {
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const MatrixRow& r) { return r.evidence_state == state; }));
}

std::size_t Matrix::open() const {
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [](const MatrixRow& r) {
    return r.status == Progress::Status::open || r.status == Progress::Status::in_progress;
  }));
}

Matrix duty_matrix(const rules::RuleBase& base, const findings::Findings& findings, const findings::CiteNames& names,
                   const std::map<std::string, Progress>& progress, const std::string& placing, const LedgerEvidence& ledger) {
  return Builder(base, names, progress, placing, ledger).build(findings);
}

std::vector<std::string> lost_duties(const Matrix& matrix) {
  std::vector<bool> whole(matrix.duties.size(), false);
  for (const MatrixRow& row : matrix.rows)
    for (const MatrixAnswer& a : row.answers)
      if (a.relation != "intersects") whole[a.duty] = true;
  std::vector<std::string> lost;
  for (std::size_t d = 0; d < whole.size(); ++d)
    if (!whole[d]) lost.push_back(matrix.duties[d].id);
  return lost;
}

}  // namespace duolex::plan
