#include <gtest/gtest.h>

#include "threats/model_files/testing.h"

namespace duolex::threats::model_files::testing {
namespace {

FileReport refused(const FileReport& report) {
  EXPECT_EQ(report.verdict, Verdict::unreadable) << to_text({report});
  return report;
}

std::string npy(const std::string& descr, const std::string& shape, const std::string& data) {
  const std::string header = "{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }\n";
  return std::string("\x93NUMPY\x01\x00", 8) + little(static_cast<std::uint16_t>(header.size())) + header + data;
}

TEST(Npy, NumbersAndObjects) {
  EXPECT_EQ(look("a.npy", npy("'<f8'", "(2, 3)", std::string(48, '\0'))).verdict, Verdict::no_code_found);
  EXPECT_EQ(look("a.npy", npy("'|O'", "(1,)", harmless())).verdict, Verdict::no_code_found);
  EXPECT_EQ(look("a.npy", npy("'|O'", "(1,)", attack())).verdict, Verdict::executes_code);
  EXPECT_EQ(look("a.npy", npy("[('a', '<f4'), ('b', '|O')]", "(1,)", attack())).verdict, Verdict::executes_code);
  EXPECT_EQ(look("a.npy", npy("'|O'", "(1,)", attack())).kind, "NPY of Python objects");
  refused(look("a.npy", npy("'<f8'", "(2, 3)", std::string(47, '\0'))));
  refused(look("a.npy", npy("'<f8'", "(99999999999, 99999999999)", "")));
  refused(look("a.npy", npy("'<f8'", "(99999999999999999999999,)", "")));
  refused(look("a.npy", npy("'<f8'", "(-1,)", "")));
  const std::string whole = npy("'<f8'", "(1,)", std::string(8, '\0'));
  for (std::size_t n = 0; n < whole.size(); ++n) refused(look("a.npy", whole.substr(0, n)));
}

std::string safetensors(const std::string& header, std::size_t data) {
  return little(static_cast<std::uint64_t>(header.size())) + header + std::string(data, '\0');
}

TEST(Safetensors, TakesWhatAddsUp) {
  const std::string good = R"({"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"__metadata__":{"format":"pt"}})";
  EXPECT_EQ(look("m.safetensors", safetensors(good, 16)).verdict, Verdict::no_code_found);
  refused(look("m.safetensors", safetensors(good, 15)));
  EXPECT_EQ(look("m.safetensors", safetensors(good, 17)).verdict, Verdict::suspicious);
  refused(look("m.safetensors", safetensors(R"({"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,16]}})", 16)));
  refused(look("m.safetensors", safetensors(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296,16],"data_offsets":[0,16]}})", 16)));
  refused(look("m.safetensors", safetensors(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,16]}})", 16)));
  refused(look("m.safetensors", safetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 16)));
  refused(look("m.safetensors", safetensors(R"({"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]},"b":{"dtype":"U8","shape":[9],"data_offsets":[7,16]}})", 16)));
  refused(look("m.safetensors", safetensors(R"({"a":1,"a":2})", 0)));
  refused(look("m.safetensors", std::string(8, '\xff') + "{}"));
  refused(look("m.safetensors", safetensors(std::string(2'000'000, '['), 0)));
}

std::string gguf_text(const std::string& s) { return little(static_cast<std::uint64_t>(s.size())) + s; }

std::string gguf(const std::vector<std::pair<std::string, std::string>>& texts, const std::string& tensors = "", std::uint64_t count = 0) {
  std::string out = "GGUF" + little(std::uint32_t{3}) + little(count) + little(static_cast<std::uint64_t>(texts.size()));
  for (const auto& [key, value] : texts) out += gguf_text(key) + little(std::uint32_t{8}) + gguf_text(value);
  return out + tensors;
}

TEST(Gguf, ChatTemplates) {
  const auto verdict = [](const std::string& text) { return look("m.gguf", gguf({{"general.name", "m"}, {"tokenizer.chat_template", text}})).verdict; };
  EXPECT_EQ(verdict("{% set ns = namespace(x=1) %}{% for m in messages %}{{ '<|' + m['role'] + '|>' + m['content'] | trim }}"
                    "{% if loop.last and add_generation_prompt %}{{ raise_exception('no') }}{% endif %}{% endfor %} __class__ outside"),
            Verdict::no_code_found);
  EXPECT_EQ(verdict("{{ ''.__class__.__mro__[1].__subclasses__() }}"), Verdict::executes_code);
  EXPECT_EQ(verdict("{%- for x in cycler . __init__ . __globals__ -%}{% endfor %}"), Verdict::executes_code);
  EXPECT_EQ(verdict("{{ messages | attr('\\x5f\\x5fclass\\x5f\\x5f') }}"), Verdict::suspicious);
  EXPECT_EQ(verdict("{% include '/etc/passwd' %}"), Verdict::suspicious);
}

TEST(Gguf, RefusesWhatOverflows) {
  const auto tensor = [](std::uint64_t n, std::uint32_t type, std::uint64_t offset) {
    return gguf_text("t") + little(std::uint32_t{2}) + little(n) + little(n) + little(type) + little(offset);
  };
  const std::string fits = gguf({}, tensor(2, 0, 0), 1);
  EXPECT_EQ(look("m.gguf", fits + std::string(32 - fits.size() % 32 + 16, '\0')).verdict, Verdict::no_code_found);
  refused(look("m.gguf", fits));
  refused(look("m.gguf", gguf({}, tensor(std::uint64_t{1} << 32, 0, 0), 1)));
  refused(look("m.gguf", gguf({}, tensor(1, 0, ~std::uint64_t{0} - 31), 1)));
  refused(look("m.gguf", "GGUF" + little(std::uint32_t{3}) + little(~std::uint64_t{0}) + little(std::uint64_t{0})));
  refused(look("m.gguf", "GGUF" + little(std::uint32_t{3}) + little(std::uint64_t{0}) + little(std::uint64_t{1}) + little(~std::uint64_t{0} - 3) + "key"));
  // Arrays of arrays of arrays.
  std::string nested;
  for (int i = 0; i < 50; ++i) nested += little(std::uint32_t{9}) + little(std::uint64_t{1});
  refused(look("m.gguf", "GGUF" + little(std::uint32_t{3}) + little(std::uint64_t{0}) + little(std::uint64_t{1}) + gguf_text("k") + little(std::uint32_t{9}) + nested));
  const std::string whole = gguf({{"general.name", "m"}});
  for (std::size_t n = 4; n < whole.size(); ++n) refused(look("m.gguf", whole.substr(0, n)));
}

std::string varint(std::uint64_t v) {
  std::string out;
  for (; v >= 128; v >>= 7) out += static_cast<char>((v & 127) | 128);
  return out + static_cast<char>(v);
}
std::string field(std::uint32_t number, const std::string& bytes) { return varint(number << 3 | 2) + varint(bytes.size()) + bytes; }
std::string field(std::uint32_t number, std::uint64_t value) { return varint(number << 3) + varint(value); }

std::string onnx(const std::string& graph, const std::string& more = "") { return field(1, 8) + field(7, graph) + more; }
std::string node(const std::string& op, const std::string& domain) { return field(1, field(4, op) + field(7, domain)); }
std::string external(const std::string& path) { return field(5, field(1, 2) + field(2, 1) + field(13, field(1, "location") + field(2, path))); }

TEST(Onnx, OperatorsAndWeightsOutside) {
  EXPECT_EQ(look("m.onnx", onnx(node("Relu", ""))).verdict, Verdict::no_code_found);
  EXPECT_EQ(look("model", onnx(node("Relu", ""))).kind, "ONNX");
  EXPECT_EQ(look("m.onnx", onnx(node("Thing", "org.example"))).verdict, Verdict::suspicious);
  EXPECT_EQ(look("m.onnx", onnx(node("Thing", "org.example"), field(25, field(1, "Thing") + field(10, "org.example")))).verdict, Verdict::no_code_found);
  EXPECT_EQ(look("m.onnx", onnx(node("PyOp", "ai.onnx.contrib"))).verdict, Verdict::executes_code);
  EXPECT_EQ(look("m.onnx", onnx(external("weights.bin"))).verdict, Verdict::no_code_found);
  EXPECT_EQ(look("m.onnx", onnx(external("weights.bin"))).not_checked.size(), 1u);
  for (const char* path : {"../secret", "/etc/passwd", "a/../../b", "..\\b", "C:\\b"})
    EXPECT_EQ(look("m.onnx", onnx(external(path))).verdict, Verdict::suspicious) << path;
  // In a graph inside a graph, too.
  // The same name is another thing by what lies there.
  const auto lies = [](Neighbour::State state, std::uint64_t size) {
    return scan_file("m.onnx", onnx(external("weights.bin")), {}, {}, [=](const std::string&) { return Neighbour{state, size}; });
  };
  EXPECT_EQ(lies(Neighbour::State::outside, 0).verdict, Verdict::suspicious);
  EXPECT_EQ(lies(Neighbour::State::absent, 0).not_checked, (std::vector<std::string>{"the weights in 'weights.bin', which is not there"}));
  EXPECT_EQ(lies(Neighbour::State::there, 8).verdict, Verdict::no_code_found);
  EXPECT_TRUE(lies(Neighbour::State::there, 8).not_checked.empty());
  EXPECT_EQ(lies(Neighbour::State::there, 7).verdict, Verdict::unreadable);
  EXPECT_EQ(look("m.onnx", onnx(field(1, field(4, "If") + field(5, field(6, external("../secret")))))).verdict, Verdict::suspicious);
}

TEST(Onnx, RefusesWhatDoesNotAddUp) {
  refused(look("m.onnx", onnx(field(5, field(1, std::uint64_t{1} << 40) + field(1, std::uint64_t{1} << 40) + field(2, 1)))));
  refused(look("m.onnx", onnx(field(5, field(1, 3) + field(2, 1) + field(9, "too short")))));
  std::string deep = node("Relu", "");
  for (int i = 0; i < 200; ++i) deep = field(1, field(5, field(6, deep)));
  refused(look("m.onnx", onnx(deep)));
  refused(look("m.onnx", "no fields at all"));
  const std::string whole = onnx(node("Relu", ""));
  for (std::size_t n = 3; n < whole.size(); ++n) refused(look("m.onnx", whole.substr(0, n)));
}

TEST(SavedModel, Operators) {
  const auto model = [](const std::string& op) { return field(1, 1) + field(2, field(2, field(1, field(1, "n") + field(2, op)))); };
  const auto function = [](const std::string& op) { return field(1, 1) + field(2, field(2, field(2, field(1, field(3, field(2, op)))))); };
  EXPECT_EQ(look("saved_model.pb", model("MatMul")).verdict, Verdict::no_code_found);
  EXPECT_EQ(look("saved_model.pb", model("PyFunc")).verdict, Verdict::executes_code);
  EXPECT_EQ(look("saved_model.pb", function("EagerPyFunc")).verdict, Verdict::executes_code);
  EXPECT_EQ(look("saved_model.pb", model("ReadFile")).verdict, Verdict::suspicious);
  EXPECT_EQ(look("graph.pb", field(1, field(1, "n") + field(2, "PyFunc"))).verdict, Verdict::executes_code);
  refused(look("saved_model.pb", model("MatMul") + "\xff"));
}

TEST(Keras, LayersThatRunCode) {
  const std::string lambda = R"({"class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda", "config": {"name": "l", "function": ["4wEA", null, null]}}]}})";
  const std::string dense = R"({"class_name": "Sequential", "config": {"layers": [{"module": "keras.layers", "class_name": "Dense", "config": {"units": 2}}]}})";
  const auto keras = [](const std::string& config) { return zip({{.name = "config.json", .content = config}, {.name = "model.weights.h5", .content = "\x89HDF\r\n\x1a\n"}}); };
  EXPECT_EQ(look("m.keras", keras(dense)).verdict, Verdict::no_code_found);
  EXPECT_EQ(look("m.keras", keras(dense)).kind, "Keras");
  EXPECT_EQ(look("m.keras", keras(lambda)).verdict, Verdict::executes_code);
  EXPECT_EQ(look("m.keras", keras(R"({"class_name": "\u004cambda", "config": {}})")).verdict, Verdict::executes_code);
  EXPECT_EQ(look("m.keras", keras(R"({"module": "os", "class_name": "function", "config": "system", "registered_name": "function"})")).verdict, Verdict::executes_code);
  EXPECT_EQ(look("m.keras", keras(R"({"class_name": "__lambda__", "config": {"value": "4wEA"}})")).verdict, Verdict::executes_code);
  const std::string h5 = std::string("\x89HDF\r\n\x1a\n") + std::string(100, '\0') + "model_config" + std::string(8, '\0');
  EXPECT_EQ(look("m.h5", h5 + dense + std::string(20, '\0')).verdict, Verdict::no_code_found);
  EXPECT_EQ(look("m.h5", h5 + lambda + std::string(20, '\0')).verdict, Verdict::executes_code);
  EXPECT_EQ(look("m.h5", h5 + R"({"class_name": "\u004cambda", "config": {}})" + std::string(20, '\0')).verdict, Verdict::executes_code);
}

TEST(Json, ConfigurationOfModels) {
  EXPECT_EQ(look("config.json", R"({"architectures": ["A"]})").verdict, Verdict::no_code_found);
  EXPECT_EQ(look("config.json", R"({"auto_map": {"AutoModel": "modeling.Evil"}})").verdict, Verdict::suspicious);
  EXPECT_EQ(look("tokenizer_config.json", R"({"chat_template": "{{ x.__class__ }}"})").verdict, Verdict::executes_code);
  EXPECT_EQ(look("tokenizer_config.json", R"({"chat_template": [{"name": "a", "template": "{{ x.__class__ }}"}]})").verdict, Verdict::executes_code);
}

TEST(Kinds, WhatIsNoModel) {
  EXPECT_EQ(look("README.md", "# A model\n").verdict, Verdict::no_code_found);
  EXPECT_EQ(look("logo.png", "\x89PNG\r\n\x1a\n").verdict, Verdict::no_code_found);
  EXPECT_EQ(look("model.pt", "\x89PNG\r\n\x1a\n").verdict, Verdict::unreadable);
  EXPECT_EQ(look("model.py", "import os\n").verdict, Verdict::suspicious);
  EXPECT_EQ(look("model.pkl", "").verdict, Verdict::unreadable);
  EXPECT_EQ(look("thing.xyz", std::string("\x01\x02\xff\xfe\0zz", 7)).verdict, Verdict::unreadable);
}

TEST(Report, SaysTheSameInEachForm) {
  const std::vector<FileReport> files = {look("a b.pkl", attack()), look("b.pkl", harmless())};
  const std::string json = to_json_text(files), sarif = to_sarif(files, "1"), text = to_text(files);
  EXPECT_NE(json.find(R"("verdict": "executes_code")"), std::string::npos);
  EXPECT_NE(json.find(R"x("call": "os.system('id')")x"), std::string::npos);
  EXPECT_NE(sarif.find(R"("byteOffset": 20)"), std::string::npos);
  EXPECT_NE(sarif.find("a%20b.pkl"), std::string::npos);
  EXPECT_NE(text.find("2 files: 1 execute code"), std::string::npos);
}

}  // namespace
}  // namespace duolex::threats::model_files::testing
