#include <algorithm>

#include "documents/change.h"
#include "documents/change_said.h"
#include "documents/citation.h"
#include "documents/plain.h"

namespace duolex::documents {
namespace {

using changes::ActVerdict;
using changes::Signal;
using changes::Weight;

constexpr std::size_t most_signals = 40;

class Writer {
 public:
  Writer(const changes::Assessment& a, std::size_t width, const Tongue& tongue) : a_(a), width_(width), tongue_(tongue) {}

  std::string write() {
    line(said("{title}, on {day}", {{"title", title_said(a_)}, {"day", on_day(a_.as_of)}}), "", "  ");
    out_ += "\n";
    verdict(said("CRA"), a_.cra);
    verdict(said("AI Act"), a_.ai);
    out_ += "\n";
    line(a_.signals.empty() ? said("Nothing that was compared differs.") : said("What differs:"), "", "");
    for (std::size_t i = 0; i < a_.signals.size() && i < most_signals; ++i) signal(a_.signals[i]);
    if (a_.signals.size() > most_signals) line(said("… and {n} more; --format json has all", {{"n", data(std::to_string(a_.signals.size() - most_signals))}}), "  ", "    ");
    if (!a_.told.empty()) head(said("Bodies to be told:"));
    for (const changes::Told& t : a_.told) {
      line(words_of_law(t.text), "  - ", "    ", cited(t.cites));
      line(t.surely ? said("to be told: {why}", {{"why", phrase_said(t.because)}}) : said("to be judged by a person: {why}", {{"why", phrase_said(t.because)}}), "    ", "    ");
    }
    head(said("Not compared:"));
    for (const changes::Phrase& n : a_.not_compared) line(phrase_said(n), "  - ", "    ");
    out_ += "\n";
    line(signers_said(a_), "", "  ");
    for (const changes::Signature& s : a_.signatures) line(signature_said(s), "  - ", "    ");
    return std::move(out_);
  }

 private:
  void line(const Said& what, const char* first, const char* next, const std::string& after = "") { out_ += wrapped(plain(tongue_(what)) + after, first, next, width_); }
  [[nodiscard]] std::string cited(const std::vector<std::string>& ids) const {
    std::string text;
    for (const std::string& id : ids) text += (text.empty() ? "" : "; ") + citation(id, tongue_);
    return text.empty() ? text : " (" + text + ")";
  }
  void head(const Said& what) {
    out_ += "\n";
    line(what, "", "  ");
  }

  void verdict(const Said& act, const ActVerdict& v) {
    line(said("{what}: {value}", {{"what", act}, {"value", weight_said(v.verdict)}}), "", "  ");
    line(phrase_said(v.because), "  ", "  ", cited(v.cites));
    if (!v.redo.empty()) {
      line(v.verdict == Weight::presumed ? said("To be done again, unless a person shows that it is not substantial:") : said("To be done again if it is found substantial:"), "  ", "  ");
      for (const changes::Redo& r : v.redo) {
        line(words_of_law(r.text), "    - ", "      ", cited(r.cites));
        if (r.done != nullptr) line(redone_said(*r.done), "      ", "      ");
      }
    }
    if (v.judged != nullptr) line(judged_said(*v.judged), "  ", "  ");
  }

  void signal(const Signal& s) {
    line(said("{what}. CRA: {cra}; AI Act: {ai}", {{"what", phrase_said(s.what)}, {"cra", word_of(s.cra)}, {"ai", word_of(s.ai)}}), "  - ", "    ");
    const std::string before = tongue_(phrase_said(s.before)), after = tongue_(phrase_said(s.after));
    if ((!before.empty() || !after.empty()) && before.size() + after.size() <= longest_values)
      line(said("before: {before}; after: {after}", {{"before", before.empty() ? said("nothing") : data(before)}, {"after", after.empty() ? said("nothing") : data(after)}}), "    ", "    ");
    line(said("because {why}", {{"why", phrase_said(s.because)}}), "    ", "    ", cited(s.cites));
    if (!s.covered_by.empty()) line(said("covered: {what}", {{"what", phrase_said(s.covered_by)}}), "    ", "    ");
  }

  const changes::Assessment& a_;
  std::size_t width_;
  const Tongue& tongue_;
  std::string out_;
};

}  // namespace

std::string change_sentence(const changes::Assessment& a, const Tongue& tongue) {
  return tongue(said("CRA: {cra}. AI Act: {ai}.", {{"cra", weight_said(a.cra.verdict)}, {"ai", weight_said(a.ai.verdict)}}));
}

std::string change_text(const changes::Assessment& a, const TextStyle& style, const Tongue& tongue) {
  return Writer(a, std::max<std::size_t>(style.width, 40), tongue).write();
}

}  // namespace duolex::documents
