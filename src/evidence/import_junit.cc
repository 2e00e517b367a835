#include <expat.h>

#include <memory>

#include "evidence/import.h"

namespace duolex::evidence {
namespace {

constexpr int depth_limit = 64;

struct Suite {
  std::string name, timestamp;
  std::size_t tests = 0, failed = 0, errors = 0, skipped = 0;
};

struct Reading {
  XML_Parser parser = nullptr;
  std::vector<Suite> suites;      // of the top level
  std::vector<std::string> open;  // element names
  std::size_t suite_depth = 0;
  bool is_junit = false;
  bool counted = false;  // this test case has failed, erred or been skipped already
  std::string refused;
};

std::string attribute(const XML_Char** attributes, const std::string& name) {
  for (; attributes[0] != nullptr; attributes += 2) {
    if (name == attributes[0]) return attributes[1];
  }
  return "";
}

void XMLCALL start(void* data, const XML_Char* element, const XML_Char** attributes) {
  Reading& r = *static_cast<Reading*>(data);
  if (!r.refused.empty()) return;  // expat may call on after it was told to stop
  const std::string name = element;
  if (r.open.empty()) r.is_junit = name == "testsuites" || name == "testsuite";
  if (!r.is_junit || r.open.size() >= depth_limit || r.suites.size() > most_imported) {
    r.refused = !r.is_junit ? "is XML, and no JUnit report: its root is '" + name + "'"
                : r.open.size() >= depth_limit ? std::string("is nested too deeply") : "holds more than " + std::to_string(most_imported) + " test suites";
    XML_StopParser(r.parser, XML_FALSE);
    return;
  }
  if (name == "testsuite" && r.suite_depth++ == 0) r.suites.push_back({attribute(attributes, "name"), attribute(attributes, "timestamp"), 0, 0, 0, 0});
  if (!r.suites.empty() && r.suite_depth > 0) {
    Suite& suite = r.suites.back();
    if (name == "testcase") {
      ++suite.tests;
      r.counted = false;
      if (attribute(attributes, "status") == "notrun") {
        ++suite.skipped;
        r.counted = true;
      }
    } else if (!r.counted && !r.open.empty() && r.open.back() == "testcase") {
      if (name == "failure") ++suite.failed;
      if (name == "error") ++suite.errors;
      if (name == "skipped") ++suite.skipped;
      r.counted = name == "failure" || name == "error" || name == "skipped";
    }
  }
  r.open.push_back(name);
}

void XMLCALL end(void* data, const XML_Char* element) {
  Reading& r = *static_cast<Reading*>(data);
  if (!r.refused.empty()) return;
  if (std::string(element) == "testsuite") --r.suite_depth;
  r.open.pop_back();
}

void XMLCALL doctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  Reading& r = *static_cast<Reading*>(data);
  r.refused = "has a document type, which a report does not need";
  XML_StopParser(r.parser, XML_FALSE);
}

// JUnit writes local times without a zone; they are not taken for UTC.
std::string utc_of(const std::string& timestamp) {
  if (timestamp.size() >= 20 && timestamp.back() == 'Z' && timestamp[10] == 'T' && parse_day(timestamp.substr(0, 10))) return timestamp.substr(0, 19) + "Z";
  return "";
}

}  // namespace

Result<Imported> import_junit(const std::string& file, const std::string& bytes, const std::string& now) {
  Reading reading;
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr), XML_ParserFree);
  reading.parser = parser.get();
  XML_SetUserData(parser.get(), &reading);
  XML_SetElementHandler(parser.get(), start, end);
  XML_SetStartDoctypeDeclHandler(parser.get(), doctype);
  const bool good = XML_Parse(parser.get(), bytes.data(), static_cast<int>(bytes.size()), XML_TRUE) == XML_STATUS_OK;
  if (!good || !reading.refused.empty()) {
    const std::size_t line = XML_GetCurrentLineNumber(parser.get()), column = XML_GetCurrentColumnNumber(parser.get()) + 1;
    const std::string what = !reading.refused.empty() ? reading.refused : std::string("is no XML: ") + XML_ErrorString(XML_GetErrorCode(parser.get()));
    Diagnostic d = error_in(file, what);
    d.span.line = static_cast<std::uint32_t>(line);
    d.span.column = static_cast<std::uint32_t>(column);
    return failure(std::move(d));
  }
  Imported out{"junit", {}};
  for (const Suite& suite : reading.suites) {
    EvidenceRecord r;
    r.shows = "Tests" + (suite.name.empty() ? std::string() : " of " + suite.name);
    r.tool = "JUnit report";
    const std::string time = utc_of(suite.timestamp);
    r.at = time.empty() ? now : time;
    r.outcome = suite.failed + suite.errors > 0 ? "failed" : suite.tests == suite.skipped ? "inconclusive" : "passed";
    r.detail = std::to_string(suite.tests) + " tests, " + std::to_string(suite.failed) + " failed, " + std::to_string(suite.errors) + " with errors, " +
               std::to_string(suite.skipped) + " not run";
    r.stale_when = {"artefact"};
    out.records.push_back(std::move(r));
  }
  if (out.records.empty()) return failure(error_in(file, "holds no test suite"));
  return out;
}

}  // namespace duolex::evidence
