package io.stillstream.labeler.remote;

import io.grpc.StatusRuntimeException;
import io.stillstream.labeler.config.RemoteTeacherSettings;
import io.stillstream.labeler.metrics.RemoteTeacherMetrics;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.labeler.model.ModelVersion;
import io.stillstream.labeler.model.TeacherSource;
import io.stillstream.labeler.reload.NaturalSortComparator;
import io.stillstream.protocols.inference.ModelMetadataResponse;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * A model on a server of the Open Inference Protocol, with all its versions. A version in the
 * settings is the only one. Else they are those that the server's metadata lists, and each request
 * names the one that it wants; or, where the server lists none, the one that its answers name; or,
 * where these name none either, the description's.
 */
public final class RemoteTeacherSource implements TeacherSource {
  private static final Comparator<String> VERSIONS = new NaturalSortComparator();

  private final RemoteTeacherSettings settings;
  private final List<Integer> warmUpSizes;
  private final InferenceClient client;

  /**
   * Connects lazily.
   *
   * @param warmUpSizes sizes of the batches that will come
   * @param nanoTime a clock as {@link System#nanoTime}
   * @throws StartupException if a file for TLS cannot be read
   */
  public RemoteTeacherSource(
      RemoteTeacherSettings settings,
      List<Integer> warmUpSizes,
      RemoteTeacherMetrics metrics,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.warmUpSizes = List.copyOf(warmUpSizes);
    this.client = new InferenceClient(settings, metrics, nanoTime);
  }

  @Override
  public String location() {
    return client.location();
  }

  /**
   * The versions that the server has now.
   *
   * @throws io.stillstream.labeler.model.TeacherUnavailableException if the server is away, or the
   *     model is not ready
   * @throws StartupException if the server refuses this client, or lacks the model
   */
  @Override
  public Stream<ModelVersion> newestFirst() {
    client.clearChanged();
    try {
      client.requireServerReady();
      String pinned = settings.version().orElse("");
      ModelMetadataResponse metadata = client.metadata(pinned);
      // An empty name is none: a label could not tell it.
      List<String> listed =
          metadata.getVersionsList().stream().filter(version -> !version.isBlank()).toList();
      if (!pinned.isEmpty() || listed.isEmpty()) {
        client.requireModelReady(pinned);
        return Stream.of(pinned.isEmpty() ? unlisted(metadata) : version(metadata, pinned));
      }
      List<String> ready =
          listed.stream().filter(client::isModelReady).sorted(VERSIONS.reversed()).toList();
      if (ready.isEmpty()) {
        client.requireModelReady(listed.get(0));
      }
      return ready.stream().map(this::version);
    } catch (StatusRuntimeException e) {
      throw refused(e);
    }
  }

  /** A server's models have no paths. */
  @Override
  public Optional<ModelVersion> find(Path path) {
    throw new IllegalArgumentException(
        "path must be left out: %s is on a server".formatted(location()));
  }

  @Override
  public boolean isAtomic() {
    return true;
  }

  @Override
  public boolean hasChanged() {
    return client.hasChanged();
  }

  @Override
  public Optional<String> problem() {
    return client.problem();
  }

  @Override
  public void close() {
    client.close();
  }

  private ModelVersion version(String version) {
    try {
      return version(client.metadata(version), version);
    } catch (StatusRuntimeException e) {
      throw refused(e);
    }
  }

  private RemoteVersion version(ModelMetadataResponse metadata, String version) {
    return RemoteVersion.of(client, settings, metadata, version, version, warmUpSizes);
  }

  private RemoteVersion unnamed(ModelMetadataResponse metadata, String version) {
    return RemoteVersion.of(client, settings, metadata, "", version, warmUpSizes);
  }

  /** Whose version only an answer tells, if anything does. */
  private RemoteVersion unlisted(ModelMetadataResponse metadata) {
    ModelSpec spec = ModelSpec.served(settings.directory(), settings.model(), Optional.empty(), "");
    RemoteVersion described = unnamed(metadata, spec.version());
    RemoteTensors tensors = RemoteTensors.of(metadata, settings, spec);
    String answered;
    try {
      answered = new RemoteTeacherModel(client, described, tensors, spec).answeringVersion();
    } catch (InferenceException e) {
      throw new StartupException(
          "%s: fails on a grey view: %s".formatted(location(), e.getMessage()), e);
    }
    return answered.isBlank() ? described : unnamed(metadata, answered);
  }

  private StartupException refused(StatusRuntimeException e) {
    String advice =
        switch (e.getStatus().getCode()) {
          case UNAUTHENTICATED, PERMISSION_DENIED -> "; is the token (token-file) the right one?";
          case NOT_FOUND, INVALID_ARGUMENT -> "; does the server have this model and version?";
          case UNIMPLEMENTED -> "; is it a server of the Open Inference Protocol, version 2?";
          default -> "";
        };
    return new StartupException(
        "%s: the server refuses: %s%s".formatted(location(), FailureKind.describe(e), advice), e);
  }
}
