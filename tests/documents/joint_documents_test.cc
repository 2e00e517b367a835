// The joint documents of whole dossiers: what each item says, and that no point of the annexes is left without one.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <map>
#include <set>
#include <sstream>

#include "base/file.h"
#include "base/scratch_folder.h"
#include "law/law.h"
#include "workspace/evidence/evidence.h"
#include "workspace/joint_file/docs.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class JointDocuments : public testing::Test {
 protected:
  void SetUp() override {
  }

  fs::path copy_of(const std::string& example) {
    fs::copy(fs::path(DUOLEX_SOURCE_DIR) / "examples" / example, folder_ / example, fs::copy_options::recursive);
    std::ofstream(folder_ / example / "artefacts" / "record.md") << "What was done, by whom, when.\n";
    return folder_ / example / "duolex.yaml";
  }
  // file.json of the dossier with this added to it.
  json documents_of(const std::string& example, const std::string& more = "", const std::vector<std::string>& languages = {"en"},
                    const char* as_of = "2028-01-10", const char* attacked = nullptr) {
    fs::remove_all(folder_ / example);
    const fs::path file = copy_of(example);
    std::ofstream(file, std::ios::app) << "\n" << more;
    if (attacked != nullptr) record(folder_ / example, attacked);
    DocsRequest request;
    request.dossier = folder_ / example;
    request.out = folder_ / "out";
    request.languages = languages;
    request.json = true;
    request.as_of = *parse_day(as_of);
    std::ostringstream out, err;
    exit_ = docs(request, out, err);
    errors_ = err.str();
    return out.str().empty() ? json() : json::parse(out.str());
  }
  // Attack tests with this outcome on record.
  static void record(const fs::path& dossier, const char* outcome) {
    EvidenceAddRequest request;
    request.dossier = dossier;
    request.shows = "Attack tests";
    request.outcome = outcome;
    request.artefacts = {"artefacts/face-embedding.onnx"};
    request.answers = {"control.ai_attack_tests"};
    request.now = 1830000000;
    std::ostringstream out, err;
    ASSERT_EQ(evidence_add(request, out, err), ExitCode::clear) << err.str();
  }
  static json item(const json& file, const std::string& id) {
    for (const json& i : file["items"])
      if (i["id"] == id) return i;
    ADD_FAILURE() << "no item " << id;
    return {};
  }
  static std::string text(const json& item) { return item["content"].dump() + item["tables"].dump(); }

  const ScratchFolder scratch_{"documents"};
  const fs::path folder_ = scratch_.path();
  ExitCode exit_ = ExitCode::internal;
  std::string errors_;
};

TEST_F(JointDocuments, TheMemoSaysWhichProcedureWhyAndWhatIsContested) {
  const json file = documents_of("door-reader");
  EXPECT_EQ(item(file, "memo.route")["content"][0], "One procedure for both acts: Quality management system and technical documentation (Annex VII).");
  const std::string alternatives = text(item(file, "memo.alternatives"));
  for (const char* part : {"module A", "modules B and C", "module H", "Annex VI", "not open", "applies", "CRA Art. 32"}) EXPECT_NE(alternatives.find(part), std::string::npos) << part;
  const json earlier = documents_of("door-reader", "", {"en"}, "2026-11-24");
  const json readings = item(earlier, "memo.readings");
  EXPECT_NE(text(readings).find("A21"), std::string::npos);
  EXPECT_NE(text(readings).find("no choice is recorded"), std::string::npos);
  EXPECT_FALSE(readings["substantiated"]);
  EXPECT_EQ(item(file, "memo.sign_off")["state"], "missing") << "nobody has signed it off";
  const std::string facts = text(item(file, "memo.facts"));
  EXPECT_NE(facts.find("Head of product security"), std::string::npos) << "each fact with who stated it";
  const std::string proofs = text(item(file, "memo.proofs"));
  EXPECT_NE(proofs.find("law/joint/20-article-12.law:"), std::string::npos) << "each conclusion with its clause";
}

TEST_F(JointDocuments, ARecordedChoiceIsInTheMemo) {
  const json file = documents_of("door-reader", "readings:\n  A21: {reading: national_law, by: Regulatory affairs, on: 2026-11-20, because: nobody relies on it}\n", {"en"}, "2026-11-24");
  EXPECT_NE(text(item(file, "memo.readings")).find("chosen by Regulatory affairs, 20 November 2026, because: nobody relies on it"), std::string::npos);
  EXPECT_EQ(text(item(file, "memo.readings")).find("no choice is recorded"), std::string::npos);
}

TEST_F(JointDocuments, RequirementsAreShownJustifiedOrMissing) {
  const json file = documents_of("door-reader",
                                 "controls:\n  control.secure_defaults: {status: done, evidence: [artefacts/record.md]}\n"
                                 "  control.logging: {status: not_applicable, because: nothing is recorded on the device}\n"
                                 "items:\n  risk.part_i_2m: {not_applicable: no data of users are stored}\n");
  const json shown = item(file, "risk.part_i_2b");
  EXPECT_EQ(shown["state"], "given") << shown;
  EXPECT_TRUE(shown["substantiated"]);
  EXPECT_NE(text(shown).find("record.md"), std::string::npos);
  const json waived = item(file, "risk.part_i_2m");
  EXPECT_EQ(waived["state"], "not_applicable");
  EXPECT_EQ(waived["source"], "no data of users are stored");
  const json open = item(file, "risk.part_i_2d");
  EXPECT_EQ(open["state"], "missing");
  EXPECT_NE(text(open).find("control.access_control"), std::string::npos) << "what is open in the plan";
}

TEST_F(JointDocuments, AttacksAreBoundToTheRegisterByTheirAtlasIds) {
  const json file = documents_of("door-reader");
  EXPECT_EQ(item(file, "risk.adversarial_inputs")["state"], "given");
  EXPECT_EQ(item(file, "risk.confidentiality")["state"], "given") << "AML.T0024.001 is one of AML.T0024";
  EXPECT_EQ(item(file, "risk.data_poisoning")["state"], "missing");
  EXPECT_TRUE(item(file, "risk.evasion")["substantiated"]) << "its tests are there";
  EXPECT_FALSE(item(file, "risk.adversarial_inputs")["substantiated"]) << "nothing but a sentence";
  EXPECT_EQ(item(file, "risk.residual")["state"], "missing") << "not every remaining risk is accepted";
  const std::string models = text(item(file, "risk.model_files"));
  EXPECT_NE(models.find("no code found"), std::string::npos);
  EXPECT_EQ(item(file, "risk.known_vulnerabilities")["state"], "missing") << "no advisories were given";
}

TEST_F(JointDocuments, ARiskSaysWhatOfTheLedgerSpeaksToItOrThatNothingDoes) {
  const auto row_of = [&](const json& file, const std::string& risk) {
    const json rows = item(file, "risk.register")["tables"][0]["rows"];
    for (const json& row : rows)
      if (row[0].get<std::string>().starts_with(risk + ":")) return row;
    return json();
  };
  const json bare = documents_of("door-reader");
  EXPECT_EQ(item(bare, "risk.register")["tables"][0]["head"][5], "What speaks to it");
  EXPECT_EQ(row_of(bare, "R-1")[5], "file artefacts/match-tests.csv") << item(bare, "risk.register");
  EXPECT_EQ(row_of(bare, "R-5")[5], "unsubstantiated");
  // A result on record speaks to the risk by its technique, by the file that is named or by the control that carries the measures.
  const json file = documents_of("door-reader", "", {"en"}, "2028-01-10", "failed");
  EXPECT_EQ(row_of(file, "R-2")[5], "leaf 0 of the ledger, Attack tests: found a failing") << item(file, "risk.register");
  EXPECT_EQ(row_of(file, "R-5")[5], "unsubstantiated") << "another technique";
  EXPECT_FALSE(item(file, "risk.evasion")["substantiated"]) << "a test that failed shows no treatment";
  const json passed = documents_of("door-reader", "", {"en"}, "2028-01-10", "passed");
  EXPECT_EQ(row_of(passed, "R-2")[5], "leaf 0 of the ledger, Attack tests: passed");
  EXPECT_TRUE(item(passed, "risk.adversarial_inputs")["substantiated"]);
  EXPECT_FALSE(item(passed, "risk.adversarial_inputs")["leaves"].empty());
}

TEST_F(JointDocuments, ThePackForABodyIsThatOfTheRoute) {
  const json annex_vii = documents_of("door-reader");
  EXPECT_EQ(item(annex_vii, "application.quality_system")["state"], "missing");
  EXPECT_EQ(item(annex_vii, "application.technical_file")["state"], "missing") << "the technical file is not whole";
  const json index = item(annex_vii, "application.index");
  EXPECT_NE(text(index).find("face-embedding.onnx"), std::string::npos);
  const json annex_vi = documents_of("credit-scoring");
  EXPECT_EQ(annex_vi["counts"]["body_application"]["not_applicable"], 14) << "no body takes part";
  const json cra = documents_of("intrusion-detection");
  EXPECT_EQ(item(cra, "application.model_access")["state"], "not_applicable") << "asked by the AI Act alone";
  EXPECT_EQ(item(cra, "application.applicant")["state"], "given");
}

TEST_F(JointDocuments, TheNumberBesideTheMarkingFollowsTheRoute) {
  const auto number = [&](const char* example) {
    const json file = documents_of(example);
    return text(item(file, "marking.number"));
  };
  EXPECT_NE(number("door-reader").find("responsible for the procedure of Article 43"), std::string::npos);
  EXPECT_NE(number("credit-scoring").find("adds no number: no notified body"), std::string::npos);
  const std::string cra = number("intrusion-detection");
  EXPECT_NE(cra.find("(module H) is the procedure"), std::string::npos);
  EXPECT_NE(cra.find("no number, although a body examined the type"), std::string::npos);
  const json neither = documents_of("soil-gauge");
  EXPECT_EQ(item(neither, "marking.needed")["state"], "not_applicable");
}

TEST_F(JointDocuments, ARegisterThatIsNotOneIsRefused) {
  for (const char* risks : {"risks:\n  - {id: R, threat: t, likelihood: often, impact: major}\n", "risks:\n  - {id: R, threat: t, likelihood: rare, impact: major, atlas: [T0043]}\n",
                            "risks:\n  - {id: R, threat: t, likelihood: rare, impact: major, protects: [money]}\n", "risks:\n  - {id: R, threat: t, impact: major}\n",
                            "risks:\n  - {id: R, threat: t, likelihood: rare, impact: major, accepted_by: X}\n", "risks:\n  - {id: R, threat: t, likelihood: rare, impact: minor, evidence: [no.md]}\n"}) {
    const json file = documents_of("credit-scoring", risks);
    EXPECT_EQ(exit_, ExitCode::bad_input) << risks;
    EXPECT_NE(errors_.find("duolex.yaml:"), std::string::npos) << errors_;
  }
}

TEST_F(JointDocuments, ADossierThatSaysNothingHasItsDocumentsToo) {
  fs::create_directories(folder_ / "empty");
  std::ofstream(folder_ / "empty" / "duolex.yaml") << "format: 1\nproduct: {name: X}\n";
  for (const char* day : {"2026-11-24", "2028-01-10"}) {
    DocsRequest request;
    request.dossier = folder_ / "empty";
    request.out = folder_ / "out";
    request.languages = {"en", "de", "fr"};
    request.json = true;
    request.as_of = *parse_day(day);
    std::ostringstream out, err;
    EXPECT_EQ(docs(request, out, err), ExitCode::undecided) << err.str();
    const json file = json::parse(out.str());
    EXPECT_FALSE(item(file, "memo.questions")["tables"].empty()) << day;
    EXPECT_NE(item(file, "marking.needed")["state"], "given") << "nothing is advised on open questions";
  }
}

TEST_F(JointDocuments, InEachLanguageTheSameItemsAndNoneInEnglishLeft) {
  const json file = documents_of("door-reader", "", {"en", "de", "fr"});
  for (const char* language : {"de", "fr"}) {
    std::size_t pages = 0;
    for (const auto& entry : fs::directory_iterator(folder_ / "out")) {
      const std::string name = entry.path().filename().string();
      if (!name.ends_with(std::string(".") + language + ".html") || name.starts_with("matrix.")) continue;
      ++pages;
      EXPECT_EQ(read_file(entry.path())->find("<span lang=\"en\">"), std::string::npos) << name;
    }
    EXPECT_EQ(pages, file["counts"].size()) << language;
    for (const json& i : file["items"]) EXPECT_EQ(i["content"].size(), i[std::string("content_") + language].size()) << i["id"];
  }
}

// The lowest points of an annex, from the list of provisions; passages inside a point are no points.
std::vector<std::string> points_of(const std::string& prefix) {
  std::set<std::string> all;
  const fs::path list = fs::path(DUOLEX_SOURCE_DIR) / "law" / "provisions" / (prefix.substr(0, prefix.find('/')) + ".txt");
  std::istringstream lines(*read_file(list));
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(prefix + "/")) all.insert(line.substr(0, line.find(' ')));
  std::vector<std::string> lowest;
  for (const std::string& id : all) {
    if (id.find('#') != std::string::npos) continue;
    const auto below = std::find_if(all.upper_bound(id), all.end(), [&](const std::string& other) { return other.starts_with(id + "/") && other.find('#') == std::string::npos; });
    if (below == all.end()) lowest.push_back(id);
  }
  return lowest;
}

// What of a document's items cites a point.
std::size_t items_at(const rules::RuleBase& base, const std::string& point, const std::string& document) {
  return static_cast<std::size_t>(std::count_if(base.items.begin(), base.items.end(), [&](const rules::DocumentItem& i) {
    return i.document == document && std::any_of(i.cites.begin(), i.cites.end(), [&](const rules::Cite& c) { return c.provision == point; });
  }));
}

// Every lowest provision under `prefix` is cited by an item of the document.
void covers(const std::string& prefix, const std::string& document) {
  const auto law = law::load();
  ASSERT_TRUE(law);
  const std::vector<std::string> points = points_of(prefix);
  ASSERT_FALSE(points.empty()) << prefix;
  for (const std::string& id : points) EXPECT_GT(items_at((*law)->base, id, document), 0u) << id << " has no item in " << document;
}

TEST(Annexes, EveryPointHasAnItem) {
  covers("CRA/anx/I/PartI", "risk_assessment");
  covers("CRA/anx/I/PartII", "risk_assessment");
  covers("CRA/anx/I/PartII", "monitoring_plan");
  covers("AIA/anx/VII/3/3.1", "body_application");
  covers("AIA/anx/VII/4/4.2", "body_application");
  covers("CRA/anx/VIII/PartII/3", "body_application");
  covers("CRA/anx/VIII/PartIV/3/3.1", "body_application");
  covers("CRA/anx/VII", "technical_file");
  covers("CRA/anx/II", "instructions");
  covers("CRA/anx/V", "declaration");
  covers("AIA/anx/V", "declaration");
  covers("AIA/anx/IV", "technical_file");
  covers("AIA/art/13/3", "instructions");
  covers("AIA/anx/VIII/SectionA", "registration");
  covers("AIA/anx/VIII/SectionC", "registration_of_use");
}

// Many points ask for several things in one sentence. Each stands alone among the items, so that none is taken for given
// because another one is: the parts of each such point as read in the text, counted against the items.
TEST(Annexes, EveryThingThatAPointAsksForIsAnItemOfItsOwn) {
  const auto law = law::load();
  ASSERT_TRUE(law);
  const rules::RuleBase& base = (*law)->base;
  struct Annex {
    const char* prefix;
    const char* document;
    std::size_t points;                          // in the list of provisions
    std::map<std::string, std::size_t> parts;    // of points that ask for more than one thing
    std::set<std::string> deleted;               // by the amendment of 2026
  };
  const std::vector<Annex> annexes = {
      {"CRA/anx/II", "instructions", 14, {{"2", 2}, {"4", 3}, {"7", 2}, {"8/d", 2}}, {}},
      {"CRA/anx/V", "declaration", 8, {{"8", 2}}, {}},
      {"CRA/anx/VII", "technical_file", 13, {{"2/a", 3}, {"2/b", 5}, {"2/c", 2}, {"3", 2}, {"5", 2}, {"6", 2}}, {}},
      {"AIA/anx/IV", "technical_file", 23, {{"1/a", 3}, {"1/c", 2}, {"1/h", 2}, {"2/a", 2}, {"2/b", 6}, {"2/c", 2}, {"2/d", 5}, {"2/e", 2}, {"2/g", 3}, {"3", 5}, {"7", 2}, {"9", 2}}, {}},
      {"AIA/anx/V", "declaration", 8, {}, {}},
      {"AIA/anx/VIII/SectionA", "registration", 13, {}, {}},
      {"AIA/anx/VIII/SectionB", "registration_6_3", 9, {}, {"7", "9"}},
      {"AIA/anx/VIII/SectionC", "registration_of_use", 5, {}, {}},
      {"AIA/art/13/3", "instructions", 12, {{"a", 2}, {"b/ii", 2}, {"e", 3}}, {}}};
  std::size_t things = 0;
  for (const Annex& annex : annexes) {
    const std::vector<std::string> points = points_of(annex.prefix);
    EXPECT_EQ(points.size(), annex.points) << annex.prefix;
    for (const std::string& point : points) {
      const std::string below = point.substr(std::string(annex.prefix).size() + 1);
      if (annex.deleted.contains(below)) {
        EXPECT_EQ(items_at(base, point, annex.document), 0u) << point << " was deleted";
        continue;
      }
      const auto parts = annex.parts.find(below);
      const std::size_t wanted = parts == annex.parts.end() ? 1 : parts->second;
      things += wanted;
      EXPECT_GE(items_at(base, point, annex.document), wanted) << point;
    }
    for (const auto& [point, parts] : annex.parts) EXPECT_TRUE(std::find(points.begin(), points.end(), std::string(annex.prefix) + "/" + point) != points.end()) << point;
  }
  // Annex VI of the CRA is one sentence and one address.
  EXPECT_EQ(items_at(base, "CRA/anx/VI", "simplified_declaration"), 2u);
  things += 2;
  EXPECT_EQ(things, 149u);
  // Both annexes ask for some things alike; each is one item with both bases.
  std::set<std::string> distinct;
  for (const rules::DocumentItem& i : base.items)
    for (const Annex& annex : annexes)
      if (i.document == annex.document && std::any_of(i.cites.begin(), i.cites.end(), [&](const rules::Cite& c) { return c.provision.starts_with(annex.prefix); })) distinct.insert(i.id);
  EXPECT_EQ(distinct.size() + 2, 124u);
}

}  // namespace
}  // namespace duolex::workspace
