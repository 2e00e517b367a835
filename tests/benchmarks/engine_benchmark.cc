// The engine against itself in one run: each way to the same numbers, as a multiple of the fast forward pass. Processor
// time of one thread, so that what else the machine does counts little.
//
//   engine_benchmark [SECONDS]    each figure is taken from runs of that long (default 1)
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>

#include "base/file.h"
#include "tensor/bounds/certify.h"
#include "tensor/evaluate.h"
#include "tensor/network.h"
#include "tensor/random.h"

using namespace duolex;
using namespace duolex::tensor;

namespace {

template <class T>
T need(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s", render(result.error()).c_str());
  std::exit(65);
}

// Seconds of processor time for one sample.
double seconds_each(double enough, std::size_t samples, const std::function<void()>& work) {
  work();
  const std::clock_t start = std::clock();
  std::size_t rounds = 0;
  double used = 0;
  do {
    work();
    ++rounds;
    used = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  } while (used < enough);
  return used / static_cast<double>(rounds * samples);
}

void run(const char* file, double eps, double enough) {
  const auto bytes = read_file(std::string(DUOLEX_SHARED) + "/suites/robustness-sdp/" + file);
  if (!bytes) {
    std::printf("%s: not run, the suite is not there\n", file);
    return;
  }
  const Model model = need(read_onnx(file, *bytes));
  const Network network = need(Network::compile(model));
  constexpr std::size_t n = 32;
  const Random random(1, 2);
  std::vector<float> x(n * network.inputs()), y(n * network.outputs()), g(n * network.inputs());
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(random.uniform(i));
  const auto forward_on = [&](InstructionSet set) {
    Runner<float> runner(network, set);
    return seconds_each(enough, n, [&] { runner.forward(x.data(), n, y.data()); });
  };
  const double fast = forward_on(best_instruction_set());
  std::printf("%s on %s: forward %.1f us a sample; in multiples of it:\n", file, name_of(best_instruction_set()), fast * 1e6);
  std::printf("  portable kernels       %8.2f\n", forward_on(InstructionSet::portable) / fast);
  Runner<float> runner(network);
  std::printf("  forward and gradient   %8.2f\n", seconds_each(enough, n, [&] { runner.gradients(x.data(), n, y.data(), 1, [](std::size_t, const float*, float* d) { d[0] = 1; }, g.data()); }) / fast);
  Runner<double> wide(network);
  const std::vector<double> xd(x.begin(), x.end());
  std::vector<double> yd(y.size());
  std::printf("  double precision       %8.2f\n", seconds_each(enough, n, [&] { wide.forward(xd.data(), n, yd.data()); }) / fast);
  const auto input = datum(tensor_of(Type::f32, network.input_shape(), std::vector<float>(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(network.inputs()))));
  std::printf("  evaluator (baseline)   %8.2f\n", seconds_each(enough, 1, [&] { (void)evaluate(model, {{model.graph.inputs[0].name, input}}); }) / fast);
  bounds::Certifier certifier(need(bounds::prepare(network)));
  bounds::CertifyOptions options;
  options.eps = eps;
  for (const auto& [name, method] : {std::pair{"intervals", bounds::Method::interval}, std::pair{"CROWN", bounds::Method::crown}}) {
    options.method = method;
    std::size_t label = 0;
    for (std::size_t k = 0; k < network.outputs(); ++k)
      if (y[k] > y[label]) label = k;
    std::printf("  %-9s (%zu neurons) %6.0f\n", name, network.program().frame, seconds_each(enough, 1, [&] { (void)certifier.certify(x.data(), label, options); }) / fast);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const double enough = argc > 1 ? std::atof(argv[1]) : 1;
  run("mnist.onnx", 0.1, enough);
  run("cifar_adv.onnx", 2.0 / 255, enough);
}
