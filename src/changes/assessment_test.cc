// Pairs of releases of one invented product, each with one change injected, against the law as it is.
#include "changes/assessment.h"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "base/hash.h"
#include "changes/basis.h"
#include "changes/change_json.h"
#include "changes/signals.h"
#include "law/law.h"

namespace duolex::changes {
namespace {

const law::Law& built_in() {
  static const auto law = *law::load();
  return *law;
}
const rules::CompiledLaw& compiled() {
  static const auto law = *rules::CompiledLaw::compile(built_in().base, *parse_day("2028-08-10"));
  return *law;
}

// A release with everything that can be compared, high-risk under the AI Act and within the CRA.
struct Release {
  dossier::Dossier dossier;
  rules::FactValues facts = rules::FactValues(built_in().base.facts.size(), rules::unknown_value);
  findings::Findings findings;
  ReleaseView view;

  void fact(const std::string& id, const std::string& value) {
    const rules::Index i = built_in().base.fact(id);
    ASSERT_NE(i, rules::no_index) << id;
    const auto& values = built_in().base.facts[i].type.values;
    const auto it = std::find(values.begin(), values.end(), value);
    if (value == "yes" || value == "no") {
      facts[i] = value == "yes" ? 1 : 0;
    } else if (built_in().base.facts[i].type.kind == rules::Kind::set_of) {
      facts[i] = rules::Value{1} << (it - values.begin());
    } else if (const auto day = parse_day(value)) {
      facts[i] = day->number;
    } else {
      ASSERT_NE(it, values.end()) << id << " " << value;
      facts[i] = it - values.begin();
    }
  }
  dossier::Release& release() { return dossier.releases.front(); }
  void hash(const std::string& kind, const std::string& path, const std::string& sha256) {
    for (dossier::Artefact& a : release().artefacts)
      if (a.kind == kind && a.path == path) a.sha256 = sha256;
  }
  // After every edit; the parts of the view point into this object.
  const ReleaseView& seen() {
    findings = findings::find(compiled(), facts, [](const std::string& id) { return id; });
    view.dossier = &dossier;
    view.release = &dossier.releases.front();
    view.facts = &facts;
    view.findings = &findings;
    return view;
  }
};

sbom::Component component(const std::string& type, const std::string& name, const std::string& version) {
  sbom::Component c;
  c.type = type;
  c.name = name;
  c.version = version;
  if (type == "library") {
    c.purl_text = "pkg:npm/" + name + "@" + version;
    c.purl = *sbom::parse_purl(c.purl_text);
  }
  return c;
}

void fill(Release& r, const std::string& version) {
  r.dossier.file = "dossier-" + version;
  r.dossier.name = "Sorter";
  r.dossier.intended_purpose = "Sorts applications for jobs, for staff who decide.";
  r.dossier.releases.push_back({});
  dossier::Release& d = r.release();
  d.version = version;
  const auto artefact = [&](const char* path, const char* kind, const char* sha, const char* metric = "") { d.artefacts.push_back({path, kind, sha256_hex(sha), {}, metric}); };
  artefact("app.bin", "software", "s1");
  artefact("m.onnx", "model", "m1");
  artefact("train.csv", "data", "d1");
  artefact("answers", "predictions", "p1", "accuracy");
  artefact("declaration.json", "declaration", "x1");
  d.operation = {{{"accept", "0.6"}}, {"yes", "no"}, {"usb"}, {"applications of 2026"}};
  r.dossier.controls.push_back({"control.access_control", "done", "", "", {}, {}, {}});
  r.dossier.controls.push_back({"control.change_assessment", "done", "", "", {}, {}, {}});
  r.dossier.standards.push_back({"EN 1", "", "OJ L, 2027/1", parse_day("2027-05-01"), true});
  r.dossier.items.push_back({"file.interaction", "by usb", {}, "", {}});
  r.dossier.risks.push_back({"r1", "A forged application", {"security"}, {}, "possible", "minor", "reduce", "signatures", {}, {}, "low", "", "", {}, {}});
  r.dossier.risks.push_back({"r2", "A group is sorted out", {"fundamental_rights"}, {}, "unlikely", "major", "reduce", "tests by group", {}, {}, "medium", "", "", {}, {}});
  for (rules::Index i = 0; i < r.facts.size(); ++i) {
    const rules::Fact& f = built_in().base.facts[i];
    if (f.type.kind == rules::Kind::yes_no && !f.id.starts_with("assume.") && !f.id.starts_with("change.")) r.facts[i] = 0;
  }
  r.fact("actor.cra_position", "manufacturer");
  r.fact("actor.ai_position", "provider");
  r.fact("ai.art5.intimate_imagery", "none");
  r.fact("ai.art5.child_abuse_material", "none");
  r.fact("product.is_product", "yes");
  r.fact("product.made_available_commercially", "yes");
  r.fact("product.data_connection", "yes");
  r.fact("cra.core_function", "none");
  r.fact("ai.is_ai_system", "yes");
  r.fact("ai.in_union_scope", "yes");
  r.fact("ai.annex_iii_areas", "4a");
  r.fact("ai.profiling", "yes");
  sbom::Sbom bill;
  for (const auto& [type, name, v] : {std::tuple("application", "sorter", version.c_str()), {"library", "left-pad", "1.3.0"}, {"library", "lodash", "4.17.20"}, {"operating-system", "debian", "12"}})
    bill.components.push_back(component(type, name, v));
  bill.subject = 0;
  bill.has_dependencies = true;
  bill.dependencies = {{0, 1}, {1, 2}};
  r.view.bills.push_back(std::move(bill));
  r.view.models.push_back({"m.onnx", "m1", true, {}, "g1", "w1", "x f32 [1, 4] -> y f32 [1, 2]"});
  Predictions p{"accuracy", "answers", "p1", {}};
  for (int i = 0; i < 400; ++i) p.correct[std::to_string(i)] = i % 10 != 0;
  r.view.predictions.push_back(std::move(p));
}

Assessment assessed(Release& before, Release& after) {
  return assess(before.seen(), after.seen(), built_in().base, compiled(), [](const std::string& id) { return id; });
}

// One change: what is done to the second release, and the least that must come of it. `random` picks where it strikes.
struct Injection {
  const char* name;
  std::function<void(Release&, std::mt19937&)> into;
  Weight cra, ai;  // at least
};

std::string fresh(std::mt19937& random) { return "n" + std::to_string(random() % 1000000); }
sbom::Component& pick_library(Release& r, std::mt19937& random) { return r.view.bills[0].components[1 + random() % 2]; }

const std::vector<Injection>& injections() {
  using W = Weight;
  static const std::vector<Injection> all = {
      {"a component is added", [](Release& r, std::mt19937& g) { r.view.bills[0].components.push_back(component("library", fresh(g), "1.0.0")); }, W::review, W::review},
      {"a component brings a network stack", [](Release& r, std::mt19937& g) { r.view.bills[0].components.push_back(component("library", g() % 2 ? "axios" : "ws", "1.0.0")); }, W::presumed, W::review},
      {"a component runs models", [](Release& r, std::mt19937&) { r.view.bills[0].components.push_back(component("library", "onnxruntime-node", "1.20.0")); }, W::presumed, W::review},
      {"a component is renewed", [](Release& r, std::mt19937& g) { sbom::Component& c = pick_library(r, g); c = component("library", c.name, "9." + std::to_string(g() % 50) + ".1"); }, W::review, W::review},
      {"a component has other bytes under the same version", [](Release& r, std::mt19937& g) { pick_library(r, g).hashes.push_back({"SHA-256", fresh(g)}); }, W::review, W::review},
      {"a component is removed", [](Release& r, std::mt19937&) { r.view.bills[0].components.erase(r.view.bills[0].components.begin() + 3); }, W::review, W::review},
      {"another operating system", [](Release& r, std::mt19937& g) { r.view.bills[0].components[3].version = std::to_string(13 + g() % 9); }, W::review, W::presumed},
      {"components are put together otherwise", [](Release& r, std::mt19937&) { r.view.bills[0].dependencies.pop_back(); }, W::review, W::review},
      {"no bill any more", [](Release& r, std::mt19937&) { r.view.bills.clear(); }, W::unknown, W::unknown},
      {"own code", [](Release& r, std::mt19937& g) { r.hash("software", "app.bin", fresh(g)); }, W::review, W::review},
      {"own code is not named", [](Release& r, std::mt19937&) { std::erase_if(r.release().artefacts, [](const dossier::Artefact& a) { return a.kind == "software"; }); }, W::unknown, W::unknown},
      {"weights", [](Release& r, std::mt19937& g) { r.view.models[0].sha256 = fresh(g); r.view.models[0].weights_sha256 = fresh(g); }, W::review, W::presumed},
      {"graph", [](Release& r, std::mt19937& g) { r.view.models[0].sha256 = fresh(g); r.view.models[0].graph_sha256 = fresh(g); }, W::review, W::presumed},
      {"interface of the model", [](Release& r, std::mt19937& g) { r.view.models[0].sha256 = fresh(g); r.view.models[0].interface = "x f32 [1, 4] -> y f32 [1, 3]"; }, W::review, W::presumed},
      {"a model that cannot be read", [](Release& r, std::mt19937& g) { r.view.models[0] = {"m.onnx", fresh(g), false, std::string("no ONNX"), "", "", ""}; }, W::review, W::presumed},
      {"a model is added", [](Release& r, std::mt19937& g) { r.view.models.push_back({fresh(g) + ".onnx", fresh(g), true, {}, "g9", "w9", ""}); }, W::review, W::presumed},
      {"a model is removed", [](Release& r, std::mt19937&) { r.view.models.clear(); }, W::review, W::presumed},
      {"a model is replaced under another name", [](Release& r, std::mt19937& g) { r.view.models[0].path = fresh(g); r.view.models[0].sha256 = fresh(g); r.view.models[0].weights_sha256 = "w2"; }, W::review, W::presumed},
      {"a threshold", [](Release& r, std::mt19937& g) { r.release().operation.thresholds[0].second = "0." + std::to_string(61 + g() % 30); }, W::review, W::presumed},
      {"a threshold is dropped", [](Release& r, std::mt19937&) { r.release().operation.thresholds.clear(); }, W::review, W::presumed},
      {"a label is added", [](Release& r, std::mt19937& g) { r.release().operation.labels.push_back(fresh(g)); }, W::review, W::presumed},
      {"a label is dropped", [](Release& r, std::mt19937& g) { r.release().operation.labels.erase(r.release().operation.labels.begin() + g() % 2); }, W::review, W::presumed},
      {"an interface is added", [](Release& r, std::mt19937& g) { r.release().operation.interfaces.push_back(fresh(g)); }, W::presumed, W::review},
      {"an interface is dropped", [](Release& r, std::mt19937&) { r.release().operation.interfaces.clear(); }, W::review, W::review},
      {"a source of data", [](Release& r, std::mt19937& g) { r.release().operation.data_sources.push_back(fresh(g)); }, W::none, W::review},
      {"data", [](Release& r, std::mt19937& g) { r.hash("data", "train.csv", fresh(g)); }, W::none, W::review},
      {"it answers worse", [](Release& r, std::mt19937& g) { for (std::size_t i = 0, at = g() % 100; i < 30; ++i) r.view.predictions[0].correct[std::to_string((at + i) * 10 % 400 + 1)] = false; }, W::none, W::presumed},
      {"it answers a little worse", [](Release& r, std::mt19937& g) { r.view.predictions[0].correct[std::to_string(g() % 39 * 10 + 1)] = false; }, W::none, W::review},
      {"nobody measures any more", [](Release& r, std::mt19937&) { r.view.predictions.clear(); }, W::none, W::unknown},
      {"other samples", [](Release& r, std::mt19937&) { auto& c = r.view.predictions[0].correct; std::map<std::string, bool> other; for (const auto& [k, v] : c) other["z" + k] = v; c = other; }, W::none, W::unknown},
      {"intended purpose", [](Release& r, std::mt19937& g) { r.dossier.intended_purpose += " And ranks staff " + fresh(g); }, W::presumed, W::presumed},
      {"a use of Annex III", [](Release& r, std::mt19937& g) { r.fact("ai.annex_iii_areas", g() % 2 ? "3a" : "1a"); }, W::none, W::presumed},
      {"the core function", [](Release& r, std::mt19937& g) { r.fact("cra.core_function", g() % 2 ? "operating_system" : "firewall_ids_ips"); }, W::presumed, W::none},
      {"an answer that was known is not", [](Release& r, std::mt19937&) { r.facts[built_in().base.fact("product.data_connection")] = rules::unknown_value; }, W::unknown, W::unknown},
      {"a control is taken back", [](Release& r, std::mt19937& g) { r.dossier.controls[g() % 2].status = g() % 2 ? "open" : "in_progress"; }, W::presumed, W::presumed},
      {"a control is gone", [](Release& r, std::mt19937& g) { r.dossier.controls.erase(r.dossier.controls.begin() + g() % 2); }, W::presumed, W::presumed},
      {"a standard is dropped", [](Release& r, std::mt19937&) { r.dossier.standards.clear(); }, W::presumed, W::presumed},
      {"a standard in part", [](Release& r, std::mt19937&) { r.dossier.standards[0].in_full = false; }, W::presumed, W::presumed},
      {"a risk is new", [](Release& r, std::mt19937& g) { r.dossier.risks.push_back(r.dossier.risks[g() % 2]); r.dossier.risks.back().id = fresh(g); }, W::review, W::review},
      {"a risk rises", [](Release& r, std::mt19937& g) { dossier::Risk& risk = r.dossier.risks[g() % 2]; (g() % 3 == 0 ? risk.likelihood = "likely" : g() % 2 ? risk.impact = "severe" : risk.residual = "high"); }, W::presumed, W::review},
      {"a measure against a risk is gone", [](Release& r, std::mt19937& g) { r.dossier.risks[g() % 2].measures.clear(); }, W::review, W::review},
      {"a risk is gone", [](Release& r, std::mt19937& g) { r.dossier.risks.erase(r.dossier.risks.begin() + g() % 2); }, W::review, W::review},
      {"a text of the file", [](Release& r, std::mt19937& g) { r.dossier.items[0].text = fresh(g); }, W::none, W::review},
  };
  return all;
}

TEST(Assessment, OfTheSameReleaseTwiceIsNotSubstantial) {
  Release before, after;
  fill(before, "1.0");
  fill(after, "1.1");
  before.seen();
  for (const char* id : {"ai.high_risk", "cra.applies"}) ASSERT_EQ(to_text(before.findings[id].value), "yes") << findings::to_json(before.findings[id]).dump();
  const Assessment a = assessed(before, after);
  EXPECT_EQ(a.cra.verdict, Weight::none) << to_json(a);
  EXPECT_EQ(a.ai.verdict, Weight::none) << to_json(a);
  EXPECT_EQ(a.exit_code(), 0);
}

TEST(Assessment, NoInjectedChangeIsCalledNotSubstantial) {
  std::size_t pairs = 0;
  for (const Injection& change : injections()) {
    for (unsigned seed = 0; seed < 8; ++seed, ++pairs) {
      std::mt19937 random(seed);
      Release before, after;
      fill(before, "1.0");
      fill(after, "1.1");
      change.into(after, random);
      const Assessment a = assessed(before, after);
      EXPECT_GE(a.cra.verdict, change.cra) << change.name << " " << seed << to_json(a);
      EXPECT_GE(a.ai.verdict, change.ai) << change.name << " " << seed << to_json(a);
      EXPECT_NE(a.exit_code(), 0) << change.name << " " << seed;
      // The other way round it is a change as well.
      const Assessment back = assessed(after, before);
      EXPECT_TRUE(back.exit_code() != 0 || std::string(change.name).find("standard") != std::string::npos || std::string(change.name).find("worse") != std::string::npos ||
                  std::string(change.name).find("control") != std::string::npos || std::string(change.name) == "nobody measures any more")
          << change.name << to_json(back);
    }
  }
  EXPECT_GE(pairs, 200u);
}

// Puts into `now` what the declaration of `then` records.
void put_declared(Release& now, const Release& then) {
  const std::string bytes = nlohmann::ordered_json{{"release", "1.0"}, {"basis", basis_json(then.dossier, built_in().base, then.facts)}}.dump();
  auto basis = read_basis("declaration.json", bytes, built_in().base);
  ASSERT_TRUE(basis && *basis) << (basis ? "no basis" : render(basis.error()));
  now.view.stated = Stated::as_declared;
  now.view.declared = (*basis)->release.artefacts;
  put_back(std::move(**basis), built_in().base, now.facts, now.dossier, now.release());
}

// Within one dossier the earlier release is what its declaration records. Every injected change is then seen as it is between
// two dossiers.
TEST(Assessment, OfAReleaseAsDeclaredSeesWhatTwoDossiersShow) {
  const auto shown = [](const Assessment& a) {
    std::vector<std::string> list;
    for (const Signal& s : a.signals) list.push_back(s.kind + " " + s.subject + " " + name_of(s.cra) + " " + name_of(s.ai));
    return list;
  };
  for (const Injection& change : injections())
    for (unsigned seed = 0; seed < 4; ++seed) {
      std::mt19937 random(seed);
      Release before, after;
      fill(before, "1.0");
      fill(after, "1.1");
      change.into(after, random);
      const Assessment two = assessed(before, after);
      // The dossier says everything once, as it is of the later release; artefacts and operation belong to a release.
      Release earlier;
      fill(earlier, "1.0");
      earlier.facts = after.facts;
      const auto releases = earlier.dossier.releases;
      earlier.dossier = after.dossier;
      earlier.dossier.releases = releases;
      put_declared(earlier, before);
      const Assessment one = assessed(earlier, after);
      EXPECT_EQ(shown(one), shown(two)) << change.name << " " << seed;
      EXPECT_EQ(one.not_compared.size(), two.not_compared.size()) << change.name;
    }
}

// Nobody says afterwards what was foreseen, with which threshold or from which files a release was declared.
TEST(Assessment, OfAReleaseAsDeclaredIsNotRewritten) {
  Release before, now, after;
  for (Release* r : {&before, &now}) fill(*r, "1.0");
  fill(after, "1.1");
  after.view.models[0].sha256 = "m2";
  after.view.models[0].weights_sha256 = "w2";
  after.release().operation.thresholds[0].second = "0.7";
  after.release().change = dossier::ChangeStatement{"A. Person", "retrained", {}, {}, {}, {"retraining"}, {}};
  now.release().foreseen_changes.push_back({"retraining", {"model_weights", "thresholds"}, "accuracy", 0.85, {}});
  now.release().operation.thresholds[0].second = "0.7";
  EXPECT_EQ(assessed(now, after).ai.verdict, Weight::none) << "as somebody says today";
  put_declared(now, before);
  Assessment a = assessed(now, after);
  const auto has = [&](const char* kind, const std::string& subject) { return std::any_of(a.signals.begin(), a.signals.end(), [&](const Signal& s) { return s.kind == kind && s.subject == subject; }); };
  EXPECT_EQ(a.ai.verdict, Weight::presumed);
  EXPECT_TRUE(has("foreseen_not_found", "retraining"));
  EXPECT_TRUE(has("thresholds", "accept"));
  EXPECT_FALSE(has("declared_otherwise", "m.onnx"));
  now.hash("model", "m.onnx", sha256_hex("another"));
  a = assessed(now, after);
  EXPECT_EQ(std::count_if(a.signals.begin(), a.signals.end(), [](const Signal& s) { return s.kind == "declared_otherwise" && s.subject == "m.onnx"; }), 2);
  EXPECT_EQ(a.cra.verdict, Weight::presumed);
}

TEST(Assessment, OfAReleaseOfWhichNothingIsRecordedIsForAPerson) {
  Release before, after;
  fill(before, "1.0");
  fill(after, "1.1");
  before.view.stated = Stated::of_dossier;
  const Assessment a = assessed(before, after);
  EXPECT_EQ(a.cra.verdict, Weight::review) << to_json(a);
  EXPECT_EQ(a.ai.verdict, Weight::review) << to_json(a);
  EXPECT_EQ(a.not_compared.size(), 3U);
}

// A declaration cannot be given an answer later: what it did without must not bar every further release.
TEST(Assessment, AnAnswerGivenSinceTheDeclarationIsJudgedAndNotUnknown) {
  const auto weights = [](const char* fact, Stated stated) {
    Release before, after;
    fill(before, "1.0");
    fill(after, "1.1");
    before.view.stated = stated;
    before.facts[built_in().base.fact(fact)] = rules::unknown_value;
    const Assessment a = assessed(before, after);
    return std::pair(a.cra.verdict, a.ai.verdict);
  };
  EXPECT_EQ(weights("product.data_connection", Stated::own).first, Weight::unknown);
  EXPECT_EQ(weights("ai.interacts_with_persons", Stated::as_declared).second, Weight::review);
  EXPECT_EQ(weights("ai.profiling", Stated::as_declared).second, Weight::presumed) << "of the purpose";
  // A standing that the record does not settle is another one until a person shows that it is not.
  EXPECT_EQ(weights("ai.is_ai_system", Stated::own).second, Weight::unknown);
  EXPECT_EQ(weights("ai.is_ai_system", Stated::as_declared).second, Weight::presumed);
  Release before, after;
  fill(before, "1.0");
  fill(after, "1.1");
  before.view.stated = Stated::as_declared;
  before.view.not_asked = {{"ai.of_an_older_law", "true"}};
  EXPECT_EQ(assessed(before, after).ai.verdict, Weight::review);
}

TEST(Assessment, ASecurityUpdateOfTheNamedComponentsIsNoGroundUnderTheCraAlone) {
  Release before, after;
  fill(before, "1.0");
  fill(after, "1.1");
  after.view.bills[0].components[2] = component("library", "lodash", "4.17.21");
  after.release().change = dossier::ChangeStatement{"A. Person", "closes a hole", parse_day("2028-05-01"), {"CVE-2021-23337"}, {"pkg:npm/lodash"}, {}, {}};
  Assessment a = assessed(before, after);
  EXPECT_EQ(a.cra.verdict, Weight::none) << to_json(a);
  EXPECT_EQ(a.ai.verdict, Weight::review) << to_json(a);
  after.view.bills[0].components[1] = component("library", "left-pad", "1.4.0");  // which nobody named
  a = assessed(before, after);
  EXPECT_EQ(a.cra.verdict, Weight::review);
}

TEST(Assessment, AForeseenChangeIsHonouredWithinItsLimitOnly) {
  Release before, after;
  fill(before, "1.0");
  fill(after, "1.1");
  before.release().foreseen_changes.push_back({"retraining", {"model_weights"}, "accuracy", 0.85, {}});
  after.release().change = dossier::ChangeStatement{"A. Person", "retrained", {}, {}, {}, {"retraining"}, {}};
  after.view.models[0].sha256 = "m2";
  after.view.models[0].weights_sha256 = "w2";
  Assessment a = assessed(before, after);
  EXPECT_EQ(a.ai.verdict, Weight::none) << to_json(a);
  EXPECT_EQ(a.cra.verdict, Weight::review);
  before.release().foreseen_changes[0].at_least = 0.95;
  a = assessed(before, after);
  EXPECT_EQ(a.ai.verdict, Weight::presumed) << to_json(a);
  before.release().foreseen_changes.clear();  // nobody foresaw it
  a = assessed(before, after);
  EXPECT_EQ(a.ai.verdict, Weight::presumed);
  EXPECT_TRUE(std::any_of(a.signals.begin(), a.signals.end(), [](const Signal& s) { return s.kind == "foreseen_not_found"; }));
}

TEST(Assessment, AChangedModelThatCannotBeReadCountsAsAnother) {
  Release before, after;
  fill(before, "1.0");
  fill(after, "1.1");
  after.view.models[0] = {"m.onnx", "m2", false, phrase("it is no ONNX"), {}, {}, {}};
  const Assessment a = assessed(before, after);
  EXPECT_EQ(a.ai.verdict, Weight::presumed) << "a person can refute it with a file; an unknown that nothing ends would bar every further release";
  EXPECT_EQ(a.cra.verdict, Weight::review);
  after.view.models[0].sha256 = "m1";
  EXPECT_EQ(assessed(before, after).ai.verdict, Weight::none) << "the same file is the same model, read or not";
}

TEST(Assessment, SaysWhatBindsAgain) {
  Release before, after;
  fill(before, "1.0");
  fill(after, "1.1");
  after.dossier.intended_purpose = "Ranks staff.";
  const Assessment a = assessed(before, after);
  const auto has = [](const ActVerdict& v, const char* duty) { return std::any_of(v.redo.begin(), v.redo.end(), [&](const Redo& r) { return r.duty == duty; }); };
  EXPECT_TRUE(has(a.cra, "cra.new_assessment_after_modification")) << to_json(a);
  EXPECT_TRUE(has(a.ai, "ai.reassessment")) << to_json(a);
}

// A use of biometrics without standards goes to a body under the AI Act; an important product of class II under the CRA.
TEST(Assessment, ABodyThatTookPartIsToldOfLessThanASubstantialModification) {
  const auto of = [](const Assessment& a, const std::string& duty) -> const Told* {
    const auto it = std::find_if(a.told.begin(), a.told.end(), [&](const Told& t) { return t.duty == duty; });
    return it == a.told.end() ? nullptr : &*it;
  };
  Release before, after;
  for (Release* r : {&before, &after}) {
    fill(*r, r == &before ? "1.0" : "1.1");
    r->fact("cra.core_function", "firewall_ids_ips");
    r->fact("ai.annex_iii_areas", "1a");
    r->fact("ai.first_placed_on_market_on", "2028-01-10");
    r->fact("ai.standards_applied", "none");
    r->fact("cra.standards_applied", "none");
  }
  EXPECT_TRUE(assessed(before, after).told.empty()) << "nothing differs";
  after.view.bills[0].components[2] = component("library", "lodash", "4.17.21");
  Assessment a = assessed(before, after);
  ASSERT_NE(of(a, "ai.tell_body_of_changes"), nullptr) << to_json(a) << findings::to_json(after.findings["ai.procedure"]).dump();
  EXPECT_TRUE(of(a, "ai.tell_body_of_changes")->surely);
  EXPECT_EQ(of(a, "ai.tell_body_of_changes")->cites, std::vector<std::string>{"AIA/anx/VII/4/4.7"});
  ASSERT_NE(of(a, "ai.surveillance_of_quality_system"), nullptr);
  EXPECT_FALSE(of(a, "ai.surveillance_of_quality_system")->surely) << "the quality system is not compared";
  // Under the CRA a security update has no weight, and yet a person judges whether the body is told.
  Release old, now;
  for (Release* r : {&old, &now}) {
    fill(*r, r == &old ? "1.0" : "1.1");
    r->fact("cra.core_function", "firewall_ids_ips");
    r->fact("ai.is_ai_system", "no");
    r->fact("cra.certificate_27_9", "none");
    r->facts[built_in().base.fact("product.placed_on_market_on")] = parse_day("2028-03-01")->number;
  }
  now.view.bills[0].components[2] = component("library", "lodash", "4.17.21");
  a = assessed(old, now);
  ASSERT_NE(of(a, "cra.tell_body_of_changes"), nullptr) << to_json(a);
  EXPECT_TRUE(of(a, "cra.tell_body_of_changes")->surely);
  EXPECT_EQ(of(a, "ai.tell_body_of_changes"), nullptr);
  now.release().change = dossier::ChangeStatement{"A. Person", "closes a hole", {}, {"CVE-2021-23337"}, {"pkg:npm/lodash"}, {}, {}};
  a = assessed(old, now);
  EXPECT_EQ(a.cra.verdict, Weight::none);
  ASSERT_NE(of(a, "cra.tell_body_of_changes"), nullptr);
  EXPECT_FALSE(of(a, "cra.tell_body_of_changes")->surely);
  // Where no body has to take part, none is told, unless the dossier names one that did.
  for (Release* r : {&old, &now}) r->fact("cra.core_function", "none");
  EXPECT_EQ(of(assessed(old, now), "cra.tell_body_of_changes"), nullptr);
  now.dossier.declaration.body_name = "A Body";
  a = assessed(old, now);
  ASSERT_NE(of(a, "cra.tell_body_of_changes"), nullptr);
  EXPECT_NE(of(a, "cra.tell_body_of_changes")->because.text().find("A Body"), std::string::npos);
  for (const Told& t : a.told)
    for (const std::string& id : t.cites) EXPECT_TRUE(built_in().provisions.exists(id)) << id;
}

TEST(Assessment, IsSignedByTwoPeopleAndGoesStale) {
  Release before, after;
  fill(before, "1.0");
  fill(after, "1.1");
  const Assessment a = assessed(before, after);
  const auto sign = [&](const char* by) { after.dossier.sign_offs.push_back({"change", by, "", a.difference_sha256, a.law_sha256, {}}); };
  sign("A. Person");
  sign("a. person ");
  EXPECT_EQ(assessed(before, after).signers, 1u);
  sign("B. Other");
  EXPECT_EQ(assessed(before, after).signers, 2u);
  after.dossier.intended_purpose = "Ranks staff.";
  EXPECT_EQ(assessed(before, after).signers, 0u);
}

TEST(Assessment, EveryProvisionItNamesIsOneOfTheActs) {
  std::mt19937 random(1);
  for (const Injection& change : injections()) {
    Release before, after;
    fill(before, "1.0");
    fill(after, "1.1");
    change.into(after, random);
    const Assessment a = assessed(before, after);
    std::set<std::string> cites(a.cra.cites.begin(), a.cra.cites.end());
    cites.insert(a.ai.cites.begin(), a.ai.cites.end());
    for (const Signal& s : a.signals) cites.insert(s.cites.begin(), s.cites.end());
    for (const std::string& id : cites) EXPECT_TRUE(built_in().provisions.exists(id)) << change.name << ": " << id;
  }
}

}  // namespace
}  // namespace duolex::changes
