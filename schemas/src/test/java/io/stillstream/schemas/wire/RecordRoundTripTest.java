package io.stillstream.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.SampleRecords;
import io.stillstream.schemas.registry.FakeRegistry;
import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.schemas.values.FloatList;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every record over the wire: into generated and into generic classes. */
final class RecordRoundTripTest {
  private static final int MANY = 200_000;
  private static final long BOX = 16;

  private FakeRegistry registry;

  @BeforeEach
  void startRegistry() {
    registry = FakeRegistry.start();
  }

  @AfterEach
  void stopRegistry() {
    registry.close();
  }

  static Stream<SpecificRecord> records() {
    return SampleRecords.all().stream();
  }

  @ParameterizedTest
  @MethodSource("records")
  void shouldRoundTripRecord(SpecificRecord record) {
    // given
    registry.registers("t-value", 5).schema(5, record.getSchema().toString());

    // when
    byte[] written = serializer().serialize("t", record);
    Object read = deserializer().deserialize("t", written);

    // then
    assertThat(read).isEqualTo(record).hasSameClassAs(record);
  }

  @ParameterizedTest
  @MethodSource("records")
  void shouldBeReadableWithNothingButAGenericDecoder(SpecificRecord record) throws IOException {
    // given
    registry.registers("t-value", 5);
    byte[] written = serializer().serialize("t", record);
    String registered = FakeRegistry.json(registry.onlyRequest().body()).path("schema").asText();

    // when
    Schema schema = new Schema.Parser().parse(registered);
    GenericRecord read =
        new GenericDatumReader<GenericRecord>(schema)
            .read(null, DecoderFactory.get().binaryDecoder(written, 5, written.length - 5, null));

    // then
    assertThat(read.getSchema().getFullName()).isEqualTo(record.getClass().getName());
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    again.write(written, 0, 5);
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(again, null);
    new GenericDatumWriter<GenericRecord>(schema).write(read, encoder);
    assertThat(again.toByteArray()).isEqualTo(written);
  }

  @Test
  void shouldShowTheSameValuesToAGenericDecoder() {
    // given
    LabeledView labeled = SampleRecords.labeled(0.5f, -1.25f);
    registry.registers("t-value", 5).schema(5, labeled.getSchema().toString());
    byte[] written = serializer().serialize("t", labeled);
    AvroDeserializer generic = new AvroDeserializer();
    generic.configure(Map.of("schema.registry.url", registry.url()), false);

    // when
    GenericRecord read = (GenericRecord) generic.deserialize("t", written);

    // then
    assertThat(read.get("logits")).isEqualTo(List.of(0.5f, -1.25f));
    assertThat(read.get("labeledAt")).isEqualTo(labeled.getLabeledAt().toEpochMilli());
    GenericRecord view = (GenericRecord) read.get("view");
    assertThat(view.get("pixels")).isEqualTo(labeled.getView().getPixels());
    assertThat(view.get("encoding")).hasToString("RAW");
    assertThat(((GenericRecord) view.get("lineage")).get("originOffset")).isEqualTo(1L << 40);
    assertThat(((GenericRecord) view.get("label")).get("secondary")).isEqualTo(1);
  }

  @Test
  void shouldReadLogitsThatAnotherProgramWroteInBlocks() throws IOException {
    // given
    LabeledView labeled = SampleRecords.labeled(1f, 2f, 3f);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(WireFormat.header(5));
    BinaryEncoder blocks =
        new EncoderFactory().configureBlockSize(64).blockingBinaryEncoder(bytes, null);
    float[] many = new float[100];
    many[99] = 7f;
    labeled.setLogits(FloatArrays.of(many));
    new UnboxedDatumWriter(LabeledView.class, LabeledView.getClassSchema()).write(labeled, blocks);
    blocks.flush();
    registry.schema(5, LabeledView.getClassSchema().toString());

    // when
    LabeledView read = (LabeledView) deserializer().deserialize("t", bytes.toByteArray());

    // then
    assertThat(FloatArrays.toArray(read.getLogits())).isEqualTo(many);
  }

  @Test
  void shouldKeepLogitsThatTheBudgetPassedOver() {
    // given
    LabeledView passedOver = SampleRecords.passedOver();
    registry.registers("t-value", 5).schema(5, passedOver.getSchema().toString());

    // when
    byte[] written = serializer().serialize("t", passedOver);
    LabeledView read = (LabeledView) deserializer().deserialize("t", written);

    // then
    assertThat(read.getLogits()).isNull();
    assertThat(read).isEqualTo(passedOver);
  }

  @Test
  void shouldServeManyThreads() throws Exception {
    // given
    registry.registers("t-value", 5).schema(5, LabeledView.getClassSchema().toString());
    AvroSerializer serializer = serializer();
    AvroDeserializer deserializer = deserializer();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Callable<Object>> tasks = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      LabeledView labeled = SampleRecords.labeled(i, -i);
      tasks.add(
          () -> {
            Object read = deserializer.deserialize("t", serializer.serialize("t", labeled));
            assertThat(read).isEqualTo(labeled);
            return read;
          });
    }

    // when
    List<Future<Object>> done = threads.invokeAll(tasks);
    threads.shutdown();

    // then
    for (Future<Object> one : done) {
      assertThat(one.get()).isInstanceOf(LabeledView.class);
    }
  }

  @Test
  void shouldBuildRecord() {
    // given
    LabeledView labeled = SampleRecords.labeled(1f);

    // when
    LabeledView built =
        LabeledView.newBuilder()
            .setView(labeled.getView())
            .setTeachers(labeled.getTeachers())
            .setLogits(labeled.getLogits())
            .setLabeledAt(labeled.getLabeledAt())
            .build();

    // then
    assertThat(built).isEqualTo(labeled);
    assertThat(built.getLogits()).isSameAs(labeled.getLogits());
  }

  @Test
  void shouldWriteLogitsWithoutBoxing() throws IOException {
    // given
    UnboxedDatumWriter writer =
        new UnboxedDatumWriter(LabeledView.class, LabeledView.getClassSchema());
    LabeledView labeled = SampleRecords.labeled(new float[MANY]);
    BinaryEncoder encoder =
        EncoderFactory.get().directBinaryEncoder(OutputStream.nullOutputStream(), null);
    writer.write(labeled, encoder);

    // when
    long before = allocated();
    writer.write(labeled, encoder);
    long bytes = allocated() - before;

    // then
    assertThat(bytes).isLessThan(MANY * BOX / 4);
  }

  @Test
  void shouldReadLogitsWithoutBoxing() throws IOException {
    // given
    LabeledView labeled = SampleRecords.labeled(new float[MANY]);
    registry.registers("t-value", 5).schema(5, labeled.getSchema().toString());
    byte[] written = serializer().serialize("t", labeled);
    AvroDeserializer deserializer = deserializer();
    deserializer.deserialize("t", written);

    // when
    long before = allocated();
    LabeledView read = (LabeledView) deserializer.deserialize("t", written);
    long bytes = allocated() - before;

    // then: the array and its copy; and Avro's own reader shows that boxes would be seen
    assertThat(read.getLogits()).isInstanceOf(FloatList.class).hasSize(MANY);
    assertThat(bytes).isLessThan(MANY * 4L * 2 + MANY);
    assertThat(allocatedByAvroItself(written)).isGreaterThan(MANY * BOX);
  }

  private static long allocatedByAvroItself(byte[] written) throws IOException {
    GenericDatumReader<Object> reader = new GenericDatumReader<>(LabeledView.getClassSchema());
    long before = allocated();
    reader.read(null, DecoderFactory.get().binaryDecoder(written, 5, written.length - 5, null));
    return allocated() - before;
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private AvroSerializer serializer() {
    AvroSerializer serializer = new AvroSerializer();
    serializer.configure(Map.of("schema.registry.url", registry.url()), false);
    return serializer;
  }

  private AvroDeserializer deserializer() {
    AvroDeserializer deserializer = new AvroDeserializer();
    deserializer.configure(
        Map.of("schema.registry.url", registry.url(), "specific.avro.reader", "true"), false);
    return deserializer;
  }
}
