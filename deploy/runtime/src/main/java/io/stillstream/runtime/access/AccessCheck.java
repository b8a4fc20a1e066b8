package io.stillstream.runtime.access;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.kafka.BrokerCheck;
import io.stillstream.runtime.kafka.ClientIds;
import io.stillstream.runtime.kafka.ClientPrincipal;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.startup.StartupWait;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.AuthenticationException;

/** Makes sure at the start that a client may do what it will have to do. */
public final class AccessCheck {
  private static final Duration LONGEST = Duration.ofSeconds(15);

  private AccessCheck() {}

  /**
   * Waits for a broker and for topics, and asks about privileges. Where brokers have no authorizer
   * all is allowed.
   *
   * @param topicsByKey see {@link KafkaSettings#requireTopics}
   * @throws StartupException naming all that is not allowed, or what is not there in time
   */
  public static void require(
      Map<String, String> kafka,
      Map<String, String> topicsByKey,
      List<RequiredAcl> needed,
      StartupWait wait) {
    BrokerCheck.requireBroker(kafka, wait);
    Duration timeout = wait.maxWait().compareTo(LONGEST) < 0 ? wait.maxWait() : LONGEST;
    boolean open = ask(kafka, needed, timeout);
    BrokerCheck.requireTopics(kafka, topicsByKey, wait);
    if (open) {
      boolean unused = ask(kafka, needed, timeout);
    }
  }

  /** False if all has been answered. */
  private static boolean ask(
      Map<String, String> kafka, List<RequiredAcl> needed, Duration timeout) {
    Map<String, Object> settings = KafkaSettings.admin(ClientIds.forUse(kafka, "start"));
    Admin admin = KafkaSettings.client(() -> Admin.create(settings));
    try {
      AclProbe inquiry = new AclProbe(admin, timeout);
      List<RequiredAcl> missing = inquiry.missing(needed);
      if (!missing.isEmpty()) {
        throw new StartupException(describe(settings, missing, "\n  "));
      }
      return inquiry.isAnyTopicUnknown();
    } catch (AuthenticationException e) {
      throw new StartupException("kafka: the brokers do not let this client in: " + e, e);
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  /** {@code kafka: User:augmenter may not Write on topic views}, and how that is changed. */
  static String describe(Map<String, ?> kafka, List<RequiredAcl> missing, String separator) {
    String principal = ClientPrincipal.describe(kafka);
    return missing.stream()
            .map(
                privilege ->
                    "kafka: " + principal + " has no " + privilege + " (" + privilege.use() + ")")
            .collect(Collectors.joining(separator))
        + separator
        + "\"stillstream acls\" tells and grants what is needed";
  }
}
