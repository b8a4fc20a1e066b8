package io.stillstream.local.replay;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.Mix;
import io.stillstream.schemas.Operation;
import io.stillstream.schemas.values.PayloadAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The report of a replay: lineage, recipe with its exact values, and the outcome. */
public final class ReplayReport {
  private static final String ROW = "%-9s %s";
  private static final String MORE = "";

  private ReplayReport() {}

  /**
   * The lines for one view.
   *
   * @param policyHash of the policy that is configured now
   */
  public static List<String> lines(ReplayedView replayed, String policyHash) {
    AugmentedView view = replayed.view().view();
    Lineage lineage = view.getLineage();
    List<String> lines = new ArrayList<>();
    add(lines, "view", replayed.view().at().toString());
    add(
        lines,
        "image",
        "%s, view %d of %d"
            .formatted(lineage.getImageId(), lineage.getViewIndex(), lineage.getViewCount()));
    add(lines, "origin", replayed.view().origin().toString());
    if (lineage.getPayloadUri() != null) {
      add(
          lines,
          "object",
          "%s, SHA-256 %s"
              .formatted(
                  PayloadAddress.shown(lineage.getPayloadUri()), lineage.getPayloadSha256()));
    }
    add(
        lines,
        "policy",
        lineage.getPolicyHash()
            + (lineage.getPolicyHash().equals(policyHash) ? ", as configured" : ", another one"));
    add(lines, "seed", Long.toString(lineage.getSeed()));
    addRecipe(lines, view);
    add(
        lines,
        "pixels",
        "%d x %d x %d, %s, %d bytes"
            .formatted(
                view.getHeight(),
                view.getWidth(),
                view.getChannels(),
                view.getEncoding(),
                view.getPixels().remaining()));
    if (view.getMask() != null) {
      add(lines, "mask", view.getMask().remaining() + " bytes");
    }
    add(lines, replayed.outcome().status().text(), replayed.outcome().detail());
    return lines;
  }

  /** The same in short, as a document: where the view is, what it is of, and the outcome. */
  public static Map<String, Object> document(ReplayedView replayed) {
    Lineage lineage = replayed.view().view().getLineage();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("view", replayed.view().at().toString());
    fields.put("imageId", lineage.getImageId());
    fields.put("viewIndex", lineage.getViewIndex());
    fields.put("origin", replayed.view().origin().toString());
    fields.put("policyHash", lineage.getPolicyHash());
    fields.put("status", replayed.outcome().status().text());
    fields.put("detail", replayed.outcome().detail());
    return fields;
  }

  private static void addRecipe(List<String> lines, AugmentedView view) {
    add(lines, "recipe", "decoded at 1/" + view.getRecipe().getDecodeScale());
    view.getRecipe().getOperations().forEach(step -> add(lines, MORE, text(step)));
    Mix mix = view.getRecipe().getMix();
    if (mix != null) {
      add(
          lines,
          "mix",
          "%s lambda=%s%s"
              .formatted(
                  mix.getKind(),
                  mix.getLambda(),
                  mix.getBox() == null ? "" : " box=" + mix.getBox()));
      add(
          lines,
          "partner",
          "%s-%d@%d, image %s, decoded at 1/%d"
              .formatted(
                  mix.getPartnerTopic(),
                  mix.getPartnerPartition(),
                  mix.getPartnerOffset(),
                  mix.getPartnerImageId(),
                  mix.getPartnerDecodeScale()));
      mix.getPartnerOperations().forEach(step -> add(lines, MORE, text(step)));
    }
  }

  private static String text(Operation step) {
    Map<String, Double> values = new TreeMap<>(step.getParameters());
    StringBuilder text = new StringBuilder(step.getName());
    values.forEach((key, value) -> text.append(' ').append(key).append('=').append(value));
    return text.toString();
  }

  private static void add(List<String> lines, String name, String value) {
    lines.add(ROW.formatted(name, value));
  }
}
