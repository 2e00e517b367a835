duolex_fuzz(onnx MODULES tensor)
