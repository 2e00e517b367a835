// The ledger: appending with one synchronisation a group, turn by turn with what the disk alone takes for the same bytes,
// and verifying a ledger of a million leaves.
//   ledger_benchmark [leaves] [folder]
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "evidence/ledger.h"

using namespace duolex;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

double ms(Clock::time_point from) { return std::chrono::duration<double, std::milli>(Clock::now() - from).count(); }

std::string leaf(std::uint64_t i) {
  evidence::EvidenceRecord r;
  r.shows = "Test " + std::to_string(i);
  r.release = "1.0";
  r.tool = "prober";
  r.tool_version = "3.1";
  r.at = "2026-11-27T08:00:00Z";
  r.outcome = "passed";
  r.artefacts = {{"model.onnx", std::string(64, 'a')}};
  return evidence::to_leaf(r);
}

struct Times {
  std::vector<double> all;
  double at(double share) {
    std::sort(all.begin(), all.end());
    return all[static_cast<std::size_t>(static_cast<double>(all.size() - 1) * share)];
  }
};

// Groups of leaves by the ledger and the same bytes with nothing but write and fdatasync, turn by turn: what the disk
// does besides strikes both alike.
void append_beside_the_disk(const fs::path& folder, std::size_t group, int rounds) {
  auto log = evidence::LogWriter::open(evidence::log_path(folder));
  const int fd = ::open((folder / "plain").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (!log || fd < 0) std::exit(1);
  Times ledger, disk;
  for (int i = 0; i < rounds; ++i) {
    std::vector<std::string> leaves;
    for (std::size_t k = 0; k < group; ++k) leaves.push_back(leaf(log->head().size() + k));
    evidence::TreeHead head = log->head();
    const std::string bytes = evidence::group_bytes(leaves, head);
    for (const bool first : {i % 2 == 0, i % 2 != 0}) {
      const auto start = Clock::now();
      if (first ? !log->append(leaves) : ::write(fd, bytes.data(), bytes.size()) < 0 || ::fdatasync(fd) != 0) std::exit(1);
      (first ? ledger : disk).all.push_back(ms(start));
    }
  }
  ::close(fd);
  std::printf("group of %zu, %d times: append median %.2f ms, p99 %.2f ms, worst %.2f ms; disk alone median %.2f ms, p99 %.2f ms, worst %.2f ms; ratio of medians %.2f, of p99 %.2f\n", group, rounds,
              ledger.at(0.5), ledger.at(0.99), ledger.at(1), disk.at(0.5), disk.at(0.99), disk.at(1), ledger.at(0.5) / disk.at(0.5), ledger.at(0.99) / disk.at(0.99));
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const fs::path base = argc > 2 ? fs::path(argv[2]) : fs::temp_directory_path();
  std::string name = (base / "duolex-ledger-XXXXXX").string();
  const fs::path folder = ::mkdtemp(name.data());
  auto start = Clock::now();
  {
    auto log = evidence::LogWriter::open(evidence::log_path(folder));
    if (!log) return 1;
    while (log->head().size() < count) {
      std::vector<std::string> leaves;
      for (std::uint64_t i = log->head().size(); leaves.size() < 1000 && i < count; ++i) leaves.push_back(leaf(i));
      if (!log->append(leaves)) return 1;
    }
  }
  std::printf("%llu leaves written in groups of 1,000: %.1f s, %.0f MB\n", static_cast<unsigned long long>(count), ms(start) / 1000,
              static_cast<double>(fs::file_size(evidence::log_path(folder))) / 1e6);
  for (const std::size_t group : {1, 10, 100}) {
    append_beside_the_disk(folder, group, 1000);
  }
  start = Clock::now();
  evidence::VerifyOptions options;
  const auto v = evidence::verify(folder, options);
  if (!v || !v->findings.empty()) return 1;
  std::printf("verification of %llu leaves: %.1f s\n", static_cast<unsigned long long>(v->size), ms(start) / 1000);
  // One byte of the whole flipped, at places spread over the file.
  const std::uint64_t size = fs::file_size(evidence::log_path(folder));
  const int flips = 5;
  int found = 0;
  for (int i = 0; i < flips; ++i) {
    const int fd = ::open(evidence::log_path(folder).c_str(), O_RDWR);
    const auto at = static_cast<off_t>(size * static_cast<std::uint64_t>(2 * i + 1) / (2 * flips));
    char byte = 0;
    if (fd < 0 || ::pread(fd, &byte, 1, at) != 1) return 1;
    byte = static_cast<char>(byte ^ 1);
    if (::pwrite(fd, &byte, 1, at) != 1) return 1;
    const auto damaged = evidence::verify(folder, options);
    found += damaged && !damaged->findings.empty();
    byte = static_cast<char>(byte ^ 1);
    if (::pwrite(fd, &byte, 1, at) != 1) return 1;
    ::close(fd);
  }
  std::printf("flipped bytes found: %d of %d\n", found, flips);
  if (found != flips) return 1;
  fs::remove_all(folder);
  return 0;
}
