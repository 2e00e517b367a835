// index_benchmark [RECORDS [FOLDER]]: an index of so many made-up advisories (a million by default, 1.8 GB of JSON in
// FOLDER): the time, memory and size of its build, a delta of 2,000 records, and what matching costs a component. It
// leaves the bill and the index without the delta in FOLDER, for scan_benchmark.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/file.h"
#include "corpus.h"
#include "sbom/sbom.h"
#include "vulnerabilities/index/delta.h"
#include "vulnerabilities/matching/match.h"
#include "workspace/vulnerabilities/advisories_store.h"

namespace {

using namespace duolex;
using Clock = std::chrono::steady_clock;

double since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

struct Usage {
  double cpu;
  double megabytes;
};
Usage usage() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return {seconds(u.ru_utime) + seconds(u.ru_stime), static_cast<double>(u.ru_maxrss) / 1024};
}

bool write_records(const std::string& path, std::uint64_t first, std::uint64_t count, unsigned edition, bool more) {
  std::FILE* const file = std::fopen(path.c_str(), more ? "ab" : "wb");
  if (file == nullptr) return false;
  std::string out;
  for (std::uint64_t i = 0; i < count; ++i) {
    corpus::append_record(out, first + i, edition);
    if (out.size() < (std::size_t{1} << 20) && i + 1 < count) continue;
    std::fwrite(out.data(), 1, out.size(), file);
    out.clear();
  }
  return std::fclose(file) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t records = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const std::filesystem::path folder = argc > 2 ? argv[2] : std::filesystem::temp_directory_path() / "duolex-index-benchmark";
  std::filesystem::create_directories(folder);
  const std::string feed = folder / "records.ndjson", changes = folder / "changes.ndjson", index_file = folder / "advisories.idx";
  if (!write_records(feed, 0, records, 0, false) || !write_records(changes, records / 2, 1000, 1, false) || !write_records(changes, records, 1000, 0, true)) return 73;
  const std::string bill_text = corpus::bill(1000);
  if (!write_file_atomically(folder / "bill.json", bill_text)) return 73;

  auto begun = Clock::now();
  const double before = usage().cpu;
  auto gathered = vulnerabilities::index::gather({feed});
  const double read = since(begun);
  if (!gathered) return 65;
  const auto stored = workspace::store_index(index_file, std::move(*gathered), "2027-01-01T00:00:00Z");
  if (!stored) return 73;
  std::printf("index of %zu records: %.2f s (%.2f s of it to read), %.2f s of processors, %.0f MB of memory, %.1f MB of file\n", stored->report.records, since(begun), read,
              usage().cpu - before, usage().megabytes, static_cast<double>(std::filesystem::file_size(index_file)) / 1e6);

  const auto bill = sbom::read_sbom("bill.json", bill_text);
  auto index = vulnerabilities::index::Index::open(index_file);
  if (!bill || !index) return 65;
  double best = 1e9;
  std::size_t findings = 0;
  for (int turn = 0; turn < 50; ++turn) {
    begun = Clock::now();
    const auto matches = vulnerabilities::match(*bill, *index);
    best = std::min(best, since(begun));
    findings = matches ? matches->findings.size() : 0;
  }
  std::printf("match in process: %.0f ns a component (%zu components, %zu findings told in full)\n", best * 1e9 / static_cast<double>(bill->components.size()), bill->components.size(), findings);

  begun = Clock::now();
  const double busy = usage().cpu;
  auto newer = vulnerabilities::index::gather({changes});
  if (!newer) return 65;
  const auto delta = workspace::store_delta(index_file, std::move(*newer), "2027-01-02T00:00:00Z");
  auto fresh = vulnerabilities::index::Index::open(index_file);
  if (!delta || !fresh) return 65;
  std::printf("delta of 2000 records: %.1f ms from its file to an open index, %.1f ms of processors\n", since(begun) * 1e3, (usage().cpu - busy) * 1e3);
  const bool two = fresh->segments().size() == 2;
  std::filesystem::remove(vulnerabilities::index::delta_path(index_file, 1));
  return two ? 0 : 70;
}
