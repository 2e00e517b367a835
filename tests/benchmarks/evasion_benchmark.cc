// Strength and speed of the attacks on the robustness-sdp suite, beside the figures of the reference implementation.
//
//   evasion_benchmark [mnist|cifar] [standard|apgd-ce] [THREADS] [SAMPLES]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>

#include "base/file.h"
#include "threats/array.h"
#include "threats/evasion/network_target.h"
#include "threats/evasion/suite.h"

using namespace duolex;
using namespace duolex::threats;
using namespace duolex::threats::evasion;

namespace {

struct Case {
  const char *name, *model, *data;
  double epsilon;
  int reference_standard, reference_apgd_ce;  // robust samples of 200
  double reference_cpu_seconds;
};

constexpr Case cases[] = {{"mnist", "mnist.onnx", "mnist", 0.3, 153, 158, 55.3}, {"cifar", "cifar_adv.onnx", "cifar", 2.0 / 255, 101, 104, 91.3}};

template <class T>
T need(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s", render(result.error()).c_str());
  std::exit(65);
}

void run(const Case& c, AttackSet set, unsigned threads, std::size_t most) {
  const std::string folder = std::string(DUOLEX_SHARED) + "/suites/robustness-sdp/";
  const auto bytes = read_file(folder + c.model);
  if (!bytes) {
    std::printf("%s: not run, the suite is not there\n", c.name);
    return;
  }
  const NetworkTarget target(need(tensor::Network::compile(need(tensor::read_onnx(c.model, *bytes)))));
  const std::string data = folder + "data/" + c.data;
  const Array xs = need(read_npy("X", need(read_file(data + "/X_sdp.npy"))));
  const auto labels = need(as_i64("y", need(read_npy("y", need(read_file(data + "/y_sdp.npy"))))));
  const std::vector<float> rows = as_f32(xs);
  const Form form = target.form();
  const std::size_t n = std::min(most, labels.size());
  std::vector<float> x(n * form.size());
  for (std::size_t s = 0; s < n; ++s)
    for (std::size_t h = 0; h < form.height; ++h)
      for (std::size_t w = 0; w < form.width; ++w)
        for (std::size_t k = 0; k < form.channels; ++k)
          x[((s * form.channels + k) * form.height + h) * form.width + w] = rows[((s * form.height + h) * form.width + w) * form.channels + k];
  std::vector<Sample> samples;
  for (std::size_t s = 0; s < n; ++s)
    samples.push_back({s, std::span(x).subspan(s * form.size(), form.size()), {Task::classes, static_cast<double>(labels[s]), 0}});
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t cpu = std::clock();
  const auto results = attack_all(target, {Norm::linf, c.epsilon}, samples, {.set = set}, 0, threads);
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double used = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
  std::size_t correct = 0, robust = 0, forwards = 0, gradients = 0, refuted = 0;
  std::map<std::string, int> by;
  for (const auto& r : results) {
    correct += r->clean_correct;
    robust += r->clean_correct && r->broken_by.empty();
    forwards += r->forward_calls;
    gradients += r->gradient_calls;
    refuted += r->refuted;
    if (!r->broken_by.empty()) ++by[r->broken_by];
  }
  std::printf("%s %s: %zu of %zu correct, %zu robust (reference %d of 200), %.1f s wall with %u threads, %.1f s CPU (reference %.1f)\n", c.name,
              name_of(set), correct, n, robust, set == AttackSet::standard ? c.reference_standard : c.reference_apgd_ce, wall, threads, used,
              set == AttackSet::standard ? c.reference_cpu_seconds : 0);
  std::printf("  %zu forward, %zu gradient passes; %zu candidates refuted in double precision;", forwards, gradients, refuted);
  for (const auto& [name, count] : by) std::printf(" %s %d", name.c_str(), count);
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string which = argc > 1 ? argv[1] : "";
  const auto set = attack_set_named(argc > 2 ? argv[2] : "standard");
  const unsigned threads = argc > 3 ? static_cast<unsigned>(std::atoi(argv[3])) : 2;
  const std::size_t most = argc > 4 ? static_cast<std::size_t>(std::atoi(argv[4])) : 200;
  for (const Case& c : cases)
    if (which.empty() || which == c.name) run(c, set.value_or(AttackSet::standard), threads, most);
}
