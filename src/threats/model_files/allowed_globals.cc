#include "threats/model_files/allowed_globals.h"

#include <algorithm>
#include <iterator>

namespace duolex::threats::model_files {
namespace {

// One line a module: what may be named of it, and what doing so means. A name with a dot in it, which reaches for an
// attribute, is never allowed.
struct Module {
  std::string_view name;
  Rule rule;
  std::string_view names;  // separated by single blanks
};

constexpr Module modules[] = {
    // Python's own containers and values.
    {"builtins", Rule::data, "bool bytearray bytes complex dict float frozenset int list object range set slice str tuple Ellipsis NotImplemented NoneType"},
    {"collections", Rule::data, "OrderedDict Counter deque defaultdict"},
    {"datetime", Rule::data, "date datetime time timedelta timezone"},
    {"decimal", Rule::data, "Decimal"},
    {"fractions", Rule::data, "Fraction"},
    {"pathlib", Rule::data, "Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath"},
    {"uuid", Rule::data, "UUID"},
    {"argparse", Rule::data, "Namespace"},
    {"types", Rule::data, "SimpleNamespace"},
    {"array", Rule::data, "array"},
    {"copyreg", Rule::reconstruct, "_reconstructor __newobj__ __newobj_ex__"},
    {"_codecs", Rule::encoding, "encode"},

    // numpy, before and after its core moved.
    {"numpy", Rule::data, "dtype ndarray matrix bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 "
                          "longdouble complex64 complex128 clongdouble str_ bytes_ void datetime64 timedelta64 intc uintc longlong ulonglong int_ uint"},
    {"numpy.core.multiarray", Rule::data, "_reconstruct scalar"},
    {"numpy._core.multiarray", Rule::data, "_reconstruct scalar"},
    {"numpy.core.numeric", Rule::data, "_frombuffer"},
    {"numpy._core.numeric", Rule::data, "_frombuffer"},
    {"numpy.matrixlib.defmatrix", Rule::data, "matrix"},
    {"numpy.ma.core", Rule::data, "MaskedArray _mareconstruct"},
    {"numpy.random._pickle", Rule::data, "__randomstate_ctor __generator_ctor __bit_generator_ctor"},
    {"numpy.random._mt19937", Rule::data, "MT19937"},
    {"numpy.random._pcg64", Rule::data, "PCG64 PCG64DXSM"},
    {"numpy.dtypes", Rule::data, "BoolDType Int8DType Int16DType Int32DType Int64DType UInt8DType UInt16DType UInt32DType UInt64DType "
                                 "Float16DType Float32DType Float64DType Complex64DType Complex128DType"},

    // PyTorch: tensors, storages, types and devices.
    {"torch", Rule::data, "Tensor Size device dtype layout memory_format Generator FloatStorage DoubleStorage HalfStorage BFloat16Storage "
                          "LongStorage IntStorage ShortStorage CharStorage ByteStorage BoolStorage ComplexFloatStorage ComplexDoubleStorage "
                          "QInt8Storage QUInt8Storage QInt32Storage QUInt4x2Storage QUInt2x4Storage UntypedStorage TypedStorage "
                          "float16 float32 float64 bfloat16 half float double int8 int16 int32 int64 uint8 uint16 uint32 uint64 short int long bool "
                          "complex32 complex64 complex128 quint8 qint8 qint32 float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz "
                          "strided sparse_coo contiguous_format channels_last channels_last_3d preserve_format per_tensor_affine per_channel_affine"},
    {"torch.cuda", Rule::data, "FloatStorage DoubleStorage HalfStorage BFloat16Storage LongStorage IntStorage ShortStorage CharStorage ByteStorage BoolStorage"},
    {"torch.storage", Rule::data, "TypedStorage UntypedStorage _TypedStorage _UntypedStorage"},
    {"torch.storage", Rule::bytes_inside, "_load_from_bytes"},
    {"torch._utils", Rule::data, "_rebuild_tensor _rebuild_tensor_v2 _rebuild_tensor_v3 _rebuild_parameter _rebuild_parameter_with_state "
                                 "_rebuild_qtensor _rebuild_sparse_tensor _rebuild_sparse_csr_tensor _rebuild_meta_tensor_no_storage "
                                 "_rebuild_device_tensor_from_numpy _rebuild_xla_tensor _rebuild_nested_tensor"},
    {"torch._tensor", Rule::data, "_rebuild_from_type_v2"},
    {"torch.nn.parameter", Rule::data, "Parameter Buffer UninitializedParameter UninitializedBuffer"},
    {"torch.serialization", Rule::data, "_get_layout"},
    {"torch.jit._pickle", Rule::data, "build_intlist build_tensorlist build_doublelist build_boollist restore_type_tag build_tensor_from_id"},
    {"torch.backends.cuda", Rule::data, "cuFFTPlanCacheAttrContextProp"},

    // Modules of a whole model that was saved as it stood.
    {"torch.nn.modules.activation", Rule::data, "CELU ELU GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid LogSoftmax "
                                               "Mish MultiheadAttention PReLU ReLU ReLU6 RReLU SELU SiLU Sigmoid Softmax Softmax2d Softmin Softplus "
                                               "Softshrink Softsign Tanh Tanhshrink Threshold"},
    {"torch.nn.modules.batchnorm", Rule::data, "BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm"},
    {"torch.nn.modules.container", Rule::data, "ModuleDict ModuleList ParameterDict ParameterList Sequential"},
    {"torch.nn.modules.conv", Rule::data, "Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d"},
    {"torch.nn.modules.dropout", Rule::data, "AlphaDropout Dropout Dropout1d Dropout2d Dropout3d FeatureAlphaDropout"},
    {"torch.nn.modules.flatten", Rule::data, "Flatten Unflatten"},
    {"torch.nn.modules.instancenorm", Rule::data, "InstanceNorm1d InstanceNorm2d InstanceNorm3d"},
    {"torch.nn.modules.linear", Rule::data, "Bilinear Identity Linear NonDynamicallyQuantizableLinear"},
    {"torch.nn.modules.loss", Rule::data, "BCELoss BCEWithLogitsLoss CrossEntropyLoss HuberLoss KLDivLoss L1Loss MSELoss NLLLoss SmoothL1Loss"},
    {"torch.nn.modules.normalization", Rule::data, "CrossMapLRN2d GroupNorm LayerNorm LocalResponseNorm RMSNorm"},
    {"torch.nn.modules.padding", Rule::data, "ConstantPad1d ConstantPad2d ConstantPad3d ReflectionPad1d ReflectionPad2d ReplicationPad1d "
                                             "ReplicationPad2d ReplicationPad3d ZeroPad2d"},
    {"torch.nn.modules.pixelshuffle", Rule::data, "PixelShuffle PixelUnshuffle"},
    {"torch.nn.modules.pooling", Rule::data, "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d "
                                             "AdaptiveMaxPool3d AvgPool1d AvgPool2d AvgPool3d LPPool1d LPPool2d MaxPool1d MaxPool2d MaxPool3d"},
    {"torch.nn.modules.rnn", Rule::data, "GRU GRUCell LSTM LSTMCell RNN RNNCell"},
    {"torch.nn.modules.sparse", Rule::data, "Embedding EmbeddingBag"},
    {"torch.nn.modules.transformer", Rule::data, "Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer"},
    {"torch.nn.modules.upsampling", Rule::data, "Upsample UpsamplingBilinear2d UpsamplingNearest2d"},

    // How joblib and scipy keep arrays.
    {"joblib.numpy_pickle", Rule::data, "NumpyArrayWrapper"},
    {"scipy.sparse._csr", Rule::data, "csr_matrix csr_array"},
    {"scipy.sparse._csc", Rule::data, "csc_matrix csc_array"},
    {"scipy.sparse.csr", Rule::data, "csr_matrix"},
    {"scipy.sparse.csc", Rule::data, "csc_matrix"},

    // Estimators of scikit-learn, whose state is parameters and arrays.
    {"sklearn.linear_model._base", Rule::data, "LinearRegression"},
    {"sklearn.linear_model._bayes", Rule::data, "ARDRegression BayesianRidge"},
    {"sklearn.linear_model._coordinate_descent", Rule::data, "ElasticNet ElasticNetCV Lasso LassoCV MultiTaskLasso"},
    {"sklearn.linear_model._logistic", Rule::data, "LogisticRegression LogisticRegressionCV"},
    {"sklearn.linear_model._perceptron", Rule::data, "Perceptron"},
    {"sklearn.linear_model._ridge", Rule::data, "Ridge RidgeCV RidgeClassifier RidgeClassifierCV"},
    {"sklearn.linear_model._stochastic_gradient", Rule::data, "SGDClassifier SGDRegressor"},
    {"sklearn.tree._classes", Rule::data, "DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor"},
    {"sklearn.tree._tree", Rule::data, "Tree"},
    {"sklearn.ensemble._forest", Rule::data, "ExtraTreesClassifier ExtraTreesRegressor RandomForestClassifier RandomForestRegressor"},
    {"sklearn.ensemble._gb", Rule::data, "GradientBoostingClassifier GradientBoostingRegressor"},
    {"sklearn.ensemble._gb_losses", Rule::data, "BinomialDeviance ExponentialLoss HuberLossFunction LeastAbsoluteError LeastSquaresError MultinomialDeviance QuantileLossFunction"},
    {"sklearn.dummy", Rule::data, "DummyClassifier DummyRegressor"},
    {"sklearn.ensemble._bagging", Rule::data, "BaggingClassifier BaggingRegressor"},
    {"sklearn.ensemble._iforest", Rule::data, "IsolationForest"},
    {"sklearn.ensemble._weight_boosting", Rule::data, "AdaBoostClassifier AdaBoostRegressor"},
    {"sklearn.naive_bayes", Rule::data, "BernoulliNB CategoricalNB ComplementNB GaussianNB MultinomialNB"},
    {"sklearn.neighbors._classification", Rule::data, "KNeighborsClassifier RadiusNeighborsClassifier"},
    {"sklearn.neighbors._regression", Rule::data, "KNeighborsRegressor RadiusNeighborsRegressor"},
    {"sklearn.neural_network._multilayer_perceptron", Rule::data, "MLPClassifier MLPRegressor"},
    {"sklearn.svm._classes", Rule::data, "LinearSVC LinearSVR NuSVC NuSVR OneClassSVM SVC SVR"},
    {"sklearn.cluster._kmeans", Rule::data, "KMeans MiniBatchKMeans"},
    {"sklearn.decomposition._pca", Rule::data, "PCA"},
    {"sklearn.pipeline", Rule::data, "FeatureUnion Pipeline"},
    {"sklearn.compose._column_transformer", Rule::data, "ColumnTransformer"},
    {"sklearn.impute._base", Rule::data, "SimpleImputer"},
    {"sklearn.preprocessing._data", Rule::data, "MaxAbsScaler MinMaxScaler Normalizer PolynomialFeatures PowerTransformer QuantileTransformer RobustScaler StandardScaler"},
    {"sklearn.preprocessing._encoders", Rule::data, "OneHotEncoder OrdinalEncoder"},
    {"sklearn.preprocessing._label", Rule::data, "LabelBinarizer LabelEncoder MultiLabelBinarizer"},
    {"sklearn.feature_extraction.text", Rule::data, "CountVectorizer TfidfTransformer TfidfVectorizer"},
    {"sklearn.utils._bunch", Rule::data, "Bunch"},
};

bool holds(std::string_view names, std::string_view name) {
  for (std::size_t at = names.find(name); at != std::string_view::npos; at = names.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || names[at - 1] == ' ') && (end == names.size() || names[end] == ' ')) return true;
  }
  return false;
}

}  // namespace

Rule rule_for(std::string_view module, std::string_view name) {
  if (name.empty() || name.find_first_of(". ") != std::string_view::npos) return Rule::refused;
  for (const Module& m : modules)
    if (m.name == module && holds(m.names, name)) return m.rule;
  return Rule::refused;
}

bool harmless_encoding(std::string_view name) {
  constexpr std::string_view known[] = {"latin1", "latin-1", "latin_1", "iso-8859-1", "ascii", "utf-8", "utf8"};
  return std::find(std::begin(known), std::end(known), name) != std::end(known);
}

}  // namespace duolex::threats::model_files
