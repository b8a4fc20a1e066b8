package io.stillstream.trainer.checkpoint.store;

/**
 * Which topic of which cluster it is that offsets are of: a name may come back as another topic.
 *
 * @param clusterId null where it is not known
 * @param topicId as brokers give it (KIP-516); null where it is not known, or they give none
 */
public record TopicIdentity(String clusterId, String topicId) {
  public static final TopicIdentity UNKNOWN = new TopicIdentity(null, null);

  /** Whether it is certain that these are two; what is not known may be the same. */
  public boolean isOtherThan(TopicIdentity that) {
    return isOtherCluster(that) || differ(topicId, that.topicId);
  }

  /** Whether it is certain that the clusters are two. */
  public boolean isOtherCluster(TopicIdentity that) {
    return differ(clusterId, that.clusterId);
  }

  /** This one, with what was known before of what is not known now. */
  public TopicIdentity or(TopicIdentity before) {
    return new TopicIdentity(
        clusterId == null ? before.clusterId : clusterId,
        topicId == null ? before.topicId : topicId);
  }

  private static boolean differ(String one, String other) {
    return one != null && other != null && !one.equals(other);
  }

  /** {@code id xyz in cluster abc}. */
  @Override
  public String toString() {
    return "id "
        + (topicId == null ? "unknown" : topicId)
        + " in cluster "
        + (clusterId == null ? "unknown" : clusterId);
  }
}
