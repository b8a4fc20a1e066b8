package io.stillstream.page.bottleneck;

import java.util.List;

/**
 * What limits the stream, and the evidence, as the page takes it. Null is not known.
 *
 * @param window seconds over which it was observed
 * @param stage id of the stage that the kind is about
 * @param next what limits the stream when that stage has caught up
 * @param part what that stage spends most of its time on
 * @param stages in the order of the data
 */
public record BottleneckReport(
    long window,
    Bottleneck.Kind kind,
    String stage,
    String next,
    String part,
    List<StageEvidence> stages) {

  /**
   * The evidence about one stage.
   *
   * @param reason why nothing is known
   * @param inPerSecond records that arrived, transaction markers included
   * @param outPerSecond records that it finished, markers included
   * @param backlog records that wait, markers included
   * @param backlogSeconds how long they take at this rate
   * @param parts what it spends its time on; null if that is not known
   */
  public record StageEvidence(
      String id,
      StageState state,
      String reason,
      Double inPerSecond,
      Double outPerSecond,
      Long backlog,
      Double backlogSeconds,
      BacklogTrend trend,
      List<BusyPart> parts) {}
}
