#include "vulnerabilities/index/layout.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>
#include <set>

#include "text/json_out.h"
#include "vulnerabilities/index/clusters.h"
#include "vulnerabilities/index/format.h"

namespace duolex::vulnerabilities::index {
namespace {

template <class T>
void put(std::string& out, const T& value) {
  static_assert(std::endian::native == std::endian::little && std::is_trivially_copyable_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// One record an id: the one modified last, and of equals the one with the greater hash, whatever the order they came in.
void keep_one_each(std::vector<Compiled>& records, BuildReport& report) {
  std::sort(records.begin(), records.end(), [](const Compiled& a, const Compiled& b) {
    if (a.id != b.id) return a.id < b.id;
    return std::tie(a.modified, a.content_hash) > std::tie(b.modified, b.content_hash);
  });
  const auto last = std::unique(records.begin(), records.end(), [](const Compiled& a, const Compiled& b) { return a.id == b.id; });
  report.duplicates = static_cast<std::size_t>(records.end() - last);
  records.erase(last, records.end());
  report.records = records.size();
}

struct Ref {
  const Hot* hot;
  std::uint64_t hash;
  std::uint32_t record;
  [[nodiscard]] std::string_view type() const { return std::string_view(hot->key).substr(0, hot->key.find('\0')); }
};

class Layout {
 public:
  Layout(std::vector<Compiled>& records, const KevCatalogue& kev, const EpssScores& epss, BuildReport& report)
      : records_(records), kev_(kev), epss_(epss), report_(report) {}

  std::string write(std::uint64_t base_hash) {
    keep_one_each(records_, report_);
    clusters_ = find_clusters(records_, kev_, epss_);
    directory();
    cold();
    meta();
    return assemble(base_hash);
  }

 private:
  std::string& section(Section s) { return sections_[static_cast<std::size_t>(s)]; }

  void directory() {
    std::vector<Ref> refs;
    for (std::uint32_t r = 0; r < records_.size(); ++r) {
      report_.unplaced += records_[r].unplaced.size();
      report_.withdrawn += records_[r].withdrawn ? 1 : 0;
      for (const Hot& hot : records_[r].hot) refs.push_back({&hot, hash_of(hot.key), r});
    }
    std::stable_sort(refs.begin(), refs.end(), [](const Ref& a, const Ref& b) {
      if (a.hash != b.hash || a.hot->key != b.hot->key) {
        if (const int c = a.type().compare(b.type()); c != 0) return c < 0;
        return a.hash != b.hash ? a.hash < b.hash : a.hot->key < b.hot->key;
      }
      return a.record < b.record;
    });
    std::vector<std::uint64_t> hashes;
    for (std::size_t at = 0; at < refs.size();) {
      const std::string_view type = refs[at].type();
      std::size_t end = at;
      std::vector<Entry> entries;
      while (end < refs.size() && refs[end].type() == type) {
        const std::size_t first = end;
        Entry e{};
        e.hash = refs[first].hash;
        e.name_offset = static_cast<std::uint32_t>(section(Section::names).size());
        e.name_size = static_cast<std::uint32_t>(refs[first].hot->key.size());
        section(Section::names) += refs[first].hot->key;
        std::string& blobs = section(Section::blobs);
        e.blob_offset = blobs.size();
        for (; end < refs.size() && refs[end].hash == e.hash && refs[end].hot->key == refs[first].hot->key; ++end) {
          put_number(blobs, refs[end].record);
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
    report_.packages = hashes.size();
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
      const FilterBits bits = filter_bits(hash, blocks);
      for (std::size_t i = 0; i < 8; ++i) words[bits.block * 8 + i] |= bits.words[i];
    }
    section(Section::filter).assign(reinterpret_cast<const char*>(words.data()), words.size() * sizeof(std::uint64_t));
  }

  void cold() {
    std::string& bytes = section(Section::cold);
    for (std::size_t r = 0; r < records_.size(); ++r) {
      const Signals& s = clusters_.signals[r];
      Record record{};
      record.cold_offset = bytes.size();
      record.content_hash = records_[r].content_hash;
      record.cluster = clusters_.of_record[r];
      bytes.push_back(static_cast<char>(s.exploited_via));
      if (s.exploited_via != Via::none) {
        const KevEntry& e = kev_.entries.at(s.exploited_cve);
        for (const std::string* text : {&s.exploited_cve, &e.added, &e.due}) put_text(bytes, *text);
        bytes.push_back(e.ransomware ? '\1' : '\0');
        ++report_.exploited;
      }
      put_text(bytes, s.epss_cve);
      if (!s.epss_cve.empty()) {
        const auto& score = epss_.scores.at(s.epss_cve);
        put_text(bytes, score.probability);
        put_text(bytes, score.percentile);
      }
      bytes += records_[r].cold;
      record.cold_size = static_cast<std::uint32_t>(bytes.size() - record.cold_offset);
      put(section(Section::records), record);
      records_[r].cold = {};
    }
    std::string& offsets = section(Section::clusters);
    std::string& data = section(Section::cluster_data);
    for (const auto& ids : clusters_.ids) {
      put(offsets, static_cast<std::uint32_t>(data.size()));
      put_number(data, ids.size());
      for (const std::string& id : ids) put_text(data, id);
    }
    put(offsets, static_cast<std::uint32_t>(data.size()));
  }

  void meta() {
    report_.kev_version = kev_.version;
    report_.kev_released = kev_.released;
    report_.epss_model = epss_.model;
    report_.epss_date = epss_.date;
    std::string newest;
    for (const Compiled& r : records_) newest = std::max(newest, r.modified);
    const nlohmann::json meta = {{"records", report_.records},        {"withdrawn", report_.withdrawn},
                                 {"packages", report_.packages},      {"unplaced", report_.unplaced},
                                 {"exploited", report_.exploited},    {"clusters", clusters_.ids.size()},
                                 {"newest", newest},
                                 {"kev", {{"version", kev_.version}, {"released", kev_.released}, {"entries", kev_.entries.size()}}},
                                 {"epss", {{"model", epss_.model}, {"date", epss_.date}, {"scores", epss_.scores.size()}}}};
    section(Section::meta) = text::to_json_text(meta, text::JsonLayout::compact);
  }

  std::string assemble(std::uint64_t base_hash) {
    const auto fill = [](std::string& out) { out.resize((out.size() + page_size - 1) / page_size * page_size); };
    std::size_t total = page_size;
    for (const std::string& s : sections_) total += s.size() + page_size;
    std::string out;
    out.reserve(total + total / page_size * 9 + 4 * page_size);
    out.resize(page_size);
    Header h{};
    h.magic = magic;
    h.version = format_version;
    h.base_hash = base_hash;
    for (std::size_t i = 0; i < section_count; ++i) {
      h.sections[i] = {out.size(), sections_[i].size()};
      out += sections_[i];
      sections_[i] = {};
      fill(out);
    }
    const auto sums = [&](std::size_t begin, std::size_t end) {
      Place place{out.size(), 0};
      std::string list;
      for (std::size_t at = begin; at < end; at += page_size) put(list, hash_of(std::string_view(out).substr(at, page_size)));
      place.size = list.size();
      out += list;
      fill(out);
      return place;
    };
    h.page_sums = sums(page_size, out.size());
    h.sum_sums = sums(h.page_sums.offset, out.size());
    h.sum_sums_hash = hash_of(std::string_view(out).substr(h.sum_sums.offset));
    h.file_size = out.size();
    h.header_hash = hash_of({reinterpret_cast<const char*>(&h), offsetof(Header, header_hash)});
    std::memcpy(out.data(), &h, sizeof h);
    return out;
  }

  std::vector<Compiled>& records_;
  const KevCatalogue& kev_;
  const EpssScores& epss_;
  BuildReport& report_;
  Clusters clusters_;
  std::array<std::string, section_count> sections_;
};

}  // namespace

std::string lay_out(std::vector<Compiled> records, const KevCatalogue& kev, const EpssScores& epss, BuildReport& report,
                    std::uint64_t base_hash) {
  return Layout(records, kev, epss, report).write(base_hash);
}

}  // namespace duolex::vulnerabilities::index
