// The public conformance suites for YAML and JSON, read in full when they stand beside the project.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "text/json_out.h"

namespace duolex::text {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path suites = DUOLEX_SUITES;

// Equal, but that decimals are text to us.
bool agrees(const json& wanted, const json& read) {
  if (wanted.is_number_float() && read.is_string())
    return std::strtod(read.get_ref<const std::string&>().c_str(), nullptr) == wanted.get<double>();
  if (wanted.type() != read.type() || wanted.size() != read.size()) return wanted == read;
  if (wanted.is_array()) {
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (!agrees(wanted[i], read[i])) return false;
    return true;
  }
  if (!wanted.is_object()) return wanted == read;
  for (const auto& [key, value] : wanted.items())
    if (!read.contains(key) || !agrees(value, read[key])) return false;
  return true;
}

// What we refuse although YAML has it, by the message. The figures are those of the 402 cases of the suite:
// whatever is read must agree with it, and no more may be refused than this.
const std::map<std::string, int> refused_by_design = {
    {"an anchor", 27},
    {"a tag", 22},
    {"a directive", 19},
    {"a second document begins here", 13},
    {"something stands after the end of the document", 4},
    {"a list or mapping stands as a key", 13},
    {"a key is missing", 8},
};

TEST(Suites, Yaml) {
  const auto bytes = read_file(suites / "yaml-test-suite" / "cases.json");
  if (!bytes) GTEST_SKIP() << "the YAML test suite is not beside the project";
  std::map<std::string, int> refused;
  int agreed = 0;
  for (const json& example : json::parse(*bytes)) {
    const std::string id = example["id"].get<std::string>();
    const Result<Node> node = read_yaml(id, example["yaml"].get<std::string>());
    if (example["fail"].get<bool>()) {
      EXPECT_FALSE(node) << id << " is not YAML";
      continue;
    }
    if (!node) {
      ++refused[node.error()[0].message];
      continue;
    }
    ++agreed;
    if (!example["json"].is_string()) continue;
    const std::string wanted = example["json"].get<std::string>();
    EXPECT_TRUE(agrees(wanted.empty() ? json() : json::parse(wanted), to_json(*node)))
        << id << ": " << to_json_text(to_json(*node), JsonLayout::compact);
  }
  EXPECT_EQ(refused, refused_by_design);
  EXPECT_GT(agreed, 190);
}

TEST(Suites, Json) {
  const fs::path folder = suites / "json-testsuite" / "test_parsing";
  if (!fs::is_directory(folder)) GTEST_SKIP() << "the JSON parsing suite is not beside the project";
  int files = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const auto bytes = read_file(entry.path());
    ASSERT_TRUE(bytes);
    ++files;
    const Result<Node> node = read_json(name, *bytes);
    // Two keys of one name are good JSON and bad input.
    const bool good = name.starts_with("y_") && !name.starts_with("y_object_duplicated_key");
    if (good) {
      ASSERT_TRUE(node) << render(node.error());
      EXPECT_TRUE(agrees(json::parse(*bytes), to_json(*node))) << name;
    } else if (!name.starts_with("i_")) {
      EXPECT_FALSE(node) << name;
    }
  }
  EXPECT_GT(files, 300);
}

}  // namespace
}  // namespace duolex::text
