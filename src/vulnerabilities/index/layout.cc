#include "vulnerabilities/index/layout.h"

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>
#include <tuple>
#include <unordered_map>

#include "text/json_out.h"
#include "vulnerabilities/index/order.h"
#include "vulnerabilities/index/sections.h"

namespace duolex::vulnerabilities::index {
namespace {

struct Ref {
  const Hot* hot;
  std::uint64_t hash;
  std::uint32_t record;
  std::uint32_t type;  // its number among the types, in their order
};

std::string_view type_of(const Hot& hot) { return std::string_view(hot.key).substr(0, hot.key.find('\0')); }

// What is done to the first half beside what is done to the second; of few, one after the other.
template <class Work>
void in_two(std::size_t count, Work work) {
  const std::size_t half = count < 10'000 ? count : count / 2;
  if (half == count) return work(0, 0, count);
  std::thread beside([&] { work(0, 0, half); });
  work(1, half, count);
  beside.join();
}

class Layout {
 public:
  Layout(std::vector<Compiled>& records, const KevCatalogue& kev, const EpssScores& epss, BuildReport& report)
      : records_(records), kev_(kev), epss_(epss), report_(report) {}

  std::string alone() {
    report_.duplicates = keep_one_each(records_);
    std::thread beside([&] { directory(0); });
    parts_.clusters = find_clusters(records_);
    const auto numbers = share();
    beside.join();
    cold(numbers);
    signals();
    count_exploited();
    for (const Compiled& r : records_) newest_ = std::max(newest_, r.modified);
    report_.records = records_.size();
    report_.newest = newest_;
    report_.clusters = parts_.clusters.ids.size();
    report_.packages = packages_;
    for (const Compiled& r : records_) {
      report_.unplaced += r.unplaced;
      report_.withdrawn += r.withdrawn ? 1 : 0;
    }
    return finish(true);
  }

  std::string delta(DeltaParts parts) {
    parts_ = std::move(parts);
    directory(parts_.first_record);
    cold(share());
    signals();
    for (const std::uint32_t record : parts_.replaced) put(section(Section::replaced), record);
    for (const Moved& moved : parts_.moved) put(section(Section::moved), moved);
    return finish(false);
  }

 private:
  std::string& section(Section s) { return sections_[s]; }

  void directory(std::uint64_t first_record) {
    std::vector<Ref> refs;
    std::map<std::string_view, std::uint32_t> types;
    for (std::uint32_t r = 0; r < records_.size(); ++r)
      for (const Hot& hot : records_[r].hot) {
        refs.push_back({&hot, hash_of(hot.key), r, 0});
        types.emplace(type_of(hot), 0);
      }
    std::uint32_t count = 0;
    for (auto& [type, number] : types) number = count++;
    for (Ref& ref : refs) ref.type = types.find(type_of(*ref.hot))->second;
    // Packages of one hash stand together; they are told apart by name only where two are met.
    std::stable_sort(refs.begin(), refs.end(), [](const Ref& a, const Ref& b) { return std::tie(a.type, a.hash, a.record) < std::tie(b.type, b.hash, b.record); });
    for (std::size_t at = 0, end = 0; at < refs.size(); at = end) {
      bool same = true;
      for (end = at + 1; end < refs.size() && refs[end].hash == refs[at].hash && refs[end].type == refs[at].type; ++end) same = same && refs[end].hot->key == refs[at].hot->key;
      if (!same) std::stable_sort(refs.begin() + static_cast<std::ptrdiff_t>(at), refs.begin() + static_cast<std::ptrdiff_t>(end), [](const Ref& a, const Ref& b) { return a.hot->key < b.hot->key; });
    }
    std::vector<std::uint64_t> hashes;
    for (std::size_t at = 0; at < refs.size();) {
      const std::string_view type = type_of(*refs[at].hot);
      std::size_t end = at;
      std::vector<Entry> entries;
      while (end < refs.size() && refs[end].type == refs[at].type) {
        const std::size_t first = end;
        Entry e{};
        e.hash = refs[first].hash;
        e.name_offset = static_cast<std::uint32_t>(section(Section::names).size());
        e.name_size = static_cast<std::uint32_t>(refs[first].hot->key.size());
        section(Section::names) += refs[first].hot->key;
        std::string& blobs = section(Section::blobs);
        e.blob_offset = blobs.size();
        for (; end < refs.size() && refs[end].hash == e.hash && refs[end].hot->key == refs[first].hot->key; ++end) {
          put_number(blobs, first_record + refs[end].record);
          put_text(blobs, refs[end].hot->bytes);
        }
        e.blob_size = static_cast<std::uint32_t>(blobs.size() - e.blob_offset);
        entries.push_back(e);
        hashes.push_back(e.hash);
      }
      run(type, entries);
      at = end;
    }
    put(section(Section::buckets), static_cast<std::uint32_t>(section(Section::entries).size() / sizeof(Entry)));
    packages_ = hashes.size();
    filter(hashes);
  }

  // The entries of one type, and where in them each range of hashes begins.
  void run(std::string_view type, const std::vector<Entry>& entries) {
    Type t{};
    t.name_offset = static_cast<std::uint32_t>(section(Section::names).size());
    t.name_size = static_cast<std::uint32_t>(type.size());
    section(Section::names) += type;
    t.first_bucket = static_cast<std::uint32_t>(section(Section::buckets).size() / sizeof(std::uint32_t));
    t.bucket_bits = static_cast<std::uint32_t>(std::bit_width(entries.size() / 4));
    const auto first = static_cast<std::uint32_t>(section(Section::entries).size() / sizeof(Entry));
    std::size_t at = 0;
    for (std::uint64_t bucket = 0; bucket < (std::uint64_t{1} << t.bucket_bits); ++bucket) {
      put(section(Section::buckets), static_cast<std::uint32_t>(first + at));
      while (at < entries.size() && (t.bucket_bits == 0 ? 0 : entries[at].hash >> (64 - t.bucket_bits)) == bucket) ++at;
    }
    for (const Entry& e : entries) put(section(Section::entries), e);
    put(section(Section::types), t);
  }

  void filter(const std::vector<std::uint64_t>& hashes) {
    const std::uint64_t blocks = hashes.size() / 40 + 1;  // twelve bits a package
    std::vector<std::uint64_t> words(blocks * 8);
    for (const std::uint64_t hash : hashes) {
      const std::uint64_t first = filter_block_of(hash, blocks) * 8;
      each_filter_bit(hash, [&](std::size_t word, std::uint64_t bit) {
        words[first + word] |= bit;
        return true;
      });
    }
    section(Section::filter).assign(reinterpret_cast<const char*>(words.data()), words.size() * sizeof(std::uint64_t));
  }

  // Texts that many records share, the frequent ones first.
  using Numbers = std::unordered_map<std::string_view, std::uint32_t>;
  Numbers share() {
    struct Shared {
      std::string_view text;
      std::uint32_t count = 0;
    };
    Numbers numbers;
    std::vector<Shared> list;
    for (const Compiled& r : records_)
      for (const std::uint32_t at : r.shared) {
        const std::string_view text = Cursor(std::string_view(r.cold).substr(at)).text();
        const auto [known, added] = numbers.try_emplace(text, static_cast<std::uint32_t>(list.size()));
        if (added) list.push_back({text, 0});
        ++list[known->second].count;
      }
    std::sort(list.begin(), list.end(), [](const Shared& a, const Shared& b) { return a.count != b.count ? a.count > b.count : a.text < b.text; });
    for (std::uint32_t i = 0; i < list.size(); ++i) {
      numbers[list[i].text] = i;
      put(section(Section::shared_places), static_cast<std::uint32_t>(section(Section::shared).size()));
      section(Section::shared) += list[i].text;
    }
    put(section(Section::shared_places), static_cast<std::uint32_t>(section(Section::shared).size()));
    return numbers;
  }

  // The cold bytes of some of the records; their places are in these bytes.
  struct ColdPart {
    std::string bytes;
    std::vector<Record> records;
    std::vector<TableEntry> ids;
  };
  void cold_part(const Numbers& numbers, std::size_t first, std::size_t last, ColdPart& out) {
    std::string& bytes = out.bytes;
    out.records.reserve(last - first);
    out.ids.reserve(last - first);
    for (std::size_t r = first; r < last; ++r) {
      const Compiled& compiled = records_[r];
      Record record{};
      record.cold_offset = bytes.size();
      record.content_hash = compiled.content_hash;
      record.cluster = parts_.clusters.of_record[r];
      std::size_t done = 0;
      for (const std::uint32_t at : compiled.shared) {
        bytes.append(compiled.cold, done, at - done);
        const std::string_view text = Cursor(std::string_view(compiled.cold).substr(at)).text();
        put_number(bytes, numbers.at(text));
        done = static_cast<std::size_t>(text.data() + text.size() - compiled.cold.data());
      }
      bytes.append(compiled.cold, done);
      record.cold_size = static_cast<std::uint32_t>(bytes.size() - record.cold_offset);
      out.records.push_back(record);
      out.ids.push_back({hash_of(compiled.id), static_cast<std::uint32_t>(r)});
    }
  }

  void cold(const Numbers& numbers) {
    std::array<ColdPart, 2> parts;
    in_two(records_.size(), [&](std::size_t part, std::size_t first, std::size_t last) { cold_part(numbers, first, last, parts[part]); });
    std::string& bytes = section(Section::cold);
    std::vector<TableEntry> ids = std::move(parts[0].ids);
    for (ColdPart& part : parts) {
      for (Record record : part.records) {
        record.cold_offset += bytes.size();
        put(section(Section::records), record);
      }
      bytes.append(part.bytes);
      ids.insert(ids.end(), part.ids.begin(), part.ids.end());
      part = {};
    }
    std::string& offsets = section(Section::clusters);
    std::string& data = section(Section::cluster_data);
    const auto is_record = [&](const std::string& id) {
      const auto at = std::lower_bound(records_.begin(), records_.end(), id, [](const Compiled& r, const std::string& wanted) { return r.id < wanted; });
      return (at != records_.end() && at->id == id) || std::binary_search(parts_.earlier.begin(), parts_.earlier.end(), id);
    };
    for (std::uint32_t cluster = 0; cluster < parts_.clusters.ids.size(); ++cluster) {
      put(offsets, static_cast<std::uint32_t>(data.size()));
      put_number(data, parts_.clusters.ids[cluster].size());
      for (const std::string& id : parts_.clusters.ids[cluster]) {
        put_text(data, id);
        if (!is_record(id)) ids.push_back({hash_of(id), alias_bit | cluster});
      }
    }
    put(offsets, static_cast<std::uint32_t>(data.size()));
    for (const std::string& id : parts_.unnamed) put_text(section(Section::unnamed), id);
    section(Section::ids) = table_of(std::move(ids));
  }

  void signals() {
    std::vector<TableEntry> table;
    std::string& kev = section(Section::kev);
    put_text(kev, kev_.version);
    put_text(kev, kev_.released);
    for (const auto& [cve, entry] : kev_.entries) {
      table.push_back({hash_of(cve), static_cast<std::uint32_t>(kev.size())});
      for (const std::string* text : {&cve, &entry.added, &entry.due}) put_text(kev, *text);
      kev.push_back(entry.ransomware ? '\1' : '\0');
    }
    if (!table.empty()) section(Section::kev_table) = table_of(std::move(table));
    table.clear();
    std::string& epss = section(Section::epss);
    put_text(epss, epss_.date);
    put_text(epss, epss_.model);
    for (const auto& [cve, score] : epss_.scores) {
      table.push_back({hash_of(cve), static_cast<std::uint32_t>(epss.size())});
      for (const std::string* text : {&cve, &score.probability, &score.percentile}) put_text(epss, *text);
    }
    if (!table.empty()) section(Section::epss_table) = table_of(std::move(table));
  }

  void count_exploited() {
    if (kev_.entries.empty()) return;
    Ties ties;
    ties.clusters = parts_.clusters.of_record;
    for (const auto& ids : parts_.clusters.ids) ties.members.emplace_back(ids.begin(), ids.end());
    for (std::uint32_t r = 0; r < records_.size(); ++r) {
      ties.ids.emplace_back(records_[r].id);
      for (const std::string& id : records_[r].upstream) ties.upstream.push_back({hash_of(id), id, r});
      for (const std::string& id : records_[r].related) ties.related.push_back({hash_of(id), id, r});
    }
    std::vector<std::string> cves;
    for (const auto& [cve, entry] : kev_.entries) cves.push_back(cve);
    const auto tied = tied_to(std::move(ties), cves);
    report_.exploited = static_cast<std::size_t>(std::count(tied.begin(), tied.end(), true));
  }

  std::string finish(bool alone) {
    report_.kev_version = std::max(report_.kev_version, kev_.version);
    report_.kev_released = std::max(report_.kev_released, kev_.released);
    if (std::pair(epss_.date, epss_.model) >= std::pair(report_.epss_date, report_.epss_model)) {
      report_.epss_model = epss_.model;
      report_.epss_date = epss_.date;
    }
    const nlohmann::json meta = {{"records", report_.records},     {"withdrawn", report_.withdrawn},
                           {"packages", report_.packages},   {"unplaced", report_.unplaced},
                           {"exploited", report_.exploited}, {"clusters", report_.clusters},
                           {"newest", report_.newest},
                           {"kev", {{"version", report_.kev_version}, {"released", report_.kev_released}, {"entries", alone ? kev_.entries.size() : report_.kev_entries}}},
                           {"epss", {{"model", report_.epss_model}, {"date", report_.epss_date}, {"scores", alone ? epss_.scores.size() : report_.epss_scores}}}};
    section(Section::meta) = text::to_json_text(meta, text::JsonLayout::compact);
    Header header{};
    header.base_hash = parts_.base_hash;
    header.previous_hash = parts_.previous_hash;
    header.first_record = parts_.first_record;
    return sections_.assemble(header);
  }

  std::vector<Compiled>& records_;
  const KevCatalogue& kev_;
  const EpssScores& epss_;
  BuildReport& report_;
  DeltaParts parts_;
  Sections sections_;
  std::size_t packages_ = 0;
  std::string newest_;
};

}  // namespace

std::string lay_out(std::vector<Compiled> records, const KevCatalogue& kev, const EpssScores& epss, BuildReport& report) {
  std::string out = Layout(records, kev, epss, report).alone();
  // Giving back the memory of a million records takes a second of one processor.
  in_two(records.size(), [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) records[i] = {};
  });
  return out;
}

std::string lay_out_delta(std::vector<Compiled> records, const KevCatalogue& kev, const EpssScores& epss, DeltaParts parts, BuildReport& counts) {
  return Layout(records, kev, epss, counts).delta(std::move(parts));
}

}  // namespace duolex::vulnerabilities::index
