package io.stillstream.local.access;

import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.kafka.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SecurityDisabledException;

/** Reads and writes the ACLs of brokers. It takes none away. */
public final class AclAdmin implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration BROKER_PATIENCE = Duration.ofSeconds(15);

  private final Admin admin;

  /**
   * @param kafka settings of a client who may describe and alter ACLs
   * @throws StartupException when no broker answers
   */
  public AclAdmin(Map<String, String> kafka) {
    KafkaSettings.requireBroker(kafka, BROKER_PATIENCE);
    admin = KafkaSettings.client(() -> Admin.create(KafkaSettings.admin(kafka)));
  }

  /** Grants all that the roles need; what is granted already stays as it is. */
  public void grant(List<Role> roles) {
    List<AclBinding> bindings =
        roles.stream()
            .flatMap(role -> role.privileges().stream().map(one -> one.binding(role.principal())))
            .distinct()
            .toList();
    Void unused = answer(admin.createAcls(bindings).all(), "Alter");
  }

  /** What is granted now. */
  public AclIndex index() {
    return new AclIndex(answer(admin.describeAcls(AclBindingFilter.ANY).values(), "Describe"));
  }

  private static <T> T answer(KafkaFuture<T> future, String operation) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SecurityDisabledException) {
        throw new StartupException(
            "the brokers have no authorizer: everybody may do everything (authorizer.class.name)",
            e);
      }
      if (e.getCause() instanceof AuthorizationException) {
        throw new StartupException(
            "kafka: this needs " + operation + " on the cluster, which is not allowed", e);
      }
      throw new CommandFailedException("ACLs: " + e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      throw new CommandFailedException("ACLs: no answer within " + PATIENCE.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted", e);
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
