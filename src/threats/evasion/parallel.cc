#include "threats/evasion/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace duolex::threats::evasion {

bool in_parallel(std::size_t count, unsigned threads, const std::function<void(unsigned, std::size_t)>& work, const std::function<bool()>& stop) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stopped{false};
  const auto serve = [&](unsigned worker) {
    for (;;) {
      if (stop && stop()) {
        if (next.load() < count) stopped = true;
        return;
      }
      const std::size_t i = next++;
      if (i >= count) return;
      work(worker, i);
    }
  };
  const unsigned workers = static_cast<unsigned>(std::clamp<std::size_t>(threads, 1, std::max<std::size_t>(count, 1)));
  std::vector<std::jthread> others;
  for (unsigned w = 1; w < workers; ++w) others.emplace_back(serve, w);
  serve(0);
  others.clear();
  return !stopped;
}

}  // namespace duolex::threats::evasion
