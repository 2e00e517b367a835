#include "evidence/record.h"

#include <gtest/gtest.h>

namespace duolex::evidence {
namespace {

EvidenceRecord full() {
  EvidenceRecord r;
  r.shows = "Robustness within 2/255";
  r.release = "1.0";
  r.tool = "prober";
  r.tool_version = "3.1";
  r.at = "2026-11-27T08:00:00Z";
  r.outcome = "passed";
  r.detail = "1,000 samples";
  r.artefacts = {{"model.onnx", std::string(64, 'a')}};
  r.inputs = {{"samples.npz", std::string(64, 'b')}};
  r.good_until = parse_day("2027-11-27");
  r.retain_until = parse_day("2038-01-10");
  r.stale_when = {"model"};
  r.answers = {"control.robustness"};
  r.blob = Blob{std::string(64, 'c'), "report.json", "application/json", 12};
  return r;
}

TEST(Record, ThereAndBack) {
  const std::string leaf = to_leaf(full());
  const auto read = read_record_leaf("leaf", leaf);
  ASSERT_TRUE(read) << render(read.error());
  EXPECT_EQ(to_leaf(*read), leaf);
}

TEST(Record, WhatIsNoRecordIsRefused) {
  for (const char* leaf : {"", "[]", "{}", "{\"kind\":\"approval\"}", "{\"kind\":\"evidence\"}",
                           "{\"kind\":\"evidence\",\"shows\":\"s\",\"at\":\"t\",\"outcome\":\"compliance\"}",
                           "{\"kind\":\"evidence\",\"shows\":\"s\",\"at\":\"t\",\"outcome\":\"passed\",\"artefacts\":[{\"path\":\"p\",\"sha256\":\"x\"}]}",
                           "{\"kind\":\"evidence\",\"shows\":\"s\",\"at\":\"t\",\"outcome\":\"passed\",\"good_until\":\"soon\"}"}) {
    EXPECT_FALSE(read_record_leaf("leaf", leaf)) << leaf;
  }
}

TEST(Record, ACommitmentShowsNothingWithoutItsSalt) {
  const std::string salt(32, '\x01'), other(32, '\x02');
  EXPECT_EQ(commitment(salt, "a person"), commitment(salt, "a person"));
  EXPECT_NE(commitment(salt, "a person"), commitment(other, "a person"));
  EXPECT_NE(commitment(salt, "a person"), commitment(salt, "another"));
}

TEST(Record, KindsOfLeaves) {
  EXPECT_EQ(kind_of_leaf(to_leaf(full())).kind, "evidence");
  EXPECT_EQ(kind_of_leaf(approval_leaf("{}")).kind, "approval");
  EXPECT_EQ(kind_of_leaf(approval_leaf("{\"a\":1}")).envelope, "{\"a\":1}");
  EXPECT_EQ(kind_of_leaf("nothing").kind, "");
}

}  // namespace
}  // namespace duolex::evidence
