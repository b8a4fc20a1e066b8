"""The model as MLServer wants it."""

import classifier
import mlserver
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceResponse


class Runtime(mlserver.MLModel):
    async def load(self):
        self._model = classifier.load(self.settings.parameters.uri, self.version)
        return True

    async def predict(self, payload):
        images = NumpyCodec.decode_input(payload.inputs[0])
        logits = NumpyCodec.encode_output("logits", self._model(images))
        return InferenceResponse(model_name=self.name, model_version=self.version, outputs=[logits])
