// What an assessment of a change says, as sentences that a catalogue translates; page and text say the same.
#include "documents/change_said.h"

#include "documents/change.h"
#include "documents/law_said.h"
#include "documents/told.h"

namespace duolex::documents {

using changes::Phrase;
using changes::Weight;

Said phrase_said(const Phrase& p) {
  switch (p.kind()) {
    case Phrase::Kind::data: return data(p.raw());
    case Phrase::Kind::value: return text_said(p.raw());
    case Phrase::Kind::told: return pattern_of(p.raw());
    case Phrase::Kind::list: {
      std::vector<Said> members;
      for (const auto& [name, part] : p.names()) members.push_back(phrase_said(part));
      return listed(std::move(members), p.raw());
    }
    case Phrase::Kind::sentence: break;
  }
  std::vector<std::pair<std::string, Said>> names;
  for (const auto& [name, part] : p.names()) names.emplace_back(name, phrase_said(part));
  return said(p.raw(), std::move(names));
}

Said weight_said(Weight weight) {
  switch (weight) {
    case Weight::none: return said("not a substantial modification, by what was compared");
    case Weight::review: return said("to be reviewed by a person");
    case Weight::unknown: return said("not known");
    case Weight::presumed: return said("presumed substantial");
  }
  return {};
}

Said word_of(Weight weight) {
  switch (weight) {
    case Weight::none: return said("no ground");
    case Weight::review: return said("review");
    case Weight::unknown: return said("not known");
    case Weight::presumed: return said("presumed substantial");
  }
  return {};
}

Said words_of_law(const std::string& sentence) { return phrase_said(changes::law_words(sentence)); }

Said files_said(const std::vector<dossier::Artefact>& files) {
  std::vector<Said> list;
  for (const dossier::Artefact& f : files) list.push_back(data(f.path + " (" + f.sha256.substr(0, 16) + ")"));
  return listed(std::move(list));
}

Said judged_said(const dossier::ChangeJudgement& j) {
  const Said who = data(j.by + (j.on ? ", " + to_string(*j.on) : ""));
  const Said judged = j.substantial ? said("judged to be substantial by {who}: {why}", {{"who", who}, {"why", data(j.because)}})
                                    : said("judged not to be substantial by {who}: {why}", {{"who", who}, {"why", data(j.because)}});
  return j.evidence.empty() ? judged : listed({judged, files_said(j.evidence)}, "; ");
}

Said redone_said(const dossier::RedoneDuty& r) {
  return r.evidence.empty() ? said("said not to be needed: {why}, {who}", {{"why", data(r.because)}, {"who", data(r.by)}})
                            : said("done again: {files}, {who}", {{"files", files_said(r.evidence)}, {"who", data(r.by)}});
}

Said signers_said(const changes::Assessment& a) {
  return a.signers >= 2   ? said("Two people stand for this assessment.")
         : a.signers == 1 ? said("One person stands for this assessment; a second one is missing.")
                          : said("Nobody has signed; two people stand for an assessment of a change.");
}

Said signature_said(const changes::Signature& s) {
  const Said who = data(s.by + (s.role.empty() ? "" : ", " + s.role) + (s.on.empty() ? "" : ", " + s.on));
  return s.stale ? said("{who}: stale, a state, what was found of it or the law is another since", {{"who", who}}) : who;
}

Said title_said(const changes::Assessment& a) {
  return said("{product}: release {before} against {after}", {{"product", data(a.product)}, {"before", data(a.before)}, {"after", data(a.after)}});
}

}  // namespace duolex::documents
