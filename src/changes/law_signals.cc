#include <algorithm>
#include <array>

#include "changes/basis.h"
#include "changes/signals.h"
#include "findings/value_json.h"

namespace duolex::changes {
namespace {

bool is_of_purpose(const std::string& id) {
  constexpr std::array words = {"cra.core_function", "ai.annex_iii_areas", "ai.annex_i_act", "ai.is_annex_i_product", "ai.safety_function", "ai.profiling",
                                "ai.for_law_enforcement_migration_or_union_body", "ai.intended_for_public_authorities", "ai.emotion_or_biometric_categorisation"};
  return id.starts_with("ai.art5.") || std::any_of(words.begin(), words.end(), [&](const char* w) { return id == w; });
}

// What a product is in law, whatever the day.
constexpr std::array standing = {"cra.applies", "cra.class", "ai.applies", "ai.high_risk", "ai.prohibited", "joint.cra_assessed_by"};

bool speaks_of_cra(const std::string& id) { return !id.starts_with("ai.") && !id.starts_with("gpai."); }
bool speaks_of_ai(const std::string& id) { return !id.starts_with("cra."); }

}  // namespace

void add_law_signals(const ReleaseView& before, const ReleaseView& after, const rules::RuleBase& base, Signals& signals) {
  for (rules::Index i = 0; i < base.facts.size(); ++i) {
    const rules::Fact& f = base.facts[i];
    const rules::Value was = (*before.facts)[i], is = (*after.facts)[i];
    if (was == is || !is_of_product(f.id)) continue;
    Signal s{is_of_purpose(f.id) ? "purpose_fact" : "fact", f.id, {}, {}, {}, Weight::none, Weight::none, {}, {"CRA/art/3/30", "AIA/art/3/23"}};
    const auto text = [&](rules::Value v) { return v == rules::unknown_value ? phrase("not known") : law_value(to_text(findings::value_of(f.type, v))); };
    s.before = text(was);
    s.after = text(is);
    s.what = phrase("The answer to '{question}' is another", {{"question", law_words(f.ask)}});
    // A declaration is made once and cannot be given an answer later: what it did without, a person judges.
    const bool answered_since = was == rules::unknown_value && before.stated == Stated::as_declared;
    const bool known = answered_since || (was != rules::unknown_value && is != rules::unknown_value);
    const Weight weight = !known ? Weight::unknown : is_of_purpose(f.id) ? Weight::presumed : Weight::review;
    s.because = phrase(!known ? "what was not known on one side cannot be compared" : answered_since ? "the earlier declaration was made without an answer to it" : is_of_purpose(f.id) ? "it is what the product was assessed for" : "the assessment rested on the other answer");
    if (speaks_of_cra(f.id)) s.cra = weight;
    if (speaks_of_ai(f.id)) s.ai = weight;
    signals.push_back(std::move(s));
  }
  for (const auto& [id, value] : before.not_asked)
    signals.push_back({"fact", id, phrase("The fact {id} was recorded, and this law does not ask for it", {{"id", id}}), value, {}, Weight::review, Weight::review,
                       phrase("what it stood for cannot be compared by the law as it is now"), {"CRA/art/3/30", "AIA/art/3/23"}});
  for (const char* id : standing) {
    const findings::Finding &was = (*before.findings)[id], &is = (*after.findings)[id];
    if (was.status == is.status && was.value == is.value && was.possible == is.possible) continue;
    Signal s{"conclusion", id, phrase("{conclusion}: comes out otherwise", {{"conclusion", law_words(is.label)}}), {}, {}, Weight::none, Weight::none, {}, {"CRA/art/3/30", "AIA/art/3/23"}};
    const auto text = [](const findings::Finding& f) { return f.status == rules::Status::unknown ? phrase("undecided") : law_value(to_text(f.value)); };
    s.before = text(was);
    s.after = text(is);
    const bool open_then = was.status == rules::Status::unknown && before.stated == Stated::as_declared;
    const bool known = open_then || (was.status != rules::Status::unknown && is.status != rules::Status::unknown);
    s.because = phrase(!known ? "on one side it is not settled" : open_then ? "what the earlier declaration records does not settle it under the law as it is now" : "another standing in law is another product to assess");
    const Weight weight = known ? Weight::presumed : Weight::unknown;
    const std::string name = id;
    if (speaks_of_cra(name)) s.cra = weight;
    if (speaks_of_ai(name)) s.ai = weight;
    signals.push_back(std::move(s));
  }
}

}  // namespace duolex::changes
