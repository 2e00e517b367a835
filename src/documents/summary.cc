#include <algorithm>

#include "documents/assessment.h"
#include "documents/plain.h"

namespace duolex::documents {
namespace {

constexpr std::size_t on_terminal = 12;  // open points that a terminal shows

class Summary {
 public:
  Summary(const Assessment& a, const TextStyle& style, std::size_t most_points) : a_(a), most_points_(most_points), width_(std::max<std::size_t>(style.width, 40)), colour_(style.colour) {}

  std::string run() {
    out_ += bold(plain(a_.product)) + ", as of " + to_string(a_.findings.as_of) + "\n\n";
    paragraph(a_.route);
    out_ += "\n";
    finding("CRA applies", "cra.applies");
    finding("Class under the CRA", "cra.class");
    finding("High-risk AI system", "ai.high_risk");
    finding("Procedure under the AI Act", "ai.procedure");
    finding("CRA requirements assessed by", "joint.cra_assessed_by");
    finding("Bodies to involve", "joint.bodies");
    finding("Binding on this day", "joint.regime_now");
    readings();
    questions();
    tested();
    proposals();
    out_ += "\n" + bold(a_.standing.empty() ? "Between this product and a signed declaration" : "Against this product's release") + "\n";
    if (!a_.standing.empty()) out_ += wrapped(plain(in_english(a_.standing)), "  ", "  ", width_);
    if (a_.open_points.empty()) item("nothing among what was checked");
    for (std::size_t i = 0; i < a_.open_points.size() && i < most_points_; ++i) item(text_of(a_.open_points[i]));
    if (a_.open_points.size() > most_points_)
      item("and " + std::to_string(a_.open_points.size() - most_points_) + " more: the report and 'duolex declare' have them all");
    days();
    for (const findings::ShownNote& w : a_.findings.warnings) out_ += "\n" + wrapped(plain("warning: " + w.text), "", "  ", width_);
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string bold(const std::string& text) const { return colour_ ? "\x1b[1m" + text + "\x1b[0m" : text; }
  void paragraph(const std::string& text) { out_ += wrapped(plain(text), "", "", width_); }
  void item(const std::string& text) { out_ += wrapped(plain(text), "  - ", "    ", width_); }

  void finding(const char* term, const char* conclusion) {
    const findings::Finding& f = a_.findings[conclusion];
    std::string text = in_words(f) + (f.status == rules::Status::contested ? " (contested)" : "");
    if (width_ < 60) {
      out_ += wrapped(std::string(term) + ": " + text, "  ", "    ", width_);
      return;
    }
    std::string first = std::string("  ") + term;
    first.resize(34, ' ');
    out_ += wrapped(text, first, std::string(34, ' '), width_);
  }

  void readings() {
    if (a_.readings.empty()) return;
    out_ += "\n" + bold("Contested") + "\n";
    for (const ReadingRow& r : a_.readings) {
      out_ += wrapped(plain(r.ambiguity + ": " + r.question), "  ", "    ", width_);
      for (const ReadingRow::Option& o : r.options) {
        std::string values;
        for (const ReadingRow::Option::Value& v : o.values) values += (values.empty() ? "" : "; ") + v.label + ": " + v.value;
        if (values.empty()) values = "as in the default reading";
        out_ += wrapped(plain(in_words(o.reading) + (!o.is_taken ? ": " : o.is_default ? " (default): " : " (chosen): ") + values), "    ", "      ", width_);
      }
    }
  }

  void questions() {
    if (a_.questions.empty()) return;
    out_ += "\n" + bold(std::to_string(a_.questions.size()) + (a_.questions.size() == 1 ? " open question" : " open questions") +
                        " about the route, most decisive first") + "\n";
    for (std::size_t i = 0; i < a_.questions.size() && i < 8; ++i)
      out_ += wrapped(plain(std::to_string(i + 1) + ". " + a_.questions[i].question + " (" + a_.questions[i].id + ")"), "  ", "     ", width_);
    if (a_.questions.size() > 8) out_ += "  … and " + std::to_string(a_.questions.size() - 8) + " more: duolex ask\n";
  }

  void tested() {
    const Tested& t = a_.tested;
    if (t.evidence.empty()) return;
    out_ += "\n" + bold("Tested, by the evidence on record") + "\n";
    const auto share = [](const Counted& c) { return c.tested ? std::to_string(c.count) : std::string("not tested"); };
    for (const ModelTest& m : t.models) {
      item(m.model + ": " + in_words(m.verdict) + ". Of " + std::to_string(m.samples) + " samples right: " + share(m.clean) + " as they are, " + share(m.attacked) +
           " under attack, " + share(m.certified) + " proven. " + in_english(m.starts_to_fail) + (m.record.state == "current" ? "" : " (" + m.record.state + ")"));
    }
    std::size_t passed = 0, failed = 0, inconclusive = 0, ended = 0;
    for (const EvidenceRow& e : t.evidence) {
      if (e.state == "replaced") continue;
      ++(e.state != "current" ? ended : e.outcome == "failed" ? failed : e.outcome == "inconclusive" ? inconclusive : passed);
      if (e.state == "current" && e.outcome == "failed" && e.test != "model.evasion") item("failed: " + e.shows + " (leaf " + std::to_string(e.leaf) + "): " + e.detail);
    }
    item(std::to_string(passed) + " records that count, " + std::to_string(failed) + " failed, " + std::to_string(inconclusive) + " inconclusive, " + std::to_string(ended) + " no longer current");
    for (const std::string& m : t.untested_models) item("no attack on record that counts: " + m);
  }

  void proposals() {
    if (a_.proposals.empty()) return;
    out_ += "\n" + bold("Proposed by what was measured, not yet taken over") + "\n";
    for (const ProposalRow& p : a_.proposals) item(p.fact + " = " + p.value + ": " + p.because + " (" + p.artefact + ")");
  }

  void days() {
    if (a_.timeline.empty()) return;
    out_ += "\n" + bold("What changes when") + "\n";
    for (const plan::TimelineDay& d : a_.timeline)
      for (std::size_t i = 0; i < d.changes.size(); ++i) {
        const plan::Change& c = d.changes[i];
        out_ += wrapped(plain(c.label + ": " + c.before_words + " → " + c.after_words), i == 0 ? "  " + to_string(d.day) + "  " : std::string(14, ' '),
                        std::string(16, ' '), width_);
      }
  }

  const Assessment& a_;
  std::size_t most_points_, width_;
  bool colour_;
  std::string out_;
};

}  // namespace

std::string summary_text(const Assessment& assessment, const TextStyle& style) { return Summary(assessment, style, on_terminal).run(); }

std::string summary_text(const Assessment& assessment) { return Summary(assessment, {}, assessment.open_points.size()).run(); }

}  // namespace duolex::documents
