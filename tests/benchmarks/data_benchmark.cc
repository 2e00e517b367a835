// What the tests of data find: label noise planted in four real sets, and poison planted in the training data of small
// networks that are trained here. Prints figures. Usage: data_benchmark FOLDER [SEEDS [TABLE.csv]…]
//   FOLDER: where scikit-learn keeps its data (/usr/lib/python3/dist-packages/sklearn/datasets/data on Debian)
//   TABLE.csv: more data for the poison, the label in the last column
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "threats/data/tests.h"
#include "threats/evasion/random.h"

namespace {

using namespace duolex;
using threats::data::DataSet;
using threats::evasion::Random;
using Clock = std::chrono::steady_clock;

DataSet load(const std::filesystem::path& folder, const char* name) {
  const auto bytes = read_file(folder / name);
  auto data = bytes ? threats::data::read_data(name, *bytes, {"last"}) : Result<DataSet>(tl::unexpected(bytes.error()));
  if (!data) {
    std::fputs(render(data.error()).c_str(), stderr);
    std::exit(65);
  }
  return *data;
}

void label_noise(const std::filesystem::path& folder, const char* name, std::uint64_t seeds) {
  double f1 = 0, seconds = 0, clean = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    DataSet d = load(folder, name);
    if (seed == 0) clean = static_cast<double>(threats::data::find_label_noise(d, seed).doubts.size()) / static_cast<double>(d.rows.size());
    std::vector<bool> wrong(d.rows.size(), false);
    const auto classes = static_cast<std::uint32_t>(d.classes.size());
    Random random(seed, 0, 77);
    const std::size_t planted = (d.rows.size() + 5) / 10;
    for (std::size_t left = planted; left > 0;) {
      const std::size_t i = random.below(static_cast<std::uint32_t>(d.rows.size()));
      if (wrong[i]) continue;
      wrong[i] = true;
      d.rows[i].label = static_cast<std::int32_t>((static_cast<std::uint32_t>(d.rows[i].label) + 1 + random.below(classes - 1)) % classes);
      --left;
    }
    const auto start = Clock::now();
    const auto found = threats::data::find_label_noise(d, seed);
    seconds += std::chrono::duration<double>(Clock::now() - start).count();
    std::size_t hits = 0;
    for (const auto& doubt : found.doubts) hits += wrong[doubt.row] ? 1 : 0;
    f1 += 2.0 * static_cast<double>(hits) / static_cast<double>(found.doubts.size() + planted);
  }
  std::printf("label noise  %-18s F1 %.3f over %llu seeds, %.1f s each; doubted in the data as it is: %.1f %%\n", name, f1 / static_cast<double>(seeds),
              static_cast<unsigned long long>(seeds), seconds / static_cast<double>(seeds), 100 * clean);
}

// One hidden layer of rectified sums, trained by plain stochastic descent.
class Network {
 public:
  Network(std::size_t in, std::size_t hidden, std::size_t out, std::uint64_t seed) : in_(in), hidden_(hidden), out_(out), w1_(hidden * in), b1_(hidden), w2_(out * hidden), b2_(out) {
    Random random(seed, 1, 5);
    for (float& w : w1_) w = static_cast<float>(random.normal() * std::sqrt(2.0 / static_cast<double>(in)));
    for (float& w : w2_) w = static_cast<float>(random.normal() * std::sqrt(1.0 / static_cast<double>(hidden)));
  }
  std::vector<float> activations(const float* x) const {
    std::vector<float> h(hidden_);
    for (std::size_t j = 0; j < hidden_; ++j) {
      float sum = b1_[j];
      for (std::size_t i = 0; i < in_; ++i) sum += w1_[j * in_ + i] * x[i];
      h[j] = std::max(0.0f, sum);
    }
    return h;
  }
  std::vector<float> scores(const std::vector<float>& h) const {
    std::vector<float> o(b2_);
    for (std::size_t c = 0; c < out_; ++c)
      for (std::size_t j = 0; j < hidden_; ++j) o[c] += w2_[c * hidden_ + j] * h[j];
    return o;
  }
  void learn(const float* x, std::size_t label, float rate) {
    const std::vector<float> h = activations(x);
    std::vector<float> o = scores(h);
    const float most = *std::max_element(o.begin(), o.end());
    float sum = 0;
    for (float& v : o) sum += v = std::exp(v - most);
    std::vector<float> back(hidden_, 0);
    for (std::size_t c = 0; c < out_; ++c) {
      const float g = o[c] / sum - (c == label ? 1.0f : 0.0f);
      for (std::size_t j = 0; j < hidden_; ++j) {
        back[j] += g * w2_[c * hidden_ + j];
        w2_[c * hidden_ + j] -= rate * g * h[j];
      }
      b2_[c] -= rate * g;
    }
    for (std::size_t j = 0; j < hidden_; ++j) {
      if (h[j] <= 0) continue;
      for (std::size_t i = 0; i < in_; ++i) w1_[j * in_ + i] -= rate * back[j] * x[i];
      b1_[j] -= rate * back[j];
    }
  }

 private:
  std::size_t in_, hidden_, out_;
  std::vector<float> w1_, b1_, w2_, b2_;
};

struct Counts {
  std::size_t hits = 0, found = 0, planted = 0, false_classes = 0, apart = 0, classes = 0;
};

// Each column to 0 … 1; of pictures all columns alike.
std::vector<float> scaled(const DataSet& data, bool pictures) {
  std::vector<float> x = data.values;
  const float most = *std::max_element(x.begin(), x.end());
  for (std::size_t f = 0; f < data.features; ++f) {
    float low = x[f], high = x[f];
    for (std::size_t i = f; i < x.size(); i += data.features) {
      low = std::min(low, x[i]);
      high = std::max(high, x[i]);
    }
    for (std::size_t i = f; i < x.size(); i += data.features) x[i] = pictures ? x[i] / most : high > low ? (x[i] - low) / (high - low) : 0;
  }
  return x;
}

// Trains with or without 5 % poison and looks for it in the activations, and in the numbers themselves.
void poison(const DataSet& data, std::uint64_t seed, bool planted, Counts& activations, Counts& pixels, Counts& both) {
  const auto side = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(data.features))));
  const bool pictures = side * side == data.features;
  std::vector<float> x = scaled(data, pictures);
  std::vector<std::int32_t> labels;
  for (const auto& row : data.rows) labels.push_back(row.label);
  const std::size_t n = labels.size(), width = data.features, classes = data.classes.size();
  const std::size_t corner = side < 10 ? 2 : 3;
  std::vector<bool> bad(n, false);
  const auto target = static_cast<std::int32_t>((seed * 3 + 5) % classes);
  Random random(seed, 2, 9);
  std::vector<float> pattern(width, 0);
  for (float& p : pattern) p = random.uniform() < 0.4 ? static_cast<float>(0.35 * random.uniform()) : 0.0f;
  for (std::size_t left = planted ? n / 20 : 0; left > 0;) {
    const std::size_t i = random.below(static_cast<std::uint32_t>(n));
    if (bad[i] || labels[i] == target) continue;
    bad[i] = true;
    labels[i] = target;
    for (std::size_t f = 0; f < width; ++f) {
      float& v = x[i * width + f];
      // Odd seeds: a patch in the corner, of tables the first four columns. Even ones: a faint pattern over everything.
      if (seed % 2 == 1) {
        if (pictures ? f / side >= side - corner && f % side >= side - corner : f < 4) v = 1;
      } else {
        v = std::min(1.0f, v + pattern[f]);
      }
    }
    --left;
  }
  Network network(width, 64, classes, seed);
  for (int epoch = 0; epoch < 30; ++epoch)
    for (std::size_t k = 0; k < n; ++k) {
      const std::size_t i = random.below(static_cast<std::uint32_t>(n));
      network.learn(&x[i * width], static_cast<std::size_t>(labels[i]), 0.05f);
    }
  std::vector<float> hidden;
  std::size_t right = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::vector<float> h = network.activations(&x[i * width]), o = network.scores(h);
    right += static_cast<std::int32_t>(std::max_element(o.begin(), o.end()) - o.begin()) == labels[i] ? 1 : 0;
    hidden.insert(hidden.end(), h.begin(), h.end());
  }
  const auto add = [&](const threats::data::Poison& result, Counts& counts) {
    for (const auto& s : result.classes) {
      ++counts.classes;
      // With two classes a group apart is all that can be said.
      const bool found = s.suspected || (classes == 2 && s.apart);
      if (found && !(planted && s.label == target)) ++counts.false_classes;
      if (!(planted && s.label == target) && s.apart) ++counts.apart;
      if (found)
        for (const std::size_t r : s.rows) {
          ++counts.found;
          counts.hits += bad[r] ? 1 : 0;
        }
    }
    counts.planted += static_cast<std::size_t>(std::count(bad.begin(), bad.end(), true));
  };
  const auto inside = threats::data::find_poison(hidden, 64, labels, classes), outside = threats::data::find_poison(x, width, labels, classes);
  add(inside, activations);
  add(outside, pixels);
  add(threats::data::either(outside, inside), both);
  if (right < n * 95 / 100) std::printf("  the network of seed %llu learnt only %zu of %zu\n", static_cast<unsigned long long>(seed), right, n);
}

void print(const char* what, const Counts& c) {
  if (c.planted > 0)
    std::printf("poison       %-18s recall %.3f, precision %.3f, classes wrongly suspected %zu, other groups apart %zu of %zu\n", what, static_cast<double>(c.hits) / static_cast<double>(c.planted),
                c.found == 0 ? 0 : static_cast<double>(c.hits) / static_cast<double>(c.found), c.false_classes, c.apart, c.classes);
  else
    std::printf("no poison    %-18s classes wrongly suspected %zu, groups apart %zu of %zu\n", what, c.false_classes, c.apart, c.classes);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 64;
  const std::filesystem::path folder = argv[1];
  const auto seeds = static_cast<std::uint64_t>(argc > 2 ? std::max(1, std::atoi(argv[2])) : 3);
  for (const char* name : {"digits.csv.gz", "breast_cancer.csv", "wine_data.csv", "iris.csv"}) label_noise(folder, name, seeds);
  std::vector<std::pair<std::string, DataSet>> sets;
  for (const char* name : {"digits.csv.gz", "breast_cancer.csv", "wine_data.csv"}) sets.emplace_back(name, load(folder, name));
  sets.emplace_back("digits, odd or even", sets[0].second);
  for (auto& row : sets.back().second.rows) row.label %= 2;
  sets.back().second.classes = {"even", "odd"};
  for (int i = 3; i < argc; ++i) sets.emplace_back(argv[i], load("", argv[i]));
  for (const auto& [name, data] : sets) {
    std::printf("%s: %zu rows, %zu classes\n", name.c_str(), data.rows.size(), data.classes.size());
    for (const bool planted : {true, false}) {
      Counts activations, pixels, both;
      // Seeds that no threshold was chosen on.
      for (std::uint64_t seed = 200; seed < 200 + 4 * seeds; ++seed) poison(data, seed, planted, activations, pixels, both);
      print("activations", activations);
      print("the numbers", pixels);
      print("both", both);
    }
  }
  return 0;
}
