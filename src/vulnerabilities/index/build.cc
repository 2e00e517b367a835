#include "vulnerabilities/index/build.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <iterator>
#include <mutex>
#include <thread>

#include "vulnerabilities/feeds/record_reader.h"
#include "vulnerabilities/feeds/sources.h"
#include "vulnerabilities/index/compile.h"
#include "vulnerabilities/index/layout.h"
#include "vulnerabilities/index/order.h"

namespace duolex::vulnerabilities::index {
namespace {

constexpr std::size_t most_problems = 1000;
constexpr std::size_t most_others = 20'000;

struct Part {
  std::vector<Compiled> records;
  KevCatalogue kev;
  EpssScores epss;
  Diagnostics problems;
  std::size_t rejected = 0;
  std::atomic<std::size_t> other = 0;
};

class Worker {
 public:
  explicit Worker(Part& out) : out_(out) {}

  void take(const Piece& piece) {
    const std::string_view bytes(piece.bytes.data(), piece.size);
    switch (piece.kind) {
      case Piece::Kind::json: document(piece, 0, bytes); break;
      case Piece::Kind::lines: lines(piece, bytes); break;
      case Piece::Kind::epss: scores(piece, bytes); break;
    }
  }

 private:
  void reject(Diagnostics problems) {
    ++out_.rejected;
    for (Diagnostic& d : problems)
      if (out_.problems.size() < most_problems) out_.problems.push_back(std::move(d));
  }

  void document(const Piece& piece, std::uint32_t line, std::string_view bytes) {
    auto read = reader_.read(piece.file, line, bytes);
    if (!read) return reject(read.error());
    switch (read->kind) {
      case Read::Kind::advisories:
        for (const Advisory& advisory : read->advisories) out_.records.push_back(compile(advisory));
        break;
      case Read::Kind::exploited:
        if (read->kev.released >= out_.kev.released) {
          out_.kev.released = read->kev.released;
          out_.kev.version = std::max(out_.kev.version, read->kev.version);
        }
        for (auto& [cve, entry] : read->kev.entries) {
          const auto [at, added] = out_.kev.entries.emplace(cve, entry);
          if (!added && entry.added < at->second.added) at->second = entry;
        }
        break;
      case Read::Kind::nothing_known:
        if (!piece.asked_for && line == 0) {
          ++out_.other;
          break;
        }
        Diagnostic d = error_in(piece.file, "this is no advisory of a kind that is read here", "OSV, CVE, CISA KEV, EPSS as CSV");
        d.span.line = std::max<std::uint32_t>(line, 1);
        d.span.column = 1;
        reject({d});
        break;
    }
  }

  void lines(const Piece& piece, std::string_view bytes) {
    std::uint32_t line = piece.first_line;
    for (std::size_t at = 0; at < bytes.size(); ++line) {
      const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
      std::string_view text = bytes.substr(at, end - at);
      at = end + 1;
      while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
      if (!text.empty()) document(piece, line, text);
    }
  }

  void scores(const Piece& piece, std::string_view bytes) {
    auto read = read_epss(piece.file, bytes);
    if (!read) return reject(read.error());
    out_.rejected += read->rejected.size();
    for (Diagnostic& d : read->rejected)
      if (out_.problems.size() < most_problems) out_.problems.push_back(std::move(d));
    read->rejected.clear();
    if (std::pair(read->date, read->model) >= std::pair(out_.epss.date, out_.epss.model)) {
      read->scores.merge(out_.epss.scores);
      out_.epss = std::move(*read);
    } else {
      out_.epss.scores.merge(read->scores);
    }
  }

  RecordReader reader_;
  Part& out_;
};

// Pieces on their way from the one who reads to those who compile; small ones go together.
class Queue {
 public:
  using Batch = std::vector<Piece>;

  void put(Piece piece) {
    gathered_ += piece.size;
    batch_.push_back(std::move(piece));
    if (gathered_ >= (std::size_t{1} << 20) || batch_.size() >= 256) send();
  }
  void send() {
    if (batch_.empty()) return;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return pieces_.size() < 8; });
    pieces_.push_back(std::move(batch_));
    batch_.clear();
    gathered_ = 0;
    changed_.notify_all();
  }
  void close() {
    send();
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  bool take(Batch& batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || !pieces_.empty(); });
    if (pieces_.empty()) return false;
    batch = std::move(pieces_.front());
    pieces_.pop_front();
    changed_.notify_all();
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> pieces_;
  Batch batch_;  // of the one who reads
  std::size_t gathered_ = 0;
  bool closed_ = false;
};

void merge(Part& into, Part&& from) {
  std::vector<Compiled> records;
  records.reserve(into.records.size() + from.records.size());
  std::merge(std::move_iterator(into.records.begin()), std::move_iterator(into.records.end()), std::move_iterator(from.records.begin()), std::move_iterator(from.records.end()),
             std::back_inserter(records), comes_before);
  into.records = std::move(records);
  std::move(from.problems.begin(), from.problems.end(), std::back_inserter(into.problems));
  into.rejected += from.rejected;
  into.other += from.other.load();
  into.kev.released = std::max(into.kev.released, from.kev.released);
  into.kev.version = std::max(into.kev.version, from.kev.version);
  for (auto& [cve, entry] : from.kev.entries) {
    const auto [at, added] = into.kev.entries.emplace(cve, entry);
    if (!added && std::tuple(entry.added, entry.due, entry.ransomware) < std::tuple(at->second.added, at->second.due, at->second.ransomware))
      at->second = entry;
  }
  if (std::pair(from.epss.date, from.epss.model) >= std::pair(into.epss.date, into.epss.model)) std::swap(from.epss, into.epss);
  into.epss.scores.merge(from.epss.scores);
}

}  // namespace

Result<Gathered> gather(const std::vector<std::string>& sources) {
  const std::size_t workers = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8);
  std::vector<Part> parts(workers);
  Queue queue;
  std::vector<std::thread> threads;
  threads.reserve(workers);
  for (std::size_t i = 0; i < workers; ++i)
    threads.emplace_back([&, i] {
      Worker worker(parts[i]);
      for (Queue::Batch batch; queue.take(batch);)
        for (const Piece& piece : batch) worker.take(piece);
      sort_records(parts[i].records);
    });
  Gathered gathered;
  Diagnostics errors;
  for (const std::string& source : sources) {
    const auto others = [&] {
      std::size_t sum = 0;
      for (const Part& part : parts) sum += part.other;
      return sum;
    };
    const std::size_t before = others();
    bool too_many = false;
    auto counts = read_source(source, [&](Piece piece) {
      queue.put(std::move(piece));
      too_many = others() - before > most_others;
      return !too_many;
    });
    if (too_many) counts = failure(error_in(source, "holds more than " + std::to_string(most_others) + " files that are no advisories"));
    if (!counts) {
      errors.insert(errors.end(), counts.error().begin(), counts.error().end());
      continue;
    }
    gathered.report.files += counts->files;
    gathered.report.other_files += counts->other_files;
  }
  queue.close();
  for (std::thread& thread : threads) thread.join();
  if (!errors.empty()) return failure(errors);
  Part& all = parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i) merge(all, std::move(parts[i]));

  BuildReport& report = gathered.report;
  report.other_files += all.other;
  report.rejected = all.rejected;
  report.problems = std::move(all.problems);
  std::sort(report.problems.begin(), report.problems.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tuple(a.span.file, a.span.line, a.span.column, a.message) < std::tuple(b.span.file, b.span.line, b.span.column, b.message);
  });
  if (report.problems.size() > most_problems) report.problems.resize(most_problems);
  gathered.records = std::move(all.records);
  gathered.kev = std::move(all.kev);
  gathered.epss = std::move(all.epss);
  return gathered;
}

Result<Built> build(const std::vector<std::string>& sources) {
  auto gathered = gather(sources);
  if (!gathered) return tl::unexpected(gathered.error());
  Built built;
  built.report = std::move(gathered->report);
  built.bytes = lay_out(std::move(gathered->records), gathered->kev, gathered->epss, built.report);
  return built;
}

}  // namespace duolex::vulnerabilities::index
