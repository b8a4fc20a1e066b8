package io.stillstream.trainer.checkpoint.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.training.buffer.BufferKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The machine goes down before each operation of some checkpoints. What had not been brought to the
 * medium by then is lost: half of a file's content, and the new name of a file.
 */
class CheckpointCrashTest {
  private static final int CHECKPOINTS = 6;

  @TempDir Path temp;

  @Test
  void shouldGoOnFromAWholeCheckpointWheneverTheMachineGoesDown() throws IOException {
    int operations = 0;
    boolean crashed = true;
    while (crashed) {
      // given
      Path directory = Files.createDirectory(temp.resolve("crash-" + operations));
      CrashingDisk disk = new CrashingDisk();
      byte[] durable;
      byte[] attempted = null;
      crashed = false;
      try (BufferDirectory buffer = new BufferDirectory(directory, BufferKind.RESERVOIR, disk)) {
        durable = buffer.bytes();
        disk.left = operations;
        try {
          for (int i = 0; i < CHECKPOINTS; i++) {
            buffer.offer(40L * i, 40L * (i + 1));
            if (i == 4) {
              assertThat(buffer.erase(3)).isEqualTo(1);
            }
            attempted = buffer.bytes();
            // when
            if (i == 4) {
              buffer.writeAfterErasure();
            } else {
              buffer.write();
            }
            durable = attempted;
          }
        } catch (IOException e) {
          assertThat(e).hasMessage("down");
          crashed = true;
        }
      }
      disk.goDown(directory.resolve("checkpoints"));

      // then
      try (BufferDirectory again =
          new BufferDirectory(directory, BufferKind.RESERVOIR, new DurableFiles())) {
        assertThat(again.bytes()).as("before operation " + operations).isIn(durable, attempted);
        assertThat(again.names())
            .as("before operation " + operations)
            .allMatch(name -> name.matches("\\d{12}(\\.damaged)?|segments"));
        again.offer(1000, 1100);
        again.write();
        assertThat(BufferDirectory.bytes(again.store().newest().orElseThrow()))
            .isEqualTo(again.bytes());
        assertThat(again.segments()).containsExactlyElementsOf(again.needed());
      }
      operations++;
    }
    assertThat(operations).isGreaterThan(CHECKPOINTS * 8);
  }

  private record Move(Path from, Path to) {}

  private static final class CrashingDisk extends DurableFiles {
    private int left = Integer.MAX_VALUE;
    private final Set<Object> synced = new HashSet<>();
    private final List<Move> moves = new ArrayList<>();

    private void count() throws IOException {
      if (left-- <= 0) {
        throw new IOException("down");
      }
    }

    @Override
    public void sync(Path path) throws IOException {
      count();
      super.sync(path);
      synced.add(key(path));
      moves.removeIf(move -> move.to().getParent().equals(path));
    }

    @Override
    public void move(Path from, Path to) throws IOException {
      count();
      super.move(from, to);
      moves.add(new Move(from, to));
    }

    @Override
    public void delete(Path path) throws IOException {
      if (Files.exists(path)) {
        count();
        try (Stream<Path> paths = Files.walk(path)) {
          for (Path each : paths.toList()) {
            synced.remove(key(each));
          }
        }
        super.delete(path);
      }
    }

    private void goDown(Path root) throws IOException {
      left = Integer.MAX_VALUE;
      for (int i = moves.size() - 1; i >= 0; i--) {
        if (Files.exists(moves.get(i).to())) {
          super.move(moves.get(i).to(), moves.get(i).from());
        }
      }
      try (Stream<Path> paths = Files.walk(root)) {
        for (Path path : paths.filter(Files::isRegularFile).toList()) {
          if (!synced.contains(key(path))) {
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
              file.truncate(file.size() / 2);
            }
          }
        }
      }
    }

    private static Object key(Path path) throws IOException {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }
  }
}
