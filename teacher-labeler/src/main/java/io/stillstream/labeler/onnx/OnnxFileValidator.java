package io.stillstream.labeler.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.stillstream.protocols.onnx.AttributeProto;
import io.stillstream.protocols.onnx.FunctionProto;
import io.stillstream.protocols.onnx.GraphProto;
import io.stillstream.protocols.onnx.ModelProto;
import io.stillstream.protocols.onnx.NodeProto;
import io.stillstream.protocols.onnx.TensorProto;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads through an ONNX file before ONNX Runtime does, without keeping anything of it. It refuses
 * what is no such file, and tensors that the file keeps in other files: neither the model's hash
 * nor a check for changes would cover those.
 */
final class OnnxFileValidator {
  /** Graphs within graphs; a file can nest more than a stack can hold. */
  private static final int DEEPEST = 64;

  private static final int WIRETYPE_LENGTH_DELIMITED = 2;

  /** The tag of a tensor's location, a varint. */
  private static final int EXTERNAL = TensorProto.DATA_LOCATION_FIELD_NUMBER << 3;

  private final CodedInputStream in;
  private int depth;
  private boolean hasGraph;

  private OnnxFileValidator(CodedInputStream in) {
    this.in = in;
  }

  /**
   * Checks a file.
   *
   * @throws StartupException if it cannot be read, is no ONNX file or not all of one, or refers to
   *     other files; the message starts with the file
   */
  static void check(Path file) {
    try (InputStream stream = Files.newInputStream(file)) {
      CodedInputStream coded = CodedInputStream.newInstance(stream);
      coded.setSizeLimit(Integer.MAX_VALUE);
      OnnxFileValidator validator = new OnnxFileValidator(coded);
      validator.model();
      if (!validator.hasGraph) {
        throw new StartupException(file + ": must be an ONNX file, but it holds no graph");
      }
    } catch (InvalidProtocolBufferException e) {
      throw new StartupException(
          "%s: must be an ONNX file, and all of it, but %s".formatted(file, firstLine(e)), e);
    } catch (ExternalDataException e) {
      throw new StartupException(file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new StartupException(file + ": cannot be read: " + e, e);
    }
  }

  private void model() throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (isMessage(tag, ModelProto.GRAPH_FIELD_NUMBER)) {
        hasGraph = true;
        message(this::graphField);
      } else if (isMessage(tag, ModelProto.FUNCTIONS_FIELD_NUMBER)) {
        message(this::functionField);
      } else {
        skip(tag);
      }
    }
  }

  private void graphField(int tag) throws IOException {
    if (isMessage(tag, GraphProto.NODE_FIELD_NUMBER)) {
      message(this::nodeField);
    } else if (isMessage(tag, GraphProto.INITIALIZER_FIELD_NUMBER)) {
      message(this::tensorField);
    } else {
      skip(tag);
    }
  }

  private void functionField(int tag) throws IOException {
    if (isMessage(tag, FunctionProto.NODE_FIELD_NUMBER)) {
      message(this::nodeField);
    } else {
      skip(tag);
    }
  }

  private void nodeField(int tag) throws IOException {
    if (isMessage(tag, NodeProto.ATTRIBUTE_FIELD_NUMBER)) {
      message(this::attributeField);
    } else {
      skip(tag);
    }
  }

  private void attributeField(int tag) throws IOException {
    if (isMessage(tag, AttributeProto.G_FIELD_NUMBER)
        || isMessage(tag, AttributeProto.GRAPHS_FIELD_NUMBER)) {
      message(this::graphField);
    } else if (isMessage(tag, AttributeProto.T_FIELD_NUMBER)
        || isMessage(tag, AttributeProto.TENSORS_FIELD_NUMBER)) {
      message(this::tensorField);
    } else {
      skip(tag);
    }
  }

  private void tensorField(int tag) throws IOException {
    if (tag != EXTERNAL) {
      skip(tag);
    } else if (in.readInt32() == TensorProto.DataLocation.EXTERNAL_VALUE) {
      throw new ExternalDataException();
    }
  }

  private void message(FieldReader fields) throws IOException {
    if (++depth > DEEPEST) {
      throw new InvalidProtocolBufferException("its graphs are nested too deeply");
    }
    int outer = in.pushLimit(in.readRawVarint32());
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      fields.read(tag);
    }
    in.popLimit(outer);
    depth--;
  }

  private void skip(int tag) throws IOException {
    if (!in.skipField(tag)) {
      throw new InvalidProtocolBufferException("a group ends that has not begun");
    }
  }

  private static boolean isMessage(int tag, int field) {
    return tag == (field << 3 | WIRETYPE_LENGTH_DELIMITED);
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
  }

  /** Reads one field, whose tag has been read. */
  @FunctionalInterface
  private interface FieldReader {
    void read(int tag) throws IOException;
  }

  private static final class ExternalDataException extends IOException {
    private static final long serialVersionUID = 1L;

    private ExternalDataException() {
      super(
          "keeps weights in other files, which its sha256 does not cover: export it as one file"
              + " (torch.onnx.export(..., external_data=False), or load and save it with onnx)");
    }
  }
}
