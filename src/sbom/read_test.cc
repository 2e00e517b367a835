// Every format through the one door, and the real bills of materials.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "sbom/sbom.h"

namespace duolex::sbom {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

fs::path shared(const char* what) { return fs::path(DUOLEX_SHARED) / what; }

const std::string xml = R"(<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.5" serialNumber="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79" version="2">
  <metadata><timestamp>2026-01-02T03:04:05Z</timestamp>
    <tools><tool><vendor>v</vendor><name>made</name><version>9</version></tool></tools>
    <component type="application" bom-ref="root"><name>app</name><version>1</version></component>
  </metadata>
  <components>
    <component type="library" bom-ref="a">
      <supplier><name>S &amp; T</name></supplier><group>org.example</group><name>outer</name><version>2</version>
      <hashes><hash alg="SHA-256">00ff</hash></hashes>
      <licenses><license><id>MIT</id></license></licenses>
      <purl>pkg:maven/org.example/outer@2</purl>
      <components><component type="file"><name>inner</name></component></components>
    </component>
    <component type="library"><version>1</version></component>
    <component type="machine-learning-model" bom-ref="m"><name>net</name>
      <modelCard><modelParameters><task>ocr</task><datasets><dataset><type>dataset</type><name>pages</name></dataset></datasets></modelParameters></modelCard>
    </component>
  </components>
  <dependencies><dependency ref="root"><dependency ref="a"/><dependency ref="m"/></dependency><dependency ref="gone"/></dependencies>
</bom>
)";

TEST(ReadSbom, CycloneDxXml) {
  const auto sbom = read_sbom("s.xml", xml);
  ASSERT_TRUE(sbom) << render(sbom.error());
  EXPECT_EQ(sbom->spec_version, "1.5");
  EXPECT_EQ(sbom->version, "2");
  EXPECT_EQ(sbom->timestamp, "2026-01-02T03:04:05Z");
  EXPECT_EQ(sbom->tools, std::vector<std::string>{"made 9"});
  ASSERT_EQ(sbom->components.size(), 4U);
  EXPECT_EQ(sbom->parsed, 5U);
  EXPECT_EQ(sbom->rejected_components, 1U);
  ASSERT_EQ(sbom->rejections.size(), 1U);
  EXPECT_EQ(sbom->rejections[0].place.line, 15U);
  const Component& outer = sbom->components[1];
  EXPECT_EQ(outer.supplier, "S & T");
  EXPECT_EQ(outer.purl->full_name(), "org.example/outer");
  EXPECT_EQ(outer.hashes, (std::vector<Hash>{{"SHA-256", "00ff"}}));
  EXPECT_EQ(outer.licences, (std::vector<Licence>{{Licence::Kind::id, "MIT"}}));
  EXPECT_EQ(sbom->pointer(1), "/bom/components/component[1]");
  EXPECT_EQ(sbom->pointer(2), "/bom/components/component[1]/components/component[1]");
  EXPECT_EQ(sbom->pointer(0), "/bom/metadata/component");
  EXPECT_EQ(sbom->components[3].model->task, "ocr");
  EXPECT_EQ(sbom->components[3].model->datasets, std::vector<std::string>{"pages"});
  EXPECT_EQ(sbom->direct(), (std::vector<std::size_t>{1, 3}));
}

const std::string tag_value = R"(# a comment
SPDXVersion: SPDX-2.3
SPDXID: SPDXRef-DOCUMENT
DocumentNamespace: https://example.org/doc
Creator: Tool: made-9
Creator: Organization: Example (mail@example.org)
Created: 2026-01-02T03:04:05Z
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-App

PackageName: app
SPDXID: SPDXRef-App
PackageVersion: 1.0
PackageSupplier: Organization: Example (mail@example.org)
PackageLicenseConcluded: NOASSERTION
PackageLicenseDeclared: MIT OR Apache-2.0
PackageComment: <text>two
PackageName: no package
lines</text>

FileName: ./weights.bin
SPDXID: SPDXRef-File
FileChecksum: SHA256: 00ff

PackageName: left-pad
SPDXID: SPDXRef-Lib
PackageChecksum: SHA1: aa
ExternalRef: PACKAGE-MANAGER purl pkg:npm/left-pad@1.3.0
PackageName:
Relationship: SPDXRef-Lib DEPENDENCY_OF SPDXRef-App
)";

TEST(ReadSbom, SpdxTagValue) {
  const auto sbom = read_sbom("s", tag_value);
  ASSERT_TRUE(sbom) << render(sbom.error());
  EXPECT_EQ(sbom->encoding, Format::spdx_tag_value);
  EXPECT_EQ(sbom->id, "https://example.org/doc");
  EXPECT_EQ(sbom->authors, std::vector<std::string>{"Example"});
  EXPECT_EQ(sbom->tools, std::vector<std::string>{"made-9"});
  ASSERT_EQ(sbom->components.size(), 3U);
  EXPECT_EQ(sbom->parsed, 4U);
  EXPECT_EQ(sbom->rejected_components, 1U);
  EXPECT_EQ(sbom->components[0].supplier, "Example");
  EXPECT_EQ(sbom->components[0].licences, (std::vector<Licence>{{Licence::Kind::expression, "MIT OR Apache-2.0"}}));
  EXPECT_EQ(sbom->components[1].hashes, (std::vector<Hash>{{"SHA-256", "00ff"}}));
  EXPECT_EQ(sbom->components[2].purl->name, "left-pad");
  EXPECT_EQ(sbom->pointer(2), "line 24");
  EXPECT_EQ(sbom->subject, 0U);
  EXPECT_EQ(sbom->direct(), (std::vector<std::size_t>{1, 2}));
  const auto open = read_sbom("s", "SPDXVersion: SPDX-2.3\nPackageComment: <text>never\nends\n");
  ASSERT_FALSE(open);
  EXPECT_EQ(render(open.error()).substr(0, 39), "s:2:17: error: a text that does not end");
}

const std::string spdx3 = R"({"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
  {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1", "created": "2026-01-02T03:04:05Z", "createdBy": ["urn:o"]},
  {"type": "SpdxDocument", "spdxId": "urn:d", "creationInfo": "_:c", "rootElement": ["urn:b"]},
  {"type": "software_Sbom", "spdxId": "urn:b", "rootElement": ["urn:m"]},
  {"type": "ai_AIPackage", "spdxId": "urn:m", "name": "net", "software_packageVersion": "3", "suppliedBy": "urn:o",
   "software_packageUrl": "pkg:huggingface/example/net@00ff", "ai_typeOfModel": ["CNN"], "ai_metric": [{"key": "CER", "value": "0.02"}],
   "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": "00ff"}]},
  {"type": "dataset_DatasetPackage", "spdxId": "urn:s", "name": "pages", "dataset_hasSensitivePersonalInformation": "yes", "dataset_datasetType": ["image"]},
  {"type": "software_File", "spdxId": "urn:f"},
  {"type": "Organization", "spdxId": "urn:o", "name": "Example"},
  {"type": "simplelicensing_LicenseExpression", "spdxId": "urn:l", "simplelicensing_licenseExpression": "MIT"},
  {"type": "Relationship", "spdxId": "urn:1", "from": "urn:m", "to": ["urn:s"], "relationshipType": "trainedOn"},
  {"type": "Relationship", "spdxId": "urn:2", "from": "urn:m", "to": ["urn:l"], "relationshipType": "hasDeclaredLicense"}
]})";

TEST(ReadSbom, Spdx3WithItsModelAndData) {
  const auto sbom = read_sbom("s", spdx3);
  ASSERT_TRUE(sbom) << render(sbom.error());
  EXPECT_EQ(sbom->spec_version, "3.0.1");
  EXPECT_EQ(sbom->authors, std::vector<std::string>{"Example"});
  ASSERT_EQ(sbom->components.size(), 2U);
  EXPECT_EQ(sbom->parsed, 3U);
  EXPECT_EQ(sbom->rejections[0].reason, std::string("this package or file has no name"));
  const Component& net = sbom->components[0];
  EXPECT_EQ(net.type, "machine-learning-model");
  EXPECT_EQ(net.supplier, "Example");
  EXPECT_EQ(net.purl->type, "huggingface");
  EXPECT_EQ(net.hashes, (std::vector<Hash>{{"SHA-256", "00ff"}}));
  EXPECT_EQ(net.licences, (std::vector<Licence>{{Licence::Kind::id, "MIT"}}));
  EXPECT_EQ(net.model->architecture_family, "CNN");
  EXPECT_EQ(net.model->metrics, std::vector<std::string>{"CER: 0.02"});
  EXPECT_EQ(net.model->datasets, std::vector<std::string>{"pages"});
  EXPECT_EQ(sbom->components[1].data->sensitive, std::vector<std::string>{"yes"});
  EXPECT_EQ(sbom->subject, 0U);
  EXPECT_EQ(sbom->direct(), std::vector<std::size_t>{1});
  EXPECT_EQ(sbom->pointer(0), "/@graph/3");
}

TEST(ReadSbom, ReferencesWithoutALocatorSayNothing) {
  const auto two = read_sbom("s", R"({"spdxVersion": "SPDX-2.3", "packages": [{"name": "a", "externalRefs": [{"referenceType": "purl"}, {"referenceType": "cpe23Type"}]}]})");
  ASSERT_TRUE(two) << render(two.error());
  EXPECT_EQ(two->components[0].purl_text, "");
  const auto three = read_sbom("s", R"({"@graph": [{"type": "CreationInfo", "specVersion": "3.0.1"},
    {"type": "software_Package", "name": "a", "externalIdentifier": [{"externalIdentifierType": "packageUrl"}, 3, {"externalIdentifierType": "cpe23"}]}]})");
  ASSERT_TRUE(three) << render(three.error());
  EXPECT_EQ(three->components[0].cpe, "");
}

std::string first_error(const std::string& bytes) {
  const auto sbom = read_sbom("s", bytes);
  if (sbom) return "read";
  const std::string text = render(sbom.error());
  return text.substr(0, text.find('\n'));
}

// What one reader sees and another does not is a place to hide something.
TEST(ReadSbom, NothingHidesBehindAKeyThatIsGivenTwice) {
  EXPECT_EQ(first_error(R"({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [], "components": [{"name": "a"}]})"),
            "s:1:82: error: 'components' is given twice");
  EXPECT_EQ(first_error(R"({"spdxVersion": "SPDX-2.3", "packages": [], "packages": [{"name": "a"}]})"), "s:1:57: error: 'packages' is given twice");
  EXPECT_EQ(first_error(R"({"@graph": [], "@graph": []})"), "s:1:26: error: '@graph' is given twice");
  const auto one = read_sbom("s", R"({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"name": "a", "name": "b",
    "components": [{"name": "c"}], "components": [{"name": "d"}]}]})");
  ASSERT_TRUE(one) << render(one.error());
  EXPECT_EQ(one->parsed, 3U);
  EXPECT_EQ(one->components[0].name, "a");
  EXPECT_EQ(one->warnings.size(), 1U);
  const auto two = read_sbom("s", R"(<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components><component type="library"><name>a</name>
    <components><component type="library"><name>c</name></component></components><components><component type="library"><name>d</name></component></components>
    </component></components><components><component type="library"><name>b</name></component></components></bom>)");
  ASSERT_TRUE(two) << render(two.error());
  EXPECT_EQ(two->parsed, 4U);
}

TEST(ReadSbom, RefusesWhatIsNone) {
  EXPECT_EQ(first_error("hello"), "s:1:1: error: this is no bill of materials");
  EXPECT_EQ(first_error("{}"), "s:1:1: error: this JSON is no bill of materials");
  EXPECT_EQ(first_error("<bom/>"), "s:1:1: error: this is no CycloneDX document");
  EXPECT_EQ(first_error("{\"spdxVersion\": \"SPDX-1.0\"}"), "s:1:17: error: 'spdxVersion' is 'SPDX-1.0'");
  EXPECT_EQ(first_error("SPDXVersion: SPDX-9"), "s:1:1: error: 'SPDXVersion' is 'SPDX-9'");
  EXPECT_EQ(first_error("{\"@graph\": []}"), "s:1:1: error: this is no SPDX 3.0 document");
}

// Counts <component …> elements by their text alone, comments and the tools' own left out.
std::size_t components_by_text(const std::string& bytes) {
  std::string text = bytes;
  for (std::size_t at; (at = text.find("<!--")) != std::string::npos;) text.erase(at, text.find("-->", at) + 3 - at);
  std::size_t count = 0;
  for (std::size_t at = text.find("<component "); at != std::string::npos; at = text.find("<component ", at + 1)) ++count;
  return count;
}

TEST(ReadSbom, TheRealBillsInXmlAgreeWithAPlainCountAndWithJson) {
  if (!fs::is_directory(shared("sboms"))) GTEST_SKIP() << "the real bills of materials are not beside the project";
  int files = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(shared("sboms"))) {
    if (entry.path().extension() != ".xml") continue;
    const auto bytes = read_file(entry.path());
    const auto sbom = read_sbom(entry.path().filename().string(), *bytes);
    ASSERT_TRUE(sbom) << entry.path() << render(sbom.error());
    ++files;
    EXPECT_EQ(sbom->parsed, components_by_text(*bytes)) << entry.path();
    EXPECT_EQ(sbom->components.size() + sbom->rejected_components, sbom->parsed);
    for (const Component& c : sbom->components) EXPECT_EQ(bytes->substr(c.span.begin, 10), "<component") << entry.path();
    fs::path twin = entry.path();
    twin.replace_extension(".json");
    if (!fs::exists(twin)) continue;
    const auto other = read_sbom("twin.json", *read_file(twin));
    ASSERT_TRUE(other) << render(other.error());
    ASSERT_EQ(sbom->components.size(), other->components.size()) << entry.path();
    std::size_t same = 0, licences = 0;
    for (std::size_t i = 0; i < sbom->components.size(); ++i) {
      const Component &a = sbom->components[i], &b = other->components[i];
      // The subject is described differently in one pair.
      same += i == sbom->subject || (a.title() == b.title() && a.purl_text == b.purl_text && a.hashes == b.hashes && a.type == b.type);
      licences += a.licences == b.licences;
    }
    EXPECT_EQ(same, sbom->components.size()) << entry.path();
    // One file has a licence in JSON alone.
    EXPECT_GE(licences + 1, sbom->components.size()) << entry.path();
  }
  EXPECT_GE(files, 8);
}

TEST(ReadSbom, TheSpdxExamples) {
  std::size_t files = 0, spdx2 = 0, tags = 0, spdx3_files = 0;
  for (const char* folder : {"suites/spdx-examples", "suites/spdx-json-schema/TestFiles"}) {
    if (!fs::is_directory(shared(folder))) GTEST_SKIP() << "the SPDX examples are not beside the project";
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(shared(folder))) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".json" && extension != ".spdx") continue;
      const auto bytes = read_file(entry.path());
      const auto sbom = read_sbom(entry.path().filename().string(), *bytes);
      ++files;
      ASSERT_TRUE(sbom) << entry.path() << render(sbom.error());
      EXPECT_EQ(sbom->components.size() + sbom->rejected_components, sbom->parsed);
      std::size_t expected = 0;
      if (sbom->encoding == Format::spdx_json) {
        ++spdx2;
        const json plain = json::parse(*bytes);
        for (const char* key : {"packages", "files"})
          if (plain.contains(key)) expected += plain[key].size();
      } else if (sbom->encoding == Format::spdx3_json_ld) {
        ++spdx3_files;
        const json plain = json::parse(*bytes);
        for (const json& element : plain["@graph"])
          for (const char* type : {"software_Package", "software_File", "ai_AIPackage", "dataset_DatasetPackage"})
            if (element.value("type", element.value("@type", "")) == type) ++expected;
      } else {
        ++tags;
        std::istringstream lines(*bytes);
        for (std::string line; std::getline(lines, line);)
          if (line.starts_with("PackageName:") || line.starts_with("FileName:")) ++expected;
      }
      EXPECT_EQ(sbom->parsed, expected) << entry.path();
      EXPECT_EQ(sbom->rejected_components, 0U) << entry.path() << render(sbom->rejected);
    }
  }
  EXPECT_EQ(files, spdx2 + tags + spdx3_files);
  EXPECT_GE(spdx2, 9U);
  EXPECT_GE(tags, 10U);
  EXPECT_GE(spdx3_files, 20U);
}

TEST(ReadSbom, TheXmlOfTheCycloneDxSuite) {
  const fs::path folder = shared("suites/cyclonedx/tools/src/test/resources");
  if (!fs::is_directory(folder)) GTEST_SKIP() << "the CycloneDX suite is not beside the project";
  std::size_t valid = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".xml" || !name.starts_with("valid-") || entry.path().string().find("/ext/") != std::string::npos) continue;
    const auto bytes = read_file(entry.path());
    const auto sbom = read_sbom(name, *bytes);
    EXPECT_TRUE(sbom) << name << render(sbom.error());
    if (sbom) {
      EXPECT_EQ(sbom->rejected_components, 0U) << name << render(sbom->rejected);
    }
    ++valid;
  }
  EXPECT_GT(valid, 240U);
}

}  // namespace
}  // namespace duolex::sbom
