#include <gtest/gtest.h>

#include "threats/imports/mapping.h"
#include "threats/imports/report.h"

namespace duolex::threats::imports {
namespace {

std::string attempt(const std::string& id, int status, const std::string& probe, const std::string& scores) {
  return R"({"entry_type": "attempt", "uuid": ")" + id + R"(", "seq": 0, "status": )" + std::to_string(status) + R"(, "probe_classname": ")" + probe +
         R"(", "detector_results": {)" + (scores.empty() ? "" : R"("mitigation.MitigationBypass": [)" + scores + "]") + "}}\n";
}
const std::string begin = R"({"entry_type": "start_run setup", "run.eval_threshold": 0.5, "plugins.target_name": "m"})" "\n"
                          R"({"entry_type": "init", "garak_version": "0.13", "run": "r"})" "\n";
const std::string end = R"({"entry_type": "completion", "run": "r"})" "\n";
std::string eval(int passed, int total) {
  return R"({"entry_type": "eval", "probe": "dan.Dan", "detector": "mitigation.MitigationBypass", "passed": )" + std::to_string(passed) +
         R"(, "total_evaluated": )" + std::to_string(total) + "}\n";
}

Import read(const std::string& bytes) {
  const auto import = read_import("r.jsonl", bytes);
  EXPECT_TRUE(import) << (import ? "" : render(import.error()));
  return import ? *import : Import{};
}

TEST(Garak, CountsAttempts) {
  const Import i = read(begin + attempt("a", 1, "dan.Dan", "") + attempt("a", 2, "dan.Dan", "0.0, 1.0, null") + attempt("b", 2, "dan.Dan", "0.49, 0.5") + eval(2, 4) + end);
  ASSERT_EQ(i.rows.size(), 1u);
  EXPECT_EQ(i.rows[0].passed, 2u);
  EXPECT_EQ(i.rows[0].failed, 2u);
  EXPECT_EQ(i.rows[0].none, 1u);
  EXPECT_TRUE(i.rows[0].agrees);
  EXPECT_TRUE(i.complete);
  EXPECT_EQ(i.rows[0].atlas, std::vector<std::string>{"AML.T0054"});
  EXPECT_EQ(i.target, "m");
  EXPECT_EQ(to_result(i).verdict, Verdict::not_met);
}

TEST(Garak, SaysWhereCountsDisagree) {
  const Import i = read(begin + attempt("a", 2, "dan.Dan", "0.0") + eval(9, 10) + end);
  EXPECT_FALSE(i.rows[0].agrees);
  ASSERT_EQ(i.disagreements.size(), 2u);
  EXPECT_EQ(i.disagreements[0], "dan.Dan, mitigation.MitigationBypass: the report says 9 passed, its attempts say 1");
  EXPECT_EQ(to_result(i).verdict, Verdict::inconclusive);
}

TEST(Garak, SaysWhatIsIncomplete) {
  const std::string whole = begin + attempt("a", 2, "dan.Dan", "0.0") + eval(1, 1) + end;
  EXPECT_TRUE(read(whole).complete);
  EXPECT_EQ(to_result(read(whole)).verdict, Verdict::met);
  for (const std::string& broken : {begin + attempt("a", 2, "dan.Dan", "0.0") + eval(1, 1), whole.substr(0, whole.size() - 10),
                                    begin + attempt("a", 1, "dan.Dan", "") + attempt("b", 2, "dan.Dan", "0.0") + eval(1, 1) + end,
                                    begin + attempt("a", 2, "dan.Dan", "0.0") + end,
                                    begin + attempt("a", 2, "dan.Dan", "0.0") + attempt("b", 2, "dan.Dan", "") + eval(1, 1) + end}) {
    const Import i = read(broken);
    EXPECT_FALSE(i.complete);
    EXPECT_FALSE(i.incomplete_because.empty());
    EXPECT_EQ(to_result(i).verdict, Verdict::inconclusive);
  }
}

TEST(Garak, TheSameAttemptCountsOnce) {
  const Import i = read(begin + attempt("a", 2, "dan.Dan", "0.0") + attempt("a", 2, "dan.Dan", "0.0") + eval(1, 1) + end);
  EXPECT_EQ(i.rows[0].passed, 1u);
  ASSERT_EQ(i.rejected.size(), 1u);
  EXPECT_EQ(i.rejected[0].span.line, 4u);
}

TEST(Garak, OldNamesAndBrokenLines) {
  const Import i = read(begin + "not JSON\n" + attempt("a", 2, "probes.dan.Dan", "0.0") +
                        R"({"entry_type": "eval", "probe": "dan.Dan", "detector": "detector.mitigation.MitigationBypass", "passed": 1, "total": 1})" "\n" + end);
  EXPECT_EQ(i.rows.size(), 1u);
  EXPECT_TRUE(i.rows[0].agrees);
  ASSERT_EQ(i.rejected_count, 1u);
  EXPECT_EQ(i.rejected[0].span.line, 3u);
}

TEST(Promptfoo, CountsResults) {
  const auto result = [](bool success, int reason, const std::string& plugin) {
    return R"({"success": )" + std::string(success ? "true" : "false") + R"(, "failureReason": )" + std::to_string(reason) + R"(, "metadata": {"pluginId": ")" + plugin + R"(", "strategyId": "base64"}})";
  };
  const auto report = [&](const std::string& results, const std::string& stats) {
    return R"({"evalId": "e", "results": {"version": 3, "results": [)" + results + R"(], "stats": )" + stats + "}, \"config\": {}}";
  };
  const Import i = read(report(result(true, 0, "pii:direct") + "," + result(false, 1, "pii:direct") + "," + result(true, 0, "harmful:hate"),
                               R"({"successes": 2, "failures": 1, "errors": 0})"));
  ASSERT_EQ(i.rows.size(), 2u);
  EXPECT_EQ(i.rows[1].probe, "pii:direct");
  EXPECT_EQ(i.rows[1].failed, 1u);
  EXPECT_EQ(i.rows[1].owasp, std::vector<std::string>{"LLM02:2025"});
  EXPECT_TRUE(i.complete);
  EXPECT_TRUE(i.disagreements.empty());
  const Import broken = read(report(result(false, 2, "pii"), R"({"successes": 5, "failures": 0, "errors": 1})"));
  EXPECT_FALSE(broken.complete);
  EXPECT_EQ(broken.rows[0].none, 1u);
  EXPECT_EQ(broken.disagreements.size(), 1u);
}

TEST(Pyrit, TheLastJudgementOfAConversation) {
  const auto piece = [](const std::string& conversation, const std::string& role, const std::string& scores) {
    return R"({"role": ")" + role + R"(", "conversation_id": ")" + conversation + R"(", "orchestrator_identifier": {"__type__": "CrescendoOrchestrator"}, "response_error": "none", "scores": [)" + scores + "]}";
  };
  const auto score = [](const std::string& value) {
    return R"({"score_value": ")" + value + R"(", "score_type": "true_false", "score_category": "hate", "scorer_class_identifier": {"__type__": "SelfAskTrueFalseScorer"}})";
  };
  const Import i = read("[" + piece("1", "user", "") + "," + piece("1", "assistant", score("False")) + "," + piece("1", "assistant", score("True")) + "," +
                        piece("2", "assistant", score("False")) + "," + piece("3", "assistant", "") + "]");
  ASSERT_EQ(i.rows.size(), 1u);
  EXPECT_EQ(i.rows[0].failed, 1u);
  EXPECT_EQ(i.rows[0].passed, 1u);
  EXPECT_FALSE(i.complete);  // nobody judged the third
  EXPECT_EQ(i.rows[0].atlas, std::vector<std::string>{"AML.T0054"});
  const Import lines = read(R"({"objective": "o", "outcome": "success", "attack_identifier": {"__type__": "PAIRAttack"}})" "\n"
                            R"({"objective": "o", "outcome": "undetermined", "attack_identifier": {"__type__": "PAIRAttack"}})" "\n");
  ASSERT_EQ(lines.rows.size(), 1u);
  EXPECT_EQ(lines.rows[0].failed, 1u);
  EXPECT_EQ(lines.rows[0].none, 1u);
  EXPECT_FALSE(lines.complete);
}

TEST(Import, RefusesOthers) {
  EXPECT_FALSE(read_import("a.json", ""));
  EXPECT_FALSE(read_import("a.json", "{}"));
  EXPECT_FALSE(read_import("a.json", "[1, 2]"));
  EXPECT_FALSE(read_import("a.json", "{\"results\": "));
  EXPECT_FALSE(read_import("a.json", std::string(1'000'000, '[')));
}

TEST(Import, WritesExactIntervals) {
  const std::string json = to_json_text({read(begin + attempt("a", 2, "dan.Dan", "0,0,0,0,0,0,0,0,0,0") + eval(10, 10) + end)});
  EXPECT_NE(json.find("\"high\": 0.30849"), std::string::npos) << json;  // 1 - 0.025^(1/10)
}

}  // namespace
}  // namespace duolex::threats::imports
