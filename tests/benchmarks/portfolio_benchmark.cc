// One advisory against the components of all releases, and all releases against all advisories.
//
//   portfolio_benchmark [--full]    10^6 instances in 10^3 releases; with --full 10^8 in 10^5, 6 million versions, a
//                                   million advisories. Wants 6 GB then.
//
// Made up: packages of which few are in nearly every release and most in a handful; each release has one version of a
// package; advisories prefer popular packages, as the public ones do. A sample of the answers is held against asking
// every version by itself; the exit status is 1 when one differs.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "vulnerabilities/feeds/packages.h"
#include "vulnerabilities/feeds/record_reader.h"
#include "vulnerabilities/index/layout.h"
#include "vulnerabilities/matching/evaluate.h"
#include "vulnerabilities/portfolio/portfolio.h"
#include "vulnerabilities/portfolio/segment_writer.h"

namespace {

using namespace duolex::vulnerabilities;
using namespace duolex::vulnerabilities::portfolio;
using Clock = std::chrono::steady_clock;

double since(Clock::time_point begin) { return std::chrono::duration<double, std::micro>(Clock::now() - begin).count(); }

// Time on the processor, since the machine may be busy with something else; data come from memory, since thousands of
// other advisories lie between two looks at one.
double processor_micros() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}
template <class Work>
double took(Work work) {
  const double begin = processor_micros();
  work();
  return processor_micros() - begin;
}

struct Size {
  std::uint32_t releases, packages, advisories;
  std::uint64_t instances;
};

std::string name_of_package(std::uint32_t number) { return "package-" + std::to_string(number); }

std::string version(std::mt19937_64& random) { return std::to_string(random() % 6) + "." + std::to_string(random() % 30) + "." + std::to_string(random() % 20); }

// The share of the releases that hold the package of this rank: falls with the rank, the sum is `instances`.
std::vector<double> shares(const Size& size) {
  const auto total = [&](double scale, std::vector<double>& out) {
    double sum = 0;
    for (std::uint32_t rank = 0; rank < size.packages; ++rank) sum += out[rank] = std::min(0.95, scale / std::pow(rank + 20.0, 0.85)) * size.releases;
    return sum;
  };
  std::vector<double> out(size.packages);
  double low = 0, high = 1e6;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (total(middle, out) < static_cast<double>(size.instances) ? low : high) = middle;
  }
  for (double& s : out) s /= size.releases;
  return out;
}

std::string make_segment(const Size& size) {
  const std::vector<double> share = shares(size);
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order;
  for (std::uint32_t p = 0; p < size.packages; ++p) order.emplace_back(duolex::vulnerabilities::index::hash_of(key_of("npm", name_of_package(p), "")->text), p);
  std::sort(order.begin(), order.end());
  SegmentWriter writer;
  for (const auto& [hash, p] : order) {
    std::mt19937_64 random(p);
    std::geometric_distribution<std::uint32_t> gap(share[p]), count(0.1);
    Package package;
    Versions& versions = package[{"", false, false, Scheme::semver}];
    std::vector<Releases*> lists;
    for (std::uint32_t n = count(random) + 1; n > 0; --n) lists.push_back(&versions[version_name(Scheme::semver, version(random))]);
    bool any = false;
    for (std::uint64_t release = gap(random); release < size.releases; release += gap(random) + 1) {
      Releases& list = *lists[random() % lists.size()];
      list.push_back(static_cast<std::uint32_t>(release));
      any = true;
    }
    if (!any) lists.front()->push_back(static_cast<std::uint32_t>(random() % size.releases));
    std::erase_if(versions, [](const auto& v) { return v.second.empty(); });
    writer.add(key_of("npm", name_of_package(p), "")->text, package);
  }
  return writer.finish();
}

std::string make_advisory(std::uint32_t number, const Size& size) {
  std::mt19937_64 random(number + 77'000'000'000ULL);
  std::string out = R"({"id":"T-)" + std::to_string(number) + R"(","modified":"2026-01-01T00:00:00Z","published":"2026-01-01T00:00:00Z","summary":"made up","affected":[)";
  const std::uint32_t entries = number % 5000 == 4999 ? 300 : number % 10 == 9 ? 2 + random() % 10 : 1;
  for (std::uint32_t e = 0; e < entries; ++e) {
    const double u = static_cast<double>(random() % 1'000'000) / 1e6;
    const auto p = static_cast<std::uint32_t>(std::pow(u, 2.0) * size.packages);
    const std::uint64_t from = random() % 5;
    out += std::string(e == 0 ? "" : ",") + R"({"package":{"ecosystem":"npm","name":")" + name_of_package(p) + R"("},"ranges":[{"type":"SEMVER","events":[{"introduced":")" +
           (number % 3 == 0 ? "0" : std::to_string(from) + ".0.0") + R"("},{"fixed":")" + std::to_string(from) + "." + std::to_string(random() % 30) + R"(.0"}]}])";
    if (number % 4 == 0) {
      out += R"(,"versions":[)";
      for (int v = 0; v < 8; ++v) out += std::string(v == 0 ? "\"" : ",\"") + version(random) + "\"";
      out += "]";
    }
    out += "}";
  }
  return out + "]}";
}

// Every version asked by itself.
std::size_t affected_one_by_one(Segment& segment, const duolex::vulnerabilities::index::Compiled& advisory) {
  Releases out;
  for (const auto& hot : advisory.hot) {
    PackageReader reader(segment.find(hot.key));
    Query query;
    query.key.text = hot.key;
    for (GroupView group; reader.next(group);)
      for (std::uint32_t i = 0; i < group.size(); ++i) {
        const std::string text(group.text(i));
        query.version = text;
        VersionKeys keys(text);
        if (const Outcome o = evaluate(hot.bytes, query, keys); o.hit && o.status == Status::affected) group.append_releases(i, out);
      }
  }
  std::sort(out.begin(), out.end());
  return static_cast<std::size_t>(std::unique(out.begin(), out.end()) - out.begin());
}

void say(const char* what, std::vector<double>& micros) {
  std::sort(micros.begin(), micros.end());
  const auto at = [&](double part) { return micros[static_cast<std::size_t>(part * static_cast<double>(micros.size() - 1))]; };
  std::printf("%-46s median %8.2f us   99.9 %% %8.2f us   worst %9.2f us\n", what, at(0.5), at(0.999), micros.back());
}

}  // namespace

int main(int argc, char** argv) {
  const bool full = argc > 1 && std::strcmp(argv[1], "--full") == 0;
  const Size size = full ? Size{100'000, 700'000, 1'000'000, 100'000'000} : Size{1'000, 7'000, 10'000, 1'000'000};
  auto begin = Clock::now();
  const std::string bytes = make_segment(size);
  std::vector<Segment> segments;
  segments.push_back(std::move(*Segment::over("made up", bytes)));
  Segment checking = std::move(*Segment::over("made up", bytes));
  std::printf("%llu instances of %llu versions of %u packages in %u releases: %.1f MB, made in %.1f s\n", static_cast<unsigned long long>(segments[0].instance_count()),
              static_cast<unsigned long long>(segments[0].version_count()), size.packages, size.releases, static_cast<double>(bytes.size()) / 1e6, since(begin) / 1e6);
  begin = Clock::now();
  if (!segments[0].check_all()) return 1;
  std::printf("every page against its checksum: %.1f ms\n", since(begin) / 1e3);
  Portfolio portfolio(std::move(segments));

  // One advisory at a time.
  const std::uint32_t sample = std::min<std::uint32_t>(size.advisories, 20'000);
  std::vector<duolex::vulnerabilities::index::Compiled> compiled;
  std::vector<std::string> records;
  RecordReader reader;
  for (std::uint32_t i = 0; i < sample; ++i) {
    records.push_back(make_advisory(i, size));
    records.back().append(RecordReader::padding, '\0');
    const auto read = reader.read("made up", 0, {records.back().data(), records.back().size() - RecordReader::padding});
    if (!read) return 1;
    compiled.push_back(duolex::vulnerabilities::index::compile(read->advisories.front()));
  }
  std::vector<Hit> hits;
  hits.reserve(4096);
  for (const auto& c : compiled) {
    hits.clear();
    portfolio.evaluate(c, hits);
  }
  std::vector<double> handle, whole, listing;
  std::size_t most = 0, reached = 0;
  int differ = 0;
  for (std::size_t i = 0; i < compiled.size(); ++i) {
    handle.push_back(took([&] {
      hits.clear();
      portfolio.evaluate(compiled[i], hits);
    }));
  }
  for (std::size_t i = 0; i < compiled.size(); ++i) {
    whole.push_back(took([&] {
      hits.clear();
      const auto read = reader.read("made up", 0, {records[i].data(), records[i].size() - RecordReader::padding});
      portfolio.evaluate(duolex::vulnerabilities::index::compile(read->advisories.front()), hits);
    }));
    Reached found;
    listing.push_back(took([&] { found = releases_of(hits); }));
    most = std::max(most, found.affected.size());
    reached += found.affected.empty() ? 0 : 1;
    if (i % 97 == 0 && affected_one_by_one(checking, compiled[i]) != found.affected.size()) ++differ;
  }
  std::printf("%u advisories, %zu reach a release, the most %zu releases\n", sample, reached, most);
  say("a read advisory to a handle", handle);
  say("the bytes of an advisory to a handle", whole);
  say("a handle to the sorted list of releases", listing);

  // All against all.
  records.clear();
  compiled.clear();
  begin = Clock::now();
  std::vector<duolex::vulnerabilities::index::Compiled> all;
  all.reserve(size.advisories);
  for (std::uint32_t i = 0; i < size.advisories; ++i) {
    std::string record = make_advisory(i, size);
    const std::size_t bytes_of_it = record.size();
    record.append(RecordReader::padding, '\0');
    all.push_back(duolex::vulnerabilities::index::compile(reader.read("made up", 0, {record.data(), bytes_of_it})->advisories.front()));
  }
  duolex::vulnerabilities::index::BuildReport report;
  const std::string index_bytes = duolex::vulnerabilities::index::lay_out(std::move(all), {}, {}, report);
  std::printf("index of %u advisories: %.1f MB, made in %.1f s\n", size.advisories, static_cast<double>(index_bytes.size()) / 1e6, since(begin) / 1e6);
  const std::size_t threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 2);
  struct Part {
    std::unique_ptr<Portfolio> portfolio;
    std::unique_ptr<duolex::vulnerabilities::index::Index> index;
    std::size_t pairs = 0, ranges = 0;
    double micros = 0;
  };
  std::vector<Part> parts(threads);
  for (Part& part : parts) {
    std::vector<Segment> own;
    own.push_back(std::move(*Segment::over("made up", bytes)));
    part.portfolio = std::make_unique<Portfolio>(std::move(own));
    part.index = std::make_unique<duolex::vulnerabilities::index::Index>(std::move(*duolex::vulnerabilities::index::Index::over("made up", index_bytes)));
  }
  for (const char* what : {"first, with every page held against its checksum", "again"}) {
    begin = Clock::now();
    std::vector<std::thread> running;
    for (std::size_t t = 0; t < threads; ++t)
      running.emplace_back([&, t] {
        Part& part = parts[t];
        part.pairs = part.ranges = 0;
        part.micros = took([&] {
          part.portfolio->evaluate_part(*part.index, t, threads, [&](std::size_t, std::string_view, const std::vector<Hit>& found) {
            ++part.pairs;
            part.ranges += found.size();
          });
        });
      });
    for (std::thread& t : running) t.join();
    std::size_t pairs = 0;
    double longest = 0;
    for (const Part& part : parts) pairs += part.pairs, longest = std::max(longest, part.micros);
    std::printf("all against all on %zu threads, %s: %.3f s (%.3f s on the processor), %zu pairs of advisory and package with hits\n", threads, what, since(begin) / 1e6,
                longest / 1e6, pairs);
  }
  if (differ != 0) std::printf("%d answers differ from asking every version by itself\n", differ);
  return differ == 0 ? 0 : 1;
}
