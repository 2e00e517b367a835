// Whether the step from one release to another is a substantial modification, under each act by its own test:
// CRA Article 3(30), AI Act Articles 3(23) and 43(4).
//
// Promise: a difference that was seen and is not covered by a statement or a foreseen change never ends in "not". What
// could not be compared ends in "unknown". Nothing here decides for the person: "presumed" can be shown otherwise.
#pragma once

#include <string>
#include <vector>

#include "changes/release_view.h"
#include "changes/signal.h"

namespace duolex::changes {

// What binds after a substantial modification and would not without one.
struct Redo {
  std::string duty, text;
  std::vector<std::string> cites;
  const dossier::RedoneDuty* done = nullptr;  // what the later release's dossier says of it; lives as long as that
};

struct ActVerdict {
  Weight verdict = Weight::none;
  Phrase because;                     // a sentence
  std::vector<std::string> cites;
  std::vector<std::size_t> signals;   // those that give it, into Assessment::signals
  std::vector<Redo> redo;             // of a verdict other than "not"
  const dossier::ChangeJudgement* judged = nullptr;  // by people, in the later release's dossier; lives as long as that
};

// A body that took part in the first assessment, and what it is told of a change. It is told of less than a substantial
// modification: of what could affect what it certified (CRA Annex VIII Part II(7) and recital 41, AI Act Annex VII(4.7)).
struct Told {
  std::string duty, text;
  bool surely = false;   // otherwise a person judges whether it is told
  Phrase because;
  std::vector<std::string> cites;
};

struct Signature {
  std::string by, role, on;
  bool stale = false;  // the difference or the law is another since
};

struct Assessment {
  std::string product, before, after;  // versions
  Day as_of;
  std::string law_sha256;
  std::string before_sha256, after_sha256;  // the states of the two releases: state_sha256()
  std::string difference_sha256;       // of law, states, what was found and what people judged; signatures are bound to it
  bool baseline_declared = false;      // a declaration is among the artefacts of `before`
  Signals signals;                     // the weightiest first
  ActVerdict cra, ai;
  std::vector<Told> told;              // empty where nothing differs or no body took part
  std::vector<Phrase> not_compared;
  std::vector<Signature> signatures;
  std::size_t signers = 0;             // different people whose signature stands

  // 0 both "not", 1 one is "review" or "presumed", 2 one is "unknown" and none is "presumed".
  [[nodiscard]] int exit_code() const;
};

// `law` is compiled for the day of both findings, for every product.
[[nodiscard]] Assessment assess(const ReleaseView& before, const ReleaseView& after, const rules::RuleBase& base, const rules::CompiledLaw& law,
                                const findings::CiteNames& names);

// The state of a release: its artefacts, with what it works, what was foreseen and stated, facts, purpose, standards,
// controls, items and risks. Its declaration belongs to the state of a baseline, and not to that of a release which is
// assessed before it is declared.
enum class Declarations { in, out };
[[nodiscard]] std::string state_sha256(const ReleaseView& view, Declarations declarations);

// One more signature that stands; counted once for each person.
void add_signature(Assessment& assessment, Signature signature);

}  // namespace duolex::changes
