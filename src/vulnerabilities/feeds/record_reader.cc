#include "vulnerabilities/feeds/record_reader.h"

#include "text/node.h"
#include "vulnerabilities/feeds/cve.h"
#include "vulnerabilities/feeds/osv.h"

namespace duolex::vulnerabilities {
namespace {

using feeds::get;
using feeds::Json;
using feeds::text_at;

constexpr std::size_t deepest = 64;
constexpr std::size_t most_placed = std::size_t{8} << 20;

Diagnostic error_on(const std::string& file, std::uint32_t line, const std::string& message) {
  Diagnostic d = error_in(file, message);
  d.span.line = std::max<std::uint32_t>(line, 1);
  d.span.column = 1;
  return d;
}

std::string read_kev(const Json& catalogue, KevCatalogue& out) {
  out.version = text_at(catalogue, "catalogVersion");
  out.released = text_at(catalogue, "dateReleased").substr(0, 10);
  const auto entries = feeds::list(*get(catalogue, "vulnerabilities"));
  if (!entries) return "'vulnerabilities' is no list";
  for (const Json entry : *entries) {
    const std::string_view cve = text_at(entry, "cveID");
    if (!cve.starts_with("CVE-") || cve.size() > 40) return "an entry of the catalogue has no CVE id";
    KevEntry& e = out.entries[std::string(cve)];
    e.added = text_at(entry, "dateAdded").substr(0, 10);
    e.due = text_at(entry, "dueDate").substr(0, 10);
    e.ransomware = text_at(entry, "knownRansomwareCampaignUse") == "Known";
  }
  return "";
}

}  // namespace

struct RecordReader::State {
  simdjson::dom::parser parser{largest_catalogue};
};

RecordReader::RecordReader() : state_(std::make_unique<State>()) {}
RecordReader::~RecordReader() = default;

Result<Read> RecordReader::read(const std::string& file, std::uint32_t line, std::string_view bytes) {
  const auto wrong = [&](const std::string& message) { return failure(error_on(file, line, message)); };
  if (bytes.size() > (line != 0 ? largest_record : largest_catalogue)) return wrong("the record is too large");
  if (state_->parser.capacity() < bytes.size() || state_->parser.max_depth() != deepest)
    if (state_->parser.allocate(std::max<std::size_t>(bytes.size(), 1 << 20), deepest) != simdjson::SUCCESS) return wrong("there is no memory for the record");
  Json root;
  if (const auto error = state_->parser.parse(bytes.data(), bytes.size(), false).get(root); error != simdjson::SUCCESS) {
    if (line == 0 && bytes.size() <= most_placed)  // a reader that knows places, and takes more memory
      if (const auto node = text::read_json(file, std::string(bytes)); !node) return failure(node.error());
    return wrong(std::string("this is no JSON: ") + simdjson::error_message(error));
  }
  if (!root.is_object()) return wrong("a record is an object");
  Read out;
  std::string problem;
  if (get(root, "catalogVersion") && get(root, "vulnerabilities")) {
    out.kind = Read::Kind::exploited;
    problem = read_kev(root, out.kev);
  } else if (get(root, "cveMetadata") && get(root, "containers")) {
    out.kind = Read::Kind::advisories;
    problem = feeds::read_cve(root, out.advisories.emplace_back());
  } else if (get(root, "id") || get(root, "affected")) {
    out.kind = Read::Kind::advisories;
    problem = feeds::read_osv(root, out.advisories.emplace_back());
  }
  if (!problem.empty()) return wrong(problem);
  return out;
}

}  // namespace duolex::vulnerabilities
