// An index and its deltas made into one: every record as it was when it was compiled.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "vulnerabilities/index/delta.h"
#include "vulnerabilities/index/layout.h"

namespace duolex::vulnerabilities::index {
namespace {

class Reader {
 public:
  explicit Reader(Segment& segment) : s_(segment) {}

  // But for what is hot.
  Compiled record(std::uint64_t number) {
    Compiled out;
    Record r{};
    if (!s_.load(Section::records, number, r)) return out;
    out.content_hash = r.content_hash;
    const std::string_view cold = s_.cold(r);
    Cursor c(cold);
    out.id = c.text();
    out.modified = c.time();
    c.time();
    out.withdrawn = !c.time().empty();
    c.text();
    const auto shared = [&] {
      // The number gives way to the text.
      out.cold.append(cold.substr(done_, c.at(cold) - done_));
      const std::string_view text = s_.shared(c.number());
      out.shared.push_back(static_cast<std::uint32_t>(out.cold.size()));
      put_text(out.cold, text);
      done_ = c.at(cold);
    };
    done_ = 0;
    shared();
    for (auto* ids : {&out.aliases, &out.upstream, &out.related})
      for (std::uint64_t n = c.number(); n > 0 && !c.broken(); --n) ids->emplace_back(c.text());
    for (std::uint64_t n = c.number(); n > 0 && !c.broken(); --n) {
      shared();
      shared();
      for (std::uint64_t i = c.number(); i > 0 && !c.broken(); --i) {
        c.number();
        c.text();
        c.byte();
        c.text();
      }
      for (int list = 0; list < 2; ++list)
        for (std::uint64_t i = c.number(); i > 0 && !c.broken(); --i) c.text();
    }
    out.unplaced = static_cast<std::uint32_t>(c.number());
    out.cold.append(cold.substr(done_));
    if (c.broken()) s_.damaged(0, "a record is broken");
    return out;
  }

 private:
  Segment& s_;
  std::size_t done_ = 0;
};

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
    Reader reader(*s);
    for (std::uint64_t i = 0; i < s->records(); ++i) {
      const std::uint64_t number = s->header().first_record + i;
      if (!index.lives(number)) continue;
      place[number] = static_cast<std::uint32_t>(all.records.size());
      all.records.push_back(reader.record(i));
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
