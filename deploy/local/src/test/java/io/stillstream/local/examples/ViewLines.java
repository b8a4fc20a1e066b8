package io.stillstream.local.examples;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.image.PixelCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/** Views with their answers as lines of text, written by Python and by Java, to be compared. */
final class ViewLines {
  /** Writes what the data set yields, one view in a line, as {@link #of} does. */
  static final String WRITE_ALL =
      """
      import base64
      import sys

      from torch.utils.data import DataLoader

      from labeled_views import LabeledViews


      def text(tensor):
          return base64.b64encode(tensor.numpy().tobytes()).decode()


      topic, path, workers = sys.argv[1:]
      views = DataLoader(LabeledViews(topic, unlabeled=True), None, num_workers=int(workers))
      with open(path, "w") as file:
          for pixels, logits, label in views:
              print(*pixels.shape, text(pixels), "-" if logits is None else text(logits), label, file=file)
      """;

  private ViewLines() {}

  /** The view as Java decodes it: shape [C, H, W], pixels, logits and class. */
  static String of(LabeledView labeled) {
    AugmentedView view = labeled.getView();
    int height = view.getHeight();
    int width = view.getWidth();
    int channels = view.getChannels();
    byte[] hwc = PixelCodec.decode(view);
    ByteBuffer chw = ByteBuffer.allocate(hwc.length);
    for (int c = 0; c < channels; c++) {
      for (int i = c; i < hwc.length; i += channels) {
        chw.put(hwc[i]);
      }
    }
    String logits = "-";
    if (LabeledAnswers.isAnswered(labeled)) {
      float[] row = LabeledAnswers.row(labeled);
      ByteBuffer bytes = ByteBuffer.allocate(4 * row.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(row);
      logits = Base64.getEncoder().encodeToString(bytes.array());
    }
    Label label = view.getLabel();
    return "%d %d %d %s %s %d"
        .formatted(
            channels,
            height,
            width,
            Base64.getEncoder().encodeToString(chw.array()),
            logits,
            label == null || label.getSecondary() != null ? -1 : label.getPrimary());
  }
}
