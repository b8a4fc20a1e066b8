package io.stillstream.labeler.remote;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.stillstream.labeler.config.RemoteTeacherSettings;
import io.stillstream.protocols.inference.GRPCInferenceServiceGrpc;
import io.stillstream.protocols.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import io.stillstream.protocols.inference.ModelInferRequest;
import io.stillstream.protocols.inference.ModelInferResponse;
import io.stillstream.protocols.inference.ModelMetadataRequest;
import io.stillstream.protocols.inference.ModelMetadataResponse;
import io.stillstream.protocols.inference.ModelReadyRequest;
import io.stillstream.protocols.inference.ServerReadyRequest;
import java.util.concurrent.TimeUnit;

/**
 * The calls of the protocol for one model, each with the time-out of the settings. They throw
 * {@link StatusRuntimeException}, also when interrupted. Safe for several threads.
 */
final class ModelStub implements AutoCloseable {
  private final RemoteTeacherSettings settings;
  private final ManagedChannel channel;
  private final GRPCInferenceServiceBlockingStub stub;

  ModelStub(RemoteTeacherSettings settings) {
    this.settings = settings;
    this.channel = RemoteChannel.open(settings);
    GRPCInferenceServiceBlockingStub plain =
        GRPCInferenceServiceGrpc.newBlockingStub(channel)
            .withMaxOutboundMessageSize(settings.maxMessageSize());
    this.stub = RemoteChannel.token(settings).map(plain::withCallCredentials).orElse(plain);
  }

  /** True also of a server that does not know the question: the model tells enough. */
  boolean isServerReady() {
    try {
      return timed().serverReady(ServerReadyRequest.getDefaultInstance()).getReady();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
        return true;
      }
      throw e;
    }
  }

  boolean isModelReady(String version) {
    return timed()
        .modelReady(
            ModelReadyRequest.newBuilder().setName(settings.model()).setVersion(version).build())
        .getReady();
  }

  ModelMetadataResponse metadata(String version) {
    return timed()
        .modelMetadata(
            ModelMetadataRequest.newBuilder()
                .setName(settings.model())
                .setVersion(version)
                .build());
  }

  ModelInferResponse infer(ModelInferRequest request) {
    return timed().modelInfer(request);
  }

  /** After a failure; else gRPC itself waits, in the end two minutes, before it tries again. */
  void reconnectNow() {
    channel.resetConnectBackoff();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private GRPCInferenceServiceBlockingStub timed() {
    return stub.withDeadlineAfter(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
  }
}
