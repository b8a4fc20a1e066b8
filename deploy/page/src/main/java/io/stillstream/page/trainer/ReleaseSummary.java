package io.stillstream.page.trainer;

/**
 * A release, as the page shows it.
 *
 * @param alias {@code champion} or {@code challenger}: what it was made as
 * @param created milliseconds since the epoch
 * @param accuracy share that it named right, of the held-out set if there is one, else prequential;
 *     null if unknown
 * @param gateAccuracy share of the gate's images that it named right; null without a gate
 * @param bestAccuracy of the best champion before, on the gate's images; null without a gate
 * @param gate {@code passed} or {@code failed}; null without a gate
 * @param current whether it is the one that is served
 */
public record ReleaseSummary(
    long version,
    String alias,
    long step,
    long created,
    Double accuracy,
    Double gateAccuracy,
    Double bestAccuracy,
    String gate,
    String sha256,
    boolean current) {}
