// The runner of worked cases sees what is wrong with a case, and what a case cannot say.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/scratch_folder.h"
#include "case_file.h"

namespace duolex::cases {
namespace {

using namespace rules;

constexpr const char* crossing =
    "text LAW \"A law\"  from 2020-01-01\n"
    "fact light : one of red, amber, green\n"
    "  ask \"Which light?\"\n"
    "fact train : yes/no\n"
    "  ask \"A train?\"\n"
    "conclude go : yes/no\n"
    "  yes when light is green and not train  cite ACT/art/2\n"
    "  no  otherwise\n"
    "  under X1 lenient yes\n"
    "conclude signs : set of bell, bar\n"
    "  has bell when train\n"
    "  has bar  when train\n"
    "ambiguity X1 \"May one go at amber?\"\n"
    "  live when light is amber\n"
    "  reading strict default because \"a\"\n"
    "  reading lenient because \"b\"\n"
    "  touches go\n"
    "note N \"Mind the train\"\n"
    "  on go\n"
    "  when train\n"
    "duty stop \"Stop\"\n"
    "  binds driver, rider\n"
    "  stage after_placing\n"
    "  when light is red\n"
    "  cite ACT/art/3\n"
    "duty whistle \"Whistle\"\n"
    "  binds driver\n"
    "  stage after_placing\n"
    "  when train\n"
    "  cite ACT/art/4\n"
    "warning \"Green before a train\"\n"
    "  when light is green and train\n";

class CaseFile : public testing::Test {
 protected:
  void SetUp() override {
    auto loaded = load_rule_base({{"a.law", crossing}});
    ASSERT_TRUE(loaded) << render(loaded.error());
    base_ = std::move(*loaded);
  }

  // What is wrong with one case of the given facts and lines.
  std::string wrong(const std::string& facts, const std::string& lines) {
    std::ofstream(folder_ / "c.yaml") << "products: {p: {light: red}}\ncases:\n  - name: n\n    why: w\n    as_of: 2026-11-24\n"
                                      << "    facts: {" << facts << "}\n" << lines;
    std::vector<std::string> errors;
    const std::vector<Case> all = read_cases(folder_ / "c.yaml", base_, errors);
    std::string text;
    for (const std::string& e : errors) text += e + "\n";
    for (const Case& c : all) {
      auto law = CompiledLaw::compile(base_, c.as_of);
      Decider decider(*law);
      for (const std::string& w : check(c, base_, decider.decide(c.facts))) text += w + "\n";
      for (const std::string& w : check_notes(c, base_, decider)) text += w + "\n";
      for (const std::string& w : check_duties(c, base_, decider.duties(c.facts))) text += w + "\n";
    }
    return text;
  }

  const ScratchFolder scratch_{"cases"};
  const std::filesystem::path folder_ = scratch_.path();
  RuleBase base_;
};

TEST_F(CaseFile, WhatHolds) {
  EXPECT_EQ(wrong("light: green, train: false", "    expect: {go: true, signs: []}\n"), "");
  EXPECT_EQ(wrong("light: green, train: false", "    expect: {go: {settled: true, cites: [ACT/art/2]}}\n"), "");
  EXPECT_EQ(wrong("light: green", "    expect: {go: {unknown: [false, true], missing: [train]}}\n"), "");
  EXPECT_EQ(wrong("light: amber", "    expect: {go: {contested: false, readings: {X1: true}}}\n"), "");
  EXPECT_EQ(wrong("train: true", "    expect: {go: {contested: false, readings: {X1: {varies: [false, true]}}}}\n"), "");
  EXPECT_EQ(wrong("train: true", "    like: p\n    notes: [N]\n    no_warnings: [Green before]\n"), "");
  EXPECT_EQ(wrong("train: true, light: green", "    warnings: [Green before]\n"), "");
}

TEST_F(CaseFile, WhatDoesNot) {
  const char* known = "light: green, train: false";
  EXPECT_NE(wrong(known, "    expect: {go: false}\n"), "");
  EXPECT_NE(wrong(known, "    expect: {go: {settled: true, cites: []}}\n"), "");
  EXPECT_NE(wrong(known, "    expect: {go: {settled: true, cites: [ACT/art/1, ACT/art/2]}}\n"), "");
  EXPECT_NE(wrong(known, "    expect: {signs: [bell]}\n"), "");
  EXPECT_NE(wrong(known, "    expect: {go: {unknown: [false, true]}}\n"), "");
  EXPECT_NE(wrong(known, "    expect: {go: {contested: true}}\n"), "");
  EXPECT_NE(wrong("light: green", "    expect: {go: true}\n"), "");
  EXPECT_NE(wrong("light: green", "    expect: {go: {unknown: [true]}}\n"), "");
  EXPECT_NE(wrong("light: green", "    expect: {go: {unknown: [false, true], missing: []}}\n"), "");
  EXPECT_NE(wrong("light: green", "    expect: {go: {unknown: [false, true], missing: [light, train]}}\n"), "");
  EXPECT_NE(wrong("light: amber", "    expect: {go: false}\n"), "");
  EXPECT_NE(wrong("light: amber", "    expect: {go: {contested: true}}\n"), "");
  EXPECT_NE(wrong("light: amber", "    expect: {go: {contested: false, readings: {X1: false}}}\n"), "");
  EXPECT_NE(wrong("light: amber", "    expect: {go: {contested: false, readings: {}}}\n"), "");
  EXPECT_NE(wrong("train: true", "    expect: {go: {contested: false, readings: {X1: true}}}\n"), "");
  EXPECT_NE(wrong("train: true", "    no_notes: [N]\n"), "");
  EXPECT_NE(wrong("light: red", "    notes: [N]\n"), "") << "it may be shown, not for certain";
  EXPECT_NE(wrong("light: red", "    no_notes: [N]\n"), "") << "it may be shown";
  EXPECT_NE(wrong("light: red", "    warnings: [Green before]\n"), "");
}

TEST_F(CaseFile, Duties) {
  EXPECT_EQ(wrong("light: red, train: false", "    duties: [stop]\n    no_duties: [whistle]\n"), "");
  EXPECT_EQ(wrong("light: red", "    duties: [stop]\n    may_bind: [whistle]\n"), "");
  EXPECT_EQ(wrong("light: red, train: true", "    binds_exactly: {driver: [whistle, stop], rider: [stop]}\n"), "");
  EXPECT_EQ(wrong("light: green, train: false", "    binds_exactly: {driver: [], rider: []}\n"), "");

  EXPECT_NE(wrong("light: red", "    duties: [whistle]\n"), "");
  EXPECT_NE(wrong("light: red", "    no_duties: [whistle]\n"), "");
  EXPECT_NE(wrong("light: red", "    may_bind: [stop]\n"), "");
  EXPECT_NE(wrong("light: green", "    may_bind: [stop]\n"), "");
  EXPECT_NE(wrong("light: red, train: true", "    binds_exactly: {driver: [stop]}\n"), "");
  EXPECT_NE(wrong("light: red", "    binds_exactly: {driver: [stop]}\n"), "") << "the other may bind";
  EXPECT_NE(wrong("light: red, train: false", "    binds_exactly: {driver: [stop, whistle]}\n"), "");
  EXPECT_NE(wrong("light: red", "    binds_exactly: {walker: []}\n").find("no duty binds 'walker'"), std::string::npos);
  EXPECT_NE(wrong("light: red", "    duties: [sleep]\n").find("there is no duty 'sleep'"), std::string::npos);
}

TEST_F(CaseFile, WhatACaseCannotSay) {
  EXPECT_NE(wrong("lihgt: red", "    expect: {go: false}\n").find("there is no fact 'lihgt'"), std::string::npos);
  EXPECT_NE(wrong("light: blue", "    expect: {go: false}\n").find("'blue'"), std::string::npos);
  EXPECT_NE(wrong("light: red, light: green", "    expect: {go: false}\n").find("twice"), std::string::npos);
  EXPECT_NE(wrong("light: red", "    expect: {gone: false}\n").find("there is no conclusion 'gone'"), std::string::npos);
  EXPECT_NE(wrong("light: red", "    expect: {go: {contested: false, readings: {X9: true}}}\n").find("'X9'"), std::string::npos);
  EXPECT_NE(wrong("light: red", "    like: q\n    expect: {go: false}\n").find("there is no product 'q'"), std::string::npos);
  EXPECT_NE(wrong("light: red", "    notes: [M]\n").find("there is no note 'M'"), std::string::npos);
  EXPECT_NE(wrong("light: red", "    warnings: [no such words]\n").find("0 warnings"), std::string::npos);
  EXPECT_NE(wrong("light: red", "    expects: {go: false}\n").find("unknown key 'expects'"), std::string::npos);
  EXPECT_NE(wrong("light: red", "").find("expects something"), std::string::npos);
}

}  // namespace
}  // namespace duolex::cases
