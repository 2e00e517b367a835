// A whole dossier from its first blocker to a signed declaration, and back: whatever is taken away, it is refused again.
#include <gtest/gtest.h>
#include <openssl/rsa.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/file.h"
#include "base/scratch_folder.h"
#include "evidence/cms.h"
#include "self_signed.h"
#include "workspace/joint_file/assess.h"
#include "workspace/joint_file/diff.h"
#include "workspace/joint_file/docs.h"
#include "workspace/verdict/init.h"
#include "workspace/vulnerabilities/advisories.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const Day day = *parse_day("2028-01-10");

class Declaration : public testing::Test {
 protected:
  void SetUp() override {
    fs::copy(fs::path(DUOLEX_SOURCE_DIR) / "examples" / "door-reader", folder_ / "dossier", fs::copy_options::recursive);
    write(folder_ / "dossier" / "artefacts" / "record.md", "What was done, by whom, when.\n");
    // The program has no Dutch; the sentences need not be good Dutch here.
    write(folder_ / "dossier" / "nl.yaml", *read_file(fs::path(DUOLEX_SOURCE_DIR) / "law" / "words" / "fr.yaml"));
    text_ = *read_file(folder_ / "dossier" / "duolex.yaml");
    replace("languages: [de, nl]", "languages: [de, nl]\n  catalogues: {nl: nl.yaml}");
    replace("joint.declaration_shows_art15_level:   #", "joint.declaration_shows_art15_level: true   #");
    index_ = index_with("3.0.15-1~deb12u1");
    replace("nb.cra_art39_assessed:                 #", "nb.cra_art39_assessed: true   #");
  }

  static void write(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }
  void replace(const std::string& what, const std::string& with) {
    const std::size_t at = text_.find(what);
    ASSERT_NE(at, std::string::npos) << what;
    text_.replace(at, what.size(), with);
  }

  // The blockers of the dossier as it stands; none: it was declared.
  json declare(const std::string& text, const fs::path& key = {}, bool draft = false) {
    write(folder_ / "dossier" / "duolex.yaml", text);
    fs::remove_all(folder_ / "out");
    DeclareRequest request;
    request.dossier = folder_ / "dossier";
    request.out = folder_ / "out";
    request.as_of = day;
    request.json = true;
    request.draft = draft;
    request.signing.key = key;
    request.index = index_.string();
    std::ostringstream out, err;
    exit_ = workspace::declare(request, out, err);
    EXPECT_EQ(err.str(), "");
    return out.str().empty() ? json() : json::parse(out.str());
  }

  void sign_off() {
    write(folder_ / "dossier" / "duolex.yaml", text_);
    SignOffRequest request;
    request.dossier = folder_ / "dossier";
    request.by = "Someone";
    request.role = "Regulatory affairs";
    request.as_of = day;
    request.today = day;
    std::ostringstream out, err;
    ASSERT_EQ(workspace::sign_off(request, out, err), ExitCode::clear) << err.str();
    text_ = *read_file(folder_ / "dossier" / "duolex.yaml");
  }

  // Closes every blocker the way the blocker says.
  void complete() {
    std::set<std::string> items, controls;
    std::string readings;
    const json refused = declare(text_);
    for (const json& b : refused["blockers"]) {
      const std::string close = b["close"], what = b["what"];
      const auto after = [&](const char* marker) {
        const std::size_t at = close.find(marker);
        return at == std::string::npos ? std::string() : close.substr(at + std::string(marker).size());
      };
      if (const std::string id = after("under items."); !id.empty() && !id.starts_with("declaration.signature")) items.insert(id);
      if (const std::string id = after("under controls."); !id.empty()) controls.insert(id);
      if (close.find("under 'readings'") != std::string::npos)
        readings += "  " + what.substr(0, what.find(' ')) + ": {reading: R, by: Someone, on: 2027-01-01, because: why}\n";
    }
    std::string more = "items:\n";
    for (const std::string& id : items)
      if (id != "declaration.article_15" && id != "declaration.body") more += "  " + id + ": {file: artefacts/record.md}\n";
    more += "controls:\n";
    for (const char* id : {"control.ai_attack_tests", "control.security_objectives"}) controls.insert(id);
    for (const std::string& id : controls) more += "  " + id + ": {status: done, evidence: [artefacts/record.md]}\n";
    more += "declaration: {place: Musterstadt, signed_by: Someone, function: Managing director, address: \"https://zutritt.example/doc\",\n"
            "  body_name: Body, body_number: \"0000\", certificate: C-1}\n";
    if (!readings.empty()) more += "readings:\n" + readings;
    text_ += more;
    sign_off();
  }

  // A PKCS#12 file with a new key.
  fs::path new_key() {
    const fs::path path = folder_ / "key.p12";
    write(path, tests::self_signed_pkcs12(EVP_RSA_gen(2048)));
    return path;
  }

  // An index with one advisory, about the TLS library of the bill, which is fixed in this version.
  fs::path index_with(const std::string& fixed) {
    write(folder_ / "advisory.json", R"({"id":"T-1","modified":"2027-01-02T03:04:05Z","aliases":["CVE-2027-0001"],"affected":[{"package":{"ecosystem":"Debian:12","name":"libssl3"},
      "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":")" + fixed + R"("}]}]}]})");
    BuildRequest request;
    request.sources = {(folder_ / "advisory.json").string()};
    request.index = (folder_ / "advisories.idx").string();
    request.now = "2028-01-01T00:00:00Z";
    std::ostringstream out, err;
    EXPECT_EQ(workspace::advisories_build(request, out, err), ExitCode::clear) << err.str();
    return request.index;
  }

  const ScratchFolder scratch_{"declare"};
  const fs::path folder_ = scratch_.path();
  fs::path index_;
  std::string text_;
  ExitCode exit_ = ExitCode::internal;
};

TEST_F(Declaration, IsWhatTheOpenPointsOfTheAssessmentAreAbout) {
  const json blockers = declare(text_)["blockers"];
  AssessRequest request;
  request.dossier = folder_ / "dossier";
  request.out = folder_ / "report";
  request.as_of = day;
  request.json = true;
  request.index = index_.string();
  std::ostringstream out, err;
  EXPECT_EQ(assess(request, out, err), ExitCode::finding) << err.str();
  const json points = json::parse(out.str())["open_points"];
  ASSERT_EQ(points.size(), blockers.size());
  for (std::size_t i = 0; i < points.size(); ++i)
    EXPECT_EQ(std::pair(points[i]["what"], points[i]["how"]), std::pair(blockers[i]["what"], blockers[i]["close"]));
}

TEST_F(Declaration, IsRefusedWithEveryReason) {
  const json refused = declare(text_);
  EXPECT_EQ(exit_, ExitCode::finding);
  EXPECT_FALSE(refused["declared"]);
  EXPECT_GT(refused["blockers"].size(), 20u);
  for (const json& b : refused["blockers"]) EXPECT_FALSE(b["close"].get<std::string>().empty()) << b;
  EXPECT_FALSE(fs::exists(folder_ / "out")) << "nothing may be written";
}

TEST_F(Declaration, IsWrittenAndSignedWhenNothingIsLeft) {
  complete();
  const json declared = declare(text_, new_key());
  ASSERT_EQ(exit_, ExitCode::clear) << declared.dump(1);
  const std::string page = *read_file(folder_ / "out" / "declaration.de.html");
  EXPECT_EQ(page.find("class=\"draft\""), std::string::npos);
  EXPECT_EQ(page.find("class=\"gap\""), std::string::npos) << "no blank reaches a declaration";
  EXPECT_NE(page.find("alleinige Verantwortung."), std::string::npos) << "what the program says itself is in German";
  EXPECT_NE(page.find("Kapitel III Abschnitt 2"), std::string::npos) << "AI Act Art. 47(2)";
  EXPECT_NE(page.find("2018/1725"), std::string::npos) << "AI Act Annex V point 5";
  EXPECT_NE(page.find("record.md"), std::string::npos) << "Article 12(1)(c) rests on named evidence";
  const std::string signature = *read_file(folder_ / "out" / "declaration.de.html.p7s");
  const auto by = evidence::verify_cades(page, signature);
  ASSERT_TRUE(by) << render(by.error());
  EXPECT_EQ(by->subject, "CN=Signatory");
  for (std::size_t at = 0; at < page.size(); at += 997) {
    std::string other = page;
    other[at] = static_cast<char>(other[at] ^ 1);
    EXPECT_FALSE(evidence::verify_cades(other, signature)) << at;
  }
}

TEST_F(Declaration, IsRefusedAgainWhenAnythingIsTakenAway) {
  complete();
  ASSERT_TRUE(declare(text_)["declared"].get<bool>());
  const std::vector<std::pair<std::string, std::string>> without = {
      {"signed_by: Someone", "signed_by: \"\""},
      {"place: Musterstadt, signed", "place: \"\", signed"},
      {"body_number: \"0000\"", "body_number: \"\""},
      {"languages: [de, nl]", "languages: [de]"},
      {"\n  catalogues: {nl: nl.yaml}", ""},
      {"member_states: [DE, AT, NL]", "member_states: []"},
      {"  cra.annex_i_part_i_met: true", "  cra.annex_i_part_i_met: false"},
      {"  cra.annex_i_part_ii_met: true", "  cra.annex_i_part_ii_met:"},
      {"nb.cra_art39_assessed: true", "nb.cra_art39_assessed: false"},
      {"ai.profiling: false", "ai.profiling: true"},  // the sign-off is stale
      {"ai.is_ai_system:\n    value: true", "ai.is_ai_system:\n    value: null"},
      {"  cra.standards_applied: none", "  cra.standards_applied: full"},
      {"control.release_scan: {status: done, evidence: [artefacts/record.md]}", "control.release_scan: {status: in_progress}"},
      {"control.ai_attack_tests: {status: done, evidence: [artefacts/record.md]}", "control.ai_attack_tests: {status: open}"},
      {"member_states: [DE, AT, NL]", "member_states: [DE, XX]"},
      {"\nitems:\n", "\nitems:\n  declaration.legislation: {not_applicable: it is none of theirs}\n"},
      {"\nitems:\n", "\nitems:\n  declaration.article_15: The model withstands every attack.\n"},
      {"file.hardware: {file: artefacts/record.md}", "file.user_interface: {file: artefacts/record.md}"},
  };
  for (const auto& [what, with] : without) {
    std::string text = text_;
    const std::size_t at = text.find(what);
    ASSERT_NE(at, std::string::npos) << what;
    text.replace(at, what.size(), with);
    if (with.starts_with("file.user_interface")) {  // a key may stand once
      const std::size_t other = text.find("  file.user_interface: {file: artefacts/record.md}\n");
      text.erase(other, text.find('\n', other) - other + 1);
    }
    const json refused = declare(text);
    EXPECT_EQ(exit_, ExitCode::finding) << what;
    EXPECT_FALSE(refused["declared"].get<bool>()) << what;
    EXPECT_FALSE(fs::exists(folder_ / "out")) << what;
  }
}

// A second release with one more component and another model, after the first was declared: nothing is declared until the
// change is assessed for exactly these two states.
TEST_F(Declaration, AChangeSinceTheLastOneIsAssessedFirst) {
  complete();
  const fs::path dossier = folder_ / "dossier";
  // The product's own code: without it nobody can say what changed.
  write(dossier / "artefacts" / "app-1", "one");
  write(dossier / "artefacts" / "app-2", "two");
  const std::size_t releases = text_.find("releases:\n"), first_item = text_.find("  - version:", releases), facts = text_.find("\nfacts:", first_item);
  ASSERT_NE(facts, std::string::npos);
  std::string first = text_.substr(first_item, facts - first_item);
  const std::string marker = "    artefacts:\n", version = first.substr(0, first.find('\n'));
  first.insert(first.find(marker) + marker.size(), "      - {path: artefacts/app-1, kind: software}\n");
  ASSERT_TRUE(declare(text_.substr(0, first_item) + first + text_.substr(facts), new_key())["declared"].get<bool>());
  fs::copy(folder_ / "out" / "declaration.json", dossier / "artefacts" / "declaration.json");
  std::string second = first;
  second.replace(0, version.size(), "  - version: \"9.9\"");
  second.replace(second.find("app-1"), 5, "app-2");
  first.insert(first.find(marker) + marker.size(), "      - {path: artefacts/declaration.json, kind: declaration}\n");
  const auto with = [&](const std::string& change) { return text_.substr(0, first_item) + first + "\n" + second + change + text_.substr(facts); };
  const auto against = [&](const std::string& text) {
    std::string all;
    const json answer = declare(text);
    for (const json& b : answer.value("blockers", json::array())) all += b["what"].get<std::string>() + "\n";
    return all;
  };
  EXPECT_EQ(against(with("")),
            "Whether release 9.9 is a substantial modification of 3.1.0 under the CRA is for a person to judge, and nobody has\n"
            "Whether release 9.9 is a substantial modification of 3.1.0 under the AI Act is for a person to judge, and nobody has\n"
            "Nobody stands for the assessment of the change from 3.1.0 to 9.9\n");
  const auto judged = [&](bool cra, bool ai, const std::string& more = "") {
    const auto word = [](bool b) { return std::string(b ? "true" : "false"); };
    return with("\n    change:\n      by: Engineering\n      because: a corrected message\n      judged:\n        cra: {substantial: " + word(cra) + ", by: Engineering, because: \"one text, read again\"}\n        ai_act: {substantial: " +
                word(ai) + ", by: Engineering, because: \"no model, threshold or label\"}\n" + more);
  };
  // Judged substantial: what binds again is asked for, one by one.
  const std::string substantial = against(judged(true, true));
  EXPECT_NE(substantial.find("To be done again after a substantial modification under the CRA, and not done: "), std::string::npos) << substantial;
  EXPECT_NE(substantial.find("under the AI Act, and not done: Put the system through a new conformity assessment"), std::string::npos) << substantial;
  std::string redone = "      redone:\n";
  const json asked = declare(judged(true, true));
  for (const json& b : asked["blockers"]) {
    const std::string close = b["close"], key = "change.redone.";
    if (const std::size_t at = close.find(key); at != std::string::npos)
      redone += "        " + close.substr(at + key.size(), close.find(" of the release") - at - key.size()) + ": {by: Engineering, evidence: [artefacts/record.md]}\n";
  }
  EXPECT_EQ(against(judged(true, true, redone)), "Nobody stands for the assessment of the change from 3.1.0 to 9.9\n");

  // Two different people sign these very states.
  text_ = judged(false, false);
  EXPECT_EQ(against(text_), "Nobody stands for the assessment of the change from 3.1.0 to 9.9\n");
  const auto sign = [&](const char* who) {
    DiffRequest request;
    request.releases = {dossier.string()};
    request.as_of = request.today = day;
    request.format = "json";
    request.sign = who;
    std::ostringstream out, err;
    EXPECT_EQ(workspace::diff(request, out, err), ExitCode::finding) << err.str();
    return *read_file(dossier / "duolex.yaml");
  };
  sign("One");
  EXPECT_EQ(against(sign("ONE")), "One person stands for the assessment of the change from 3.1.0 to 9.9; a second one is missing\n");
  const std::string good = sign("Another");
  EXPECT_EQ(against(good), "");
  EXPECT_EQ(exit_, ExitCode::clear);
  // Its own declaration does not make its assessment stale; anything else of either state does.
  const auto changed = [&](const std::string& what, const std::string& into) {
    std::string text = good;
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), into);
  };
  const std::string own = "      - {path: artefacts/app-2, kind: software}\n";
  EXPECT_EQ(against(changed(own, own + "      - {path: artefacts/record.md, kind: declaration}\n")), "");
  const std::string stale = "Nobody stands for the assessment of the change from 3.1.0 to 9.9; stale signatures: 3 (one of the two states, what was found of them, or the law is another since)\n";
  EXPECT_EQ(against(changed(own, own + "      - {path: artefacts/record.md, kind: document}\n")), stale);
  EXPECT_EQ(against(changed("{path: artefacts/app-1, kind: software}", "{path: artefacts/app-1, kind: software}\n      - {path: artefacts/record.md, kind: document}")), stale);
  EXPECT_EQ(against(changed("one text, read again", "one text")), stale);
  EXPECT_NE(against(changed("{path: artefacts/app-2, kind: software}", "{path: artefacts/app-2, kind: document}")).find("is unknown under the CRA"), std::string::npos);
  const std::string threshold = against(changed("    change:\n", "    operation: {thresholds: {open: 0.5}}\n    change:\n"));
  EXPECT_NE(threshold.find("The presumption that release 9.9 is a substantial modification of 3.1.0 under the AI Act is refuted without evidence"), std::string::npos) << threshold;

  // What the dossier says once is compared with what the first declaration records.
  const auto compared = [&](const std::string& text) {
    write(dossier / "duolex.yaml", text);
    DiffRequest request;
    request.releases = {dossier.string()};
    request.as_of = request.today = day;
    request.format = "json";
    std::ostringstream out, err;
    const ExitCode code = workspace::diff(request, out, err);
    return code == ExitCode::bad_input ? json(err.str()) : json::parse(out.str());
  };
  const auto signal = [&](const json& difference, const std::string& kind, const std::string& subject) {
    for (const json& s : difference["signals"])
      if (s["kind"] == kind && s["subject"] == subject) return s["cra"].get<std::string>() + ", " + s["ai_act"].get<std::string>();
    return std::string("none");
  };
  EXPECT_EQ(signal(compared(good), "not_recorded", "Entrance Reader 3 3.1.0"), "none");
  EXPECT_EQ(compared(good)["not_compared"].size(), 2U);
  EXPECT_EQ(signal(compared(changed("Not for the police", "Also for the police")), "intended_purpose", "intended purpose"), "presumed_substantial, presumed_substantial");
  EXPECT_EQ(signal(compared(changed("ai.profiling: false", "ai.profiling: true")), "purpose_fact", "ai.profiling"), "not, presumed_substantial");
  EXPECT_EQ(signal(compared(changed("  product.data_connection:\n    value: true", "  product.data_connection:\n    value: false")), "fact", "product.data_connection"), "review, review");
  EXPECT_EQ(signal(compared(changed("  control.security_objectives: {status: done", "  control.security_objectives: {status: in_progress")), "control_weakened", "control.security_objectives").substr(0, 8), "presumed");
  write(dossier / "artefacts" / "record.md", "Something else was done.\n");
  EXPECT_NE(signal(compared(good), "document_text", "file.hardware"), "none");
  write(dossier / "artefacts" / "record.md", "What was done, by whom, when.\n");
  EXPECT_NE(against(changed("Not for the police", "Also for the police")).find("The presumption that release 9.9 is a substantial modification of 3.1.0 under the CRA is refuted without evidence"), std::string::npos);
  // A declaration of another release, and one that cannot be read.
  const std::string recorded = *read_file(dossier / "artefacts" / "declaration.json");
  std::string other = recorded;
  other.replace(other.find("\"release\": \"3.1.0\""), 18, "\"release\": \"3.0.9\"");
  write(dossier / "artefacts" / "declaration.json", other);
  EXPECT_NE(against(good).find("artefacts/declaration.json: is the declaration of release 3.0.9, and stands among the artefacts of 3.1.0"), std::string::npos);
  write(dossier / "artefacts" / "declaration.json", recorded.substr(0, recorded.size() / 2));
  EXPECT_NE(against(good).find("Release 9.9 could not be compared with 3.1.0, the last with a declaration: artefacts/declaration.json:"), std::string::npos);

  write(dossier / "artefacts" / "declaration.json", "{}");
  EXPECT_EQ(against(good), stale);
  EXPECT_EQ(signal(compared(good), "not_recorded", "Entrance Reader 3 3.1.0"), "review, review");
}

TEST_F(Declaration, AnOpenVulnerabilityStandsAgainstIt) {
  complete();
  index_.clear();
  EXPECT_NE(declare(text_)["blockers"].dump().find("no advisory data was given"), std::string::npos);
  index_ = index_with("3.0.16-1~deb12u1");
  const json refused = declare(text_);
  ASSERT_EQ(refused["blockers"].size(), 1u) << refused.dump(1);
  EXPECT_NE(refused["blockers"][0]["what"].get<std::string>().find("has the known vulnerability T-1"), std::string::npos);
  // A statement about this release closes it; about another version it does not.
  const auto stated = [&](const std::string& version) {
    write(folder_ / "dossier" / "artefacts" / "vex.json", R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"A","timestamp":"2028-01-02T00:00:00Z","version":1,"statements":[
      {"vulnerability":{"name":"CVE-2027-0001"},"status":"not_affected","justification":"vulnerable_code_not_in_execute_path","products":[{"@id":"pkg:deb/debian/libssl3@)" + version + "\"}]}]}");
    std::string text = text_;
    const std::string before = "      - path: artefacts/sbom.cdx.json\n        kind: sbom\n";
    const std::size_t at = text.find(before);
    EXPECT_NE(at, std::string::npos);
    return declare(text.insert(at, "      - path: artefacts/vex.json\n        kind: vex\n"));
  };
  EXPECT_FALSE(stated("3.0.14-1~deb12u1")["declared"].get<bool>());
  EXPECT_TRUE(stated("3.0.15-1~deb12u1")["declared"].get<bool>());
}

TEST_F(Declaration, ASignatureMadeElsewhereIsTakenInWhenItIsOneOverTheseBytes) {
  complete();
  const fs::path key = new_key();
  ASSERT_TRUE(declare(text_, key)["declared"].get<bool>());
  fs::create_directories(folder_ / "elsewhere");
  for (const auto& entry : fs::directory_iterator(folder_ / "out"))
    if (entry.path().extension() == ".p7s") fs::copy(entry.path(), folder_ / "elsewhere" / entry.path().filename());
  const auto take_in = [&](std::string& said) {
    fs::remove_all(folder_ / "out");
    DeclareRequest request;
    request.dossier = folder_ / "dossier";
    request.out = folder_ / "out";
    request.as_of = day;
    request.signing.signatures = folder_ / "elsewhere";
    request.index = index_.string();
    std::ostringstream out, err;
    const ExitCode code = workspace::declare(request, out, err);
    said = out.str() + err.str();
    return code;
  };
  std::string said;
  ASSERT_EQ(take_in(said), ExitCode::clear) << said;
  EXPECT_NE(said.find("signed by CN=Signatory"), std::string::npos);
  EXPECT_TRUE(fs::exists(folder_ / "out" / "declaration.de.html.p7s"));
  // Of another file, missing, or by someone else: nothing is written.
  const fs::path one = folder_ / "elsewhere" / "declaration.de.html.p7s", other = folder_ / "elsewhere" / "declaration.nl.html.p7s";
  const std::string good = *read_file(one);
  write(one, *read_file(other));
  EXPECT_EQ(take_in(said), ExitCode::bad_input);
  EXPECT_NE(said.find("is not one over this document"), std::string::npos) << said;
  fs::remove(one);
  EXPECT_EQ(take_in(said), ExitCode::bad_input);
  EXPECT_FALSE(fs::exists(folder_ / "out"));
  const auto by_another = evidence::signer_from_pkcs12(*read_file(new_key()), "");
  ASSERT_TRUE(by_another);
  const json again = declare(text_);
  write(one, *evidence::sign_cades(*read_file(folder_ / "out" / "declaration.de.html"), *by_another));
  EXPECT_EQ(take_in(said), ExitCode::bad_input);
  EXPECT_NE(said.find("another certificate"), std::string::npos) << said;
  write(one, good);
  EXPECT_EQ(take_in(said), ExitCode::clear) << said;
}

TEST_F(Declaration, AKeyOnATokenSignsWithoutLeavingIt) {
  const char* const modules[] = {"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"};
  const auto module = std::find_if(std::begin(modules), std::end(modules), [](const char* m) { return fs::exists(m); });
  if (module == std::end(modules) || std::system("command -v softhsm2-util pkcs11-tool >/dev/null") != 0)
    GTEST_SKIP() << "softhsm2 and opensc are not installed: no token was tried";
  fs::create_directories(folder_ / "tokens");
  write(folder_ / "softhsm2.conf", "directories.tokendir = " + (folder_ / "tokens").string() + "\nobjectstore.backend = file\n");
  ::setenv("SOFTHSM2_CONF", (folder_ / "softhsm2.conf").c_str(), 1);
  const std::string f = folder_.string() + "/", tool = std::string("pkcs11-tool --module ") + *module + " --token-label paper --login --pin 1234 ";
  const fs::path p12 = new_key();
  const std::string made = "exec >" + f + "log 2>&1; softhsm2-util --init-token --free --label paper --so-pin 5678 --pin 1234 && openssl pkcs12 -in " + p12.string() +
                           " -passin pass: -nodes -nocerts -out " + f + "key.pem && openssl pkcs12 -in " + p12.string() + " -passin pass: -nokeys -out " + f +
                           "cert.pem && openssl pkcs8 -topk8 -nocrypt -in " + f + "key.pem -out " + f + "p8.pem && softhsm2-util --import " + f +
                           "p8.pem --token paper --label signatory --id A1 --pin 1234 && openssl x509 -in " + f + "cert.pem -outform DER -out " + f + "cert.der && " + tool +
                           "--write-object " + f + "cert.der --type cert --label signatory --id a1";
  ASSERT_EQ(std::system(("sh -c '" + made + "'").c_str()), 0) << *read_file(folder_ / "log");
  const std::string uri = "pkcs11:token=paper;object=signatory";
  EXPECT_FALSE(evidence::signer_from_token(uri, (folder_ / "none.so").string(), "1234"));
  const auto signer = evidence::signer_from_token(uri, *module, "1234");
  ASSERT_TRUE(signer) << render(signer.error());
  const auto signature = evidence::sign_cades("a document", *signer);
  ASSERT_TRUE(signature) << render(signature.error());
  const auto by = evidence::verify_cades("a document", *signature);
  ASSERT_TRUE(by) << render(by.error());
  EXPECT_EQ(by->subject, "CN=Signatory");
  EXPECT_FALSE(evidence::verify_cades("another document", *signature));
  EXPECT_FALSE(evidence::signer_from_token("pkcs11:token=paper;object=nobody", *module, "1234"));
}

TEST_F(Declaration, ADraftIsMarkedAndNeverSigned) {
  const json refused = declare(text_, new_key(), true);
  EXPECT_EQ(exit_, ExitCode::finding);
  EXPECT_TRUE(refused["draft"]);
  const std::string page = *read_file(folder_ / "out" / "declaration.de.html");
  EXPECT_NE(page.find("class=\"draft\""), std::string::npos);
  EXPECT_NE(page.find("Entwurf"), std::string::npos);
  EXPECT_FALSE(fs::exists(folder_ / "out" / "declaration.de.html.p7s"));
}

TEST_F(Declaration, DocumentsAreTheSameBytesEachTime) {
  write(folder_ / "dossier" / "duolex.yaml", text_);
  std::string first;
  for (int run = 0; run < 5; ++run) {
    DocsRequest request;
    request.dossier = folder_ / "dossier";
    request.out = folder_ / "documents";
    request.as_of = day;
    std::ostringstream out, err;
    EXPECT_EQ(workspace::docs(request, out, err), ExitCode::finding) << err.str();
    std::string all;
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_ / "documents")) files.insert(entry.path());
    for (const fs::path& file : files) all += file.filename().string() + *read_file(file);
    if (run == 0) first = all;
    EXPECT_EQ(all, first);
  }
}

TEST_F(Declaration, AKeyThatIsNoneIsRefused) {
  complete();
  write(folder_ / "no.p12", "this is no key");
  write(folder_ / "dossier" / "duolex.yaml", text_);
  DeclareRequest request;
  request.dossier = folder_ / "dossier";
  request.out = folder_ / "out";
  request.as_of = day;
  request.signing.key = folder_ / "no.p12";
  request.index = index_.string();
  std::ostringstream out, err;
  EXPECT_EQ(workspace::declare(request, out, err), ExitCode::bad_input);
  EXPECT_NE(err.str().find("PKCS#12"), std::string::npos);
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

}  // namespace
}  // namespace duolex::workspace
