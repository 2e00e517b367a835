// Documents made to be slow or large.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ctime>
#include <functional>

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
  const std::clock_t begin = std::clock();  // of the processor: a busy machine takes none of it
  work();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

// A second is what is promised; sanitizers need more.
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

// Read in a process of its own: within a second of processor time and 256 MB, the document included. Sanitizers take
// more of both.
#if defined(__SANITIZE_ADDRESS__)
constexpr double most_time = 20, most_megabytes = 4096;
#else
constexpr double most_time = 1, most_megabytes = 256;
#endif

void cheap(const char* what, const std::function<std::string()>& make) {
  const pid_t child = fork();
  if (child == 0) {
    const std::string bytes = make();
    rusage before{}, after{};
    getrusage(RUSAGE_SELF, &before);
    Statements out;
    const auto read = read_document("v.json", bytes, out);
    getrusage(RUSAGE_SELF, &after);
    const auto milliseconds = [](const rusage& r) { return (r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1000 + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1000; };
    if (!read && read.error().empty()) _exit(255);
    _exit(static_cast<int>(std::min<long>((milliseconds(after) - milliseconds(before)) / 100, 250)));
  }
  int status = 0;
  rusage used{};
  wait4(child, &status, 0, &used);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) != 255) << what;
  EXPECT_LE(WEXITSTATUS(status) / 10.0, most_time) << what;
  EXPECT_LT(static_cast<double>(used.ru_maxrss) / 1024, most_megabytes) << what;
}

const std::string csaf_head = R"({"document":{"category":"csaf_vex","csaf_version":"2.0","publisher":{"category":"vendor","name":"V","namespace":"https://example.org"},"title":"t",
"tracking":{"current_release_date":"2026-01-02T00:00:00Z","id":"X-1","initial_release_date":"2026-01-01T00:00:00Z","revision_history":[{"date":"2026-01-01T00:00:00Z","number":"1","summary":"s"}],"status":"final","version":"1"}},)";
std::string listed(int from, int count, const std::function<std::string(int)>& item) {
  std::string out;
  for (int i = from; i < from + count; ++i) out += (i == from ? "" : ",") + item(i);
  return out;
}

TEST(HostileVex, ALongReasonForManyProducts) {
  const std::string reason(8 << 20, 'x');
  cheap("CycloneDX", [&] {
    return R"({"bomFormat":"CycloneDX","specVersion":"1.6","vulnerabilities":[{"id":"C","analysis":{"state":"not_affected","detail":")" + reason + R"("},"affects":[)" +
           listed(0, 40'000, [](int i) { return R"({"ref":"pkg:npm/x@)" + std::to_string(i) + "\"}"; }) + "]}]}";
  });
  cheap("OpenVEX", [&] {
    return head + R"({"vulnerability":{"name":"C"},"status":"not_affected","impact_statement":")" + reason + R"(","products":[)" +
           listed(0, 40'000, [](int i) { return R"({"@id":"pkg:npm/x@)" + std::to_string(i) + "\"}"; }) + "]}]}";
  });
  cheap("CSAF", [&] {
    return csaf_head + R"("product_tree":{"full_product_names":[)" + listed(0, 20'000, [](int i) { return R"({"name":"x","product_id":"P)" + std::to_string(i) + "\"}"; }) +
           R"(],"product_groups":[{"group_id":"G","product_ids":[)" + listed(0, 20'000, [](int i) { return "\"P" + std::to_string(i) + "\""; }) +
           R"(]}]},"vulnerabilities":[{"cve":"CVE-2026-0001","product_status":{"known_not_affected":[)" + listed(0, 20'000, [](int i) { return "\"P" + std::to_string(i) + "\""; }) +
           R"(]},"threats":[{"category":"impact","details":")" + reason + R"(","group_ids":["G"]}]}]})";
  });
}

TEST(HostileVex, MoreProductsThanAreTaken) {
  cheap("affects", [] {
    return R"({"bomFormat":"CycloneDX","specVersion":"1.6","vulnerabilities":[{"id":"C","analysis":{"state":"resolved"},"affects":[)" + listed(0, 700'000, [](int i) { return R"({"ref":"a)" + std::to_string(i) + "\"}"; }) + "]}]}";
  });
  cheap("versions", [] {
    return R"({"bomFormat":"CycloneDX","specVersion":"1.6","vulnerabilities":[{"id":"C","analysis":{"state":"resolved"},"affects":[{"ref":"c","versions":[)" +
           listed(0, 500'000, [](int i) { return R"({"version":"1.)" + std::to_string(i) + "\"}"; }) + "]}]}]}";
  });
  cheap("subcomponents", [] {
    return head + R"({"vulnerability":{"name":"C"},"status":"fixed","products":[{"@id":"p","subcomponents":[)" + listed(0, 500'000, [](int i) { return R"({"@id":"pkg:npm/x@)" + std::to_string(i) + "\"}"; }) + "]}]}]}";
  });
  cheap("groups", [] {
    return csaf_head + R"("product_tree":{"full_product_names":[)" + listed(0, 200'000, [](int i) { return R"({"name":"x","product_id":"P)" + std::to_string(i) + "\"}"; }) +
           R"(]},"vulnerabilities":[)" + listed(0, 4, [](int v) {
             return R"({"cve":"CVE-2026-000)" + std::to_string(v) + R"(","product_status":{"fixed":[)" + listed(0, 200'000, [](int i) { return "\"P" + std::to_string(i) + "\""; }) + "]}}";
           }) + "]}";
  });
}

TEST(HostileVex, ManyStatementsRangesAndNames) {
  cheap("statements", [] { return head + listed(0, 200'000, [](int i) { return R"({"vulnerability":{"name":"C)" + std::to_string(i) + R"("},"status":"fixed"})"; }) + "]}"; });
  cheap("aliases", [] { return head + R"({"vulnerability":{"name":"C","aliases":[)" + listed(0, 900'000, [](int i) { return "\"A" + std::to_string(i) + "\""; }) + R"(]},"status":"fixed","products":[{"@id":"p"}]}]})"; });
  cheap("ranges", [] {
    const std::string range = "vers:npm/" + listed(0, 900, [](int i) { return std::string(1, "<>"[i % 2]) + std::to_string(i) + ".0.0"; });
    std::string piped = range;
    std::replace(piped.begin(), piped.end(), ',', '|');
    return R"({"bomFormat":"CycloneDX","specVersion":"1.6","vulnerabilities":[{"id":"C","analysis":{"state":"resolved"},"affects":[)" +
           listed(0, 4'000, [&](int i) { return R"({"ref":"pkg:npm/x)" + std::to_string(i) + R"(","versions":[{"range":")" + piped + "\"}]}"; }) + "]}]}";
  });
  cheap("numbers", [] { return head + R"({"vulnerability":{"name":"C"},"status":"fixed","version":18446744073709551616,"products":[{"@id":"p"}]}]})"; });
  cheap("relationships", [] {
    std::string hashes = listed(0, 2'000, [](int i) { return R"({"algorithm":"sha256","value":"00112233445566778899aabbccddee)" + std::to_string(10000 + i) + "\"}"; });
    return csaf_head + R"("product_tree":{"full_product_names":[{"name":"x","product_id":"C","product_identification_helper":{"hashes":[{"filename":"f","file_hashes":[)" + hashes + R"(]}]}}],"relationships":[)" +
           listed(0, 20'000, [](int i) { return R"({"category":"default_component_of","full_product_name":{"name":"r","product_id":"R)" + std::to_string(i) + R"("},"product_reference":"C","relates_to_product_reference":"C"})"; }) +
           R"(]},"vulnerabilities":[{"cve":"CVE-2026-0001","product_status":{"fixed":[)" + listed(0, 20'000, [](int i) { return "\"R" + std::to_string(i) + "\""; }) + "]}}]}";
  });
}

}  // namespace
}  // namespace duolex::vulnerabilities::vex
