#include "workspace/joint_file/change_blockers.h"

#include <algorithm>
#include <array>

#include "findings/value_json.h"

namespace duolex::workspace {
namespace {

using changes::ActVerdict;
using changes::Weight;
using documents::data;
using documents::said;
using documents::Said;

// What the new declaration itself does is not asked for before it.
bool done_by_declaring(const std::string& duty) {
  constexpr std::array ids = {"cra.declaration", "ai.declaration", "cra.ce_marking", "ai.ce_marking"};
  return std::any_of(ids.begin(), ids.end(), [&](const char* id) { return duty == id; });
}

class ChangeBlockers {
 public:
  ChangeBlockers(const Subject& s, const documents::ChangeCheck& check) : s_(s), check_(check), before_(data(check.before)), after_(data(check.after)) {}

  std::vector<Blocker> all() {
    if (check_.before.empty()) return {};
    if (!check_.change) {
      add(said("Release {after} could not be compared with {before}, the last with a declaration: {why}", {{"after", after_}, {"before", before_}, {"why", data(check_.not_compared_because)}}),
          said("Mend the file, and let 'duolex diff' compare them"), {"CRA/art/3/30", "AIA/art/43/4"});
      return std::move(found_);
    }
    act("CRA", "cra", check_.change->cra, who_modifies("actor.cra_position", {{"importer", "CRA/art/21"}, {"distributor", "CRA/art/21"}, {"other", "CRA/art/22/1"}}));
    act("AI Act", "ai_act", check_.change->ai, who_modifies("actor.ai_position", {{"importer", "AIA/art/25/1/b"}, {"distributor", "AIA/art/25/1/b"}, {"deployer", "AIA/art/25/1/b"}}));
    signatures();
    return std::move(found_);
  }

 private:
  void add(Said what, Said close, std::vector<std::string> cites) {
    const documents::Tongue english;
    found_.push_back({english(what), english(close), std::move(cites), what, close});
  }

  // Whoever modifies a product substantially and is not its maker answers as its maker.
  std::vector<std::string> who_modifies(const char* fact, const std::vector<std::pair<const char*, const char*>>& by) const {
    const rules::Index f = s_.law->base.fact(fact);
    if (f == rules::no_index || s_.facts.values[f] == rules::unknown_value) return {};
    const std::string position = to_text(findings::value_of(s_.law->base.facts[f].type, s_.facts.values[f]));
    for (const auto& [value, provision] : by)
      if (position == value) return {provision};
    return {};
  }

  void act(const char* name, const char* key, const ActVerdict& v, const std::vector<std::string>& modifier) {
    if (v.verdict == Weight::none) return;
    const Said in = said(name);
    const std::vector<std::pair<std::string, Said>> names = {{"after", after_}, {"before", before_}, {"act", in}};
    std::vector<std::string> cites = v.cites;
    cites.insert(cites.end(), modifier.begin(), modifier.end());
    if (v.verdict == Weight::unknown) {
      add(said("Whether release {after} is a substantial modification of {before} is unknown under the {act}", names),
          said("Give both releases what 'duolex diff' says it could not compare"), cites);
      return;
    }
    const Said place = data(std::string("change.judged.") + key);
    if (v.judged == nullptr) {
      add(v.verdict == Weight::presumed ? said("Release {after} is presumed to be a substantial modification of {before} under the {act}, and nobody has judged it", names)
                                        : said("Whether release {after} is a substantial modification of {before} under the {act} is for a person to judge, and nobody has", names),
          said("Record the judgement with its reason under {place} of the release; 'duolex diff' shows what speaks for it", {{"place", place}}), cites);
      return;
    }
    if (!v.judged->substantial) {
      if (v.verdict == Weight::presumed && v.judged->evidence.empty())
        add(said("The presumption that release {after} is a substantial modification of {before} under the {act} is refuted without evidence", names),
            said("Name a file that shows it under {place}", {{"place", data(std::string("change.judged.") + key + ".evidence")}}), cites);
      return;
    }
    for (const changes::Redo& again : v.redo) {
      if (done_by_declaring(again.duty) || again.done != nullptr) continue;
      std::vector<std::string> duty_cites = again.cites;
      duty_cites.push_back(cites.front());
      add(said("To be done again after a substantial modification under the {act}, and not done: {duty}", {{"act", in}, {"duty", said(again.text)}}),
          said("Do it again and name its evidence under {place} of the release, or say there why it need not be", {{"place", data("change.redone." + again.duty)}}), duty_cites);
    }
  }

  void signatures() {
    const changes::Assessment& a = *check_.change;
    if (a.signers >= 2) return approvals();
    const auto stale = std::count_if(a.signatures.begin(), a.signatures.end(), [](const changes::Signature& s) { return s.stale; });
    const std::vector<std::pair<std::string, Said>> names = {{"after", after_}, {"before", before_}};
    const Said what = a.signers == 1 ? said("One person stands for the assessment of the change from {before} to {after}; a second one is missing", names)
                                     : said("Nobody stands for the assessment of the change from {before} to {after}", names);
    add(stale == 0 ? what
                   : said("{what}; stale signatures: {count} (one of the two states, what was found of them, or the law is another since)",
                          {{"what", what}, {"count", data(std::to_string(stale))}}),
        said("Two different people sign it with 'duolex diff DOSSIER --sign NAME --role FUNCTION', after everything else is recorded"), {"CRA/art/3/30", "AIA/art/43/4"});
  }

  // A name can be written by anybody. Where people have keys, their keys stand over the leaf.
  void approvals() {
    if (!check_.approved_by || check_.approved_by->size() >= 2) return;
    const std::vector<std::pair<std::string, Said>> names = {{"after", after_}, {"before", before_}};
    add(check_.approved_by->empty() ? said("Two people stand for the assessment of the change from {before} to {after} by name, and nobody with a key", names)
                                    : said("Two people stand for the assessment of the change from {before} to {after} by name, and one with a key; a second one is missing", names),
        said("Record what 'duolex diff DOSSIER --format json' writes with 'duolex evidence add', and let two people of keys.yaml stand over that leaf: --key and 'duolex evidence approve'"),
        {"CRA/art/3/30", "AIA/art/43/4"});
  }

  const Subject& s_;
  const documents::ChangeCheck& check_;
  const Said before_, after_;
  std::vector<Blocker> found_;
};

}  // namespace

std::vector<Blocker> change_blockers(const Subject& subject, const documents::ChangeCheck& check) { return ChangeBlockers(subject, check).all(); }

}  // namespace duolex::workspace
