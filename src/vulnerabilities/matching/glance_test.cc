// A glance decides only what reading the whole component would have decided.
#include "vulnerabilities/matching/glance.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "vulnerabilities/feeds/record_reader.h"
#include "vulnerabilities/index/build.h"
#include "vulnerabilities/index/layout.h"
#include "vulnerabilities/matching/report.h"

namespace duolex::vulnerabilities {
namespace {

namespace fs = std::filesystem;

// Counts how many of the texts were plain.
std::size_t hold(const std::vector<std::string>& texts) {
  std::size_t plain = 0;
  Query quick;
  for (const std::string& text : texts) {
    if (!plain_query(text, quick)) continue;
    ++plain;
    const auto purl = sbom::parse_purl(text);
    EXPECT_TRUE(purl) << text;
    if (!purl) continue;
    const auto queries = queries_for(*purl);
    EXPECT_EQ(queries.size(), 1U) << text;
    EXPECT_EQ(quick.key.text, queries.front().key.text) << text;
    EXPECT_EQ(quick.version, queries.front().version) << text;
    EXPECT_FALSE(queries.front().distribution) << text;
  }
  return plain;
}

TEST(Glance, PlainUrlsGiveTheKeysOfTheWholeReader) {
  EXPECT_EQ(hold({"pkg:npm/left-pad@1.3.0", "pkg:npm/%40babel/core@7.0.0-beta.1", "pkg:npm/@babel/core@7.0.0", "pkg:maven/org.slf4j/slf4j-api@1.7.30?type=jar",
                  "pkg:pypi/typing_extensions@4.0.0RC1", "pkg:pypi/zope.interface", "pkg:golang/github.com/a/b/v2@v2.0.0", "pkg:pypi/a-_b@1"}),
            8U);
  EXPECT_EQ(hold({"pkg:npm/@x@1", "pkg:npm/a//b@1", "pkg:npm/a/@1", "pkg:npm/", "pkg:npm", "pkg:maven/g/a@1?type", "pkg:maven/g/a@1?a=b&a=c", "pkg:npm/a@1#../x", "pkg:npm/A@1",
                  "pkg:pypi/@s/x@1", "pkg:deb/debian/bash@5?distro=debian-12", "pkg:npm/a@1%2", "pkg:npm/a@1@2", "pkg:npm/\xc3\xa4@1", "PKG:npm/a@1"}),
            0U);
}

TEST(Glance, OverManyUrls) {
  const std::vector<std::string> pieces = {"a", "b-c", "_", ".", "-", "/", "@", "1.0", "%40", "%2F", "?", "type=jar", "=", "&", "#", "Z", "~", ":", "+", " ", "npm", ""};
  std::vector<std::string> texts;
  std::uint64_t state = 1;
  for (int i = 0; i < 200'000; ++i) {
    std::string text = "pkg:";
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    static constexpr const char* types[] = {"npm", "pypi", "maven", "golang", "cargo", "gem", "nuget", "composer", "hex", "pub", "deb"};
    text += std::string(types[(state >> 33) % 11]) + "/";
    for (std::uint64_t n = (state >> 60) + 1; n > 0; --n) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      text += pieces[(state >> 33) % pieces.size()];
    }
    texts.push_back(std::move(text));
  }
  EXPECT_GT(hold(texts), 1000U);
}

std::string small_index() {
  RecordReader reader;
  std::vector<index::Compiled> records;
  for (const char* text :
       {R"({"id":"T-1","modified":"2024-01-02T03:04:05Z","affected":[{"package":{"ecosystem":"npm","name":"x"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2.0.0"}]}]}]})",
        R"({"id":"T-2","modified":"2024-01-02T03:04:05Z","affected":[{"package":{"ecosystem":"AI:file","name":"sha256:aa"}}]})"}) {
    std::string record = text;
    const std::size_t size = record.size();
    record.append(RecordReader::padding, '\0');
    const auto read = reader.read("record.json", 0, {record.data(), size});
    records.push_back(index::compile(read->advisories.front()));
  }
  index::BuildReport report;
  return index::lay_out(std::move(records), {}, {}, report);
}

// The scan of a bill by a glance and by reading all of it, as JSON. `passed` gets how many components it saved.
void compare(const std::string& name, const std::string& bytes, index::Index& index, std::size_t* passed = nullptr) {
  const auto whole = sbom::read_sbom(name, bytes);
  const auto quick = scan_bill(name, bytes, index);
  ASSERT_EQ(whole.has_value(), quick.has_value()) << name;
  if (!whole) {
    EXPECT_EQ(render(whole.error()), render(quick.error())) << name;
    return;
  }
  const auto matches = match(*whole, index);
  ASSERT_TRUE(matches);
  Scan a, b;
  a.bill = &*whole;
  a.matches = *matches;
  b.bill = &quick->bill;
  b.matches = quick->matches;
  for (Scan* scan : {&a, &b}) {
    scan->checked = true;
    scan->index_meta = "{}";
  }
  EXPECT_EQ(to_json_text(a), to_json_text(b)) << name;
  // Written without a tree, and as one would be written.
  EXPECT_EQ(to_json_text(a), nlohmann::ordered_json::parse(to_json_text(a)).dump(2) + "\n") << name;
  EXPECT_EQ(to_text(a).substr(0, 500), to_text(b).substr(0, 500));
  EXPECT_EQ(render(whole->rejected), render(quick->bill.rejected)) << name;
  if (passed != nullptr) *passed += whole->components.size() - quick->bill.components.size();
}

// A bill that names one package a quarter of a million times, and an advisory about it: refused, in 256 MiB and a second
// of a processor.
TEST(Glance, FindingsWithoutEndAreRefused) {
  const std::string index_bytes = small_index();
  const std::string one = R"({"name":"x","purl":"pkg:npm/x@1.0.0"})";
  const pid_t child = ::fork();
  if (child == 0) {
    std::string bytes = R"({"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[)" + one;
    for (int i = 1; i < 250'000; ++i) bytes += "," + one;
    bytes += "]}";
    const rlimit memory{rlim_t{256} << 20, rlim_t{256} << 20}, seconds{1, 2};
    ::setrlimit(RLIMIT_DATA, &memory);
    ::setrlimit(RLIMIT_CPU, &seconds);
    auto index = index::Index::over("test", index_bytes);
    const auto scanned = scan_bill("many.json", bytes, *index);
    ::_exit(!scanned && render(scanned.error()).find("findings") != std::string::npos ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(Glance, ByHand) {
  const std::string bytes = small_index();
  auto index = index::Index::over("test", bytes);
  ASSERT_TRUE(index);
  const auto bill = [](const std::string& components, const std::string& rest = "") {
    return R"({"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"type":"application","name":"app"}},"components":[)" + components + "]" + rest + "}";
  };
  const std::string x = R"({"name":"x","purl":"pkg:npm/x@1.0.0"})", y = R"({"name":"y","purl":"pkg:npm/y@1.0.0"})";
  for (const std::string& text : {
           bill(""), bill(x), bill(y), bill(x + "," + y), bill(y + "," + x), bill(y + "," + x + "," + y), bill(y + "," + y + "," + x + "," + x),
           bill(R"({"name":"n","purl":"pkg:npm/y@1","components":[)" + x + "]}"), bill(R"({"purl":"pkg:npm/y@1"})"), bill("1"), bill(y + ",null"),
           bill(R"({"name":"x","version":"1.0.0","purl":"pkg:npm/x"})"), bill(R"({"name":"x","purl":"pkg:npm/y@1","purl":"pkg:npm/x@1.0.0"})"),
           bill(R"({"name":"f","hashes":[{"alg":"SHA-256","content":"AA"}]})"), bill(R"({"name":"f","hashes":[{"alg":"MD5","content":"AA"}]})"),
           bill(R"({"name":"x\u0041","purl":"pkg:npm\/x@1.0.0"})"), bill(R"({"na\u006de":"y","purl":"pkg:npm/y@1.0.0"})"), bill(R"({"name":"y","purl":7})"),
           bill(R"({"name":"y","d":"\q"})"), bill(R"({"name":"y","d":01})"), bill(R"({"name":"y" "d":1})"), bill(R"({"name":"y",})"), bill(R"({"name":"y"},)"), bill(R"({"name":"y"]})"),
           bill(y, R"(,"dependencies":[{"ref":"a"},{"ref":1}])"), bill(y, R"(,"dependencies":{})"), bill(y, R"(,"components":[])"), bill(y) + "x", bill(y).substr(0, 100),
           bill(R"({"name":"o","purl":"pkg:cargo/o@1"})"), bill(R"({"name":"y","description":"a \"word\"","purl":"pkg:npm/y@1"})"), bill("[]"), bill(R"({"name":"d","a":[[[{}]]]})"),
       })
    compare("bom.json", text, *index);
  compare("spaced.json", nlohmann::json::parse(bill(x + "," + y)).dump(3), *index);
  std::string deep = R"({"name":"d","a":)" + std::string(300, '[') + std::string(300, ']') + "}";
  compare("deep.json", bill(deep), *index);
}

TEST(Glance, OnRealBillsAndAdvisories) {
  const fs::path shared = DUOLEX_SHARED;
  if (!fs::exists(shared / "advisories") || !fs::exists(shared / "sboms")) GTEST_SKIP() << "the real advisories and bills are not beside the project";
  const auto built = index::build({(shared / "advisories/osv.ndjson.zst").string()});
  ASSERT_TRUE(built);
  auto index = index::Index::over("real", built->bytes);
  ASSERT_TRUE(index);
  std::size_t bills = 0, passed = 0;
  for (const auto& entry : fs::recursive_directory_iterator(shared / "sboms")) {
    if (entry.path().extension() != ".json") continue;
    const auto bytes = read_file(entry.path());
    ASSERT_TRUE(bytes);
    compare(entry.path().string(), *bytes, *index, &passed);
    ++bills;
  }
  EXPECT_GE(bills, 5U);
  EXPECT_GT(passed, 1000U);
}

}  // namespace
}  // namespace duolex::vulnerabilities
