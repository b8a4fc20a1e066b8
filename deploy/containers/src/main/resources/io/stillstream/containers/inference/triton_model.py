"""The model as Triton's Python backend wants it: one process for each loaded version."""

import os

import classifier
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def initialize(self, args):
        directory = os.path.join(args["model_repository"], args["model_version"])
        self._model = classifier.load(directory, args["model_version"])

    def execute(self, requests):
        return [self._answer(request) for request in requests]

    def _answer(self, request):
        images = pb_utils.get_input_tensor_by_name(request, "input").as_numpy()
        return pb_utils.InferenceResponse([pb_utils.Tensor("logits", self._model(images))])
