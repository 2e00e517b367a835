#include "documents/matrix.h"

#include <algorithm>

#include "documents/citation.h"
#include "documents/plain.h"

namespace duolex::documents {
namespace {

using plan::Matrix;
using plan::MatrixRow;

std::string joined(const std::vector<std::string>& parts, const char* between) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : between) + part;
  return text;
}

std::string in_law(const std::vector<std::string>& cites) {
  std::vector<std::string> words;
  for (const std::string& cite : cites) words.push_back(citation(cite));
  return joined(words, "; ");
}

std::string counted(std::size_t n, const char* one, const char* many) { return std::to_string(n) + " " + (n == 1 ? one : many); }

// A spreadsheet that reads a text as a formula is stopped by a leading apostrophe.
std::string harmless(std::string text) {
  if (!text.empty() && std::string("=+-@").find(text[0]) != std::string::npos) text.insert(text.begin(), '\'');
  return text;
}

}  // namespace

MatrixCounts counts_of(const Matrix& m) {
  std::vector<bool> merged(m.duties.size(), false);
  for (const MatrixRow& row : m.rows)
    if (row.kind == MatrixRow::Kind::joint)
      for (const plan::MatrixAnswer& a : row.answers) merged[a.duty] = true;
  return {static_cast<std::size_t>(std::count(merged.begin(), merged.end(), true))};
}

std::string matrix_sentence(const Matrix& m) {
  const std::size_t in_controls = counts_of(m).merged;
  std::string text = counted(m.duties.size(), "duty", "duties") + ": " + std::to_string(in_controls) + " answered by " +
                     counted(m.joint, "joint control", "joint controls");
  if (m.rests != 0) text += ", which leave a part of " + std::to_string(m.rests);
  return text + "; " + std::to_string(m.alone) + (m.alone == 1 ? " stands alone" : " stand alone") + ". " + std::to_string(m.rows.size()) +
         " things to do, " + std::to_string(m.open()) + " of them open.";
}

std::string in_words(const plan::RowEvidence& e) {
  std::string text = "leaf " + std::to_string(e.leaf) + " (" + e.hash.substr(0, 12) + "): " + (e.test.empty() ? e.shows : e.test) + " " + e.outcome;
  if (e.interrupted) text += ", interrupted";
  if (e.state != "current") text += ", " + e.state + ": " + e.because;
  if (!e.whole) text += ", on a part of it";
  return text;
}

std::string evidence_words(const MatrixRow& row) {
  return row.evidence_state + (row.untested.empty() ? "" : ", without a result that counts: " + joined(row.untested, ", "));
}

std::string matrix_text(const MatrixDocument& d, const TextStyle& style) {
  const Matrix& m = d.matrix;
  const std::size_t width = std::max<std::size_t>(style.width, 40);
  std::string out = wrapped("Duties" + (d.who.empty() ? "" : " of the " + d.who) + ", " + d.product + (d.release.empty() ? "" : " " + d.release) +
                                ", as of " + to_string(d.as_of), "", "", width);
  out += wrapped(matrix_sentence(m), "", "", width);
  static const char* const heads[] = {"Joint controls", "What they leave", "Duties that stand alone"};
  int kind = -1;
  for (const MatrixRow& row : m.rows) {
    if (static_cast<int>(row.kind) != kind) {
      kind = static_cast<int>(row.kind);
      out += std::string("\n") + heads[kind] + "\n";
    }
    out += "\n";
    out += wrapped(row.text, "  ", "  ", width);
    std::string line = row.id + ", " + name_of(row.status);
    if (!row.owner.empty()) line += ", " + row.owner;
    if (!row.due.empty()) line += ", due " + row.due + (row.due_is_set ? "" : " (first day it binds)");
    out += wrapped(line, "    ", "      ", width);
    if (!row.status_because.empty()) out += wrapped(row.status_because, "    because ", "      ", width);
    if (row.kind == MatrixRow::Kind::rest) out += wrapped(row.because, "    ", "      ", width);
    for (const plan::MatrixAnswer& a : row.answers) {
      const plan::MatrixDuty& duty = m.duties[a.duty];
      std::string text = duty.id + " (" + in_law(duty.cites) + ")";
      if (row.kind == MatrixRow::Kind::joint) text += ", " + a.relation;
      if (!duty.surely) text += ", if open questions are answered so";
      out += wrapped(text, "    - ", "      ", width);
      if (!a.leaves.empty()) out += wrapped("leaves " + a.leaves, "      ", "      ", width);
    }
    if (row.kind != MatrixRow::Kind::alone || row.evidence_state != "none") out += wrapped(evidence_words(row), "    evidence ", "      ", width);
    for (const plan::RowEvidence& e : row.ledger) out += wrapped(in_words(e), "    - ", "      ", width);
    if (!row.given.empty()) {
      out += wrapped(joined(row.given, "; "), "    in the dossier: ", "      ", width);
    } else if (row.ledger.empty() && !row.expected.empty()) {
      out += wrapped(joined(row.expected, "; "), "    evidence wanted: ", "      ", width);
    }
  }
  return out;
}

std::vector<std::vector<std::string>> matrix_table(const MatrixDocument& d) {
  std::vector<std::vector<std::string>> lines = {{"Row", "Kind", "What is done", "Duty", "What the law asks", "Binds", "Stage", "Provisions",
                                                  "Relation", "Leaves", "Evidence wanted", "Evidence", "Owner", "Due", "Status", "Certain",
                                                  "Evidence state", "Ledger", "Status because"}};
  static const char* const kinds[] = {"joint control", "rest", "alone"};
  for (const MatrixRow& row : d.matrix.rows)
    for (const plan::MatrixAnswer& a : row.answers) {
      const plan::MatrixDuty& duty = d.matrix.duties[a.duty];
      std::string ledger;
      for (const plan::RowEvidence& e : row.ledger) ledger += (ledger.empty() ? "" : "; ") + in_words(e);
      lines.push_back({row.id, kinds[static_cast<int>(row.kind)], row.text, duty.id, duty.text, duty.binds, duty.stage, in_law(duty.cites),
                       a.relation, row.kind == MatrixRow::Kind::rest ? row.because : a.leaves, joined(row.expected, "; "),
                       joined(row.given, "; "), row.owner, row.due, name_of(row.status), duty.surely ? "yes" : "depends on open questions",
                       evidence_words(row), ledger, row.status_because});
      for (std::string& cell : lines.back()) cell = harmless(plain(cell));
    }
  return lines;
}

std::string matrix_csv(const MatrixDocument& d) {
  std::string out;
  for (const std::vector<std::string>& line : matrix_table(d)) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      out += i == 0 ? "\"" : ",\"";
      for (const char c : line[i]) out += c == '"' ? std::string("\"\"") : std::string(1, c);
      out += '"';
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace duolex::documents
