#define DUOLEX_KERNELS avx512
#define DUOLEX_VECTOR_BYTES 64
#include "tensor/kernels_body.h"
