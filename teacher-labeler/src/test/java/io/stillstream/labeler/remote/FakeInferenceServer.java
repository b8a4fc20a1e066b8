package io.stillstream.labeler.remote;

import com.google.protobuf.ByteString;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.stillstream.protocols.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import io.stillstream.protocols.inference.InferTensorContents;
import io.stillstream.protocols.inference.ModelInferRequest;
import io.stillstream.protocols.inference.ModelInferResponse;
import io.stillstream.protocols.inference.ModelInferResponse.InferOutputTensor;
import io.stillstream.protocols.inference.ModelMetadataRequest;
import io.stillstream.protocols.inference.ModelMetadataResponse;
import io.stillstream.protocols.inference.ModelMetadataResponse.TensorMetadata;
import io.stillstream.protocols.inference.ModelReadyRequest;
import io.stillstream.protocols.inference.ModelReadyResponse;
import io.stillstream.protocols.inference.ServerReadyRequest;
import io.stillstream.protocols.inference.ServerReadyResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A server of the Open Inference Protocol on a real socket, with faults to switch on. Its model
 * takes grey views of 4 × 4 in FP32 as input {@code pixels}, and answers three logits as {@code
 * logits}: the first pixel, the version as a number, and 0.
 */
public final class FakeInferenceServer implements AutoCloseable {
  public static final String MODEL = "resnet";

  private final ServerCredentials credentials;
  private final int maxMessage;
  private final Deque<Status> failures = new ArrayDeque<>();
  private final List<ModelInferRequest> requests = new ArrayList<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger mostInFlight = new AtomicInteger();
  private Server server;
  private int port;

  public volatile List<String> versions = List.of("1");

  /** Versions that are listed only, not answered: the model names none. */
  public volatile boolean namesVersions = true;

  /** That answers whatever is requested. */
  public volatile Optional<String> ignoring = Optional.empty();

  public volatile boolean ready = true;
  public volatile boolean modelReady = true;
  public volatile Optional<String> token = Optional.empty();
  public volatile boolean typed;
  public volatile CountDownLatch gate = new CountDownLatch(0);
  public volatile UnaryOperator<ModelInferResponse.Builder> twist = response -> response;

  /** The version that was last asked for its metadata. */
  public volatile String asked = "";

  public volatile UnaryOperator<ModelMetadataResponse.Builder> metadata = response -> response;

  /** A first pixel for which the model fails. */
  public volatile float poison = Float.NaN;

  /** With which status. */
  public volatile Status poisoned = Status.INVALID_ARGUMENT.withDescription("bad pixels");

  FakeInferenceServer(ServerCredentials credentials, int maxMessage) {
    this.credentials = credentials;
    this.maxMessage = maxMessage;
    start();
  }

  public FakeInferenceServer() {
    this(InsecureServerCredentials.create(), 4 << 20);
  }

  public int port() {
    return port;
  }

  /** Starts again, on the same port. */
  public void start() {
    try {
      server =
          Grpc.newServerBuilderForPort(port, credentials)
              .maxInboundMessageSize(maxMessage)
              .addService(new Service())
              .intercept(new TokenCheck())
              .build()
              .start();
      port = server.getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Breaks all connections. */
  public void stop() {
    server.shutdownNow();
    try {
      if (!server.awaitTermination(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the server does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** So many next requests for inference fail. */
  public void fail(int times, Status status) {
    synchronized (failures) {
      for (int i = 0; i < times; i++) {
        failures.add(status);
      }
    }
  }

  /** The requests for inference that came to be answered. */
  List<ModelInferRequest> requests() {
    synchronized (requests) {
      return List.copyOf(requests);
    }
  }

  int mostInFlight() {
    return mostInFlight.get();
  }

  int inFlight() {
    return inFlight.get();
  }

  @Override
  public void close() {
    gate.countDown();
    stop();
  }

  private final class TokenCheck implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      if (token.isPresent() && !("Bearer " + token.get()).equals(headers.get(AUTHORIZATION))) {
        call.close(Status.UNAUTHENTICATED.withDescription("who are you?"), new Metadata());
        return new ServerCall.Listener<>() {};
      }
      return next.startCall(call, headers);
    }
  }

  private final class Service extends GRPCInferenceServiceImplBase {
    @Override
    public void serverReady(
        ServerReadyRequest request, StreamObserver<ServerReadyResponse> observer) {
      observer.onNext(ServerReadyResponse.newBuilder().setReady(ready).build());
      observer.onCompleted();
    }

    @Override
    public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
      boolean known = request.getVersion().isEmpty() || versions.contains(request.getVersion());
      observer.onNext(ModelReadyResponse.newBuilder().setReady(modelReady && known).build());
      observer.onCompleted();
    }

    @Override
    public void modelMetadata(
        ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
      if (!isKnown(request.getName(), request.getVersion())) {
        observer.onError(notFound(request.getName(), request.getVersion()).asException());
        return;
      }
      asked = request.getVersion();
      ModelMetadataResponse.Builder response =
          ModelMetadataResponse.newBuilder()
              .setName(MODEL)
              .setPlatform("onnxruntime_onnx")
              .addInputs(tensor("pixels", -1, 1, 4, 4))
              .addOutputs(tensor("logits", -1, 3));
      if (namesVersions) {
        response.addAllVersions(versions);
      }
      observer.onNext(metadata.apply(response).build());
      observer.onCompleted();
    }

    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
      mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
      try {
        gate.await();
        Status failure;
        synchronized (failures) {
          failure = failures.poll();
        }
        if (failure != null) {
          observer.onError(failure.asException());
        } else if (!isKnown(request.getModelName(), request.getModelVersion())) {
          observer.onError(
              notFound(request.getModelName(), request.getModelVersion()).asException());
        } else {
          answer(request, observer);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        observer.onError(Status.CANCELLED.asException());
      } finally {
        inFlight.decrementAndGet();
      }
    }

    private void answer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
      synchronized (requests) {
        requests.add(request);
      }
      String version =
          ignoring.orElse(
              request.getModelVersion().isEmpty()
                  ? versions.get(versions.size() - 1)
                  : request.getModelVersion());
      int views = (int) request.getInputs(0).getShape(0);
      ByteBuffer pixels =
          request.getRawInputContents(0).asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      ByteBuffer raw = ByteBuffer.allocate(views * 12).order(ByteOrder.LITTLE_ENDIAN);
      InferTensorContents.Builder contents = InferTensorContents.newBuilder();
      for (int n = 0; n < views; n++) {
        float first = pixels.getFloat(n * 64);
        if (first == poison) {
          observer.onError(poisoned.asException());
          return;
        }
        for (float value : new float[] {first, Float.parseFloat(version), 0}) {
          raw.putFloat(value);
          contents.addFp32Contents(value);
        }
      }
      InferOutputTensor.Builder output =
          InferOutputTensor.newBuilder()
              .setName("logits")
              .setDatatype("FP32")
              .addShape(views)
              .addShape(3);
      ModelInferResponse.Builder response =
          ModelInferResponse.newBuilder()
              .setModelName(MODEL)
              .setModelVersion(namesVersions || ignoring.isPresent() ? version : "");
      if (typed) {
        response.addOutputs(output.setContents(contents));
      } else {
        response.addOutputs(output).addRawOutputContents(ByteString.copyFrom(raw.flip()));
      }
      observer.onNext(twist.apply(response).build());
      observer.onCompleted();
    }

    private boolean isKnown(String name, String version) {
      return name.equals(MODEL) && (version.isEmpty() || versions.contains(version));
    }

    private Status notFound(String name, String version) {
      return Status.NOT_FOUND.withDescription(
          "unknown model: '%s' version '%s'".formatted(name, version));
    }
  }

  static TensorMetadata tensor(String name, long... shape) {
    TensorMetadata.Builder tensor = TensorMetadata.newBuilder().setName(name).setDatatype("FP32");
    for (long dimension : shape) {
      tensor.addShape(dimension);
    }
    return tensor.build();
  }
}
