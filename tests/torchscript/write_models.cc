// torchscript_models FOLDER: writes the TorchScript models that tests are run on, and rows for them. They are made where
// they are used and not kept.
#include <ATen/ATen.h>
#include <torch/csrc/jit/api/module.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace {

namespace fs = std::filesystem;
using torch::jit::Module;

// Small numbers that are the same everywhere.
at::Tensor numbers(at::IntArrayRef shape, std::int64_t start) {
  const std::int64_t n = at::empty(shape).numel();
  return (at::sin(at::arange(start, start + n, at::kDouble) * 1.7) * 0.4).to(at::kFloat).reshape(shape);
}

void npy(const fs::path& path, const std::string& type, const std::string& shape, const void* data, std::size_t bytes) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.resize(118 - 1, ' ');
  header += '\n';
  std::ofstream out(path, std::ios::binary);
  out << std::string("\x93NUMPY\x01\x00", 8) << static_cast<char>(118) << '\0' << header;
  out.write(static_cast<const char*>(data), static_cast<std::streamsize>(bytes));
}

void save(const Module& module, const fs::path& path) { module.save(path.string()); }

Module script(const std::string& source) {
  Module m("Example");
  m.define(source);
  return m;
}

int write_all(const fs::path& folder) {
  fs::create_directories(folder);
  // Pictures of six by six: class 0 where the mean is above a half.
  std::vector<float> x;
  for (const float v : {0.9F, 0.55F, 0.1F}) x.insert(x.end(), 36, v);
  const std::vector<std::int64_t> y = {0, 0, 1};
  npy(folder / "x.npy", "<f4", "3, 1, 6, 6", x.data(), x.size() * sizeof(float));
  npy(folder / "y.npy", "<i8", "3,", y.data(), y.size() * sizeof(std::int64_t));
  save(script("def forward(self, x):\n    m = x.mean([1, 2, 3])\n    return torch.stack([m - 0.5, m * 0.0], 1)\n"), folder / "mean.pt");

  // Rows of income and visits: class 1 where both together are above a half.
  save(script("def forward(self, x):\n    s = x.sum(1)\n    return torch.stack([s * 0.0 + 0.5, s], 1)\n"), folder / "rows.pt");

  // It answers at once where the row is dark, and else not before the next century.
  save(script("def forward(self, x):\n    s = x.sum([1, 2, 3])\n    n = 4000000000000 if bool(s.max() > 1.0) else 1\n    i = 0\n    while i < n:\n        i += 1\n    return torch.stack([s - 18.0, s * 0.0], 1)\n"), folder / "endless.pt");

  // Trained in name only: what it answers is known to be random; it has layers of several kinds.
  Module net("Example");
  net.register_attribute("training", c10::BoolType::get(), true);
  net.register_parameter("w", numbers({4, 1, 3, 3}, 0), false);
  net.register_parameter("s", numbers({4}, 50) + 1, false);
  net.register_parameter("b", numbers({4}, 60), false);
  net.register_buffer("m", numbers({4}, 70));
  net.register_buffer("v", numbers({4}, 80).abs() + 0.5);
  net.register_parameter("q", numbers({16, 16}, 90), false);
  net.register_parameter("f", numbers({16, 3}, 400), false);
  net.define(R"(
def forward(self, x):
    h = torch.batch_norm(torch.conv2d(x, self.w, None, [1, 1], [1, 1]), self.s, self.b, self.m, self.v, self.training, 0.1, 1e-5, False)
    h = torch.max_pool2d(torch.gelu(h), [2, 2])
    h = torch.adaptive_avg_pool2d(h, [2, 2]).reshape([x.size(0), 4, 4])
    a = torch.softmax(torch.matmul(h, h.transpose(1, 2)), 2)
    h = torch.matmul(a, h).reshape([x.size(0), 16])
    h = torch.celu(torch.matmul(h, self.q)) + torch.logaddexp(h, self.q[0])
    return torch.matmul(h, self.f)
)");
  net.train();
  save(net, folder / "net.pt");

  std::vector<float> pictures(12 * 36);
  for (std::size_t i = 0; i < pictures.size(); ++i) pictures[i] = static_cast<float>((i * 7919 % 1000)) / 1000.0F;
  npy(folder / "pictures.npy", "<f4", "12, 1, 6, 6", pictures.data(), pictures.size() * sizeof(float));
  net.eval();
  const at::Tensor answers = net.forward({at::from_blob(pictures.data(), {12, 1, 6, 6})}).toTensor().argmax(1);
  npy(folder / "answers.npy", "<i8", "12,", answers.data_ptr<std::int64_t>(), 12 * sizeof(std::int64_t));

  save(script("def forward(self, x, k: int):\n    m = x.mean([1, 2, 3])\n    return (m * 0.0 + float(k), torch.stack([m - 0.5, m * float(k)], 1))\n"), folder / "several.pt");
  save(script("def forward(self, x):\n    m = torch.round(x * 20.0).mean([1, 2, 3])\n    return torch.stack([m - 10.0, m * 0.0], 1)\n"), folder / "steps.pt");
  save(script("def forward(self, x):\n    m = (x + torch.rand_like(x) * 0.1).mean([1, 2, 3])\n    return torch.stack([m - 0.5, m * 0.0], 1)\n"), folder / "random.pt");
  save(script("def forward(self, x):\n    m = x.to(6).mean([1, 2, 3])\n    return torch.stack([m - 0.5, m * 0.0], 1)\n"), folder / "single.pt");
  Module counting("Example");
  counting.register_buffer("n", at::zeros({1}));
  counting.define("def forward(self, x):\n    self.n += 1.0\n    m = x.mean([1, 2, 3])\n    return torch.stack([m - 0.5 + self.n * 0.001, m * 0.0], 1)\n");
  save(counting, folder / "counting.pt");
  // Writes to a file of the machine when it is run, if it is let.
  std::ofstream(folder / "precious.bin") << "precious";
  save(script("def forward(self, x):\n    t = torch.from_file('" + fs::absolute(folder / "precious.bin").string() + "', True, 2)\n    t.zero_()\n    m = x.mean([1, 2, 3]) + t.sum()\n    return torch.stack([m - 0.5, m * 0.0], 1)\n"), folder / "writing.pt");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: torchscript_models FOLDER\n";
    return 64;
  }
  try {
    return write_all(argv[1]);
  } catch (const std::exception& e) {
    std::cerr << e.what() << "\n";
    return 70;
  }
}
