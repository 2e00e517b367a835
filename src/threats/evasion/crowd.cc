#include "threats/evasion/crowd.h"

#include <algorithm>
#include <atomic>

#include "threats/evasion/parallel.h"

namespace duolex::threats::evasion {
namespace {

class Server {
 public:
  Server(const Target& target, Oracle& oracle) : oracle_(oracle), inputs_(target.form().size()), outputs_(target.outputs()) {}

  Desk& desk() { return desk_; }

  // Answers as many questions of one kind as fill whole batches, or, when there are none, what is there.
  void serve(std::size_t lanes) {
    const bool gradients = desk_.for_gradients.size() >= lanes || desk_.for_gradients.size() >= desk_.for_scores.size();
    std::vector<Inquiry*>& queue = gradients ? desk_.for_gradients : desk_.for_scores;
    const std::size_t n = queue.size() >= lanes ? queue.size() / lanes * lanes : queue.size();
    const std::vector<Inquiry*> now(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(n));
    queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(n));
    x_.resize(n * inputs_);
    scores_.resize(n * outputs_);
    for (std::size_t i = 0; i < n; ++i) std::copy(now[i]->x.begin(), now[i]->x.end(), x_.begin() + static_cast<std::ptrdiff_t>(i * inputs_));
    if (gradients) {
      by_x_.resize(n * inputs_);
      const auto cotangent = [&](std::size_t i, std::span<const float> z, std::span<float> d) { now[i]->value = now[i]->loss->at(*now[i]->goal, z, d); };
      oracle_.gradients(x_.data(), n, scores_.data(), cotangent, by_x_.data());
    } else {
      oracle_.scores(x_.data(), n, scores_.data());
    }
    for (std::size_t i = 0; i < n; ++i) {
      std::copy_n(scores_.begin() + static_cast<std::ptrdiff_t>(i * outputs_), outputs_, now[i]->scores.begin());
      if (gradients) std::copy_n(by_x_.begin() + static_cast<std::ptrdiff_t>(i * inputs_), inputs_, now[i]->by_x.begin());
    }
    for (Inquiry* inquiry : now) inquiry->waiting.resume();
  }

  [[nodiscard]] bool idle() const { return desk_.for_gradients.empty() && desk_.for_scores.empty(); }

 private:
  Oracle& oracle_;
  std::size_t inputs_, outputs_;
  Desk desk_;
  std::vector<float> x_{}, scores_{}, by_x_{};
};

}  // namespace

bool run_crowd(const Target& target, std::size_t count, unsigned threads, const MakeSearch& make, const std::function<bool()>& stop,
               std::size_t crowded) {
  const std::size_t workers = std::clamp<std::size_t>(threads, 1, std::max<std::size_t>(count, 1));
  const std::size_t room = std::clamp<std::size_t>((count + workers - 1) / workers, 1, crowded);
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stopped{false};
  in_parallel(workers, static_cast<unsigned>(workers), [&](unsigned, std::size_t) {
    const std::unique_ptr<Oracle> oracle = target.oracle();
    Server server(target, *oracle);
    std::vector<Search<bool>> searches;
    for (;;) {
      while (searches.size() < room) {
        const std::size_t i = next++;
        if (i >= count) break;
        searches.push_back(make({server.desk(), *oracle}, i));
        searches.back().start();
      }
      std::erase_if(searches, [](const Search<bool>& s) { return s.done(); });
      if (searches.empty()) {
        if (next.load() >= count) return;
        continue;
      }
      if (stop && stop()) {
        stopped = true;
        return;
      }
      server.serve(target.lanes());
    }
  });
  return !stopped;
}

}  // namespace duolex::threats::evasion
