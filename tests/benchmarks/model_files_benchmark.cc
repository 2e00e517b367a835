// Time for one model file, read and judged: median and slowest over the files of a folder, and as a ratio to the time
// of hashing the same bytes. Usage: model_files_benchmark FOLDER [ROUNDS]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/hash.h"
#include "threats/model_files/scan.h"

int main(int argc, char** argv) {
  using namespace duolex;
  using Clock = std::chrono::steady_clock;
  if (argc < 2) return 64;
  const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 20;
  const auto milliseconds = [](Clock::time_point from) { return std::chrono::duration<double, std::milli>(Clock::now() - from).count(); };
  std::vector<double> times;
  double all = 0, hashing = 0, slowest = 0;
  std::string slowest_name;
  (void)threats::model_files::load_unpacker();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[1])) {
    if (!entry.is_regular_file()) continue;
    const auto bytes = read_file(entry.path());
    if (!bytes) continue;
    double best = 1e9;
    for (int i = 0; i < rounds; ++i) {
      const auto start = Clock::now();
      (void)threats::model_files::scan_file(entry.path().filename().string(), *bytes, threats::model_files::load_unpacker);
      best = std::min(best, milliseconds(start));
    }
    const auto start = Clock::now();
    (void)sha256_hex(*bytes);
    hashing += milliseconds(start);
    all += best;
    times.push_back(best);
    if (best > slowest) {
      slowest = best;
      slowest_name = entry.path().filename().string();
    }
  }
  if (times.empty()) return 65;
  std::sort(times.begin(), times.end());
  std::printf("files                 %zu\nmedian                %.4f ms\nslowest               %.4f ms (%s)\nall, against hashing  %.2f\n", times.size(),
              times[times.size() / 2], slowest, slowest_name.c_str(), all / std::max(hashing, 1e-9));
  return 0;
}
