#include "documents/tree_text.h"

#include <algorithm>

#include "documents/citation.h"
#include "documents/plain.h"
#include "plan/steps.h"
#include "plan/words.h"

namespace duolex::documents {
namespace {

using findings::Explanation;
using plan::in_words;

constexpr const char* normal = "\x1b[0m";
constexpr const char* bold = "\x1b[1m";
constexpr const char* dim = "\x1b[2m";

struct Run {
  const char* code;  // null: as it is
  std::string text;
};

// Writes runs of words as one paragraph; codes are put around words, so that they never widen a line.
class Paragraph {
 public:
  Paragraph(const TextStyle& style, std::string first, std::string rest)
      : style_(style), width_(std::max<std::size_t>(style.width, 40)), rest_(std::move(rest)), out_(std::move(first)) {
    column_ = start_ = columns(out_);
  }

  // In brackets, each citation on one line.
  void add_cites(const std::vector<std::string>& cites) {
    for (std::size_t i = 0; i < cites.size(); ++i)
      word((i == 0 ? "[" : "") + plain(citation(cites[i])) + (i + 1 == cites.size() ? "]" : ";"), nullptr);
  }

  void add(const Run& run) {
    const std::string text = plain(run.text);
    for (std::size_t i = 0; i < text.size();) {
      const std::size_t end = std::min(text.find_first_of(" \n\t", i), text.size());
      if (end > i) word(text.substr(i, end - i), run.code);
      i = end + 1;
    }
  }

  std::string take() { return std::move(out_) + "\n"; }

 private:
  void word(const std::string& word, const char* code) {
    const std::size_t wide = columns(word);
    if (column_ > start_ && column_ + 1 + wide > width_) {
      out_ += "\n" + rest_;
      column_ = start_ = columns(rest_);
    } else if (column_ > start_) {
      out_ += ' ';
      ++column_;
    }
    const bool coloured = style_.colour && code != nullptr;
    if (coloured) out_ += code;
    out_ += word;
    if (coloured) out_ += normal;
    column_ += wide;
  }

  const TextStyle& style_;
  std::size_t width_, column_ = 0, start_ = 0;
  std::string rest_, out_;
};

class Tree {
 public:
  explicit Tree(const TextStyle& style) : style_(style) {}

  void node(const Explanation& e, const std::string& above, bool root, bool last) {
    const std::string below = root ? above : above + (last ? "   " : "│  ");
    const std::string hanging = below + (e.because.empty() ? "  " : "│ ");
    Paragraph p(style_, root ? above : above + (last ? "└─ " : "├─ "), hanging);
    const plan::StepWords w = plan::step_words(e);
    p.add({nullptr, w.value.empty() || w.what.ends_with('?') ? w.what : w.what + ":"});
    p.add({bold, w.value});
    p.add_cites(e.cites);
    p.add({dim, w.detail.empty() ? "" : "(" + w.detail + ")"});
    out += p.take();
    for (std::size_t i = 0; i < e.because.size(); ++i) node(e.because[i], below, false, i + 1 == e.because.size());
  }

  std::string out;

 private:
  const TextStyle& style_;
};

std::string heading(const char* text, const TextStyle& style) {
  return style.colour ? std::string("\n") + bold + text + normal + "\n" : std::string("\n") + text + "\n";
}

std::string line(const TextStyle& style, const std::vector<Run>& runs, const char* first = "  ", const char* rest = "    ") {
  Paragraph p(style, first, rest);
  for (const Run& r : runs) p.add(r);
  return p.take();
}

std::string joined(const std::vector<findings::Value>& values) {
  std::string text;
  for (const findings::Value& v : values) text += (text.empty() ? "" : " | ") + in_words(v);
  return text;
}

}  // namespace

std::string tree_text(const Explanation& tree, const TextStyle& style) {
  Tree drawn(style);
  drawn.node(plan::condensed(tree), "", true, true);
  return std::move(drawn.out);
}

std::string explanation_text(const ExplainedConclusion& x, const TextStyle& style) {
  const findings::Finding& f = x.finding;
  const char* status = f.status == rules::Status::settled ? "settled" : f.status == rules::Status::unknown ? "unknown" : "contested";
  std::string out = line(style, {{nullptr, f.label + ":"}, {bold, in_words(f)}, {nullptr, std::string("(") + status + ")"}, {dim, f.conclusion}}, "", "  ");
  if (f.status == rules::Status::unknown && !f.possible.empty())
    out += line(style, {{nullptr, "It may turn out:"}, {nullptr, joined(f.possible)}}, "", "  ");
  out += heading("Why", style) + tree_text(x.why, style);
  std::string ambiguity;
  for (const findings::ReadingFinding& r : f.readings) {
    if (r.ambiguity != ambiguity) out += heading(("Contested: " + r.ambiguity).c_str(), style);
    ambiguity = r.ambiguity;
    out += line(style, {{nullptr, in_words(r.reading) + (r.is_default ? " (default):" : ":")},
                        {bold, r.varies ? "varies between " + joined(r.possible) : in_words(r.value)}, {nullptr, "because " + r.because}});
  }
  if (!x.others.empty()) out += heading("Why not the others", style);
  for (const Explanation& e : x.others) out += tree_text(e, style);
  if (!x.turns.empty()) out += heading("What would change it, all else equal", style);
  for (const findings::Turn& t : x.turns)
    out += line(style, {{nullptr, t.fact + " = " + to_text(t.answer)}, {dim, "→"},
                        {bold, t.status == rules::Status::unknown ? "undecided" : in_words(t.value)},
                        {dim, t.status == f.status || t.status == rules::Status::unknown ? ""
                              : t.status == rules::Status::settled ? "(no longer contested)" : "(contested)"}});
  if (!f.missing.empty()) {
    out += heading("Still open", style);
    for (const std::string& fact : f.missing) out += line(style, {{nullptr, fact}});
  }
  return out;
}

}  // namespace duolex::documents
