#include "vulnerabilities/vex/apply.h"

#include <gtest/gtest.h>

#include "vulnerabilities/vex/read.h"

namespace duolex::vulnerabilities::vex {
namespace {

const std::string serial = "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79";

// The product app 1.0 with sharp 0.32.5, in which CVE-2026-1 was found.
std::string bill_text(const std::string& more = "", const std::string& version = "1.0") {
  return R"({"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":")" + serial + R"(","version":1,"metadata":{"component":{"type":"application","name":"app","version":")" + version +
         R"(","bom-ref":"app","purl":"pkg:generic/app@)" + version +
         R"("}},"components":[{"type":"library","name":"sharp","version":"0.32.5","bom-ref":"c","purl":"pkg:npm/sharp@0.32.5?arch=x64","hashes":[{"alg":"SHA-256","content":"00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff"}]}])" + more + "}";
}

struct Answer {
  std::string claim, why;
  std::size_t contradictions = 0, older = 0;
};

Answer ask(const Statements& all, const sbom::Sbom& bill, const std::string& id = "CVE-2026-1") {
  const Applied applied = apply(all, bill, {{1, {"GHSA-x", id}}}, *parse_instant("2026-11-27T00:00:00Z"));
  const Effect& e = applied.effects.at(0);
  return {e.any() ? name_of(all.statements[e.holding[0].statement].claim) : "", applied.left.empty() ? "" : applied.left[0].why, e.holding.empty() ? 0 : e.holding.size() - 1, e.older};
}

std::string statement(const std::string& products, const std::string& status = R"("status":"not_affected","justification":"component_not_present")", const std::string& time = "2026-01-01T00:00:00Z") {
  return R"({"vulnerability":{"name":"cve-2026-1"},)" + status + R"(,"timestamp":")" + time + R"(","products":[)" + products + "]}";
}
Answer openvex(const std::string& statements, const std::string& version = "1.0") {
  const auto bill = sbom::read_sbom("b.json", bill_text("", version));
  Statements all;
  const auto read = read_document("v.json", R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"A","timestamp":"2026-01-01T00:00:00Z","version":1,"statements":[)" + statements + "]}", all);
  EXPECT_TRUE(bill && read) << (read ? "" : render(read.error()));
  return ask(all, *bill);
}
std::string product(const std::string& purl, const std::string& parts = "") {
  return R"({"@id":")" + purl + "\"" + (parts.empty() ? "" : R"(,"subcomponents":[{"@id":")" + parts + "\"}]") + "}";
}

TEST(ApplyVex, ByPackageAndVersion) {
  EXPECT_EQ(openvex(statement(product("pkg:npm/sharp@0.32.5"))).claim, "not_affected");
  EXPECT_EQ(openvex(statement(product("pkg:npm/sharp@0.32.5?arch=x64"))).claim, "not_affected");
  EXPECT_EQ(openvex(statement(product("pkg:npm/sharp@0.32.5?arch=arm64"))).claim, "");
  EXPECT_EQ(openvex(statement(product("pkg:npm/sharp@0.32.4"))).claim, "");
  EXPECT_NE(openvex(statement(product("pkg:npm/sharp@0.32.4"))).why.find("has pkg:npm/sharp@0.32.5"), std::string::npos);
  EXPECT_EQ(openvex(statement(product("pkg:npm/other@0.32.5"))).claim, "");
  EXPECT_EQ(openvex(statement(product("pkg:pypi/sharp@0.32.5"))).claim, "");
}

TEST(ApplyVex, WithoutAVersionItClosesNothing) {
  EXPECT_EQ(openvex(statement(product("pkg:npm/sharp"))).claim, "");
  EXPECT_NE(openvex(statement(product("pkg:npm/sharp"))).why.find("names no version"), std::string::npos);
  EXPECT_EQ(openvex(statement(product("pkg:npm/sharp"), R"("status":"affected","action_statement":"update")")).claim, "affected");
}

TEST(ApplyVex, ItEndsWithTheProductsVersion) {
  const std::string whole = statement(product("pkg:generic/app@1.0")), part = statement(product("pkg:generic/app@1.0", "pkg:npm/sharp"));
  EXPECT_EQ(openvex(whole).claim, "not_affected");
  EXPECT_EQ(openvex(whole, "1.1").claim, "");
  EXPECT_EQ(openvex(part).claim, "not_affected");
  EXPECT_EQ(openvex(part, "1.1").claim, "");
  EXPECT_NE(openvex(part, "1.1").why.find("pkg:generic/app@1.1"), std::string::npos);
  EXPECT_EQ(openvex(statement(product("pkg:generic/app@1.0", "pkg:npm/sharp@0.32.4"))).claim, "");
  EXPECT_EQ(openvex(statement(product("pkg:generic/app", "pkg:npm/sharp@0.32.5"))).claim, "");
}

TEST(ApplyVex, AHashBindsLikeAVersion) {
  const std::string same(64, '0');
  const auto hashed = [](const std::string& hash) { return R"({"@id":"pkg:npm/sharp","hashes":{"sha-256":")" + hash + "\"}}"; };
  EXPECT_EQ(openvex(statement(hashed("00FF00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff"))).claim, "not_affected");
  EXPECT_EQ(openvex(statement(hashed(same))).claim, "");
  EXPECT_EQ(openvex(statement(R"({"@id":"pkg:npm/sharp@0.32.5","hashes":{"sha-256":")" + same + "\"}}")).claim, "");
}

TEST(ApplyVex, WithoutAReasonOrBeforeItsTimeItIsNotApplied) {
  EXPECT_EQ(openvex(statement(product("pkg:npm/sharp@0.32.5"), R"("status":"not_affected")")).claim, "");
  EXPECT_EQ(openvex(statement(product("pkg:npm/sharp@0.32.5"), R"("status":"not_affected","impact_statement":"not built in")")).claim, "not_affected");
  const Answer later = openvex(statement(product("pkg:npm/sharp@0.32.5"), R"("status":"fixed")", "2099-01-01T00:00:00Z"));
  EXPECT_EQ(later.claim, "");
  EXPECT_NE(later.why.find("has not come yet"), std::string::npos);
}

TEST(ApplyVex, TheNewestHolds) {
  const std::string p = product("pkg:npm/sharp@0.32.5");
  const std::string old_closed = statement(p), new_open = statement(p, R"("status":"affected","action_statement":"update")", "2026-02-01T01:00:00+01:00");
  for (const std::string& both : {old_closed + "," + new_open, new_open + "," + old_closed}) {
    const Answer a = openvex(both);
    EXPECT_EQ(a.claim, "affected");
    EXPECT_EQ(a.older, 1u);
    EXPECT_EQ(a.contradictions, 0u);
    EXPECT_EQ(a.why, "a newer statement took its place");
  }
  // The same moment, written otherwise.
  const Answer a = openvex(statement(p, R"("status":"fixed")", "2026-02-01T00:00:00Z") + "," + new_open);
  EXPECT_EQ(a.claim, "affected");  // the more cautious one
  EXPECT_EQ(a.contradictions, 1u);
}

Answer cyclonedx(const std::string& vulnerability, bool embedded, const std::string& head = "") {
  const std::string more = R"(,"vulnerabilities":[{"id":"CVE-2026-1",)" + vulnerability + "}]";
  const std::string text = bill_text(embedded ? more : "");
  const auto bill = sbom::read_sbom("b.json", text);
  EXPECT_TRUE(bill);
  Statements all;
  if (embedded) {
    read_embedded(*bill, text, all);
  } else {
    const auto read = read_document("v.json", R"({"bomFormat":"CycloneDX","specVersion":"1.6")" + head + more + "}", all);
    EXPECT_TRUE(read) << render(read.error());
  }
  return ask(all, *bill);
}

TEST(ApplyVex, InTheBillItself) {
  const std::string analysis = R"("analysis":{"state":"not_affected","justification":"code_not_reachable"},)";
  EXPECT_EQ(cyclonedx(analysis + R"("affects":[{"ref":"c"}])", true).claim, "not_affected");
  EXPECT_EQ(cyclonedx(analysis + R"("affects":[{"ref":"app"}])", true).claim, "not_affected");
  EXPECT_EQ(cyclonedx(analysis + R"("affects":[{"ref":"d"}])", true).claim, "");
  EXPECT_EQ(cyclonedx(analysis + R"("affects":[{"ref":"c","versions":[{"version":"0.32.4"}]}])", true).claim, "");
  EXPECT_EQ(cyclonedx(analysis + R"("affects":[{"ref":"c","versions":[{"version":"0.32.5"}]}])", true).claim, "not_affected");
  EXPECT_EQ(cyclonedx(analysis + R"("affects":[{"ref":"c","versions":[{"range":"vers:npm/<1.0.0"}]}])", true).claim, "not_affected");
  EXPECT_EQ(cyclonedx(analysis + R"("affects":[{"ref":"c","versions":[{"range":"vers:npm/<0.32.5"}]}])", true).claim, "");
  EXPECT_EQ(cyclonedx(R"("analysis":{"state":"not_affected"},"affects":[{"ref":"c"}])", true).claim, "");
  EXPECT_EQ(cyclonedx(R"("analysis":{"state":"exploitable"},"affects":[{"ref":"c"}])", true).claim, "affected");
}

TEST(ApplyVex, ARangeHoldsForTheVersionsInItWhereItHasAnEnd) {
  const auto ranged = [](const std::string& range, const std::string& status = R"("status":"not_affected","justification":"component_not_present")") {
    return openvex(statement(product("pkg:npm/sharp?vers=" + range), status));
  };
  EXPECT_EQ(ranged("vers:npm%2F%3E=0.32.0%7C%3C0.32.6").claim, "not_affected");
  const Answer outside = ranged("vers:npm%2F%3C0.32.5");
  EXPECT_EQ(outside.claim, "");
  EXPECT_NE(outside.why.find("the bill of materials has pkg:npm/sharp@0.32.5"), std::string::npos) << outside.why;
  // It goes on to versions that nobody has seen.
  const Answer open = ranged("vers:npm%2F%3E=0.32.0");
  EXPECT_EQ(open.claim, "");
  EXPECT_NE(open.why.find("without an upper end, so that nothing says when it ends"), std::string::npos) << open.why;
  EXPECT_EQ(ranged("vers:npm%2F%3E=0.32.0", R"("status":"affected","action_statement":"update")").claim, "affected");
  EXPECT_EQ(ranged("vers:npm%2F%3E=0.33.0", R"("status":"affected","action_statement":"update")").claim, "");
  // Another kind of versions, one whose order is not known here, and no range at all.
  for (const char* other : {"vers:deb%2F%3C1", "vers:openssl%2F%3C1", "vers:npm%2F%3C1.0.0%7C%3C2.0.0"}) {
    const Answer a = ranged(other);
    EXPECT_EQ(a.claim, "") << other;
    EXPECT_TRUE(a.why.find("cannot be told") != std::string::npos || a.why.find("two upper ends") != std::string::npos) << a.why;
    EXPECT_EQ(ranged(other, R"("status":"affected","action_statement":"update")").claim, "affected") << "what hides nothing holds";
  }
  const std::string within = statement(product("pkg:generic/app?vers=vers:semver%2F%3E=1.0.0%7C%3C1.2.0", "pkg:npm/sharp"));
  EXPECT_EQ(openvex(within, "1.1.0").claim, "not_affected");
  EXPECT_EQ(openvex(within, "1.2.0").claim, "");
  // A part of which it cannot be told, in another product.
  const auto part = [&](const std::string& whole) { return statement(product("pkg:generic/" + whole, "pkg:npm/sharp?vers=vers:openssl%2F%3C1"), R"("status":"affected","action_statement":"update")"); };
  EXPECT_EQ(openvex(part("app@1.0")).claim, "affected");
  EXPECT_EQ(openvex(part("app@1.1")).claim, "");
  EXPECT_EQ(openvex(part("other@1.0")).claim, "");
}

TEST(ApplyVex, BesideTheBillByLink) {
  const std::string analysis = R"("analysis":{"state":"resolved"},"affects":[{"ref":")", link = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/";
  EXPECT_EQ(cyclonedx(analysis + link + R"(1#c"}])", false).claim, "fixed");
  EXPECT_EQ(cyclonedx(analysis + link + R"(2#c"}])", false).claim, "");
  EXPECT_EQ(cyclonedx(analysis + link + R"(1"}])", false).claim, "fixed");
  EXPECT_EQ(cyclonedx(analysis + R"(c"}])", false).claim, "");  // of which bill?
  EXPECT_EQ(cyclonedx(analysis + R"(c"}])", false, R"(,"serialNumber":")" + serial + R"(","version":1)").claim, "fixed");
  EXPECT_EQ(cyclonedx(analysis + R"(pkg:npm/sharp@0.32.5"}])", false).claim, "fixed");
  const std::string about = R"(,"metadata":{"component":{"type":"application","name":"app","bom-ref":"m","purl":"pkg:generic/app@)";
  const std::string parts = R"("}},"components":[{"type":"library","name":"sharp","version":"0.32.5","bom-ref":"c","purl":"pkg:npm/sharp@0.32.5"}])";
  EXPECT_EQ(cyclonedx(analysis + R"(c"}])", false, about + "1.0" + parts).claim, "fixed");
  EXPECT_EQ(cyclonedx(analysis + R"(c"}])", false, about + "1.1" + parts).claim, "");
}

TEST(ApplyVex, WhatBreaksInTheBillIsARemark) {
  const std::string text = bill_text(R"(,"vulnerabilities":[{"id":"CVE-2026-1","analysis":{"state":"fine"},"affects":[{"ref":"c"}]}])");
  const auto bill = sbom::read_sbom("b.json", text);
  Statements all;
  read_embedded(*bill, text, all);
  EXPECT_TRUE(all.statements.empty());
  ASSERT_EQ(all.remarks.size(), 1u);
  EXPECT_NE(all.remarks[0].text.find("cyclonedx.words"), std::string::npos);
  EXPECT_EQ(all.documents.size(), 1u);
}

}  // namespace
}  // namespace duolex::vulnerabilities::vex
