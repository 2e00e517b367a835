#include <nlohmann/json.hpp>
#include <ostream>

#include "text/json_out.h"
#include "vulnerabilities/feeds/record_reader.h"
#include "vulnerabilities/feeds/sources.h"
#include "workspace/watch/watch_alerts.h"
#include "workspace/watch/watch_case.h"
#include "workspace/watch/watch_documents.h"
#include "workspace/watch/watch_record.h"

namespace duolex::workspace {
namespace {

using nlohmann::ordered_json;
using vulnerabilities::Piece;
namespace portfolio = vulnerabilities::portfolio;

constexpr std::size_t batch_documents = 200;
constexpr std::size_t batch_bytes = std::size_t{8} << 20;
constexpr std::size_t most_problems = 20;

struct Document {
  vulnerabilities::Read read;
  std::string bytes;
};

class Ingest {
 public:
  Ingest(WatchFolder& folder, portfolio::Portfolio& releases, const WatchIngestRequest& request, std::ostream& out)
      : folder_(folder), releases_(releases), request_(request), out_(out) {}

  // Returns false once something could not be recorded.
  bool take(const Piece& piece) {
    const std::string_view bytes(piece.bytes.data(), piece.size);
    if (piece.kind == Piece::Kind::epss) {
      ++other;  // a score is no signal that something is being exploited
    } else if (piece.kind == Piece::Kind::json) {
      document(piece, 0, bytes);
    } else {
      std::uint32_t line = piece.first_line;
      for (std::size_t at = 0; at < bytes.size() && problem.empty(); ++line) {
        const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
        std::string_view text = bytes.substr(at, end - at);
        at = end + 1;
        while (text.ends_with('\r') || text.ends_with(' ')) text.remove_suffix(1);
        if (!text.empty()) document(piece, line, text);
      }
    }
    return problem.empty();
  }

  // What was gathered, as one step. When it returns, it is on the disk.
  void record() {
    if (batch_.empty() || !problem.empty()) return;
    std::vector<Line> lines;
    std::optional<WatchRecorder> recorder;
    const auto kept = folder_.store().transact([&] {
      recorder.emplace(folder_, request_.place.now);
      bool signals = false;
      for (const Document& d : batch_) {
        for (const vulnerabilities::Advisory& a : d.read.advisories) advisory(a, d.bytes, *recorder, lines);
        for (const auto& [cve, entry] : d.read.kev.entries)
          signals = folder_.store().put_signal({cve, "CISA KEV", entry.added, entry.due, entry.ransomware, request_.place.now, "", ""}) || signals;
      }
      if (signals)
        for (const std::int64_t id : folder_.store().advisories_with_findings()) recorder->touch(id);
      recorder->finish();
    });
    batch_.clear();
    gathered_ = 0;
    if (!kept) {
      problem = kept.error();
      return;
    }
    reached += recorder->told().reached;
    cases.insert(cases.end(), recorder->told().opened.begin(), recorder->told().opened.end());
    widened.insert(widened.end(), recorder->told().widened.begin(), recorder->told().widened.end());
    for (const Line& line : lines) {
      if (line.done == Stored::kept) ++recorded;
      else if (line.done == Stored::same) ++same;
      else ++older;
      if (line.affected + line.unknown == 0) continue;
      if (request_.json) shown.push_back({{"advisory", line.id}, {"affected", line.affected}, {"unknown", line.unknown}});
      else out_ << line.id << ": affects " << line.affected << (line.affected == 1 ? " release" : " releases") << (line.unknown != 0 ? ", for " + std::to_string(line.unknown) + " it cannot be told" : "") << "\n" << std::flush;
    }
  }

  Diagnostics problem;  // why nothing more could be recorded
  Diagnostics rejected;
  std::size_t rejected_count = 0, recorded = 0, same = 0, older = 0, other = 0, reached = 0;
  std::vector<std::int64_t> cases, widened;
  ordered_json shown = ordered_json::array();

 private:
  struct Line {
    std::string id;
    Stored done = Stored::kept;
    std::size_t affected = 0, unknown = 0;
  };

  void document(const Piece& piece, std::uint32_t line, std::string_view bytes) {
    auto read = reader_.read(piece.file, line, bytes);
    if (!read) {
      ++rejected_count;
      for (Diagnostic& d : read.error())
        if (rejected.size() < most_problems) rejected.push_back(std::move(d));
      return;
    }
    if (read->kind == vulnerabilities::Read::Kind::nothing_known) {
      ++other;
      return;
    }
    gathered_ += bytes.size();
    batch_.push_back({std::move(*read), std::string(bytes)});
    if (batch_.size() >= batch_documents || gathered_ >= batch_bytes) record();
  }

  void advisory(const vulnerabilities::Advisory& a, const std::string& bytes, WatchRecorder& recorder, std::vector<Line>& lines) {
    Line& line = lines.emplace_back();
    line.id = a.id;
    const StoredAdvisory stored = store_advisory(folder_.store(), a, bytes, request_.place.now);
    line.done = stored.done;
    if (stored.done != Stored::kept) return;
    hits_.clear();
    releases_.evaluate(vulnerabilities::index::compile(a), hits_);
    if (auto whole = releases_.whole(); !whole) return folder_.store().fail(whole.error());
    const WatchRecorder::Counts counts = recorder.reaches(stored.id, portfolio::releases_of(hits_));
    line.affected = counts.affected;
    line.unknown = counts.unknown;
    recorder.touch(stored.id);
  }

  WatchFolder& folder_;
  portfolio::Portfolio& releases_;
  const WatchIngestRequest& request_;
  std::ostream& out_;
  vulnerabilities::RecordReader reader_;
  std::vector<Document> batch_;
  std::size_t gathered_ = 0;
  std::vector<portfolio::Hit> hits_;
};

void say(Ingest& ingest, WatchFolder& folder, const WatchIngestRequest& request, std::ostream& out) {
  ordered_json cases = ordered_json::array();
  std::string words;
  for (const auto* list : {&ingest.cases, &ingest.widened})
    for (const std::int64_t id : *list) {
      const auto row = folder.store().find_case(id);
      if (!row) continue;
      ordered_json shown = case_json(folder, *row, 10);
      if (!request.json && request.cases) words += "\n" + case_text(shown);
      cases.push_back(std::move(shown));
    }
  if (request.json) {
    out << text::to_json_text(ordered_json{{"format", 1}, {"recorded", ingest.recorded}, {"same", ingest.same}, {"older", ingest.older}, {"rejected", ingest.rejected_count},
                                           {"newly_reached", ingest.reached}, {"advisories", ingest.shown}, {"cases", cases}},
                              text::JsonLayout::pretty);
    return;
  }
  out << ingest.recorded << (ingest.recorded == 1 ? " advisory recorded" : " advisories recorded") << (ingest.same != 0 ? ", " + std::to_string(ingest.same) + " were there already" : "")
      << (ingest.older != 0 ? ", " + std::to_string(ingest.older) + " are older than what was there" : "")
      << (ingest.rejected_count != 0 ? ", " + std::to_string(ingest.rejected_count) + " could not be read" : "") << "\n"
      << words;
}

}  // namespace

ExitCode watch_ingest(const WatchIngestRequest& request, std::ostream& out, std::ostream& err) {
  auto folder = WatchFolder::open(request.place, WatchFolder::Use::writing);
  if (!folder) return watch_refused(folder.error(), err);
  auto releases = folder->portfolio();
  if (!releases) return watch_refused(releases.error(), err);
  Ingest ingest(*folder, *releases, request, out);
  Diagnostics unreadable;
  for (const std::string& source : request.sources) {
    const auto read = vulnerabilities::read_source(source, [&](const Piece& piece) { return ingest.take(piece); });
    ingest.record();
    if (!read) unreadable.insert(unreadable.end(), read.error().begin(), read.error().end());
    if (!ingest.problem.empty()) return watch_refused(ingest.problem, err);
  }
  folder->release_lock();
  say(ingest, *folder, request, out);
  if (request.alerts) {
    const auto settings = watch_settings_of(folder->path());
    if (!settings) return watch_refused(settings.error(), err);
    const auto delivered = deliver_alerts(*folder, *settings, request.place.now);
    if (!delivered) return watch_refused(delivered.error(), err);
    for (const std::string& problem : delivered->problems) err << problem << "\n";
  }
  err << render(ingest.rejected) << render(unreadable);
  if (ingest.rejected_count != 0 || !unreadable.empty()) return ExitCode::bad_input;
  return ingest.reached != 0 || !ingest.cases.empty() || !ingest.widened.empty() ? ExitCode::finding : ExitCode::clear;
}

}  // namespace duolex::workspace
