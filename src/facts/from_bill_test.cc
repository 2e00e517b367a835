#include "facts/from_bill.h"

#include <gtest/gtest.h>

namespace duolex::facts {
namespace {

rules::RuleBase base_with(const std::vector<std::string>& facts) {
  rules::RuleBase base;
  for (const std::string& id : facts) {
    base.facts.emplace_back();
    base.facts.back().id = id;
  }
  return base;
}

std::string told(const std::string& components, const std::vector<std::string>& facts) {
  const auto bill = sbom::read_sbom("s", R"({"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"component": {"type": "operating-system", "name": "self"}}, "components": [)" +
                                             components + "]}");
  EXPECT_TRUE(bill) << render(bill.error());
  std::string out;
  for (const Proposal& p : proposals(*bill, base_with(facts))) out += p.fact + "=" + p.value + ": " + p.because + "\n";
  return out;
}

const std::vector<std::string> all = {"ai.is_ai_system", "product.data_connection", "ai.generates_synthetic_content", "gdpr.personal_data", "cra.integrates_listed_component",
                                      "ai.emotion_or_biometric_categorisation"};

TEST(FromBill, ModelsAndWhatRunsThem) {
  EXPECT_EQ(told(R"({"type": "library", "name": "onnxruntime-node", "version": "1.17.3", "purl": "pkg:npm/onnxruntime-node@1.17.3"},
                    {"type": "machine-learning-model", "name": "net"})", all),
            "ai.is_ai_system=yes: the bill of materials lists onnxruntime-node 1.17.3, which runs machine learning models, and 1 more\n");
  EXPECT_EQ(told(R"({"type": "machine-learning-model", "name": "net", "modelCard": {"modelParameters": {"task": "Text Generation"}}})", all),
            "ai.generates_synthetic_content=yes: the bill of materials lists net, a model whose task is Text Generation\n"
            "ai.is_ai_system=yes: the bill of materials lists net, a machine learning model\n");
}

TEST(FromBill, NamesCountInTheirEcosystem) {
  EXPECT_EQ(told(R"({"type": "library", "name": "torch", "purl": "pkg:npm/torch@1"}, {"type": "library", "name": "ws", "purl": "pkg:pypi/ws@1"})", all), "");
  EXPECT_EQ(told(R"({"type": "library", "group": "io.netty", "name": "netty-codec", "purl": "pkg:maven/io.netty/netty-codec@4"})", all),
            "product.data_connection=yes: the bill of materials lists io.netty/netty-codec, which speaks to a network\n");
  EXPECT_EQ(told(R"({"type": "library", "name": "libcurl4", "purl": "pkg:deb/debian/libcurl4@7.88"})", all),
            "product.data_connection=yes: the bill of materials lists libcurl4, which speaks to a network\n");
}

TEST(FromBill, DataAboutPeopleAndListedParts) {
  EXPECT_EQ(told(R"({"type": "data", "name": "faces", "data": [{"type": "dataset", "sensitiveData": ["faces of visitors"]}]})", all),
            "gdpr.personal_data=yes: the bill of materials lists faces, data that the bill calls sensitive or personal\n");
  EXPECT_EQ(told(R"({"type": "data", "name": "weather", "data": [{"type": "dataset", "classification": "public"}]})", all), "");
  EXPECT_EQ(told(R"({"type": "operating-system", "name": "debian", "version": "12"})", all),
            "cra.integrates_listed_component=yes: the bill of materials lists debian 12, an operating system\n");
}

TEST(FromBill, NothingForFactsThatTheLawDoesNotHave) {
  EXPECT_EQ(told(R"({"type": "machine-learning-model", "name": "net"})", {"product.foss"}), "");
  EXPECT_EQ(told("", all), "");
}

}  // namespace
}  // namespace duolex::facts
