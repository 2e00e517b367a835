// An index and its deltas made into one: every record as it was when it was compiled.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "vulnerabilities/index/cold.h"
#include "vulnerabilities/index/delta.h"
#include "vulnerabilities/index/layout.h"

namespace duolex::vulnerabilities::index {
namespace {

// A record as it was compiled, but for what is hot: the numbers of shared texts give way to the texts.
class Original : public ColdVisitor {
 public:
  Original(Segment& segment, std::string_view cold) : s_(segment), cold_(cold) {}

  void id(std::string_view text) { out.id = text; }
  void time(ColdTime which, std::string text) {
    if (which == ColdTime::modified) out.modified = std::move(text);
    if (which == ColdTime::withdrawn) out.withdrawn = !text.empty();
  }
  void shared(ColdShared, std::uint64_t number, std::size_t begin, std::size_t end) {
    out.cold.append(cold_.substr(done_, begin - done_));
    const std::string_view text = s_.shared(number);
    out.shared.push_back(static_cast<std::uint32_t>(out.cold.size()));
    put_text(out.cold, text);
    done_ = end;
  }
  void alias(std::string_view id) { out.aliases.emplace_back(id); }
  void upstream(std::string_view id) { out.upstream.emplace_back(id); }
  void related(std::string_view id) { out.related.emplace_back(id); }
  void unplaced(std::uint64_t count) {
    out.unplaced = static_cast<std::uint32_t>(count);
    out.cold.append(cold_.substr(done_));
  }

  Compiled out;

 private:
  Segment& s_;
  std::string_view cold_;
  std::size_t done_ = 0;
};

Compiled original(Segment& s, std::uint64_t number) {
  Record r{};
  if (!s.load(Section::records, number, r)) return {};
  const std::string_view cold = s.cold(r);
  Original reader(s, cold);
  reader.out.content_hash = r.content_hash;
  if (!walk_cold(cold, reader)) s.damaged(0, "a record is broken");
  return std::move(reader.out);
}

void read_signals(Segment& s, Gathered& out) {
  if (s.size_of(Section::kev) != 0) {
    Cursor c(s.whole(Section::kev));
    out.kev.version = std::max(out.kev.version, std::string(c.text()));
    out.kev.released = std::max(out.kev.released, std::string(c.text()));
    while (!c.done()) {
      const std::string cve(c.text());
      KevEntry entry;
      entry.added = c.text();
      entry.due = c.text();
      entry.ransomware = c.byte() != 0;
      const auto [at, added] = out.kev.entries.emplace(cve, entry);
      if (!added && std::tie(entry.added, entry.due, entry.ransomware) < std::tie(at->second.added, at->second.due, at->second.ransomware)) at->second = entry;
    }
  }
  if (s.size_of(Section::epss) == 0) return;
  Cursor c(s.whole(Section::epss));
  EpssScores scores;
  scores.date = c.text();
  scores.model = c.text();
  while (!c.done()) {
    const std::string cve(c.text());
    scores.scores[cve].probability = c.text();
    scores.scores[cve].percentile = c.text();
  }
  if (std::pair(scores.date, scores.model) >= std::pair(out.epss.date, out.epss.model)) std::swap(scores, out.epss);
  out.epss.scores.merge(scores.scores);
}

}  // namespace

Result<Built> merge(Index& index) {
  Gathered all;
  const std::size_t count = index.record_count();
  std::vector<std::uint32_t> place(count, no_cluster);
  all.records.reserve(count);
  for (const auto& s : index.segments()) {
    s->expect_all();
    for (std::uint64_t i = 0; i < s->records(); ++i) {
      const std::uint64_t number = s->header().first_record + i;
      if (!index.lives(number)) continue;
      place[number] = static_cast<std::uint32_t>(all.records.size());
      all.records.push_back(original(*s, i));
    }
    read_signals(*s, all);
  }
  for (const auto& s : index.segments())
    for (std::uint64_t i = 0; i < s->packages(); ++i) {
      const Segment::Package package = s->package(i);
      for (Cursor c(package.blob); !c.done();) {
        const std::uint64_t record = c.number();
        const std::string_view bytes = c.text();
        if (record < count && place[record] != no_cluster) all.records[place[record]].hot.push_back({std::string(package.key), std::string(bytes)});
      }
    }
  if (index.damage()) return failure(*index.damage());
  Built out;
  out.bytes = lay_out(std::move(all.records), all.kev, all.epss, out.report);
  return out;
}

}  // namespace duolex::vulnerabilities::index
