#include "threats/evasion/crowd.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "threats/evasion/parallel.h"

namespace duolex::threats::evasion {
namespace {

// The oracle of the thread that a search happens to be on.
class OfThread : public Oracle {
 public:
  void scores(const float* x, std::size_t n, float* out) override { now->scores(x, n, out); }
  void gradients(const float* x, std::size_t n, float* out, const Cotangent& cotangent, float* by_x) override { now->gradients(x, n, out, cotangent, by_x); }
  void exact_scores(const float* x, std::size_t n, double* out) override { now->exact_scores(x, n, out); }

  static thread_local Oracle* now;
};
thread_local Oracle* OfThread::now = nullptr;

class Server {
 public:
  explicit Server(const Target& target) : oracle_(target.oracle()), inputs_(target.form().size()), outputs_(target.outputs()), before_(std::exchange(OfThread::now, oracle_.get())) {}
  ~Server() { OfThread::now = before_; }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // All are of one kind.
  void answer(const std::vector<Inquiry*>& now) {
    const std::size_t n = now.size();
    const bool gradients = now.front()->loss != nullptr;
    x_.resize(n * inputs_);
    scores_.resize(n * outputs_);
    for (std::size_t i = 0; i < n; ++i) std::copy(now[i]->x.begin(), now[i]->x.end(), x_.begin() + static_cast<std::ptrdiff_t>(i * inputs_));
    if (gradients) {
      by_x_.resize(n * inputs_);
      const auto cotangent = [&](std::size_t i, std::span<const float> z, std::span<float> d) { now[i]->value = now[i]->loss->at(*now[i]->goal, z, d); };
      oracle_->gradients(x_.data(), n, scores_.data(), cotangent, by_x_.data());
    } else {
      oracle_->scores(x_.data(), n, scores_.data());
    }
    for (std::size_t i = 0; i < n; ++i) {
      std::copy_n(scores_.begin() + static_cast<std::ptrdiff_t>(i * outputs_), outputs_, now[i]->scores.begin());
      if (gradients) std::copy_n(by_x_.begin() + static_cast<std::ptrdiff_t>(i * inputs_), inputs_, now[i]->by_x.begin());
    }
    for (Inquiry* inquiry : now) inquiry->waiting.resume();
  }

 private:
  std::unique_ptr<Oracle> oracle_;
  std::size_t inputs_, outputs_;
  Oracle* before_;
  std::vector<float> x_{}, scores_{}, by_x_{};
};

// A search may end on any thread, so that only it can say that it has.
Search<bool> counted(Search<bool> search, std::atomic<std::size_t>& running) {
  const bool result = co_await search;
  --running;
  co_return result;
}

}  // namespace

bool run_crowd(const Target& target, std::size_t count, unsigned threads, const MakeSearch& make, const std::function<bool()>& stop,
               std::size_t crowded) {
  const std::size_t workers = std::clamp<std::size_t>(threads, 1, std::max<std::size_t>(count, 1));
  const std::size_t room = std::max<std::size_t>(crowded, 1) * workers;
  std::atomic<std::size_t> next{0}, running{0};
  std::atomic<bool> stopped{false};
  Desk desk;
  OfThread oracle;
  std::vector<std::optional<Search<bool>>> searches(count);  // they stay until no thread can be in one
  in_parallel(workers, static_cast<unsigned>(workers), [&](unsigned, std::size_t) {
    Server server(target);
    for (;;) {
      if (stopped || (stop && stop())) {
        stopped = true;
        return;
      }
      while (running < room && next < count) {
        const std::size_t i = next++;
        if (i >= count) break;
        ++running;
        searches[i].emplace(counted(make({desk, oracle}, i), running));
        searches[i]->start();
      }
      const std::vector<Inquiry*> now = desk.take(target.lanes(), workers);
      if (!now.empty()) {
        server.answer(now);
        continue;
      }
      if (next >= count && running == 0) return;
      // The rest is being answered by others; what they ask next may fill another batch.
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
  });
  return !stopped;
}

}  // namespace duolex::threats::evasion
