package io.stillstream.page.progress;

import java.util.ArrayList;
import java.util.List;

/**
 * The curves since the process began, in a bounded number of points: when there are too many, each
 * two become one, and from then on each point stands for twice the time.
 */
public final class CurveHistory {
  /** Most points that are handed out. */
  static final int MOST = 600;

  private final List<CurvePoint> points = new ArrayList<>();
  private final List<CurvePoint> latest = new ArrayList<>();
  private int samplesPerPoint = 1;

  public synchronized void add(CurvePoint sample) {
    latest.add(sample);
    if (latest.size() < samplesPerPoint) {
      return;
    }
    points.add(CurvePoint.mean(latest));
    latest.clear();
    if (points.size() == MOST) {
      halve();
    }
  }

  private void halve() {
    List<CurvePoint> halved = new ArrayList<>();
    for (int i = 0; i < points.size(); i += 2) {
      halved.add(CurvePoint.mean(points.subList(i, i + 2)));
    }
    points.clear();
    points.addAll(halved);
    samplesPerPoint *= 2;
  }

  /** Oldest first; the last one may stand for less time than the others. */
  public synchronized List<CurvePoint> points() {
    List<CurvePoint> all = new ArrayList<>(points);
    if (!latest.isEmpty()) {
      all.add(CurvePoint.mean(latest));
    }
    return all;
  }
}
