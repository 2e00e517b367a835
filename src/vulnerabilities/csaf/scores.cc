#include <cmath>
#include <cstdlib>

#include "vulnerabilities/csaf/checker.h"
#include "vulnerabilities/cvss/cvss.h"

namespace duolex::vulnerabilities::csaf {
namespace {

class Score {
 public:
  Score(const Value at, cvss::Edition edition, Report& report) : at_(at), edition_(edition), report_(report) {}

  void run() {
    for (const char* key : {"version", "vectorString", "baseScore"}) need(key);
    const bool three = edition_ != cvss::Edition::v2;
    if (three) need("baseSeverity");
    if (const Value version = at_.find("version"); version && text(version) != (three ? edition_ == cvss::Edition::v30 ? "3.0" : "3.1" : "2.0"))
      report_.add("6.1.8", version, "'" + text(version) + "' is no version that stands here");
    const Value vector_at = at_.find("vectorString");
    const auto vector = cvss::parse(edition_, text(vector_at));
    if (vector_at && !vector) report_.add("6.1.8", vector_at, "the vector is malformed or lacks a base metric");
    for (const cvss::Metric& metric : cvss::metrics(edition_)) property(metric, vector ? &*vector : nullptr);
    const cvss::Scores scores = vector ? cvss::score(edition_, *vector) : cvss::Scores{};
    number("baseScore", vector ? &scores.base : nullptr);
    number("temporalScore", vector ? &scores.temporal : nullptr);
    number("environmentalScore", vector ? &scores.environmental : nullptr);
    if (!three) return;
    word("baseSeverity", "baseScore");
    word("temporalSeverity", "temporalScore");
    word("environmentalSeverity", "environmentalScore");
  }

 private:
  void need(const char* key) {
    if (!at_.find(key)) report_.add("6.1.8", at_, std::string("the score lacks '") + key + "'");
  }

  // A metric that is given in JSON besides the vector.
  void property(const cvss::Metric& metric, const std::map<std::string, std::string>* vector) {
    const Value at = at_.find(metric.property);
    if (!at) return;
    const char* letters = nullptr;
    for (const auto& [key, name] : metric.values)
      if (text(at) == name) letters = key;
    if (letters == nullptr) return report_.add("6.1.8", at, "'" + text(at) + "' is no value of " + metric.property);
    if (vector == nullptr) return;
    // What the vector leaves out may stand in JSON alone.
    const auto given = vector->find(metric.key);
    if (given != vector->end() && given->second != letters) report_.add("6.1.10", at, std::string(metric.property) + " is " + text(at) + ", and the vector says otherwise");
  }

  void number(const char* key, const double* computed) {
    const Value at = at_.find(key);
    if (!at) return;
    const double given = at.is(sbom::Kind::number) ? std::strtod(at.text().c_str(), nullptr) : -1;
    if (given < 0 || given > 10) return report_.add("6.1.8", at, std::string(key) + " is no number from 0 to 10");
    if (computed != nullptr && std::abs(given - *computed) > 0.001) report_.add("6.1.9", at, std::string(key) + " is " + at.text() + ", and the vector gives " + cvss::shown(*computed));
  }

  void word(const char* key, const char* of) {
    const Value at = at_.find(key), score = at_.find(of);
    if (!at) return;
    const std::string given = text(at);
    if (given != "NONE" && given != "LOW" && given != "MEDIUM" && given != "HIGH" && given != "CRITICAL") return report_.add("6.1.8", at, "'" + given + "' is no severity");
    if (!score.is(sbom::Kind::number)) return;
    const char* expected = cvss::severity(std::strtod(score.text().c_str(), nullptr));
    if (given != expected) report_.add("6.1.9", at, std::string(key) + " is " + given + ", and the score is " + expected);
  }

  Value at_;
  cvss::Edition edition_;
  Report& report_;
};

}  // namespace

void check_scores(const Value root, Report& report) {
  for (const Value v : items(root.find("vulnerabilities")))
    for (const Value score : items(v.find("scores"))) {
      if (const Value two = score.find("cvss_v2")) Score(two, cvss::Edition::v2, report).run();
      if (const Value three = score.find("cvss_v3")) Score(three, text(three.find("version")) == "3.0" ? cvss::Edition::v30 : cvss::Edition::v31, report).run();
    }
}

}  // namespace duolex::vulnerabilities::csaf
