package io.stillstream.labeler.remote;

import com.google.protobuf.CodedOutputStream;
import io.stillstream.labeler.config.RemoteTeacherSettings;
import io.stillstream.labeler.model.ModelVersion;
import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.probe.TeacherProbe;
import io.stillstream.protocols.inference.ModelMetadataResponse;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.values.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A version of a model on a server.
 *
 * @param requested in each request; empty where the server tells no versions
 * @param metadata of the server, with this version as its only one
 * @param warmUpSizes of the batches that will come
 */
record RemoteVersion(
    InferenceClient client,
    RemoteTeacherSettings settings,
    String requested,
    ModelMetadataResponse metadata,
    List<Integer> warmUpSizes)
    implements ModelVersion {
  /**
   * The version that labels name.
   *
   * @param metadata with any versions
   */
  static RemoteVersion of(
      InferenceClient client,
      RemoteTeacherSettings settings,
      ModelMetadataResponse metadata,
      String requested,
      String version,
      List<Integer> warmUpSizes) {
    return new RemoteVersion(
        client,
        settings,
        requested,
        metadata.toBuilder().clearVersions().addVersions(version).build(),
        warmUpSizes);
  }

  /** As labels name it. */
  String version() {
    return metadata.getVersions(0);
  }

  @Override
  public String location() {
    return client.location() + " version " + version();
  }

  TeacherModel.Identity identity() {
    return new TeacherModel.Identity(settings.model(), version(), sha256(), metadata.getPlatform());
  }

  @Override
  public ModelSpec describe() {
    return ModelSpec.served(
        settings.directory(), settings.model(), Optional.of(version()), sha256());
  }

  /** One lane for each request in flight. The server loads the model; here it is only probed. */
  @Override
  public List<TeacherModel> load(TeacherLoader loader, ModelSpec spec) {
    List<TeacherModel> lanes = new ArrayList<>();
    RemoteTensors tensors = RemoteTensors.of(metadata, settings, spec);
    for (int lane = 0; lane < settings.inFlight(); lane++) {
      lanes.add(new RemoteTeacherModel(client, this, tensors, spec));
    }
    TeacherModel first = lanes.get(0);
    TeacherProbe.check(first, spec, location());
    warmUpSizes.forEach(size -> TeacherProbe.check(first, spec, location(), size));
    return lanes;
  }

  /**
   * The identity of a model that has no file here: SHA-256 of the metadata in protobuf's
   * deterministic form (fields by number, maps by key). It changes with version, platform, inputs,
   * outputs and properties; whether a server has other weights under the same version it cannot
   * tell.
   */
  String sha256() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      metadata.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Sha256.hex(bytes.toByteArray());
  }
}
