#include "documents/law_words.h"

#include <algorithm>
#include <set>

#include "documents/law_said.h"
#include "plan/words.h"

namespace duolex::documents {
namespace {

class Collector {
 public:
  void add(const std::string& text, const Span& span) {
    if (!text.empty() && seen_.insert(text).second) words_.push_back({text, span});
  }
  void values(const rules::Type& type, const Span& span) {
    for (const std::string& v : type.values) word(v, span);
  }
  void word(const std::string& value, const Span& span) {
    const Said w = word_said(plan::in_words(value));
    if (w.kind == Said::Kind::phrase) add(w.text, span);
  }
  [[nodiscard]] std::vector<LawWord> take() { return std::move(words_); }

 private:
  std::set<std::string> seen_;
  std::vector<LawWord> words_;
};

}  // namespace

std::vector<LawWord> law_words(const rules::RuleBase& base) {
  Collector all;
  for (const rules::Text& t : base.texts) all.add(t.title, t.span);
  for (const rules::Fact& f : base.facts) {
    all.add(f.ask, f.span);
    all.add(f.help, f.span);
    all.values(f.type, f.span);
  }
  for (const rules::Rule& r : base.rules) {
    all.add(r.label, r.span);
    all.values(r.type, r.span);
  }
  for (const rules::Ambiguity& a : base.ambiguities) {
    all.add(a.question, a.span);
    for (const rules::Reading& r : a.readings) {
      all.word(r.id, a.span);
      all.add(r.because, a.span);
    }
  }
  for (const rules::Warning& w : base.warnings) all.add(w.text, w.span);
  for (const rules::Note& n : base.notes) all.add(n.text, n.span);
  for (const rules::Duty& d : base.duties) {
    all.add(d.text, d.span);
    for (const Said& who : binds_said(d.binds).parts) all.add(who.text, d.span);
  }
  for (const rules::Control& c : base.controls) {
    all.add(c.text, c.span);
    all.add(c.because, c.span);
    all.word(c.owner, c.span);
    for (const std::string& e : c.evidence) all.add(e, c.span);
    for (const rules::Answer& a : c.answers) all.add(a.leaves, a.span);
  }
  for (const rules::DocumentItem& i : base.items) all.add(i.text, i.span);
  return all.take();
}

std::vector<LawWord> untranslated(const rules::RuleBase& base, const Tongue& tongue) {
  std::vector<LawWord> lacking = law_words(base);
  std::erase_if(lacking, [&](const LawWord& w) { return tongue.has(w.text); });
  return lacking;
}

}  // namespace duolex::documents
