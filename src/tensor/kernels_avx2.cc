#define DUOLEX_KERNELS avx2
#define DUOLEX_VECTOR_BYTES 32
#include "tensor/kernels_body.h"
