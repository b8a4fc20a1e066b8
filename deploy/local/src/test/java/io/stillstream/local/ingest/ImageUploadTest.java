package io.stillstream.local.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.objects.ObjectUploader;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.schemas.values.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageUploadTest {
  @TempDir Path directory;

  @Test
  void shouldUploadAnImageWhenItIsRead() throws Exception {
    // given
    byte[] png = png("class/a.png", 3);
    Map<String, byte[]> store = new ConcurrentHashMap<>();
    IngestSource source = uploaded(1000, store::put);
    // when, then
    assertThat(store).isEmpty();
    IngestItem.Encoded image = source.items().get(0).content().read();
    assertThat(store).containsOnlyKeys("photos/class/a.png");
    assertThat(store.get("photos/class/a.png")).isEqualTo(png);
    assertThat(image.payload().remaining()).isZero();
    assertThat(image.contentType()).isEqualTo("image/png");
    assertThat(image.location())
        .contains(
            new IngestItem.Location("test:photos/class/a.png", (long) png.length, Sha256.hex(png)));
    assertThat(source.classes()).containsExactly("class");
  }

  @Test
  void shouldPassOverWhatIsTooLargeOrNoImage() throws Exception {
    // given
    byte[] png = png("a.png", 3);
    Files.writeString(directory.resolve("photos/b.txt"), "no image");
    // when
    IngestSource source = uploaded(png.length - 1, (name, bytes) -> {});
    // then
    assertThatThrownBy(() -> source.items().get(0).content().read())
        .isInstanceOf(UnreadableImageException.class)
        .hasMessage("larger than --max-bytes %d, %d bytes", png.length - 1, png.length);
    assertThatThrownBy(() -> source.items().get(1).content().read())
        .isInstanceOf(UnreadableImageException.class)
        .hasMessageStartingWith("not an image file");
  }

  @Test
  void shouldFailWithTheStore() throws Exception {
    // given
    png("a.png", 3);
    IngestSource source =
        uploaded(
            1000,
            (name, bytes) -> {
              throw new IOException("test:a.png cannot be written: it is down");
            });
    // when, then
    assertThatThrownBy(() -> source.items().get(0).content().read())
        .isInstanceOf(CommandFailedException.class)
        .hasMessage(
            "the upload failed, --resume goes on after what was sent: test:a.png cannot be written:"
                + " it is down");
  }

  @Test
  void shouldUploadSeveralAtATimeAndHandThemOverInOrder() throws Exception {
    // given: a store that answers when three are waiting for it
    for (int i = 0; i < 9; i++) {
      png(i + ".png", i);
    }
    CountDownLatch three = new CountDownLatch(3);
    IngestSource source =
        uploaded(
            1000,
            (name, bytes) -> {
              three.countDown();
              if (!await(three)) {
                throw new IOException("they come one by one");
              }
            });
    // when, then
    try (ContentPrefetcher contents = new ContentPrefetcher(source.items().iterator(), 3)) {
      for (int i = 0; i < 9; i++) {
        assertThat(contents.next().location().orElseThrow().uri())
            .isEqualTo("test:photos/" + i + ".png");
      }
    }
  }

  @Test
  void shouldHoldNoMoreInMemoryThanTold() throws Exception {
    // given: room for one image of this size
    IngestItem.Content large =
        new IngestItem.Content() {
          @Override
          public IngestItem.Encoded read() {
            return IngestItem.Encoded.byValue("image/png", ByteBuffer.allocate(4096), null);
          }

          @Override
          public long bytes() {
            return 4096;
          }
        };
    AtomicInteger started = new AtomicInteger();
    CountDownLatch release = new CountDownLatch(1);
    ObjectUploader store =
        store(
            (name, bytes) -> {
              started.incrementAndGet();
              boolean unused = await(release);
            });
    ImageUpload upload = new ImageUpload(store, "photos", 10_000);
    // when
    Thread first = reader(upload.of(new IngestItem("1", null, large)));
    Awaitility.await().until(() -> started.get() == 1);
    Thread second = reader(upload.of(new IngestItem("2", null, large)));
    Awaitility.await().until(() -> second.getState() == Thread.State.WAITING);
    // then: the second has to wait until the first has ended
    assertThat(started).hasValue(1);
    release.countDown();
    first.join();
    second.join();
    assertThat(started).hasValue(2);
  }

  private static Thread reader(IngestItem item) {
    Thread thread =
        new Thread(
            () -> {
              try {
                IngestItem.Encoded unused = item.content().read();
              } catch (UnreadableImageException e) {
                throw new IllegalStateException(e);
              }
            });
    thread.start();
    return thread;
  }

  private interface Write {
    void write(String name, byte[] bytes) throws IOException;
  }

  private IngestSource uploaded(long mostBytes, Write write) {
    return IngestSource.uploaded(
        directory.resolve("photos"),
        SourceLabels.FOUND,
        Optional.empty(),
        mostBytes,
        store(write),
        "photos");
  }

  private static ObjectUploader store(Write write) {
    return new ObjectUploader() {
      @Override
      public String upload(String name, byte[] bytes, String contentType) throws IOException {
        write.write(name, bytes);
        return "test:" + name;
      }

      @Override
      public void close() {}
    };
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private byte[] png(String name, int shade) throws IOException {
    byte[] bytes =
        ByteArrays.copyOf(PixelCodec.encode(PixelEncoding.PNG, 1, 1, 1, new byte[] {(byte) shade}));
    Path file = directory.resolve("photos").resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    return bytes;
  }
}
