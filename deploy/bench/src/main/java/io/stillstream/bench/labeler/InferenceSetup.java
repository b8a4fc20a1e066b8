package io.stillstream.bench.labeler;

import io.stillstream.bench.input.SyntheticImages;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What is measured.
 *
 * @param teacher the model
 * @param gpu whether on the first GPU, or else on the CPU
 * @param batch images in a batch
 * @param threads of libtorch within an operator
 * @param images views [H, W, C] of the teacher's size, different ones, as many as two batches
 */
record InferenceSetup(ModelSpec teacher, boolean gpu, int batch, int threads, List<byte[]> images) {
  private static final int BATCHES = 2;

  /** Those who see small images get them raw, as small ones travel; the others as JPEG. */
  private static final int SMALL = 28 * 28;

  static InferenceSetup of(ModelSpec teacher, boolean gpu, int batch, int threads) {
    return new InferenceSetup(
        teacher,
        gpu,
        batch,
        threads,
        IntStream.range(0, BATCHES * batch)
            .mapToObj(
                n ->
                    SyntheticImages.image(teacher.height(), teacher.width(), teacher.channels(), n))
            .toList());
  }

  /** The same images for another format of the same teacher. */
  InferenceSetup of(ModelSpec other) {
    return new InferenceSetup(other, gpu, batch, threads, images);
  }

  /** Images of the n-th batch, which come again and again. */
  List<byte[]> batch(long number) {
    int first = (int) (number * batch % images.size());
    return images.subList(first, first + batch);
  }

  /** How its views travel through Kafka. */
  PixelEncoding encoding() {
    return teacher.height() * teacher.width() <= SMALL ? PixelEncoding.RAW : PixelEncoding.JPEG;
  }

  String device() {
    return gpu ? "gpu" : "cpu";
  }
}
