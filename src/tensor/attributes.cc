#include "tensor/attributes.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace duolex::tensor {

namespace {

// Operators, and the attributes that are taken account of or that say nothing about the result (the names of ONNX, all
// versions of each operator).
constexpr struct {
  const char *operators, *attributes;
} known_attributes[] = {
    {"Add And Div Equal Greater Less Mul Or Pow Sub Xor", "axis broadcast"},
    {"ArgMax ArgMin", "axis keepdims select_last_index"},
    {"Attention", "is_causal kv_num_heads left_window_size q_num_heads qk_matmul_output_mode right_window_size scale softcap softmax_precision"},
    {"AveragePool", "auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides"},
    {"BatchNormalization", "epsilon is_test momentum spatial training_mode"},
    {"BitShift", "direction"},
    {"BlackmanWindow HammingWindow HannWindow", "output_datatype periodic"},
    {"Cast", "round_mode saturate to"},
    {"CastLike", "round_mode saturate"},
    {"Celu Elu LeakyRelu SwiGLU Swish ThresholdedRelu", "alpha"},
    {"Clip", "max min"},
    {"Compress Concat Flatten Gather GatherElements Hardmax LogSoftmax OneHot Scatter Softmax", "axis"},
    {"ConcatFromSequence", "axis new_axis"},
    {"Constant", "value value_float value_floats value_int value_ints"},
    {"ConstantOfShape", "value"},
    {"Conv ConvInteger QLinearConv", "auto_pad dilations group kernel_shape pads strides"},
    {"ConvTranspose", "auto_pad dilations group kernel_shape output_padding output_shape pads strides"},
    {"CumSum", "exclusive reverse"},
    {"DFT", "axis inverse onesided"},
    {"DepthToSpace", "blocksize mode"},
    {"DequantizeLinear", "axis block_size output_dtype"},
    {"Dropout", "is_test ratio seed"},
    {"Einsum", "equation"},
    {"EyeLike", "dtype k"},
    {"GRU", "activation_alpha activation_beta activations clip direction hidden_size layout linear_before_reset output_sequence"},
    {"GatherND", "batch_dims"},
    {"Gelu", "approximate"},
    {"Gemm", "alpha beta broadcast transA transB"},
    {"GlobalLpPool", "p"},
    {"GridSample", "align_corners mode padding_mode"},
    {"GroupNormalization", "epsilon num_groups stash_type"},
    {"HardSigmoid", "alpha beta"},
    {"If", "else_branch then_branch"},
    {"InstanceNormalization", "epsilon"},
    {"IsInf", "detect_negative detect_positive"},
    {"LRN", "alpha beta bias size"},
    {"LSTM", "activation_alpha activation_beta activations clip direction hidden_size input_forget layout output_sequence"},
    {"LayerNormalization RMSNormalization", "axis epsilon stash_type"},
    {"Loop SequenceMap", "body"},
    {"LpNormalization", "axis p"},
    {"LpPool", "auto_pad ceil_mode dilations kernel_shape p pads strides"},
    {"MaxPool", "auto_pad ceil_mode dilations kernel_shape pads storage_order strides"},
    {"MaxUnpool", "kernel_shape pads strides"},
    {"MeanVarianceNormalization Squeeze Unsqueeze", "axes"},
    {"MelWeightMatrix", "output_datatype"},
    {"Mod", "fmod"},
    {"NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss", "ignore_index reduction"},
    {"NonMaxSuppression", "center_point_box"},
    {"Optional", "type"},
    {"Pad", "mode pads value"},
    {"QuantizeLinear", "axis block_size output_dtype precision saturate"},
    {"RNN", "activation_alpha activation_beta activations clip direction hidden_size layout output_sequence"},
    {"Range", "stash_type"},
    {"ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare", "axes keepdims noop_with_empty_axes"},
    {"Reshape", "allowzero shape"},
    {"Resize", "antialias axes coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value keep_aspect_ratio_policy mode nearest_mode"},
    {"ReverseSequence", "batch_axis time_axis"},
    {"RoiAlign", "coordinate_transformation_mode mode output_height output_width sampling_ratio spatial_scale"},
    {"STFT", "onesided"},
    {"Scan", "body directions num_scan_inputs scan_input_axes scan_input_directions scan_output_axes scan_output_directions"},
    {"RotaryEmbedding", "interleaved num_heads rotary_embedding_dim"},
    {"ScatterElements", "axis reduction"},
    {"ScatterND", "reduction"},
    {"Selu", "alpha gamma"},
    {"SequenceEmpty", "dtype"},
    {"Shape", "end start"},
    {"Shrink", "bias lambd"},
    {"Slice", "axes ends starts"},
    {"SpaceToDepth", "blocksize mode"},
    {"Split", "axis num_outputs split"},
    {"SplitToSequence", "axis keepdims"},
    {"StringNormalizer", "case_change_action is_case_sensitive locale stopwords"},
    {"TfIdfVectorizer", "max_gram_length max_skip_count min_gram_length mode ngram_counts ngram_indexes pool_int64s pool_strings weights"},
    {"TopK", "axis k largest sorted"},
    {"Transpose", "perm"},
    {"Trilu", "upper"},
    {"Unique", "axis sorted"},
    {"Upsample", "mode scales"},
};

template <class Take>
void each_word(std::string_view text, const Take& take) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    take(text.substr(at, end - at));
    at = end + 1;
  }
}

const std::map<std::string_view, std::set<std::string_view>>& table() {
  static const std::map<std::string_view, std::set<std::string_view>> all = [] {
    std::map<std::string_view, std::set<std::string_view>> t;
    for (const auto& row : known_attributes)
      each_word(row.operators, [&](std::string_view op) { each_word(row.attributes, [&](std::string_view a) { t[op].insert(a); }); });
    return t;
  }();
  return all;
}

}  // namespace

std::string unheeded_attribute(const Node& node, std::int64_t opset) {
  const auto found = table().find(node.op);
  for (const Attribute& a : node.attributes)
    if (a.name != "consumed_inputs" && (found == table().end() || !found->second.contains(a.name))) return "with the attribute '" + a.name + "'";
  if (node.op == "BatchNormalization" && opset < 9 && node.integer("spatial", 1) == 0) return "with statistics of each place";
  // Until opset 6 it was the default to train.
  if ((node.op == "BatchNormalization" || (node.op == "Dropout" && node.number("ratio", 0.5F) != 0)) && opset < 7 && node.integer("is_test", 0) == 0) return "in training mode";
  if ((node.op == "QuantizeLinear" || node.op == "DequantizeLinear") && node.integer("block_size", 0) != 0) return "in blocks";
  if (node.op == "QuantizeLinear" && node.integer("precision", 0) != 0) return "with a precision of its own";
  if (node.op == "StringNormalizer" && !node.text("locale", "").empty() && !node.text("locale", "").starts_with("en")) return "in the locale " + node.text("locale", "");
  return "";
}

}  // namespace duolex::tensor
