// Documents made to be slow or large.
#include <gtest/gtest.h>

#include <chrono>

#include "vulnerabilities/vex/apply.h"
#include "vulnerabilities/vex/read.h"

namespace duolex::vulnerabilities::vex {
namespace {

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

double seconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// A second is what is promised; sanitizers and a busy machine need more.
constexpr double most_seconds = 5;

void refused_quickly(const std::string& bytes) {
  EXPECT_LT(seconds([&] {
              Statements out;
              EXPECT_FALSE(read_document("v.json", bytes, out));
            }),
            most_seconds);
}

TEST(HostileVex, DepthAndLength) {
  refused_quickly(repeated("[", 1'000'000));
  refused_quickly(repeated("{\"document\":", 1'000'000));
  refused_quickly("{\"document\":{\"category\":\"" + std::string(1'000'000, 'x'));
  refused_quickly("<!DOCTYPE bom [<!ENTITY a \"aaaa\">]><bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\">&a;</bom>");
  refused_quickly("{\"document\":" + std::string("{\"product_tree\":") + repeated("{\"branches\":[", 40) + "1");
}

const std::string head = R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"A","timestamp":"2026-01-01T00:00:00Z","version":1,"statements":[)";

TEST(HostileVex, TooManyProducts) {
  std::string products;
  for (int i = 0; i < 60'000; ++i) products += (i == 0 ? "" : ",") + std::string(R"({"@id":"pkg:npm/x@)") + std::to_string(i) + "\"}";
  refused_quickly(head + R"({"vulnerability":{"name":"C"},"status":"fixed","products":[)" + products + "]}]}");
}

TEST(HostileVex, ALongListFindsWhatAShortOneFinds) {
  const auto bill = sbom::read_sbom("b.json", R"({"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","version":1,
"metadata":{"component":{"type":"application","name":"app","version":"1","bom-ref":"r"}},
"components":[{"type":"library","group":"g","name":"x","version":"2","bom-ref":"c","cpe":"cpe:2.3:a:g:x:2:*:*:*:*:*:*:*","hashes":[{"alg":"MD5","content":"00112233445566778899aabbccddeeff"}],
"components":[{"type":"library","name":"y","bom-ref":"d","purl":"pkg:npm/y@3"}]}]})");
  ASSERT_TRUE(bill);
  std::string others;
  for (int i = 0; i < 40; ++i) others += R"({"@id":"pkg:npm/z@)" + std::to_string(i) + "\"},";
  const auto claims = [&](const std::string& products, std::size_t component) {
    Statements all;
    EXPECT_TRUE(read_document("v.json", head + R"({"vulnerability":{"name":"C"},"status":"fixed","products":[)" + products + "]}]}", all));
    return apply(all, *bill, {{component, {"C"}}}, {}).effects[0].any();
  };
  for (const char* product : {R"({"@id":"pkg:npm/y@3"})", R"({"@id":"pkg:npm/y@4"})", R"({"@id":"u","identifiers":{"cpe23":"cpe:2.3:a:G:x:2:*:*:*:*:*:*:*"}})",
                              R"({"@id":"u","hashes":{"md5":"00112233445566778899AABBCCDDEEFF"}})", R"({"@id":"u"})"})
    for (const std::size_t component : {1u, 2u}) EXPECT_EQ(claims(product, component), claims(others + product, component)) << product << component;
}

TEST(HostileVex, ManyStatementsAboutManyComponents) {
  std::string components, products;
  for (int i = 0; i < 2'000; ++i) components += (i == 0 ? "" : ",") + std::string(R"({"type":"library","name":"x","purl":"pkg:npm/x@)") + std::to_string(i) + "\"}";
  for (int i = 0; i < 40'000; ++i) products += (i == 0 ? "" : ",") + std::string(R"({"@id":"pkg:npm/x@)") + std::to_string(100'000 + i) + "\"}";
  const auto bill = sbom::read_sbom("b.json", R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":[)" + components + "]}");
  ASSERT_TRUE(bill);
  Statements all;
  ASSERT_TRUE(read_document("v.json", head + R"({"vulnerability":{"name":"C"},"status":"fixed","products":[)" + products + "]}]}", all));
  std::vector<Asked> asked;
  for (std::size_t i = 0; i < bill->components.size(); ++i) asked.push_back({i, {"C"}});
  EXPECT_LT(seconds([&] { EXPECT_EQ(apply(all, *bill, asked, {}).left.size(), 1u); }), most_seconds);
}

}  // namespace
}  // namespace duolex::vulnerabilities::vex
