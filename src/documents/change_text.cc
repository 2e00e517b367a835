#include <algorithm>

#include "documents/change.h"
#include "documents/citation.h"
#include "documents/plain.h"

namespace duolex::documents {
namespace {

using changes::ActVerdict;
using changes::Signal;
using changes::Weight;

constexpr std::size_t most_signals = 40;

std::string cited(const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) text += (text.empty() ? "" : "; ") + citation(id);
  return text.empty() ? text : " (" + text + ")";
}

std::string weights(const Signal& s) {
  return std::string("CRA: ") + name_of(s.cra) + ", AI Act: " + name_of(s.ai);
}

std::string files_of(const std::vector<dossier::Artefact>& files) {
  std::string text;
  for (const dossier::Artefact& f : files) text += (text.empty() ? "" : ", ") + plain(f.path) + " (" + f.sha256.substr(0, 16) + ")";
  return text;
}

void add_verdict(const char* act, const ActVerdict& v, std::size_t width, std::string& out) {
  out += wrapped(std::string(act) + ": " + in_words(v.verdict), "", "  ", width);
  out += wrapped(v.because + cited(v.cites), "  ", "  ", width);
  if (!v.redo.empty()) {
    out += wrapped(v.verdict == Weight::presumed ? "To be done again, unless a person shows that it is not substantial:" : "To be done again if it is found substantial:", "  ", "  ", width);
    for (const changes::Redo& r : v.redo) {
      out += wrapped(plain(r.text) + cited(r.cites), "    - ", "      ", width);
      if (r.done != nullptr) out += wrapped((r.done->evidence.empty() ? "said not to be needed: " + plain(r.done->because) : "done again: " + files_of(r.done->evidence)) + ", " + plain(r.done->by), "      ", "      ", width);
    }
  }
  if (v.judged != nullptr)
    out += wrapped(std::string(v.judged->substantial ? "judged to be substantial" : "judged not to be substantial") + " by " + plain(v.judged->by) + (v.judged->on ? ", " + to_string(*v.judged->on) : "") + ": " +
                       plain(v.judged->because) + (v.judged->evidence.empty() ? "" : "; " + files_of(v.judged->evidence)),
                   "  ", "  ", width);
}

}  // namespace

const char* in_words(Weight weight) {
  switch (weight) {
    case Weight::none: return "not a substantial modification, by what was compared";
    case Weight::review: return "to be reviewed by a person";
    case Weight::unknown: return "unknown";
    case Weight::presumed: return "presumed substantial";
  }
  return "";
}

std::string change_sentence(const changes::Assessment& a) {
  return std::string("CRA: ") + in_words(a.cra.verdict) + ". AI Act: " + in_words(a.ai.verdict) + ".";
}

std::string change_text(const changes::Assessment& a, const TextStyle& style) {
  const std::size_t width = std::max<std::size_t>(style.width, 40);
  std::string out = wrapped(plain(a.product) + ": release " + plain(a.before) + " against " + plain(a.after) + ", on " + to_string(a.as_of), "", "  ", width) + "\n";
  add_verdict("CRA", a.cra, width, out);
  add_verdict("AI Act", a.ai, width, out);
  out += a.signals.empty() ? "\nNothing that was compared differs.\n" : "\nWhat differs:\n";
  for (std::size_t i = 0; i < a.signals.size() && i < most_signals; ++i) {
    const Signal& s = a.signals[i];
    out += wrapped(plain(s.what) + ". " + weights(s), "  - ", "    ", width);
    if ((!s.before.empty() || !s.after.empty()) && s.before.size() + s.after.size() < 400)
      out += wrapped((s.before.empty() ? "before: nothing" : "before: " + plain(s.before)) + (s.after.empty() ? "; after: nothing" : "; after: " + plain(s.after)), "    ", "    ", width);
    out += wrapped("because " + plain(s.because) + cited(s.cites), "    ", "    ", width);
    if (!s.covered_by.empty()) out += wrapped("covered: " + plain(s.covered_by), "    ", "    ", width);
  }
  if (a.signals.size() > most_signals) out += "  … and " + std::to_string(a.signals.size() - most_signals) + " more; --format json has all\n";
  if (!a.told.empty()) out += "\nBodies to be told:\n";
  for (const changes::Told& t : a.told) {
    out += wrapped(plain(t.text) + cited(t.cites), "  - ", "    ", width);
    out += wrapped(std::string(t.surely ? "to be told: " : "to be judged by a person: ") + plain(t.because), "    ", "    ", width);
  }
  out += "\nNot compared:\n";
  for (const std::string& n : a.not_compared) out += wrapped(plain(n), "  - ", "    ", width);
  out += "\nSignatures: ";
  out += a.signers >= 2 ? "two people stand for this assessment\n" : a.signers == 1 ? "one person stands for this assessment; a second one is missing\n" : "none; two people stand for an assessment of a change\n";
  for (const changes::Signature& s : a.signatures)
    out += wrapped(plain(s.by) + (s.role.empty() ? "" : ", " + plain(s.role)) + (s.on.empty() ? "" : ", " + s.on) + (s.stale ? ": stale, the difference or the law is another since" : ""), "  - ", "    ", width);
  return out;
}

}  // namespace duolex::documents
