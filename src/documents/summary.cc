#include <algorithm>

#include "documents/assessment.h"

namespace duolex::documents {
namespace {

std::string wrapped(const std::string& text, const std::string& indent, std::size_t width) {
  std::string out = indent, word;
  std::size_t column = indent.size();
  const auto flush = [&] {
    if (word.empty()) return;
    if (column > indent.size() && column + 1 + word.size() > width) {
      out += "\n" + indent;
      column = indent.size();
    } else if (column > indent.size()) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    word.clear();
  };
  for (const char c : text) {
    if (c == ' ' || c == '\n') {
      flush();
    } else {
      word += c;
    }
  }
  flush();
  return out + "\n";
}

}  // namespace

std::string summary_text(const Assessment& a) {
  std::string out = a.product + ", as of " + to_string(a.findings.as_of) + "\n\n" + wrapped(a.route, "", 96) + "\n";
  const auto line = [&](const char* term, const char* conclusion) {
    const findings::Finding& f = a.findings[conclusion];
    std::string text = in_words(f);
    if (f.status == rules::Status::contested) text += " (contested)";
    out += std::string("  ") + term + std::string(34 - std::min<std::size_t>(33, std::string(term).size()), ' ') + text + "\n";
  };
  line("CRA applies", "cra.applies");
  line("Class under the CRA", "cra.class");
  line("High-risk AI system", "ai.high_risk");
  line("Procedure under the AI Act", "ai.procedure");
  line("CRA requirements assessed by", "joint.cra_assessed_by");
  line("Bodies to involve", "joint.bodies");
  line("Binding today", "joint.regime_now");
  if (!a.readings.empty()) {
    out += "\nContested\n";
    for (const ReadingRow& r : a.readings) {
      out += wrapped(r.ambiguity + ": " + r.question, "  ", 96);
      for (const ReadingRow::Option& o : r.options) {
        std::string values;
        for (const auto& [label, value] : o.values) values += (values.empty() ? "" : "; ") + label + ": " + value;
        out += wrapped(in_words(o.reading) + (o.is_default ? " (default): " : ": ") + values, "    ", 96);
      }
    }
  }
  if (!a.questions.empty()) {
    out += "\n" + std::to_string(a.questions.size()) + " open questions about the route, most decisive first\n";
    for (std::size_t i = 0; i < a.questions.size() && i < 8; ++i)
      out += wrapped(std::to_string(i + 1) + ". " + a.questions[i].question + " (" + a.questions[i].id + ")", "  ", 96);
    if (a.questions.size() > 8) out += "  … and " + std::to_string(a.questions.size() - 8) + " more\n";
  }
  if (!a.proposals.empty()) {
    out += "\nProposed by what was measured, not yet taken over\n";
    for (const ProposalRow& p : a.proposals) out += wrapped(p.fact + " = " + p.value + ": " + p.because + " (" + p.artefact + ")", "  ", 96);
  }
  out += "\nBetween this product and a signed declaration\n";
  if (a.open_points.empty()) out += "  nothing that was checked\n";
  for (const OpenPoint& p : a.open_points) out += wrapped("- " + p.what + ": " + p.how, "  ", 96);
  for (const findings::ShownNote& w : a.findings.warnings) out += wrapped("warning: " + w.text, "", 96);
  return out;
}

}  // namespace duolex::documents
